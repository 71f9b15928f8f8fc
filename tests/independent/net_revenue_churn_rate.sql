-- net_revenue_churn_rate: (churn + contraction − expansion) ÷ opening; and with reactivation taken off.
-- variant: standard
select grain, p_start, seg, -sum(churn + contraction + expansion) / 1e6 as numerator, sum(m0) / 1e6 as denominator,
       numerator / denominator as value
from movement group by all;
-- variant: net_with_reactivation
select grain, p_start, seg, -sum(churn + contraction + expansion + reactivation) / 1e6 as numerator,
       sum(m0) / 1e6 as denominator, numerator / denominator as value
from movement group by all;
