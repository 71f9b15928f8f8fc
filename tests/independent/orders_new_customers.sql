-- new_customers (orders): first order in the period.
-- variant: standard
select grain, p_start, seg, count(*) filter (joined) as value
from state group by all;
