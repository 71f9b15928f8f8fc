-- The words of the definitions for usage: days on which a customer used anything, and who pays at the closing.
-- A customer belongs to each segment in which it pays at the closing, else to that of its last subscription.
-- Given: period, place(grain, p_start, customer_id, seg), word(seg), given_usage_events,
-- sub(customer_id, seg, start_date, end_date, mrr).

create or replace table used as
select distinct customer_id, date_trunc('day', occurred_at) as day from given_usage_events;

create or replace table days_used as
select grain, p_start, customer_id, count(*) as days
from period join used on day >= p_start and day < p_end group by all;

create or replace table pays as
select grain, p_start, customer_id, seg, sum(mrr) as m1
from period join sub on start_date < p_end and (end_date is null or end_date >= p_end)
where mrr > 0 and (end_date is null or end_date > start_date) group by all;

create or replace table user_month as
select grain, p_start, p_end, customer_id, coalesce(pays.seg, word(place.seg)) as seg,
       coalesce(days, 0) as days, pays.customer_id is not null as paying
from days_used
full join pays using (grain, p_start, customer_id)
join period using (grain, p_start)
left join place using (grain, p_start, customer_id);

create or replace table feature_used as
select distinct grain, p_start, customer_id, feature, coalesce(pays.seg, word(place.seg)) as seg
from period join given_usage_events on occurred_at >= p_start and occurred_at < p_end
left join pays using (grain, p_start, customer_id)
left join place using (grain, p_start, customer_id)
where feature is not null;

create or replace table users_of as
select grain, p_start, customer_id, count(distinct user_id) as users
from period join given_usage_events on occurred_at >= p_start and occurred_at < p_end
where user_id is not null group by all;

create or replace table payer_month as
select grain, p_start, customer_id, seg, m1, coalesce(users, 0) as users
from pays left join users_of using (grain, p_start, customer_id);
