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

-- Every answer of somebody who would rather not counts in the period it was given: of NPS one below 7, of CSAT one
-- outside the satisfied scores, of CES one outside the easy ones. An instrument's follow-ups are known from the day of
-- its first; one dated before its answer says nothing.
create or replace table critical as
with known as (
    select instrument, min(followed_up_on) as since from survey where followed_up_on is not null group by all
)
select grain, p_start, p_end, instrument, touchpoint, word(seg) as seg,
       coalesce(followed_up_on < $as_of, false) as done,
       date_diff('day', responded_at, if(done, followed_up_on, $as_of)) as waited,
       done and followed_up_on::date <= responded_at::date + $follow_up_window::integer as in_time
from period
join survey on responded_at >= p_start and responded_at < p_end
join known using (instrument)
left join place using (grain, p_start, customer_id)
where responded_at >= since and not coalesce(followed_up_on::date < responded_at::date, false)
  and case instrument when 'nps' then score < 7e6
      when 'csat' then score / 1e6 not between $satisfied_from and $satisfied_to
      else score / 1e6 not between $easy_from and $easy_to end;
