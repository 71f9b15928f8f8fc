WITH terms AS (
  SELECT
    *,
    -- of deals that are won both are read, or refused
    CAST(TRY_CAST("Close Date" AS TIMESTAMP)
         + to_months(TRY_CAST("Contract length (months)" AS INTEGER)) AS VARCHAR) AS ends
  FROM export
)
SELECT
  _record,
  "Record ID" AS subscription_id,
  split_part("Associated Company IDs", ';', 1) AS customer_id,
  "Close Date" AS start_date,
  ends AS end_date,
  ends AS term_ends_on,
  "Amount" AS amount,
  "Contract length (months)" AS interval_months,
  "Currency" AS currency
FROM terms
WHERE regexp_matches(lower("Deal Stage"), '^(closed[ -]*)?won\b')
