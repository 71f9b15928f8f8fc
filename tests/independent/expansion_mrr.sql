-- expansion_mrr: what those paying at both ends pay more.
-- variant: standard
select grain, p_start, seg, sum(expansion) / 1e6 as value
from movement group by all;
