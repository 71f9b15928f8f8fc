SELECT
  _record,
  "Start Date (in UTC)" AS month,
  "Total Spent" AS amount,
  "Currency" AS currency,
  'LinkedIn Ads' AS channel,
  'marketing' AS category
FROM export
WHERE coalesce("Start Date (in UTC)", '') NOT ILIKE 'total%'
