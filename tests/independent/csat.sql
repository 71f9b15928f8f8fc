-- csat: satisfied ÷ answered; the best score alone; the mean.
-- variant: standard
select grain, p_start, seg, count(*) filter (score >= $satisfied_from and score <= $satisfied_to) as numerator,
       count(*) as denominator, numerator / denominator as value
from answer where instrument = 'csat' group by all;
-- variant: top_box
select grain, p_start, seg, count(*) filter (score = $csat_top) as numerator, count(*) as denominator,
       numerator / denominator as value
from answer where instrument = 'csat' group by all;
-- variant: mean
select grain, p_start, seg, sum(score) as numerator, count(*) as denominator, numerator / denominator as value
from answer where instrument = 'csat' group by all;
