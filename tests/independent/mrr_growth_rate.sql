-- mrr_growth_rate: closing ÷ opening − 1, and the same against the state twelve months before the closing.
-- variant: standard
select grain, p_start, seg, sum(m1) / sum(m0) - 1 as value from state group by all;
-- variant: year_over_year
select grain, p_start, seg, sum(m1) / sum(m12) - 1 as value from state group by all;
