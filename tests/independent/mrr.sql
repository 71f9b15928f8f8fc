-- mrr: MRR just before the period ends.
-- variant: standard
select grain, p_start, seg, sum(m1) / 1e6 as value
from movement group by all;
