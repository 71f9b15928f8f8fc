-- expected_lifetime: the mean age up to the horizon of those alive by Kaplan and Meier.
-- variant: standard
select grain, p_start, seg, months as value from lifetime;
-- variant: ratio
select grain, p_start, seg, count(*) filter (m0 > 0) / nullif(count(*) filter (m0 > 0 and t1 = 0), 0) as value
from (select period.grain, period.p_start, seg, m0, t1
      from period join state on state.grain = 'month'
       and state.p_end <= period.p_end and state.p_end > period.p_end - interval 12 month)
group by all;
