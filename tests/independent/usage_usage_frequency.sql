-- usage_frequency: active days ÷ active customers.
-- variant: standard
select grain, p_start, seg, sum(days) as numerator, count(*) as denominator, numerator / denominator as value
from user_month where days > 0 group by all;
