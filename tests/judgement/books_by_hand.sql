-- Customers of each owner in the twelve months to June 2026, from the files: who paid at a month's opening, who had left
-- by its end, and how many of those alike in plan and region did.
with paid as (
    select customer_id, plan, start_date, coalesce(end_date, date '9999-12-31') as ends,
        amount / interval_months as mrr
    from read_csv('{folder}/subscriptions.csv', header = true, types = {{'end_date': 'DATE', 'start_date': 'DATE'}})
    where amount > 0 and start_date < coalesce(end_date, date '9999-12-31')),
month as (
    select cast(unnest(generate_series(date '2025-07-01', date '2026-06-01', interval 1 month)) as date) as m),
state as (
    select m, customer_id,
        sum(mrr) filter (start_date < m and ends >= m) as opening,
        sum(mrr) filter (start_date < m + interval 1 month and ends >= m + interval 1 month) as closing
    from paid cross join month group by all
    having opening > 0),
plan_then as (
    select m, customer_id, plan
    from read_csv('{folder}/subscriptions.csv', header = true, types = {{'start_date': 'DATE'}}) join month on start_date < m
    qualify row_number() over (partition by m, customer_id order by start_date desc, plan desc) = 1),
dated as (
    select customer_id, region, coalesce(owner, '(not given)') as owner, coalesce(valid_from, date '1900-01-01') as since
    from read_csv('{folder}/customers.csv', header = true, types = {{'valid_from': 'DATE'}})),
had as (
    select state.*, plan, region, owner, closing is null as left_it
    from state join plan_then using (m, customer_id)
    join dated on dated.customer_id = state.customer_id and since <= m
    qualify row_number() over (partition by m, state.customer_id order by since desc) = 1),
rate as (
    select plan, region, avg(left_it::int) as rate, sum(opening) filter (left_it) / sum(opening) as share
    from had group by all)
select owner, count(distinct m) as months, count(*) / count(distinct m) as customers, sum(left_it::int) as lost,
    sum(rate) as expected, coalesce(sum(opening) filter (left_it), 0) as churned, sum(opening * share) as expected_churned,
    sum(greatest(closing - opening, 0)) as expansion
from had join rate using (plan, region)
group by owner order by owner
