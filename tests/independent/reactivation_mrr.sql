-- reactivation_mrr: closing MRR of those who paid nothing at the opening but had paid before.
-- variant: standard
select grain, p_start, seg, sum(reactivation) / 1e6 as value
from movement group by all;
