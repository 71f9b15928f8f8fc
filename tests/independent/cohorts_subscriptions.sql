-- cohort_retention of subscriptions: customers, revenue net, revenue gross.
-- A cohort is the month of the first paying start; age k is the closing of the month k after it. Gross is
-- the least that a customer has paid at any closing so far: nothing after a gap.
-- variant: cells
with member as (
    select customer_id, seg, date_trunc('month', first_start)::timestamp as cohort
    from first_paid join began using (customer_id)),
closing as (
    select customer_id, seg, cohort, date_diff('month', cohort, p_start) as age, t1 as paid
    from person join member using (customer_id)
    where grain = 'month' and p_start >= cohort and p_end <= $as_of),
least_so_far as (
    select *, min(paid) over (partition by customer_id order by age) as kept from closing),
cell as (
    select seg, cohort, age, count(*) as size, count(*) filter (paid > 0) as customers,
           sum(paid) / 1e6 as net, sum(kept) / 1e6 as gross
    from least_so_far group by all),
based as (
    select cell.*, first.net as base
    from cell join cell first using (seg, cohort) where first.age = 0),
measure as (
    select 'customers' as measure, seg, cohort, age, customers as numerator, size as denominator from based
    union all select 'revenue_net', seg, cohort, age, net, base from based
    union all select 'revenue_gross', seg, cohort, age, gross, base from based)
select *, numerator / denominator as value from measure
union all
select measure, seg, null, age, sum(numerator) as up, sum(denominator) as down, up / down
from measure group by all;
