SELECT
  _record,
  id AS customer_id,
  "Created (UTC)" || ' UTC' AS signed_up_on
FROM export
