-- arpa: MRR ÷ users who were active, of the customers who pay at the closing.
-- variant: per_user
select grain, p_start, seg, sum(m1) / 1e6 as numerator, sum(users) as denominator, numerator / denominator as value
from payer_month group by all;
