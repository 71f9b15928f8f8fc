-- nps_detractors: share of the answers.
-- variant: standard
select grain, p_start, seg, count(*) filter (score < 7) as numerator, count(*) as denominator, numerator / denominator as value
from answer where instrument = 'nps' group by all;
