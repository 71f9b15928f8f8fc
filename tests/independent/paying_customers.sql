-- paying_customers: paying just before the period ends.
-- variant: standard
select grain, p_start, seg, count(*) filter (m1 > 0) as value
from state group by all;
