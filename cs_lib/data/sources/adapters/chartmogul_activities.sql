SELECT
  _record,
  "Customer External ID" AS customer_id,
  "Date" AS start_date,
  "New MRR" AS mrr,
  "Currency" AS currency,
  "Plan" AS plan
FROM export
