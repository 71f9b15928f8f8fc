-- cltv purchases: order value × orders a customer and year ÷ 12 × margin ÷ monthly churn of the last twelve months.
-- variant: purchases
with money as (select grain, p_start, p_end, seg, sum(revenue_12) / 1e6 as revenue from takings group by all),
placed as (
    select grain, p_start, seg, sum(orders_12) as orders, count(*) filter (orders_12 > 0) as buyers
    from state group by all),
monthly as (
    select p_start, p_end, seg, count(*) as s, count(*) filter (not active1) as lost
    from state where grain = 'month' and active0 group by all),
pooled as (
    select period.grain, period.p_start, seg, sum(lost) / sum(s) as churn
    from period join monthly on monthly.p_end <= period.p_end and monthly.p_end > period.p_end - interval 12 month
    group by all)
select grain, p_start, seg, revenue / orders * (orders / buyers) / 12 * $gross_margin / churn as value
from money join placed using (grain, p_start, seg) join pooled using (grain, p_start, seg);
