WITH known AS (
  SELECT
    *,
    CASE WHEN (SELECT count(context_group_id) FROM export) > 0 THEN context_group_id ELSE user_id END AS customer
  FROM export
)
SELECT
  _record,
  customer AS customer_id,
  "timestamp" AS occurred_at,
  event AS feature,
  user_id
FROM known
WHERE customer IS NOT NULL
