-- average_order_value: revenue ÷ orders.
-- variant: standard
with money as (select grain, p_start, seg, sum(revenue) / 1e6 as numerator from takings group by all),
placed as (select grain, p_start, seg, sum(orders) as denominator from state group by all)
select *, numerator / denominator as value from money join placed using (grain, p_start, seg);
-- variant: 12_months
with money as (select grain, p_start, seg, sum(revenue_12) / 1e6 as numerator from takings group by all),
placed as (select grain, p_start, seg, sum(orders_12) as denominator from state group by all)
select *, numerator / denominator as value from money join placed using (grain, p_start, seg);
