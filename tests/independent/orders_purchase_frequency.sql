-- purchase_frequency: orders ÷ customers who ordered, over the twelve months up to the period's end.
-- variant: standard
select grain, p_start, seg, sum(orders_12) as numerator, count(*) as denominator, numerator / denominator as value
from state where orders_12 > 0 group by all;
