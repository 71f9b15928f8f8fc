-- nps_answers: answers of the period, the latest of each respondent.
-- variant: standard
select grain, p_start, seg, count(*) as value
from answer where instrument = 'nps' group by all;
