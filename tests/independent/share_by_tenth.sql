-- share_by_tenth: the MRR just before the period ends by tenth of the customers, from the largest; the k-th ends at k tenths of them, rounded down.
-- variant: standard
with a as (select grain, p_start, seg, customer_id, sum(m1) / 1e6 as a from movement group by all having a > 0),
placed as (select *, row_number() over (partition by grain, p_start, seg order by a desc) as r,
                  count(*) over (partition by grain, p_start, seg) as n,
                  sum(a) over (partition by grain, p_start, seg) as whole from a),
tenths as (select *, k from placed, generate_series(1, 10) t(k))
select grain, p_start, seg, 'tenth=' || lpad(k::varchar, 2, '0') as split,
       coalesce(sum(a) filter (r > floor(n * (k - 1) / 10) and r <= floor(n * k / 10)), 0) as numerator,
       any_value(whole) as denominator, numerator / denominator as value
from tenths group by all;
