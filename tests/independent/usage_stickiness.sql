-- stickiness: mean daily actives ÷ actives of the period, that is active days ÷ days they could have been.
-- variant: standard
select grain, p_start, seg, sum(days) as numerator, sum(date_diff('day', p_start, p_end)) as denominator,
       numerator / denominator as value
from user_month where days > 0 group by all;
