-- Who left the sample company in the twelve months to June 2026: customer by customer, from the files.
with paid as (
    select customer_id, plan, start_date, coalesce(end_date, date '9999-12-31') as ends, end_reason,
        amount / interval_months as mrr
    from read_csv('{folder}/subscriptions.csv', header = true, types = {{'end_date': 'DATE', 'start_date': 'DATE'}})
    where amount > 0 and start_date < coalesce(end_date, date '9999-12-31')),
month as (
    select cast(unnest(generate_series(date '2025-07-01', date '2026-06-01', interval 1 month)) as date) as m),
state as (
    select m, customer_id,
        sum(mrr) filter (start_date < m and ends >= m) as opening,
        sum(mrr) filter (start_date < m + interval 1 month and ends >= m + interval 1 month) as closing,
        min(start_date) as first_paid
    from paid cross join month group by all),
reason as (
    select m, customer_id, plan, coalesce(end_reason, '(not given)') as reason
    from paid join month on ends >= m and ends < m + interval 1 month
    qualify row_number() over (partition by m, customer_id order by ends desc, end_reason desc) = 1)
select m as month, date_trunc('month', first_paid)::date as joined, reason, region, reason.plan, opening as money
from state join reason using (m, customer_id)
join (select distinct customer_id, region from read_csv('{folder}/customers.csv', header = true)) using (customer_id)
where opening > 0 and closing is null
