-- mrr_by_vintage: MRR just before the period ends, by the year in which the customer first paid.
-- variant: standard
select grain, p_start, seg, 'joined_in=' || year(first_start) as split, sum(m1) / 1e6 as value
from movement group by all;
