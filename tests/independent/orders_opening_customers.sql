-- opening_customers (orders): ordered in the window before the period begins.
-- variant: standard
select grain, p_start, seg, count(*) filter (active0) as value
from state group by all;
