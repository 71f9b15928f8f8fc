SELECT
  _record,
  lower("Email") AS customer_id,
  "Created at" AS ordered_at,
  CASE
    WHEN lower("Financial Status") = 'refunded' THEN '0'
    WHEN coalesce(CAST("Refunded Amount" AS DECIMAL(18, 6)), 0) = 0 THEN "Subtotal"
    ELSE CAST(greatest(CAST("Subtotal" AS DECIMAL(18, 6)) - CAST("Refunded Amount" AS DECIMAL(18, 6)), 0) AS VARCHAR)
  END AS amount,
  "Name" AS order_id,
  "Currency" AS currency
FROM export
WHERE lower("Financial Status") NOT IN ('voided', 'expired')   -- nor blank, as on the further lines of an order
  AND "Email" IS NOT NULL
