-- opening_customers: paying just before the period begins.
-- variant: standard
select grain, p_start, seg, count(*) filter (m0 > 0) as value
from state group by all;
