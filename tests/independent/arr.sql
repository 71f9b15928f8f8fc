-- arr: twelve times the closing MRR.
-- variant: standard
select grain, p_start, seg, 12 * sum(m1) / 1e6 as value
from movement group by all;
