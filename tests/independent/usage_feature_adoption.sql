-- feature_adoption: customers who used the feature ÷ customers who used any.
-- variant: standard
with active as (select grain, p_start, seg, count(distinct customer_id) as active from feature_used group by all)
select grain, p_start, seg, 'feature=' || feature as split, count(*) as numerator, any_value(active) as denominator,
       numerator / denominator as value
from feature_used join active using (grain, p_start, seg) group by all;
