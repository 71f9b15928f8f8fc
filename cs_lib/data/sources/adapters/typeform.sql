SELECT
  _record,
  instrument,
  answer AS score,
  "Submit Date (UTC)" || ' UTC' AS responded_at,
  "#" || ' ' || instrument AS response_id,
  "#" AS respondent_id,
  customer_id
FROM export UNPIVOT (answer FOR instrument IN (nps, csat))
WHERE lower("Response Type") = 'completed'
