-- expansion_mrr_rate: expansion ÷ opening.
-- variant: standard
select grain, p_start, seg, sum(expansion) / 1e6 as numerator, sum(m0) / 1e6 as denominator, numerator / denominator as value
from movement group by all;
