-- ces: the mean score on the edition's scale; the share that found it easy.
-- variant: standard
select grain, p_start, seg, sum(score) as numerator, count(*) as denominator, numerator / denominator as value
from answer where instrument = 'ces' group by all;
-- variant: share_easy
select grain, p_start, seg, count(*) filter (score >= $easy_from and score <= $easy_to) as numerator,
       count(*) as denominator, numerator / denominator as value
from answer where instrument = 'ces' group by all;
