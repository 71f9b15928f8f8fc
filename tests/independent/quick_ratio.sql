-- quick_ratio: what was gained over what was lost.
-- variant: standard
select grain, p_start, seg, sum(new + reactivation + expansion) / 1e6 as numerator,
       -sum(contraction + churn) / 1e6 as denominator, numerator / denominator as value
from movement group by all;
-- variant: without_reactivation
select grain, p_start, seg, sum(new + expansion) / 1e6 as numerator,
       -sum(contraction + churn) / 1e6 as denominator, numerator / denominator as value
from movement group by all;
