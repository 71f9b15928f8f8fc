-- reactivated_customers: not paying at the opening, had paid before, pay at the closing.
-- variant: standard
select grain, p_start, seg, count(*) filter (t0 = 0 and not joined and m1 > 0) as value
from state group by all;
