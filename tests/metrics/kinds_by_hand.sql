-- What expansion is made of in the sample company, month by month: from who held what at either end.
with paid as (
    select customer_id, plan, start_date, coalesce(end_date, date '9999-12-31') as ends, amount / interval_months as mrr
    from read_csv('{folder}/subscriptions.csv', header = true, types = {{'end_date': 'DATE', 'start_date': 'DATE'}})
    where amount > 0 and start_date < coalesce(end_date, date '9999-12-31')),
month as (
    select cast(unnest(generate_series(date '2023-07-01', date '2026-06-01', interval 1 month)) as date) as m),
held as (
    select m, customer_id, plan,
        count(*) filter (start_date < m and ends >= m) as n0,
        count(*) filter (start_date < m + interval 1 month and ends >= m + interval 1 month) as n1,
        coalesce(sum(mrr) filter (start_date < m and ends >= m), 0) as m0,
        coalesce(sum(mrr) filter (start_date < m + interval 1 month and ends >= m + interval 1 month), 0) as m1
    from paid cross join month group by all),
customer as (
    select m, customer_id, sum(m0) as t0, sum(m1) as t1, sum(n1) - sum(n0) as more,
        count(*) filter (n0 != n1) as plans_changed,
        coalesce(sum(m1 - m0) filter (n0 = n1), 0) as price,
        coalesce(sum(m1 - m0) filter (n0 != n1), 0) as other
    from held group by all)
-- where no plan both gained and kept a subscription, what changed plans and what came on top stay apart
select m as month,
    case when more = 0 then 'another plan' else 'number of subscriptions' end as kind, sum(other) as money
from customer where t0 > 0 and t1 > t0 and plans_changed > 0 group by all
union all
select m, 'price at the same plan', sum(price) from customer where t0 > 0 and t1 > t0 group by all
