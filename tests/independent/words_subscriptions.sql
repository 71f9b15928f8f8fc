-- The words of the definitions for subscriptions, as tables. Money is in millionths, as the kit keeps it.
-- Given: period(grain, p_start, p_end), sub(customer_id, seg, start_date, end_date, mrr).
-- seg is the same word on every row for "all", else the row's plan, region and so on.

create or replace macro counts(started, ended, b) as started < b and (ended is null or ended >= b);

-- The instant some months, quarters or years before another.
create or replace macro earlier(grain, instant, count) as
    instant - to_months(count * case grain when 'month' then 1 when 'quarter' then 3 else 12 end);

create or replace table paid as from sub where mrr > 0 and (end_date is null or start_date < end_date);

create or replace table first_paid as
select customer_id, min(start_date) as first_start from paid group by customer_id;

-- A paying spell ends where no other interval goes on: touching is one spell. The event belongs to the
-- subscription that ended there; of several, to the alphabetically last.
create or replace table spell_end as
select p.customer_id, p.seg, p.end_date
from paid p
where p.end_date is not null and not exists (
    from paid o
    where o.customer_id = p.customer_id
      and o.start_date <= p.end_date and (o.end_date is null or o.end_date > p.end_date))
qualify row_number() over (
    partition by p.customer_id, p.end_date order by p.seg desc) = 1;

-- The segment a customer began in: that of the first paying subscription; of several begun together,
-- of the one that ends first.
create or replace table began as
select customer_id, seg from paid
qualify row_number() over (
    partition by customer_id order by start_date, end_date nulls last, seg) = 1;

-- Opening, closing and year-ago money of each customer in each segment.
create or replace table snapshot as
select grain, p_start, p_end, customer_id, seg,
       coalesce(sum(mrr) filter (counts(start_date, end_date, p_start)), 0) as m0,
       coalesce(sum(mrr) filter (counts(start_date, end_date, p_end)), 0) as m1,
       coalesce(sum(mrr) filter (counts(start_date, end_date, p_end - interval 12 month)), 0) as m12
from period, paid
group by all;

create or replace table person as
select grain, p_start, p_end, customer_id, first_start,
       sum(m0) as t0, sum(m1) as t1, sum(m12) as t12,
       coalesce(sum(m0 - m1) filter (m1 < m0), 0) as losing,
       coalesce(sum(m1 - m0) filter (m1 > m0), 0) as gaining
from snapshot join first_paid using (customer_id)
group by all;

-- One row a customer, segment and period, with everything the movements need.
create or replace table state as
select *, first_start >= p_start and first_start < p_end as joined,
       least(losing, gaining) as moved
from snapshot join person using (grain, p_start, p_end, customer_id);

create or replace table movement as
select *,
    case when t0 = 0 and joined then m1 else 0 end as new,
    case when t0 = 0 and not joined then m1 else 0 end as reactivation,
    case when t1 = 0 then -m0 else 0 end as churn,
    case when t0 > 0 and t1 > 0 and m1 > m0 then (m1 - m0) * (moved / gaining) else 0 end as transfer_in,
    case when t0 > 0 and t1 > 0 and m1 < m0 then (m1 - m0) * (moved / losing) else 0 end as transfer_out,
    case when t0 > 0 and t1 > 0 and m1 > m0 then m1 - m0 else 0 end - transfer_in as expansion,
    case when t0 > 0 and t1 > 0 and m1 < m0 then m1 - m0 else 0 end - transfer_out as contraction
from state;

-- Customers whose first paying start lies in the period, in the segment they began in.
create or replace table joiner as
select grain, p_start, seg, customer_id, t1
from person join began using (customer_id)
where first_start >= p_start and first_start < p_end;

create or replace table churn_event as
select grain, p_start, seg, customer_id, end_date
from period join spell_end on end_date >= p_start and end_date < p_end;

-- How long the first paying spell of each customer lasts. An age is counted in steps, 487 to a month of the
-- calendar; a day between two anniversaries is 16 of them, and stays between those.
create or replace macro whole_months(a, b) as
    date_diff('month', a, b) - case when a + to_months(date_diff('month', a, b)) > b then 1 else 0 end;

create or replace macro aged(a, b) as
    case when a + to_months(whole_months(a, b)) = b then whole_months(a, b) * 487
         else greatest(whole_months(a, b) * 487 + 1, least(date_diff('day', a, b) * 16, whole_months(a, b) * 487 + 486)) end;

create or replace table first_spell as
select first_paid.customer_id, began.seg, first_start as begins, min(end_date) as ends
from first_paid join began using (customer_id) left join spell_end using (customer_id)
group by all;

