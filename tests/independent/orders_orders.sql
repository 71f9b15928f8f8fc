-- orders (orders): orders of the period.
-- variant: standard
select grain, p_start, seg, sum(orders) as value
from state group by all;
