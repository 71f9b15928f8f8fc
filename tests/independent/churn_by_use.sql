-- churn_by_use: snapshot churn, by the days of use in the month before the opening.
-- variant: standard
select grain, p_start, seg,
       'use=' || case when coalesce(days, 0) = 0 then '0 days' when days < 5 then '1 to 4 days'
                      when days < 10 then '5 to 9 days' else 'over 9 days' end as split,
       count(*) filter (t1 = 0) as numerator, count(*) as denominator, numerator / denominator as value
from state left join (
    select grain, p_start, u.customer_id, count(distinct date_trunc('day', occurred_at)) as days
    from period join given_usage_events u on occurred_at >= p_start - interval 1 month and occurred_at < p_start
    group by all) using (grain, p_start, customer_id)
where m0 > 0 group by all;
