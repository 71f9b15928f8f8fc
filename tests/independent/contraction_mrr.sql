-- contraction_mrr: what those paying at both ends pay less, negative.
-- variant: standard
select grain, p_start, seg, sum(contraction) / 1e6 as value
from movement group by all;
