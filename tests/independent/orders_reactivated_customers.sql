-- reactivated_customers (orders): inactive at the opening, had ordered before, active at the closing.
-- variant: standard
select grain, p_start, seg, count(*) filter (not active0 and active1 and not joined) as value
from state group by all;
