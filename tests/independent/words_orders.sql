-- The words of the definitions for orders. Amounts are in millionths; negative rows are refunds.
-- Given: period, ord(customer_id, seg, ordered_at, amount, order_id), and the edition's active_window.

-- One row an order: positive rows only, dated by its first row. A row without an order_id stands alone.
create or replace table placed as
select customer_id, any_value(seg) as seg, min(ordered_at) as ordered_at
from (select *, row_number() over () as row_id from ord) where amount > 0
group by customer_id, coalesce(order_id, 'row ' || row_id);

create or replace table first_order as
select customer_id, seg, min(ordered_at) as first_at from placed group by all;

create or replace table state as
select grain, p_start, p_end, customer_id, placed.seg, first_at,
       coalesce(bool_or(ordered_at < p_start and ordered_at >= p_start - to_months($active_window)), false) as active0,
       coalesce(bool_or(ordered_at < p_end and ordered_at >= p_end - to_months($active_window)), false) as active1,
       first_at >= p_start and first_at < p_end as joined,
       count(*) filter (ordered_at >= p_start and ordered_at < p_end) as orders,
       count(*) filter (ordered_at >= p_end - interval 12 month and ordered_at < p_end) as orders_12
from period, placed join first_order using (customer_id)
group by all;

create or replace table takings as
select grain, p_start, p_end, customer_id, seg,
       coalesce(sum(amount) filter (ordered_at >= p_start and ordered_at < p_end), 0) as revenue,
       coalesce(sum(amount) filter (ordered_at >= p_end - interval 12 month and ordered_at < p_end), 0) as revenue_12
from period, ord group by all;

-- Each customer's revenue less that of the period before, and in which of the two an order was placed.
create or replace table earlier_takings as
with spans as (
    select *, p_start - to_months(case grain when 'month' then 1 when 'quarter' then 3 else 12 end) as b_start from period)
select grain, p_start, customer_id, seg, coalesce(sum(amount), 0) as before
from spans join ord on ordered_at >= b_start and ordered_at < p_start group by all;

create or replace table ordered as
with spans as (
    select *, p_start - to_months(case grain when 'month' then 1 when 'quarter' then 3 else 12 end) as b_start from period)
select grain, p_start, customer_id, seg,
       bool_or(ordered_at >= p_start and ordered_at < p_end) as now,
       bool_or(ordered_at >= b_start and ordered_at < p_start) as earlier
from spans, placed group by all;

create or replace table moved as
select t.grain, t.p_start, t.seg, customer_id, revenue - coalesce(before, 0) as change,
       coalesce(now, false) as now, coalesce(earlier, false) as earlier,
       coalesce(first_at >= t.p_start and first_at < t.p_end, false) as first
from takings t left join earlier_takings using (grain, p_start, customer_id, seg)
left join ordered using (grain, p_start, customer_id, seg) left join first_order using (customer_id, seg);
