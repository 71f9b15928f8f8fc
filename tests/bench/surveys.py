"""Surveys: every score and rate of 24 months, by two segment columns and touchpoint.

    python tests/bench/surveys.py --rows 5_000_000     # ours, DuckDB by hand, pandas

Ours opens an edition's Parquet files, checks them against the contract, and computes everything with
intervals. The other two sides check nothing and give no intervals.
"""

from pathlib import Path

import pandas as pd
from cells import AS_OF, SPAN, metric, periods
from paired import OURS, compare, measured, open_duckdb, write_customers

EDITION = """
company: Cloud
as_of: 2026-07-01
tables: {survey_responses: survey_responses.parquet, customers: customers.parquet}
segments: [plan, region]
min_n: 1
definitions: {ces: {scale: [1, 7], direction: higher, easy: [5, 7]}}
"""
FIRST, WINDOW = pd.Timestamp("2024-07-01"), 14
KEYS = {"measures": ["metric", "variant", "grain", "period_start", "segment"]}
SEGMENTATIONS = ((), ("plan",), ("region",))
ANSWERS_BY, INVITATIONS_BY = ((), ("touchpoint",), ("score",)), ((), ("of",), ("touchpoint",))
#: columns of a cell that become its name, and under which word
NAMED = {"plan": "plan", "region": "region", "of": "instrument", "touchpoint": "touchpoint", "score": "score"}  # fmt: skip
#: instrument, metric, variant, and the sum above the number of answers
RATIOS = [
    ("nps", "nps_promoters", "standard", "nine"),
    ("nps", "nps_detractors", "standard", "below_seven"),
    ("csat", "csat", "standard", "four"),
    ("csat", "csat", "top_box", "five"),
    ("csat", "csat", "mean", "total"),
    ("ces", "ces", "standard", "total"),
    ("ces", "ces", "share_easy", "five"),
]


