-- cac_payback: CAC ÷ (ARPA of new customers × margin), in months.
-- variant: standard
with spent as (
    select grain, p_start, seg, sum(amount) / 1e6 as costs
    from period join cost on month >= p_start and month < p_end group by all),
joined as (select grain, p_start, seg, count(*) as new from joiner group by all),
worth as (
    select grain, p_start, seg, sum(new) / 1e6 / count(*) filter (new > 0) as arpa
    from movement group by all)
select grain, p_start, seg, costs / new / (arpa * $gross_margin) as value
from spent join joined using (grain, p_start, seg) join worth using (grain, p_start, seg);
