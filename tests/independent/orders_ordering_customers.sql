-- ordering_customers (orders): customers who ordered in the period.
-- variant: standard
select grain, p_start, seg, count(*) filter (orders > 0) as value
from state group by all;
