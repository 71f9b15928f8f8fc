-- survival: the share alive at each whole month of age, at the end of the last complete month.
-- variant: points
with last as (
    select max(p_start) as p_start from period where grain = 'month' and p_end <= $as_of),
curve as (select lived.* from lived join last using (p_start) where grain = 'month'),
month as (select unnest(range(0, 600)) as t)
select seg, t, coalesce(arg_max(alive, age) filter (age <= t * 487), 1.0) as value
from month, curve group by seg, t
having t * 487 <= max(age);
