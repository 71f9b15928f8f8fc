-- new_customers: first paying start in the period.
-- variant: standard
select grain, p_start, seg, count(*) as value
from joiner group by all;
