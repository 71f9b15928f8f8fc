-- gross_revenue_churn_rate: (churn + contraction) ÷ opening.
-- variant: standard
select grain, p_start, seg, -sum(churn + contraction) / 1e6 as numerator, sum(m0) / 1e6 as denominator,
       numerator / denominator as value
from movement group by all;
