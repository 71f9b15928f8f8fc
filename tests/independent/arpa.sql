-- arpa: MRR ÷ paying customers; of the new ones, their closing MRR ÷ those of them who pay then.
-- variant: standard
select grain, p_start, seg, sum(m1) / 1e6 as numerator, count(*) filter (m1 > 0) as denominator, numerator / denominator as value
from state group by all;
-- variant: new_customers
select grain, p_start, seg, sum(new) / 1e6 as numerator, count(*) filter (new > 0) as denominator, numerator / denominator as value
from movement group by all;
