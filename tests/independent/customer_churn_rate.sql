-- customer_churn_rate: five rules in common use.
-- variant: snapshot
select grain, p_start, seg, count(*) filter (t1 = 0) as numerator, count(*) as denominator, numerator / denominator as value
from state where m0 > 0 group by all;
-- variant: stripe
with base as (select grain, p_start, seg, count(*) as s from state where m0 > 0 group by all),
joined as (select grain, p_start, seg, count(*) as new from joiner group by all),
ended as (select grain, p_start, seg, count(*) as events from churn_event group by all)
select grain, p_start, seg, coalesce(events, 0) as numerator,
       coalesce(s, 0) + coalesce(new, 0) as denominator, numerator / denominator as value
from base full join joined using (grain, p_start, seg) full join ended using (grain, p_start, seg);
-- variant: events
with base as (select grain, p_start, seg, count(*) as s from state where m0 > 0 group by all),
ended as (select grain, p_start, seg, count(*) as events from churn_event group by all)
select grain, p_start, seg, coalesce(events, 0) as numerator, s as denominator, numerator / denominator as value
from base left join ended using (grain, p_start, seg);
-- variant: average_base
select grain, p_start, seg, count(*) filter (m0 > 0 and t1 = 0) as numerator,
       (count(*) filter (m0 > 0) + count(*) filter (m1 > 0)) / 2 as denominator, numerator / denominator as value
from state group by all;
-- variant: begin_plus_adds
with base as (
    select grain, p_start, seg, count(*) as s, count(*) filter (t1 = 0) as lost
    from state where m0 > 0 group by all),
joined as (select grain, p_start, seg, count(*) as new from joiner group by all)
select grain, p_start, seg, coalesce(lost, 0) as numerator,
       coalesce(s, 0) + coalesce(new, 0) as denominator, numerator / denominator as value
from base full join joined using (grain, p_start, seg);
