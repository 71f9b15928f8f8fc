-- earned_growth_rate: money now of those who paid then, and of those who did not and came by referral, over then; less 1.
-- variant: 12_months
with person_year as (
    select grain, p_start, seg, customer_id, sum(m12) as m12, sum(m1) as m1 from snapshot group by all)
select grain, p_start, seg, sum(case when m12 > 0 or channel = '$referred' then m1 else 0 end) / 1e6 as numerator,
       sum(m12) / 1e6 as denominator, numerator / denominator - 1 as value
from person_year left join given_customers using (customer_id) group by all;
-- variant: at_most
with person_year as (
    select grain, p_start, seg, customer_id, sum(m12) as m12, sum(m1) as m1 from snapshot group by all)
select grain, p_start, seg,
       sum(case when m12 > 0 or channel = '$referred' or channel is null then m1 else 0 end) / 1e6 as numerator,
       sum(m12) / 1e6 as denominator, numerator / denominator - 1 as value
from person_year left join given_customers using (customer_id) group by all;
