-- new_revenue (orders): what customers moved since the period before.
-- variant: standard
select grain, p_start, seg, coalesce(sum(change) filter (now and not earlier and first), 0) / 1e6 as value from moved group by all;
-- variant: customers
select grain, p_start, seg, count(*) filter (now and not earlier and first) as value from moved group by all;
