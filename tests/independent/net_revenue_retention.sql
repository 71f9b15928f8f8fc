-- net_revenue_retention: money now of those who paid then, over then.
-- variant: 12_months
select grain, p_start, seg, sum(t1 * (m12 / t12)) / 1e6 as numerator, sum(m12) / 1e6 as denominator,
       numerator / denominator as value
from state where m12 > 0 group by all;
-- variant: one_period
select grain, p_start, seg, sum(t1 * (m0 / t0)) / 1e6 as numerator, sum(m0) / 1e6 as denominator,
       numerator / denominator as value
from state where m0 > 0 group by all;
-- variant: with_reactivation
select grain, p_start, seg, sum(case when t0 > 0 then t1 * (m0 / t0) else reactivation end) / 1e6 as numerator,
       sum(m0) / 1e6 as denominator, numerator / denominator as value
from movement group by all;
-- variant: end_less_new
select grain, p_start, seg, sum(m1 - new) / 1e6 as numerator, sum(m0) / 1e6 as denominator,
       numerator / denominator as value
from movement group by all;
-- variant: without_largest
with person_year as (
    select grain, p_start, customer_id, sum(m12) as m12, sum(m1) as m1 from movement group by all having sum(m12) > 0),
placed as (
    select *, row_number() over (partition by grain, p_start order by m12 desc, m1 desc) as r from person_year)
select grain, p_start, 'all' as seg, sum(m1) filter (r > 1) / 1e6 as numerator, sum(m12) filter (r > 1) / 1e6 as denominator,
       numerator / denominator as value
from placed group by all;
