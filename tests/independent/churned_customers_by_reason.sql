-- churned_customers_by_reason: customers lost, by the reason given with the subscription that ended last.
-- variant: standard
with reason as (
    select grain, p_start, customer_id, coalesce(end_reason, '(not given)') as end_reason
    from period join given_subscriptions on end_date >= p_start and end_date < p_end
    where mrr > 0 and start_date < end_date
    qualify row_number() over (
        partition by grain, p_start, customer_id order by end_date desc, end_reason desc) = 1)
select grain, p_start, seg, 'end_reason=' || end_reason as split, count(*) as value
from state join reason using (grain, p_start, customer_id) where m0 > 0 and t1 = 0 group by all;
