WITH told AS (
  SELECT
    *,
    nullif(coalesce(json_extract_string(groups, '$.*[0]')[1], json_extract_string(groups, '$.*')[1]), '[]') AS company
  FROM export
), known AS (
  SELECT *, CASE WHEN (SELECT count(company) FROM told) > 0 THEN company ELSE user_id END AS customer FROM told
)
SELECT
  _record,
  customer AS customer_id,
  event_time || ' UTC' AS occurred_at,
  event_type AS feature,
  user_id
FROM known
WHERE customer IS NOT NULL
