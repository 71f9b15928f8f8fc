-- opening_mrr: MRR just before the period begins.
-- variant: standard
select grain, p_start, seg, sum(m0) / 1e6 as value
from movement group by all;
