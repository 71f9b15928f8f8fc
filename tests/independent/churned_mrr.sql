-- churned_mrr: opening MRR of those who pay nothing at the closing, negative.
-- variant: standard
select grain, p_start, seg, sum(churn) / 1e6 as value
from movement group by all;
