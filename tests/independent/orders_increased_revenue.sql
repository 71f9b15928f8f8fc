-- increased_revenue (orders): what customers moved since the period before.
-- variant: standard
select grain, p_start, seg, coalesce(sum(change) filter (now = earlier and change > 0), 0) / 1e6 as value from moved group by all;
-- variant: customers
select grain, p_start, seg, count(*) filter (now = earlier and change > 0) as value from moved group by all;
