-- repeat_rate: customers with two orders or more ÷ customers who ordered, over the same twelve months.
-- variant: standard
select grain, p_start, seg, count(*) filter (orders_12 >= 2) as numerator, count(*) as denominator,
       numerator / denominator as value
from state where orders_12 > 0 group by all;
