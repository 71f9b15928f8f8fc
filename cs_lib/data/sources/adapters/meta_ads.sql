SELECT
  _record,
  "Reporting starts" AS month,
  amount,
  nullif(regexp_extract(amount_name, '\((.*)\)', 1), '') AS currency,
  'Meta Ads' AS channel,
  'marketing' AS category
FROM export
WHERE "Campaign name" IS NOT NULL
