-- cac: costs ÷ customers whose first paying start lies in the same stretch of time.
-- variant: month
with spent as (
    select grain, p_start, seg, sum(amount) / 1e6 as costs
    from period join cost on month >= p_start and month < p_end group by all),
joined as (select grain, p_start, seg, count(*) as new from joiner group by all)
select grain, p_start, seg, costs as numerator, new as denominator, costs / new as value
from spent join joined using (grain, p_start, seg);
-- variant: marketing_only
with spent as (
    select grain, p_start, seg, sum(amount) / 1e6 as costs
    from period join cost on month >= p_start and month < p_end where category = 'marketing' group by all),
joined as (select grain, p_start, seg, count(*) as new from joiner group by all)
select grain, p_start, seg, costs as numerator, new as denominator, costs / new as value
from spent join joined using (grain, p_start, seg);
-- variant: 12_months
with spent as (
    select grain, p_start, seg, sum(amount) / 1e6 as costs
    from period join cost on month >= p_end - interval 12 month and month < p_end group by all),
joined as (
    select period.grain, period.p_start, seg, count(*) as new
    from period join joiner on joiner.grain = 'month'
     and joiner.p_start >= p_end - interval 12 month and joiner.p_start < p_end group by all)
select grain, p_start, seg, costs as numerator, new as denominator, costs / new as value
from spent join joined using (grain, p_start, seg);
-- variant: lagged
with spent as (
    select grain, p_start, seg, sum(amount) / 1e6 as costs
    from period join cost on month >= earlier(grain, p_start, $cac_lag) and month < earlier(grain, p_end, $cac_lag)
    group by all),
joined as (select grain, p_start, seg, count(*) as new from joiner group by all)
select grain, p_start, seg, costs as numerator, new as denominator, costs / new as value
from spent join joined using (grain, p_start, seg);
