-- time_to_follow_up: the first day by which the product over days d of 1 − followed up on d ÷ still waiting at d is ½ or less.
-- variant: standard
with ended as (
    select grain, p_start, seg, waited, count(*) as many, count(*) filter (done) as followed from critical group by all
), curve as (
    select *, sum(many) over still as waiting from ended
    window still as (partition by grain, p_start, seg order by waited desc)
), left_over as (
    select *, product(1 - followed / waiting) over (partition by grain, p_start, seg order by waited) as share from curve
)
select grain, p_start, seg, sum(followed) as numerator, sum(many) as denominator,
       min(waited) filter (share <= 0.5 + 1e-12) as value
from left_over group by all;
