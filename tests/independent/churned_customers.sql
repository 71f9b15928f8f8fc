-- churned_customers: paying at the opening and not at the closing.
-- variant: standard
select grain, p_start, seg, count(*) filter (m0 > 0 and t1 = 0) as value
from state group by all;
