WITH known AS (
  SELECT
    *,
    CASE
      WHEN (SELECT count(groups) FROM export) = 0 THEN user_id
      ELSE coalesce(json_extract_string(groups, '$.*[0]')[1], json_extract_string(groups, '$.*')[1])
    END AS customer
  FROM export
)
SELECT
  _record,
  customer AS customer_id,
  event_time || ' UTC' AS occurred_at,
  event_type AS feature,
  user_id
FROM known
WHERE customer IS NOT NULL
