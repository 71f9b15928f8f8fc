SELECT
  _record,
  lower("Survey type") AS instrument,
  "Score" AS score,
  "Created at" AS responded_at,
  "Response ID" AS response_id,
  "Person ID" AS respondent_id,
  customer_id,
  "Comment" AS comment
FROM export
WHERE lower("Survey type") IN ('nps', 'csat', 'ces')
   OR "Survey type" IS NULL
