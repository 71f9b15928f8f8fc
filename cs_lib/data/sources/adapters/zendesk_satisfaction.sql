WITH rated AS (
  SELECT
    *,
    CASE split_part(lower("Satisfaction Score"), ' ', 1) WHEN 'good' THEN '5' WHEN 'bad' THEN '1' END AS score
  FROM export
)
SELECT
  _record,
  'csat' AS instrument,
  'support' AS touchpoint,
  score,
  CASE WHEN score IS NOT NULL THEN "Updated at" END AS responded_at,
  "Updated at" AS sent_at,
  "Ticket ID" AS response_id,
  "Requester ID" AS respondent_id,
  "Requester ID" AS customer_id,
  "Satisfaction comment" AS comment
FROM rated
WHERE score IS NOT NULL OR lower("Satisfaction Score") = 'offered'
