-- arpa (orders): revenue ÷ customers who ordered; and of those whose first order lies in the period.
-- variant: standard
with money as (select grain, p_start, seg, sum(revenue) / 1e6 as numerator from takings group by all),
people as (select grain, p_start, seg, count(*) filter (orders > 0) as denominator from state group by all)
select *, numerator / denominator as value from money join people using (grain, p_start, seg);
-- variant: new_customers
select grain, p_start, seg, sum(revenue) / 1e6 as numerator, count(*) as denominator, numerator / denominator as value
from state join takings using (grain, p_start, customer_id, seg) where joined group by all;
