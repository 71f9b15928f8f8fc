-- response_rate: invitations of the period answered within the window ÷ those sent.
-- variant: standard
select grain, p_start, seg, count(*) filter (in_time) as numerator, count(*) as denominator, numerator / denominator as value
from invitation group by all;

-- variant: by_respondent
select grain, p_start, seg, count(*) filter (any_in_time) as numerator, count(*) as denominator, numerator / denominator as value
from (select grain, p_start, seg, instrument, touchpoint, person, bool_or(in_time) as any_in_time
      from invitation group by all)
group by all;
