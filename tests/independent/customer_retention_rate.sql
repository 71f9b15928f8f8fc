-- customer_retention_rate: still there ÷ S; and closing ÷ opening as popular articles have it.
-- variant: snapshot
select grain, p_start, seg, count(*) filter (t1 > 0) as numerator, count(*) as denominator, numerator / denominator as value
from state where m0 > 0 group by all;
-- variant: end_over_start
select grain, p_start, seg, count(*) filter (m1 > 0) as numerator, count(*) filter (m0 > 0) as denominator,
       numerator / denominator as value
from state group by all;
