-- renewal_rate: of the MRR whose terms ended in the period, what was renewed, at most as much as was due.
-- variant: gross
select grain, p_start, seg, sum(kept) / 1e6 as numerator, sum(due) / 1e6 as denominator, numerator / denominator as value
from renewal group by all;

-- variant: net
select grain, p_start, seg, sum(renewed) / 1e6 as numerator, sum(due) / 1e6 as denominator, numerator / denominator as value
from renewal group by all;

-- variant: by_customers
select grain, p_start, seg, count(*) filter (kept > 0) as numerator, count(*) as denominator, numerator / denominator as value
from (select grain, p_start, seg, customer_id, sum(kept) as kept from renewal group by all)
group by all;
