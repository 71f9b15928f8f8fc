WITH begun AS (
  SELECT
    *,
    lower("Status") AS state,
    coalesce("Start Date (UTC)", "Start (UTC)", "Created (UTC)") AS begins
  FROM export
), trials AS (
  SELECT
    *,
    -- a trial that began later lies amid what is paid for
    coalesce(TRY_CAST("Trial Start (UTC)" AS TIMESTAMP) > TRY_CAST(begins AS TIMESTAMP) + INTERVAL 1 DAY, false) AS amid
  FROM begun
), terms AS (
  SELECT
    *,
    CASE WHEN amid THEN begins ELSE coalesce("Trial End (UTC)", begins) END AS starts,
    CASE state
      WHEN 'canceled' THEN coalesce("Ended At (UTC)", "Canceled At (UTC)")
      WHEN 'unpaid' THEN "Current Period Start (UTC)"
    END AS ends
  FROM trials
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
WHERE (state IN ('active', 'past_due', 'canceled', 'unpaid') OR (state = 'trialing' AND amid))
  -- over before the trial was; a date that cannot be read stays, and is refused
  AND ("Trial End (UTC)" IS NULL OR amid OR ends IS NULL
       OR coalesce(TRY_CAST(ends AS TIMESTAMP) > TRY_CAST(starts AS TIMESTAMP), true))
