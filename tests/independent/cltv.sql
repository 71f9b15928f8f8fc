-- cltv: ARPA × margin ÷ monthly churn pooled over the twelve months up to the period's end.
-- variant: ratio
with arpa as (select grain, p_start, seg, sum(m1) / 1e6 / count(*) filter (m1 > 0) as arpa from state group by all),
pooled as (
    select period.grain, period.p_start, seg, count(*) filter (m0 > 0 and t1 = 0) / count(*) filter (m0 > 0) as churn
    from period join state on state.grain = 'month'
     and state.p_end <= period.p_end and state.p_end > period.p_end - interval 12 month
    group by all)
select grain, p_start, seg, arpa * $gross_margin / churn as value
from arpa join pooled using (grain, p_start, seg);
-- variant: revenue
with arpa as (select grain, p_start, seg, sum(m1) / 1e6 / count(*) filter (m1 > 0) as arpa from state group by all),
pooled as (
    select period.grain, period.p_start, seg, count(*) filter (m0 > 0 and t1 = 0) / count(*) filter (m0 > 0) as churn
    from period join state on state.grain = 'month'
     and state.p_end <= period.p_end and state.p_end > period.p_end - interval 12 month
    group by all)
select grain, p_start, seg, arpa / churn as value
from arpa join pooled using (grain, p_start, seg);
-- variant: survival
with arpa as (select grain, p_start, seg, sum(m1) / 1e6 / count(*) filter (m1 > 0) as arpa from state group by all)
select grain, p_start, seg, arpa * $gross_margin * months as value from arpa join lifetime using (grain, p_start, seg);
