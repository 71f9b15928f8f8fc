SELECT
  _record,
  coalesce("Month", "Day") AS month,
  "Cost" AS amount,
  "Currency code" AS currency,
  'Google Ads' AS channel,
  'marketing' AS category
FROM export
WHERE NOT coalesce("Month", "Day", "Campaign", '') ILIKE 'total%'
