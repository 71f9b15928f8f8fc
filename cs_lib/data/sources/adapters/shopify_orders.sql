SELECT
  _record,
  lower("Email") AS customer_id,
  "Created at" AS ordered_at,
  CASE
    WHEN "Refunded Amount" IS NULL THEN "Subtotal"
    WHEN TRY_CAST("Refunded Amount" AS DECIMAL(18, 6)) IS NULL THEN "Refunded Amount"   -- refused as it is
    WHEN TRY_CAST("Subtotal" AS DECIMAL(18, 6)) IS NULL THEN "Subtotal"
    ELSE CAST(greatest(CAST("Subtotal" AS DECIMAL(18, 6)) - CAST("Refunded Amount" AS DECIMAL(18, 6)), 0) AS VARCHAR)
  END AS amount,
  "Name" AS order_id,
  "Currency" AS currency
FROM export
WHERE lower("Financial Status") NOT IN ('voided', 'expired') AND "Email" IS NOT NULL
