-- revenue_by_vintage (orders): revenue of the period by the year of the customer's first order; none without one.
-- variant: standard
with joined as (select customer_id, min(first_at) as first_at from first_order group by all)
select grain, p_start, seg, 'joined_in=' || coalesce(year(joined.first_at)::varchar, 'none') as split,
       sum(revenue) / 1e6 as value
from takings left join joined using (customer_id) group by all;
