-- Half-years on end: customers who pay just before each instant, by their latest NPS answer of the six months before
-- it, and what became of them by the instant six months later. Written from METRICS §3 alone.
WITH instants AS (SELECT unnest([{instants}]) AS moment),
     paid AS (
         SELECT customer_id, start_date AS began, coalesce(end_date, DATE '9999-12-31') AS ends,
                amount / interval_months AS mrr
         FROM read_csv('{folder}/subscriptions.csv')
         WHERE amount > 0 AND (end_date IS NULL OR end_date > start_date)),
     answers AS (
         SELECT customer_id, responded_at, score
         FROM read_csv('{folder}/survey_responses.csv.gz', header = true, quote = '"')
         WHERE instrument = 'nps' AND score IS NOT NULL),
     opening AS (SELECT moment, customer_id, sum(mrr) AS mrr FROM paid, instants
                 WHERE began < moment AND ends >= moment GROUP BY ALL),
     later AS (SELECT moment, customer_id, sum(mrr) AS mrr FROM paid, instants
               WHERE began < moment + INTERVAL 6 MONTH AND ends >= moment + INTERVAL 6 MONTH GROUP BY ALL),
     last_of AS (SELECT moment, customer_id, max(responded_at) AS responded_at FROM answers, instants
                 WHERE responded_at < moment AND responded_at >= moment - INTERVAL 6 MONTH GROUP BY ALL),
     said AS (SELECT moment, customer_id, min(score) AS score
              FROM last_of JOIN answers USING (customer_id, responded_at) GROUP BY ALL)
SELECT CASE WHEN score IS NULL THEN 'no answer' WHEN score >= 9 THEN 'promoter'
            WHEN score >= 7 THEN 'passive' ELSE 'detractor' END AS answer,
       count(*) AS customers, count(*) FILTER (later.mrr IS NULL) AS "left",
       sum(opening.mrr) AS opening, sum(coalesce(later.mrr, 0)) AS retained,
       sum(least(opening.mrr, coalesce(later.mrr, 0))) AS kept
FROM opening LEFT JOIN later USING (moment, customer_id) LEFT JOIN said USING (moment, customer_id)
GROUP BY ALL
