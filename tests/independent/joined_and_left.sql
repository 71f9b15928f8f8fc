-- joined_and_left: first paying start in the period, and not paying at its closing.
-- variant: standard
select grain, p_start, seg, count(*) as value
from joiner where t1 = 0 group by all;
