-- revenue_growth_rate: revenue ÷ that of the period before − 1, or of the same period a year before.
-- variant: standard
with money as (select grain, p_start, p_end, seg, sum(revenue) as revenue from takings group by all)
select now.grain, now.p_start, now.seg, now.revenue / before.revenue - 1 as value
from money now join money before on before.grain = now.grain and before.seg = now.seg and before.p_end = now.p_start;
-- variant: year_over_year
with money as (select grain, p_start, seg, sum(revenue) as revenue from takings group by all)
select now.grain, now.p_start, now.seg, now.revenue / before.revenue - 1 as value
from money now join money before on before.grain = now.grain and before.seg = now.seg
 and before.p_start = case now.grain when 'week' then now.p_start - interval 364 day else now.p_start - interval 12 month end;
