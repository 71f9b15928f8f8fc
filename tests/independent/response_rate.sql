-- response_rate: invitations of the period answered within the window ÷ those sent.
-- variant: standard
select grain, p_start, seg, count(*) filter (in_time) as numerator, count(*) as denominator, numerator / denominator as value
from invitation group by all;
