-- transfer_out_mrr: what went with customers to other segments, negative.
-- variant: standard
select grain, p_start, seg, sum(transfer_out) / 1e6 as value
from movement group by all;
