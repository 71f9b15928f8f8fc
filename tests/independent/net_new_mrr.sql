-- net_new_mrr: every movement together.
-- variant: standard
select grain, p_start, seg, sum(new + reactivation + expansion + contraction + churn + transfer_in + transfer_out) / 1e6 as value
from movement group by all;
