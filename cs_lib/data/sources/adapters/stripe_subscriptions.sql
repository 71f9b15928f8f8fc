WITH terms AS (
  SELECT
    *,
    lower("Status") AS state,
    coalesce("Trial End (UTC)", "Start Date (UTC)", "Start (UTC)", "Created (UTC)") AS starts,
    CASE lower("Status")
      WHEN 'canceled' THEN coalesce("Ended At (UTC)", "Canceled At (UTC)")
      WHEN 'unpaid' THEN "Current Period Start (UTC)"
    END AS ends
  FROM export
)
SELECT
  _record,
  id AS subscription_id,
  "Customer ID" AS customer_id,
  starts || ' UTC' AS start_date,
  ends || ' UTC' AS end_date,
  "Amount" AS amount,
  CASE lower("Interval") WHEN 'month' THEN '1' WHEN 'year' THEN '12' END AS interval_months,
  CASE lower("Interval") WHEN 'week' THEN '1' END AS interval_weeks,
  "Currency" AS currency,
  "Cancellation Reason" AS end_reason,
  "Plan" AS plan,
  "Product" AS product
FROM terms
WHERE state IN ('active', 'past_due', 'canceled', 'unpaid')
  -- over before the trial was; a date that cannot be read stays, and is refused
  AND ("Trial End (UTC)" IS NULL OR ends IS NULL
       OR coalesce(TRY_CAST(ends AS TIMESTAMP) > TRY_CAST(starts AS TIMESTAMP), true))
