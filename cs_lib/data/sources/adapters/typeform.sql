WITH answers AS (
  SELECT *, 'nps' AS instrument, nps AS answer FROM export
  UNION ALL
  SELECT *, 'csat', csat FROM export
)
SELECT
  _record,
  instrument,
  answer AS score,
  "Submit Date (UTC)" || ' UTC' AS responded_at,
  "#" || ' ' || instrument AS response_id,
  "#" AS respondent_id,
  customer_id
FROM answers
WHERE answer IS NOT NULL AND lower("Response Type") = 'completed'
