WITH told AS (
  SELECT
    *,
    lower(status) AS state,
    coalesce(start_date, created) AS begins
  FROM export
), trials AS (
  SELECT
    *,
    -- a trial that began later lies amid what is paid for
    coalesce(TRY_CAST(trial_start AS TIMESTAMPTZ) > TRY_CAST(begins AS TIMESTAMPTZ) + INTERVAL 1 DAY, false) AS amid
  FROM told
), terms AS (
  SELECT
    *,
    CASE WHEN amid THEN begins ELSE coalesce(trial_end, begins) END AS starts,
    CASE state WHEN 'canceled' THEN coalesce(ended_at, canceled_at) WHEN 'unpaid' THEN current_period_start END AS ends
  FROM trials
)
SELECT
  _record,
  item_id AS subscription_id,
  customer_id,
  -- what says no offset is in UTC
  CASE WHEN regexp_matches(starts, ':\d\d(\.\d+)?([+-]\d\d(:?\d\d)?|Z)$') THEN starts ELSE starts || ' UTC' END AS start_date,
  CASE WHEN regexp_matches(ends, ':\d\d(\.\d+)?([+-]\d\d(:?\d\d)?|Z)$') THEN ends ELSE ends || ' UTC' END AS end_date,
  coalesce(unit_amount_decimal, unit_amount) AS amount,
  coalesce(quantity, '1') AS quantity,
  CAST(CASE lower(recurring_interval) WHEN 'month' THEN 1 WHEN 'year' THEN 12 END
       * TRY_CAST(coalesce(recurring_interval_count, '1') AS INTEGER) AS VARCHAR) AS interval_months,
  CASE lower(recurring_interval) WHEN 'week' THEN coalesce(recurring_interval_count, '1') END AS interval_weeks,
  currency,
  coalesce(nickname, price_id) AS plan,
  product_id AS product
FROM terms
WHERE lower(coalesce(recurring_usage_type, 'licensed')) <> 'metered'
  AND (state IN ('active', 'past_due', 'canceled', 'unpaid') OR (state = 'trialing' AND amid))
  -- over before the trial was; a date that cannot be read stays, and is refused
  AND (trial_end IS NULL OR amid OR ends IS NULL
       OR coalesce(TRY_CAST(ends AS TIMESTAMPTZ) > TRY_CAST(starts AS TIMESTAMPTZ), true))
