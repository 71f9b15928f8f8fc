-- nps: 100 (promoters, 9 and above − detractors, below 7) ÷ answered.
-- variant: standard
select grain, p_start, seg, count(*) filter (score >= 9) - count(*) filter (score < 7) as numerator,
       count(*) as denominator, 100 * numerator / denominator as value
from answer where instrument = 'nps' group by all;
-- variant: by_weight
select grain, p_start, seg, sum(case when score >= 9 then weight when score < 7 then -weight else 0 end) as numerator,
       sum(weight) as denominator, 100 * numerator / denominator as value
from answer where instrument = 'nps' group by all;
-- variant: by_mrr
with worth as (
    select grain, p_start, customer_id, sum(mrr) / 1e6 as paid
    from period join given_subscriptions on start_date < p_end and (end_date is null or end_date >= p_end)
    group by all)
select grain, p_start, seg, sum(case when score >= 9 then paid when score < 7 then -paid else 0 end) as numerator,
       sum(paid) as denominator, 100 * numerator / denominator as value
from (select answer.*, coalesce(worth.paid, 0) as paid
      from answer left join worth using (grain, p_start, customer_id))
where instrument = 'nps' group by all;
