-- acquisition_cost: the costs of the months in the period.
-- variant: standard
select grain, p_start, seg, sum(amount) / 1e6 as value
from period join cost on month >= p_start and month < p_end group by all;
-- variant: marketing_only
select grain, p_start, seg, coalesce(sum(amount) filter (category = 'marketing'), 0) / 1e6 as value
from period join cost on month >= p_start and month < p_end group by all;
