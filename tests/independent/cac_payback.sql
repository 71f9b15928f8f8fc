-- cac_payback: CAC ÷ (ARPA of new customers × margin), in months; new customers count with what they pay at the
-- closing of the month in which they joined.
-- variant: 12_months
with spent as (
    select grain, p_start, seg, sum(amount) / 1e6 as costs
    from period join cost on month >= p_end - interval 12 month and month < p_end group by all),
joined as (
    select period.grain, period.p_start, seg, count(*) as new
    from period join joiner on joiner.grain = 'month'
     and joiner.p_start >= p_end - interval 12 month and joiner.p_start < p_end group by all),
worth as (
    select period.grain, period.p_start, seg, sum(new) / 1e6 / count(*) filter (new > 0) as arpa
    from period join movement on movement.grain = 'month'
     and movement.p_start >= period.p_end - interval 12 month and movement.p_start < period.p_end group by all)
select grain, p_start, seg, costs / new / (arpa * $gross_margin) as value
from spent join joined using (grain, p_start, seg) join worth using (grain, p_start, seg);
-- variant: month
with spent as (
    select grain, p_start, seg, sum(amount) / 1e6 as costs
    from period join cost on month >= p_start and month < p_end group by all),
joined as (select grain, p_start, seg, count(*) as new from joiner group by all),
worth as (
    select grain, p_start, seg, sum(new) / 1e6 / count(*) filter (new > 0) as arpa
    from movement group by all)
select grain, p_start, seg, costs / new / (arpa * $gross_margin) as value
from spent join joined using (grain, p_start, seg) join worth using (grain, p_start, seg);
-- variant: aggregate
with spent as (
    select grain, p_start, seg, sum(amount) / 1e6 as costs
    from period join cost on month >= earlier(grain, p_start, 1) and month < p_start group by all),
gained as (select grain, p_start, seg, sum(m1 - m0) / 1e6 as net_new from state group by all)
select grain, p_start, seg, costs / (net_new * $gross_margin) as value
from spent join gained using (grain, p_start, seg) where net_new > 0;
