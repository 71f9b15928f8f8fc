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
