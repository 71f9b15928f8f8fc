-- concentration: how much of the revenue of the twelve months up to the period's end the largest customers bring.
-- variant: top_10
with a as (select grain, p_start, seg, customer_id, sum(revenue_12) / 1e6 as a from takings group by all having a > 0),
placed as (select *, row_number() over (partition by grain, p_start, seg order by a desc) as r from a)
select grain, p_start, seg, sum(a) filter (r <= 10) as numerator, sum(a) as denominator, numerator / denominator as value
from placed group by all;
-- variant: top_1
with a as (select grain, p_start, seg, customer_id, sum(revenue_12) / 1e6 as a from takings group by all having a > 0),
placed as (select *, row_number() over (partition by grain, p_start, seg order by a desc) as r from a)
select grain, p_start, seg, sum(a) filter (r <= 1) as numerator, sum(a) as denominator, numerator / denominator as value
from placed group by all;
-- variant: top_5
with a as (select grain, p_start, seg, customer_id, sum(revenue_12) / 1e6 as a from takings group by all having a > 0),
placed as (select *, row_number() over (partition by grain, p_start, seg order by a desc) as r from a)
select grain, p_start, seg, sum(a) filter (r <= 5) as numerator, sum(a) as denominator, numerator / denominator as value
from placed group by all;
-- variant: top_20
with a as (select grain, p_start, seg, customer_id, sum(revenue_12) / 1e6 as a from takings group by all having a > 0),
placed as (select *, row_number() over (partition by grain, p_start, seg order by a desc) as r from a)
select grain, p_start, seg, sum(a) filter (r <= 20) as numerator, sum(a) as denominator, numerator / denominator as value
from placed group by all;
-- variant: top_tenth
with a as (select grain, p_start, seg, customer_id, sum(revenue_12) / 1e6 as a from takings group by all having a > 0),
placed as (select *, row_number() over (partition by grain, p_start, seg order by a desc) as r,
                  ceil(count(*) over (partition by grain, p_start, seg) / 10) as tenth from a)
select grain, p_start, seg, sum(a) filter (r <= tenth) as numerator, sum(a) as denominator, numerator / denominator as value
from placed group by all;
-- variant: hhi
with a as (select grain, p_start, seg, customer_id, sum(revenue_12) / 1e6 as a from takings group by all having a > 0)
select grain, p_start, seg, sum(a * a) / (sum(a) * sum(a)) as value from a group by all;
-- variant: equal_customers
with a as (select grain, p_start, seg, customer_id, sum(revenue_12) / 1e6 as a from takings group by all having a > 0)
select grain, p_start, seg, sum(a) * sum(a) / sum(a * a) as value from a group by all;
