WITH dated AS (
  SELECT
    *,
    lower(state) AS status,
    date_diff('day', TRY_CAST(left(current_period_started_at, 19) AS TIMESTAMP),
              TRY_CAST(left(current_period_ends_at, 19) AS TIMESTAMP)) AS days
  FROM export
)
SELECT
  _record,
  uuid AS subscription_id,
  account_code AS customer_id,
  coalesce(trial_ends_at, activated_at) AS start_date,
  CASE
    WHEN status IN ('canceled', 'expired') THEN expires_at
    WHEN status = 'paused' THEN paused_at
  END AS end_date,
  total_recurring_amount AS amount,
  CASE WHEN days >= 28 THEN CAST(CAST(round(days / 30.4375) AS INTEGER) AS VARCHAR) END AS interval_months,
  CASE WHEN days < 28 THEN CAST(days // 7 AS VARCHAR) END AS interval_weeks,
  currency,
  plan_code AS plan
FROM dated
WHERE status IN ('active', 'canceled', 'expired', 'paused')
  AND NOT coalesce(trial_ends_at = current_period_ends_at, false)   -- the current period is the trial
