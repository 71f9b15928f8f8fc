-- Where a customer belongs in a period when the table itself does not say, for a column that only
-- subscriptions have: that of the subscription that started last before the period's end.
-- Given: period, subscription_column(customer_id, start_date, seg).
create or replace table place as
select grain, p_start, customer_id, seg
from period join subscription_column on start_date < p_end
qualify row_number() over (
    partition by grain, p_start, customer_id order by start_date desc, seg desc) = 1;
