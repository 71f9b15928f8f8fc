SELECT
  _record,
  instrument,
  CASE
    WHEN regexp_full_match(answer, '\d+( - .*)?') THEN regexp_extract(answer, '^\d+')
    WHEN instrument = 'csat' THEN
      CASE lower(answer)
        WHEN 'very satisfied' THEN '5'
        WHEN 'satisfied' THEN '4'
        WHEN 'neither satisfied nor dissatisfied' THEN '3'
        WHEN 'dissatisfied' THEN '2'
        WHEN 'very dissatisfied' THEN '1'
        ELSE answer   -- refused as it is
      END
    ELSE answer
  END AS score,
  coalesce("Date Modified", "Date Created") AS responded_at,
  "Respondent ID" || ' ' || instrument AS response_id,
  "Respondent ID" AS respondent_id,
  "Custom Data 1" AS customer_id
FROM export UNPIVOT (answer FOR instrument IN (nps, csat))
