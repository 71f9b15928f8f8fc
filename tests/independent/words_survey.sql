-- The words of the definitions for surveys. Scores are in millionths.
-- Given: period, survey(row_id, instrument, touchpoint, respondent_id, customer_id, response_id, score,
-- sent_at, responded_at), place(grain, p_start, customer_id, seg), word(seg), and the edition's response_window.

-- An answer counts in the period it was given; of one respondent's answers at a touchpoint, the latest.
create or replace table answer as
select grain, p_start, p_end, instrument, touchpoint, customer_id,
       word(seg) as seg, score / 1e6 as score, weight / 1e6 as weight
from period
join survey on responded_at >= p_start and responded_at < p_end
left join place using (grain, p_start, customer_id)
where score is not null
qualify row_number() over (
    partition by grain, p_start, instrument, touchpoint, coalesce(respondent_id, 'row ' || row_id)
    order by responded_at desc, response_id desc) = 1;

-- An invitation counts in the period it was sent. The window is half-open, as periods are, so that a
-- period is judged once as_of has reached its end and the window.
create or replace table invitation as
select grain, p_start, p_end, instrument, touchpoint, word(seg) as seg,
       coalesce(respondent_id, 'row ' || row_id) as person,
       coalesce(score is not null and responded_at < sent_at + to_days($response_window), false) as in_time
from period
join survey on sent_at >= p_start and sent_at < p_end
left join place using (grain, p_start, customer_id);
