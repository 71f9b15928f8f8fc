SELECT
  _record,
  "Record ID" AS customer_id,
  "Create Date" AS signed_up_on,
  "Company owner" AS owner
FROM export
WHERE coalesce(lower("Lifecycle Stage"), 'customer') IN ('customer', 'evangelist')
