-- joined_and_left (orders): first order in the period, inactive at its closing.
-- variant: standard
select grain, p_start, seg, count(*) filter (joined and not active1) as value
from state group by all;
