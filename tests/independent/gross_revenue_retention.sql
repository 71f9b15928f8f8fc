-- gross_revenue_retention: the lesser of then and now, customer by customer, over then. A customer's
-- money now belongs to the segments it was in then, in those proportions.
-- variant: 12_months
select grain, p_start, seg, sum(least(t12, t1) * (m12 / t12)) / 1e6 as numerator, sum(m12) / 1e6 as denominator,
       numerator / denominator as value
from state where m12 > 0 group by all;
-- variant: one_period
select grain, p_start, seg, sum(least(t0, t1) * (m0 / t0)) / 1e6 as numerator, sum(m0) / 1e6 as denominator,
       numerator / denominator as value
from state where m0 > 0 group by all;
