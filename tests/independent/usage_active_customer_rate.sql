-- active_customer_rate: paying with an event in the period ÷ paying at the closing.
-- variant: standard
select grain, p_start, seg, count(*) filter (days > 0) as numerator, count(*) as denominator, numerator / denominator as value
from user_month where paying group by all;
