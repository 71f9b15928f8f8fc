-- new_mrr: closing MRR of those whose first paying start lies in the period.
-- variant: standard
select grain, p_start, seg, sum(new) / 1e6 as value
from movement group by all;
