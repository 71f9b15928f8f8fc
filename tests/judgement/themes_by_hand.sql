-- comments of the twelve months to June 2026 that name a theme, by what the score says; a row a group and theme
WITH words(theme, shape) AS (
    VALUES
        ('', ''),
        ('price', '(^|\W)(price\w*|expensive|cost\w*|cheaper)(\W|$)'),
        ('support', '(^|\W)(support|answer\w*|explain\w*|help|friendly)(\W|$)'),
        ('set-up', '(^|\W)(set up|import\w*)(\W|$)'),
        ('missing features', '(^|\W)(missing|would like|wish)(\W|$)'),
        ('reliability', '(^|\W)(crash\w*|logs me out)(\W|$)'),
        ('scheduling', '(^|\W)(rota|reminder\w*|booking)(\W|$)')
),

comments AS (
    SELECT
        lower(comment) AS text,
        instrument,
        score,
        customer_id,
        CASE
            WHEN instrument = 'nps' AND score >= 9 THEN 'promoter'
            WHEN instrument = 'nps' AND score >= 7 THEN 'passive'
            WHEN instrument = 'nps' THEN 'detractor'
            WHEN instrument = 'csat' AND score >= 4 THEN 'satisfied'
            WHEN instrument = 'csat' THEN 'not satisfied'
            WHEN score >= 5 THEN 'easy'
            ELSE 'not easy'
        END AS score_group
    FROM read_csv('{folder}/survey_responses.csv.gz', all_varchar = false)
    WHERE
        comment IS NOT NULL
        AND score IS NOT NULL
        AND responded_at >= '2025-07-01'
        AND responded_at < '2026-07-01'
        AND regexp_matches(comment, '\w')
)

SELECT
    instrument,
    score_group,
    theme,
    count(*) AS k,
    sum(score) AS s,
    count(DISTINCT customer_id) AS customers
FROM comments
INNER JOIN words ON regexp_matches(comments.text, words.shape)
GROUP BY instrument, score_group, theme
