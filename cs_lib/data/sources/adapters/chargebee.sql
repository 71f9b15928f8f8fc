WITH dated AS (
  SELECT
    *,
    lower("subscriptions.status") AS state,
    lower("subscriptions.billing_period_unit") AS unit,
    CASE lower("subscriptions.status")
      WHEN 'cancelled' THEN "subscriptions.cancelled_at"
      WHEN 'paused' THEN "subscriptions.pause_date"
    END AS ends
  FROM export
)
SELECT
  _record,
  "subscriptions.id" AS subscription_id,
  "customers.id" AS customer_id,
  coalesce("subscriptions.activated_at", "subscriptions.started_at") AS start_date,
  ends AS end_date,
  "subscriptions.plan_unit_price" AS amount,
  "subscriptions.plan_quantity" AS quantity,
  CASE unit
    WHEN 'month' THEN "subscriptions.billing_period"
    WHEN 'year' THEN coalesce(
      CAST(TRY_CAST("subscriptions.billing_period" AS INTEGER) * 12 AS VARCHAR), "subscriptions.billing_period")
  END AS interval_months,
  CASE unit WHEN 'week' THEN "subscriptions.billing_period" END AS interval_weeks,
  "subscriptions.currency_code" AS currency,
  "subscriptions.cancel_reason_code" AS end_reason,
  "subscriptions.plan_id" AS plan
FROM dated
WHERE state IN ('active', 'non_renewing', 'cancelled', 'paused')
  -- cancelled within the trial, which was never activated
  AND NOT (state = 'cancelled' AND "subscriptions.trial_end" IS NOT NULL AND "subscriptions.activated_at" IS NULL)
