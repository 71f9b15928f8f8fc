-- revenue (orders): amounts of the period, refunds netted.
-- variant: standard
select grain, p_start, seg, sum(revenue) / 1e6 as value
from takings group by all;
