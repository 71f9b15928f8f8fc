-- follow_up_rate: critical answers of the period followed up by the last day of the window ÷ those given.
-- variant: standard
select grain, p_start, seg, count(*) filter (in_time) as numerator, count(*) as denominator, numerator / denominator as value
from critical group by all;
