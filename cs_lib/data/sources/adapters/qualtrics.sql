SELECT
  _record,
  instrument,
  CASE WHEN instrument = 'csat' THEN
    CASE lower(answer)
      WHEN 'extremely satisfied' THEN '5'
      WHEN 'somewhat satisfied' THEN '4'
      WHEN 'neither satisfied nor dissatisfied' THEN '3'
      WHEN 'somewhat dissatisfied' THEN '2'
      WHEN 'extremely dissatisfied' THEN '1'
      ELSE answer   -- refused as it is, where it is no number
    END
  ELSE answer END AS score,
  "RecordedDate" AS responded_at,
  "ResponseId" || ' ' || instrument AS response_id,
  "ResponseId" AS respondent_id,
  "ExternalReference" AS customer_id
FROM export UNPIVOT (answer FOR instrument IN (nps, csat, ces))
WHERE lower("Status") NOT IN ('survey preview', 'survey test', 'spam', '1', '2', '8')
  AND lower("Finished") IN ('true', '1')
