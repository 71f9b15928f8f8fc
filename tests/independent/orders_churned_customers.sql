-- churned_customers (orders): active at the opening, not at the closing.
-- variant: standard
select grain, p_start, seg, count(*) filter (active0 and not active1) as value
from state group by all;
