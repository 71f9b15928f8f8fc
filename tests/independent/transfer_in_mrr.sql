-- transfer_in_mrr: what came with customers from other segments.
-- variant: standard
select grain, p_start, seg, sum(transfer_in) / 1e6 as value
from movement group by all;
