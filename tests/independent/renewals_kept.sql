-- variant: standard
select grain, p_start, seg, sum(kept) / 1e6 as numerator, null::double as denominator, numerator as value from renewal group by all;
