WITH told AS (
  SELECT
    *,
    json_extract_string(properties, '$.company_id') AS company,
    json_extract_string(properties, '$.distinct_id') AS person
  FROM export
), known AS (
  SELECT *, CASE WHEN (SELECT count(company) FROM told) > 0 THEN company ELSE person END AS customer FROM told
)
SELECT
  _record,
  customer AS customer_id,
  json_extract_string(properties, '$.time') AS occurred_at,
  event AS feature,
  person AS user_id
FROM known
WHERE customer IS NOT NULL
