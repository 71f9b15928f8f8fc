-- nps: 100 (promoters, 9 and above − detractors, below 7) ÷ answered.
-- variant: standard
select grain, p_start, seg, count(*) filter (score >= 9) - count(*) filter (score < 7) as numerator,
       count(*) as denominator, 100 * numerator / denominator as value
from answer where instrument = 'nps' group by all;