-- Who is followed to which age just before a period's end, for whom the end came then, and who is known only
-- from an age on because they were there before the history began (those gone by then are not known at all).
create or replace table lasting as
with seen as (
    select grain, p_start, seg, coalesce(ends < p_end, false) as over,
           case when over then aged(begins, ends) else aged(begins, p_end) - 1 end as age,
           case when begins < $history_starts then aged(begins, $history_starts) - 1 end as entry
    from period, first_spell
    where begins < p_end and coalesce(ends >= $history_starts, true)),
step as (
    select grain, p_start, seg, age, 1 as followed, over::int as reached from seen
    union all select grain, p_start, seg, entry, -1, 0 from seen where entry is not null)
select grain, p_start, seg, age, sum(reached) as reached,
       sum(sum(followed)) over (partition by grain, p_start, seg order by age desc) as at_risk
from step group by grain, p_start, seg, age;

-- Kaplan and Meier's product, up to the first age at which nobody is followed; a last step to 0 before such an
-- age is none, for others live on.
create or replace table lived as
with gap as (
    select grain, p_start, seg, min(age) filter (at_risk <= 0) as gap from lasting group by all),
known as (
    select lasting.*, gap, max(age) over (partition by grain, p_start, seg) as last_age
    from lasting join gap using (grain, p_start, seg) where gap is null or age < gap)
select grain, p_start, seg, age,
       product(1 - reached / at_risk) over (partition by grain, p_start, seg order by age) as alive
from known where gap is null or age < last_age or reached < at_risk;

create or replace table lifetime as
with edged as (
    select *, lead(age) over (partition by grain, p_start, seg order by age) as next_age from lived)
select grain, p_start, seg,
       (least(min(age), $lifetime_horizon * 487)
        + sum(alive * greatest(0, least(coalesce(next_age, $lifetime_horizon * 487), $lifetime_horizon * 487) - age))) / 487 as months
from edged group by grain, p_start, seg
having max(age) > ($lifetime_horizon - 1) * 487 or min(alive) = 0;


-- Terms: each end of a term, counted in whole months from the start or from the end that is given. Terms of more
-- than a month are due; those of a month only say how far what follows reaches.
create or replace table contract as
select row_number() over () as r, *, coalesce(term_ends_on, start_date) as anchor from paid;

create or replace table term as
select r, (anchor + to_months((k * interval_months)::int))::timestamp as ends
from contract, generate_series(-200, 200) s(k)
where interval_months is not null and ends > start_date and ends <= date '2030-01-01';

create or replace table first_term as select r, min(ends) as first_end from term group by r;

-- The end of the term that was running when a row ended.
create or replace table running as
select r, min(ends) as running from contract join term using (r) where ends >= end_date group by r;

-- What the customer begins to pay for within the grace days around the end of a row that is over. A row follows only
-- one end: that which lies nearest, of two equally near the earlier. Of those that follow an end the nearest count.
create or replace table follower as
with near as (
    select c.r, s.r as s, s.start_date as begins, s.mrr, f.first_end, c.end_date,
           abs(date_diff('day', c.end_date, s.start_date)) as days
    from contract c join contract s using (customer_id) left join first_term f on f.r = s.r
    where c.interval_months > 1 and s.start_date > c.start_date and c.end_date < $as_of
      and s.start_date between c.end_date - to_days($renewal_grace) and c.end_date + to_days($renewal_grace)
      and (s.end_date is null or s.end_date > c.end_date)),
claimed as (
    select * from near qualify rank() over (partition by s order by days, end_date) = 1),
nearest as (
    select * from claimed qualify rank() over (partition by r order by days) = 1)
select r, min(begins) as begins, sum(mrr) as more, max(first_end) as next_end from nearest group by r;

create or replace table outcome as
with over as (
    select contract.*, sum(mrr) over (partition by customer_id, end_date) as whole,
           running, running = end_date as at_end
    from contract left join running using (r)
    where end_date < $as_of and interval_months > 1),
followed as (
    select *, round(coalesce(more, 0) * (mrr / whole)) as went_on, least(mrr, went_on) as kept_on
    from over left join follower using (r))
select seg, customer_id, ends as day, mrr as due, mrr as renewed, mrr as kept, 0 as late, 0 as early, 0 as open
from contract join term using (r)
where interval_months > 1 and (end_date is null or end_date > ends) and ends < $as_of
union all
select seg, customer_id, end_date, mrr, went_on, kept_on,
       case when begins > end_date then kept_on else 0 end,
       case when begins < end_date or (begins is not null and not at_end) then kept_on else 0 end,
       case when begins is null and end_date + to_days($renewal_grace) >= $as_of then mrr else 0 end
from followed
where at_end or begins is null or date_trunc('month', next_end) > date_trunc('month', running);

create or replace table renewal as
select grain, p_start, seg, customer_id, due, renewed, kept, late, early, open
from outcome join period on day >= p_start and day < p_end;
