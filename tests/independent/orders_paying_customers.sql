-- paying_customers (orders): ordered in the window before the period ends.
-- variant: standard
select grain, p_start, seg, count(*) filter (active1) as value
from state group by all;
