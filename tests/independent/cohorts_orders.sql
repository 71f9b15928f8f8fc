-- cohort_retention of orders: customers and revenue.
-- A cohort is the month of the first order; active at age k is having ordered in the month k after it.
-- variant: cells
with member as (
    select customer_id, seg, date_trunc('month', first_at)::timestamp as cohort from first_order),
month as (
    select customer_id, seg, cohort, date_diff('month', cohort, p_start) as age, orders, revenue
    from member join state using (customer_id, seg) join takings using (grain, p_start, p_end, customer_id, seg)
    where grain = 'month' and p_start >= cohort and p_end <= $as_of),
cell as (
    select seg, cohort, age, count(*) as size, count(*) filter (orders > 0) as customers, sum(revenue) / 1e6 as net
    from month group by all),
based as (
    select cell.*, first.net as base
    from cell join cell first using (seg, cohort) where first.age = 0),
measure as (
    select 'customers' as measure, seg, cohort, age, customers as numerator, size as denominator from based
    union all select 'revenue_net', seg, cohort, age, net, base from based)
select *, numerator / denominator as value from measure
union all
select measure, seg, null, age, sum(numerator) as up, sum(denominator) as down, up / down
from measure group by all;
