-- customer_retention_rate (orders): still active ÷ active at the opening.
-- variant: snapshot
select grain, p_start, seg, count(*) filter (active1) as numerator, count(*) as denominator, numerator / denominator as value
from state where active0 group by all;