def generate(rows: int, folder: Path) -> None:
    """Three instruments at four touchpoints; a third of those asked do not answer."""
    people, connection = max(100, rows // 10), open_duckdb(folder)
    write_customers(connection, folder, people)
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


def by_hand(folder: Path) -> dict[str, pd.DataFrame]:
    """The same figures in SQL as an analyst writes it: the latest answers of each period, then the sums."""
    connection = open_duckdb(folder)
    connection.register("given_periods", periods(FIRST))
    grains = "CROSS JOIN (VALUES ('month'), ('quarter'), ('year')) grains(grain)"
    connection.execute(f"""
        CREATE TABLE periods AS SELECT * FROM given_periods;
        CREATE VIEW responses AS SELECT * FROM '{folder}/survey_responses.parquet' JOIN '{folder}/customers.parquet' USING (customer_id);
        CREATE TABLE answers AS
            SELECT grain, date_trunc(grain, responded_at) AS p_start, instrument, touchpoint, plan, region, score
            FROM responses {grains} WHERE score IS NOT NULL
            QUALIFY row_number() OVER (PARTITION BY grain, p_start, instrument, respondent_id, touchpoint
                                       ORDER BY responded_at DESC, response_id DESC) = 1""")

    def summed(source: str, sums: str, splits: tuple) -> pd.DataFrame:
        sets = [("period", *by, *also) for by in SEGMENTATIONS for also in splits]
        sets = [(*each, "instrument") if splits is ANSWERS_BY else each for each in sets]
        columns = dict.fromkeys(column for each in sets for column in each)
        return connection.sql(f"""
            SELECT {", ".join(columns)}, {sums} FROM ({source}) JOIN periods USING (grain, p_start)
            GROUP BY GROUPING SETS ({", ".join(f"({', '.join(each)})" for each in sets)})""").df()

    answers = summed(
        "FROM answers",
        """count(*) AS n, sum(score) AS total, count(*) FILTER (score >= 9) AS nine, count(*) FILTER (score < 7) AS below_seven,
           count(*) FILTER (score >= 4) AS four, count(*) FILTER (score >= 5) AS five""",
        ANSWERS_BY,
    )
    invitations = summed(
        f"""SELECT *, instrument AS of, date_trunc(grain, sent_at) AS p_start FROM responses {grains}""",
        f"""count(*) AS sent,
            count(*) FILTER (score IS NOT NULL AND responded_at < sent_at + INTERVAL {WINDOW} DAY) AS answered""",
        INVITATIONS_BY,
    )
    return {"measures": _figures(answers, invitations)}


def in_pandas(folder: Path) -> dict[str, pd.DataFrame]:
    """The same figures in pandas: sorted once, the last of each respondent, then groupings."""
    responses = pd.read_parquet(folder / "survey_responses.parquet")
    customers = pd.read_parquet(folder / "customers.parquet")
    for column in ("customer_id", "respondent_id", "instrument", "touchpoint"):
        responses[column] = responses[column].astype("category")
    responses = responses.merge(customers, on="customer_id")
    responses["of"] = responses["instrument"]
    answered = responses[responses["score"].notna()].sort_values(["responded_at", "response_id"])
    answered = answered.assign(
        score=answered["score"].astype("int64"), n=1, total=answered["score"],
        nine=answered["score"] >= 9, below_seven=answered["score"] < 7,
        four=answered["score"] >= 4, five=answered["score"] >= 5,
    )  # fmt: skip
    soon = responses["responded_at"] < responses["sent_at"] + pd.Timedelta(days=WINDOW)
    sent = responses.assign(sent=1, answered=responses["score"].notna() & soon)
    answers, invitations = [], []
    for grain in SPAN:
        own = periods(FIRST).query("grain == @grain")[["period", "p_start"]]
        placed = answered.assign(p_start=_start(answered["responded_at"], grain))
        latest = placed.drop_duplicates(
            ["p_start", "instrument", "respondent_id", "touchpoint"], keep="last"
        ).merge(own, on="p_start")
        sums = ["n", "total", "nine", "below_seven", "four", "five"]
        answers += _groupings(latest, ANSWERS_BY, ("period", "instrument"), sums)
        placed = sent.assign(p_start=_start(sent["sent_at"], grain)).merge(own, on="p_start")
        invitations += _groupings(placed, INVITATIONS_BY, ("period",), ["sent", "answered"])
    return {"measures": _figures(pd.concat(answers), pd.concat(invitations))}


def _start(moments: pd.Series, grain: str) -> pd.Series:
    return moments.dt.to_period(grain[0].upper()).dt.to_timestamp()


def _groupings(rows: pd.DataFrame, splits: tuple, keys: tuple, sums: list[str]):
    for by in SEGMENTATIONS:
        for also in splits:
            yield rows.groupby([*keys, *by, *also], observed=True)[sums].sum().reset_index()


def _figures(answers: pd.DataFrame, invitations: pd.DataFrame) -> pd.DataFrame:
    answers, invitations = _named(answers), _named(invitations)
    found = []
    for instrument, name, variant, above in RATIOS:
        own = answers[(answers["instrument"] == instrument) & answers["score"].isna()]
        found.append(metric(own, name, variant, own[above], own["n"]))
    nps = answers[(answers["instrument"] == "nps") & answers["score"].isna()]
    points = metric(nps, "nps", "standard", nps["nine"] - nps["below_seven"], nps["n"])
    passives = nps["n"] - nps["nine"] - nps["below_seven"]
    found += [
        points.assign(value=100 * points["value"]),
        metric(nps, "nps_passives", "standard", passives, nps["n"]),
    ]
    by_score = answers[answers["score"].notna() | answers["touchpoint"].isna()]
    for instrument, own in by_score.groupby("instrument", observed=True):
        found.append(metric(own, f"{instrument}_answers", "standard", own["n"]))
    ripe = invitations[invitations["p_end"] + pd.Timedelta(days=WINDOW) <= AS_OF]
    found.append(metric(ripe, "response_rate", "standard", ripe["answered"], ripe["sent"]))
    figures = pd.concat(found, ignore_index=True)
    numbers = ["numerator", "denominator", "value"]
    return figures.astype(dict.fromkeys(numbers, float))


def _named(cells: pd.DataFrame) -> pd.DataFrame:
    """The cells with their periods, and the columns that they are split by as one word."""
    cells = cells.merge(periods(FIRST), on="period")
    segment = pd.Series("", index=cells.index)
    for column, word in NAMED.items():
        if column in cells:
            given = cells[column].notna()
            text = cells[column].map(
                lambda each: f"{each:.0f}" if isinstance(each, float) else each
            )
            segment = segment.mask(given, segment + "," + word + "=" + text.astype(str))
    return cells.assign(segment=segment.str.strip(",").replace("", "all"))


def ours(folder: Path) -> dict[str, pd.DataFrame]:
    return measured(EDITION, folder)


if __name__ == "__main__":
    compare(
        __doc__,
        generate,
        {OURS: ours, "duckdb": by_hand, "pandas": in_pandas},
        rows=5_000_000,
        keys=KEYS,
    )
