-- Who pays for (or had bought) one product just before an instant and never had the other, and who had it first in the
-- twelve months after. Written from the definition alone. Given: row(customer_id, product, began, ends), instant(moment).
WITH first AS (SELECT customer_id, product, min(began) AS began FROM row WHERE product IS NOT NULL GROUP BY ALL),
     has AS (SELECT DISTINCT moment, customer_id, product FROM row, instant
             WHERE began < moment AND (ends IS NULL OR ends >= moment) AND product IS NOT NULL
             UNION SELECT DISTINCT moment, customer_id, '' FROM row, instant
             WHERE began < moment AND (ends IS NULL OR ends >= moment)),
     pair AS (SELECT has.*, other.product AS next, first.began FROM has
              JOIN (SELECT DISTINCT product FROM first) other ON other.product <> has.product
              LEFT JOIN first ON first.customer_id = has.customer_id AND first.product = other.product)
SELECT moment AS month, product, next, count(*) AS customers,
       count(*) FILTER (began < moment + INTERVAL 12 MONTH) AS bought
FROM pair WHERE began IS NULL OR began >= moment GROUP BY ALL ORDER BY ALL
