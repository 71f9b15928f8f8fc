-- customer_churn_rate (orders): active at the opening and not at the closing ÷ active at the opening.
-- variant: snapshot
select grain, p_start, seg, count(*) filter (not active1) as numerator, count(*) as denominator, numerator / denominator as value
from state where active0 group by all;
