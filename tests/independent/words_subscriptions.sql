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
