"""Surveys: every score and rate of 24 months, by two segment columns and touchpoint.

python tests/bench/surveys.py --rows 5_000_000     # ours alone
"""

from pathlib import Path

import pandas as pd
from paired import OURS, compare, measured, open_duckdb

EDITION = """
company: Cloud
as_of: 2026-07-01
tables: {survey_responses: survey_responses.parquet, customers: customers.parquet}
segments: [plan, region]
definitions: {ces: {scale: [1, 7], direction: higher, easy: [5, 7]}}
"""


def generate(rows: int, folder: Path) -> None:
    """Three instruments at four touchpoints; a third of those asked do not answer."""
    people, connection = max(100, rows // 10), open_duckdb(folder)
    connection.execute(
        f"""COPY (SELECT 'c' || k AS customer_id, ['Solo', 'Team', 'Network'][1 + draw(k, 1, 3)] AS plan,
                ['EMEA', 'AMER', 'APAC', 'LATAM'][1 + draw(k, 2, 4)] AS region FROM range({people}) t(k))
            TO '{folder}/customers.parquet'"""
    )
    connection.execute(
        f"""COPY (SELECT 'r' || i AS response_id, 'c' || k AS customer_id, 'p' || k AS respondent_id, instrument,
                'touchpoint ' || draw(i, 4, 4) AS touchpoint, sent_at,
                CASE WHEN answers THEN least + draw(i, 5, most - least + 1) END AS score,
                CASE WHEN answers THEN least(sent_at + to_hours(1 + draw(i, 6, 300)), TIMESTAMP '2026-06-30 23:59:59') END AS responded_at
            FROM (SELECT i, draw(i, 1, {people}) AS k, ['nps', 'csat', 'ces'][1 + draw(i, 2, 3)] AS instrument,
                         CASE WHEN draw(i, 2, 3) = 0 THEN 0 ELSE 1 END AS least, [10, 5, 7][1 + draw(i, 2, 3)] AS most,
                         TIMESTAMP '2024-07-01' + to_hours(draw(i, 3, 17500)) AS sent_at, draw(i, 7, 3) > 0 AS answers
                  FROM range({rows}) t(i))) TO '{folder}/survey_responses.parquet'"""
    )


def ours(folder: Path) -> dict[str, pd.DataFrame]:
    return measured(EDITION, folder)


if __name__ == "__main__":
    compare(__doc__, generate, {OURS: ours}, rows=5_000_000, keys={})
