"""Why they leave, what is due to be renewed, and what the hazard learns from: each against SQL by hand for the same.

    python tests/bench/analyses.py                       # 1 M subscriptions, 5 M answers, 50 M events
    python tests/bench/analyses.py --rows 100_000 --only hazard
    python tests/bench/analyses.py --only hazard --memory 3GB --sides ours     # by hand it takes more than that

Both sides begin with the tables of an edition as the kit opens them, typed and checked, in one engine with the same
memory, and end with the same cells: they run by turns, and every cell and figure of the one must be the other's. Seconds,
processor time and peak count from there on; what opening took, which neither side has to do, is printed beside. SQL by
hand is written for these very tables and figures; it knows that grains are months, that mrr is never blank and that
scores are those of one instrument, which the kit finds out. The hazard's table has its rows, with customer, MRR and
segments, laid down by both before they are counted.
"""

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import narwhals as nw
import pandas as pd
from paired import OURS, Run, agree, open_duckdb, report, run

from cs_lib.data.engines.distinct_rows import flag
from cs_lib.data.engines.duckdb_engine import DuckDBEngine
from cs_lib.data.facts import FACTS
from cs_lib.data.facts.context import Context
from cs_lib.data.facts.renewal_facts import prepare_renewals
from cs_lib.data.facts.risk_facts import prepare_risk
from cs_lib.data.open_data import open_data
from cs_lib.edition import read_edition
from cs_lib.metrics.compute.aggregates import labelled
from cs_lib.metrics.compute.leavers import leavers
from cs_lib.period import segment_name

EDITION = """
company: Cloud
as_of: 2026-07-01
memory_limit: {memory}
grains: [month]
tables: {subscriptions: subscriptions.parquet, customers: customers.parquet{more}}
segments: [plan, region]
"""
#: the tables that an analysis reads beside subscriptions and customers
MORE = ", survey_responses: survey_responses.parquet, usage_events: usage_events.parquet"
BY_HAND = "duckdb"
FIRST, MONTHS = "2023-07-01", 36
SUMS = ("due", "renewed", "kept", "lost", "late", "early", "open")
#: and how many customers had a term that ended, how many renewed any of it, and the squares that an interval needs
RENEWALS = (*SUMS, "customers", "stayed", "squares")
FEATURES = ("tenure", "term", "use", "trend", "breadth", "score", "plan")
KEYS = {
    "reasons": ["month", "joined", "end_reason", "segment"],
    "renewals": ["month", "segment"],
    "hazard": ["month", *FEATURES],
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--only", choices=KEYS)
    parser.add_argument("--memory", default="8GB", help="memory_limit of both sides")
    parser.add_argument("--sides", default=f"{OURS},{BY_HAND}")
    parser.add_argument("--into", type=Path, help="where the data goes and stays")
    parser.add_argument("--reuse", action="store_true", help="measure on what --into holds already")
    parser.add_argument("--side", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.side:
        return one_side(*asked.side, asked.into, asked.memory)
    with tempfile.TemporaryDirectory() as own:
        folder = asked.into or Path(own)
        folder.mkdir(parents=True, exist_ok=True)
        if not asked.reuse:
            generate(asked.rows, folder)
        for name in [asked.only] if asked.only else KEYS:
            print(
                f"{name}, {asked.rows:,} subscriptions, load {os.getloadavg()[0]:.2f}", flush=True
            )
            runs = {side: [] for side in asked.sides.split(",")}
            for _ in range(asked.rounds):
                for side, own_runs in runs.items():
                    run(
                        [
                            sys.argv[0],
                            "--side",
                            name,
                            side,
                            "--into",
                            str(folder),
                            "--memory",
                            asked.memory,
                        ]
                    )
                    told = (folder / side / f"{name}.json").read_text(encoding="utf-8")
                    own_runs.append(Run(**json.loads(told)))
            report(runs)
            if len(runs) > 1:
                agree(folder / OURS, folder / BY_HAND, {name: KEYS[name]})
    return None


def one_side(name: str, side: str, folder: Path, memory: str) -> None:
    (folder / "params").mkdir(exist_ok=True)
    text = EDITION.replace("{more}", MORE if name == "hazard" else "").replace("{memory}", memory)
    (folder / "params" / f"{name}.yaml").write_text(text, encoding="utf-8")
    edition, began = read_edition(name, root=folder), time.perf_counter()
    with open_data(edition, root=folder) as data:
        print(f"  {side}: opened in {time.perf_counter() - began:.1f} s", flush=True)
        opened = Clock()
        made = WAYS[side](name, Context.of(data, edition))
        (folder / side).mkdir(exist_ok=True)
        (folder / side / f"{name}.json").write_text(json.dumps(vars(opened.read())))
    made.to_parquet(folder / side / f"{name}.parquet", index=False)
    os._exit(0)  # as the kit's own command: nobody waits for the interpreter to be cleared away


class Clock:
    """Seconds, processor time and peak memory of this process from now on."""

    def __init__(self) -> None:
        Path("/proc/self/clear_refs").write_text("5")  # the peak from now on (Linux)
        self.began, self.busy = time.perf_counter(), _busy()

    def read(self) -> Run:
        status = Path("/proc/self/status").read_text().split("VmHWM:")[1]
        peak = int(status.split()[0]) / 1024**2
        return Run(time.perf_counter() - self.began, _busy() - self.busy, peak)


def _busy() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def generate(rows: int, folder: Path) -> None:
    """Two subscriptions a customer at most, one after the other, with a gap or overlapping; a third of them open, a third
    with terms of a year; use of two years in twelve features; ten answers a customer."""
    customers, connection = rows // 2, open_duckdb(folder)
    day = f"DATE '{FIRST}' + CAST"
    connection.execute(
        f"""COPY (SELECT 'c' || k AS customer_id, ['EMEA', 'AMER', 'APAC', 'LATAM'][1 + draw(k, 2, 4)] AS region
            FROM range({customers}) t(k)) TO '{folder}/customers.parquet'"""
    )
    connection.execute(
        f"""COPY (
            WITH priced AS (SELECT i, i // 2 AS k, i % 2 AS turn, CAST(20 + draw(i, 1, 48000) / 1e6 AS DECIMAL(10, 2)) AS mrr,
                                   draw(i // 2, 3, 900) AS come, 30 + draw(i // 2 * 2, 2, 500) AS first_lasts,
                                   CASE WHEN turn = 0 THEN first_lasts ELSE 30 + draw(i, 2, 500) END AS lasts,
                                   CASE draw(i // 2, 4, 6) WHEN 0 THEN draw(i // 2, 5, 120) WHEN 1 THEN -20 ELSE 0 END AS gap
                            FROM range({rows}) t(i)),
            placed AS (SELECT *, come + turn * (first_lasts + gap) AS start FROM priced)
            SELECT 'c' || k AS customer_id, {day}(start AS INTEGER) AS start_date, mrr,
                   ['Solo', 'Team', 'Network'][1 + draw(i, 6, 3)] AS plan, [1, 3, 12][1 + draw(i, 7, 3)] AS interval_months,
                   CASE WHEN start + lasts < 1096 AND (turn = 0 OR draw(k, 8, 3) > 0) THEN {day}(start + lasts AS INTEGER) END AS end_date,
                   CASE WHEN end_date IS NOT NULL THEN ['price', 'competitor', 'missing feature', 'closed business'][1 + draw(i, 9, 5)] END AS end_reason
            FROM placed WHERE start < 1096
            ) TO '{folder}/subscriptions.parquet'"""
    )
    connection.execute(
        f"""COPY (SELECT 'nps' AS instrument, draw(i, 1, 11) AS score, 'c' || draw(i, 2, {customers}) AS customer_id, 'r' || i AS response_id,
                TIMESTAMP '2024-07-01' + to_seconds(draw(i, 3, 63072000)) AS responded_at
            FROM range({rows * 5}) t(i)) TO '{folder}/survey_responses.parquet'"""
    )
    connection.execute(
        f"""COPY (SELECT 'c' || draw(i, 1, {customers}) AS customer_id, 'feature ' || draw(i, 3, 12) AS feature,
                TIMESTAMP '2024-07-01' + to_seconds(draw(i, 4, 63072000)) AS occurred_at
            FROM range({rows * 50}) t(i)) TO '{folder}/usage_events.parquet'"""
    )


# ---------------------------------------------------------------- ours


def ours(name: str, context: Context) -> pd.DataFrame:
    return OUR_WAYS[name](context)


def our_reasons(context: Context) -> pd.DataFrame:
    found = leavers({"losses": FACTS["losses"].prepare(context)}, context)
    return found[[*KEYS["reasons"], "customers", "money"]]


def our_renewals(context: Context) -> pd.DataFrame:
    fact = prepare_renewals(context)
    months = context.engine.lift(fact.calendar.months())
    due = nw.col("due").cast(nw.Float64) / 1e6
    had, stayed = flag(nw.col("due") > 0), flag(nw.col("kept") > 0)
    frames = []
    for by in context.segmentations:
        rows = fact.at(by).join(months, on="period", how="inner")
        rows = rows.with_columns(customers=had, stayed=stayed, squares=due * due)
        cells = rows.group_by("month", *by).agg(*(nw.col(each).sum() for each in RENEWALS))
        frames.append(labelled(context.engine.collect(cells), by))
    whole = pd.concat(frames)[["month", "segment", *RENEWALS]]
    whole[[*SUMS]] = whole[[*SUMS]].astype(float) / 1e6
    return whole[whole["due"] > 0]


def our_hazard(context: Context) -> pd.DataFrame:
    table = prepare_risk(context)
    cells = table.rows.group_by("period", "kind").agg(
        n=nw.len(), left=nw.col("left").sum(), grew=nw.col("grew").sum()
    )
    found = context.engine.collect(cells)
    found = found.merge(table.kinds(found["kind"].unique()), on="kind")
    found = found.rename(columns={each: segment_name(each) for each in context.segments})
    starts = {number: pd.Timestamp(each.start) for number, each in table.months.items()}
    found = found.assign(month=found["period"].map(starts))
    return found[[*KEYS["hazard"], "n", "left", "grew"]].astype({"left": "int64", "grew": "int64"})


OUR_WAYS: dict[str, Callable[[Context], pd.DataFrame]] = {
    "reasons": our_reasons,
    "renewals": our_renewals,
    "hazard": our_hazard,
}


# ---------------------------------------------------------------- by hand

PAID = f"""
CREATE TABLE months AS SELECT m AS month, m + INTERVAL 1 MONTH AS until
    FROM generate_series(TIMESTAMP '{FIRST}', TIMESTAMP '2026-06-01', INTERVAL 1 MONTH) t(m);
CREATE TABLE paid AS SELECT row_number() OVER () AS r, customer_id, plan, CAST(start_date AS DATE) AS start_date,
                            CAST(end_date AS DATE) AS end_date, interval_months, end_reason, mrr AS amount
    FROM subscriptions WHERE mrr > 0 AND (end_date IS NULL OR subscriptions.end_date > subscriptions.start_date);
"""
FIRST_PAID = """
CREATE TABLE first_paid AS SELECT customer_id, min(start_date) AS first_start FROM paid GROUP BY ALL;
"""
BY_PLAN = """
CREATE TABLE state AS SELECT customer_id, until AS instant, plan, CAST(sum(amount) AS BIGINT) AS m
    FROM paid JOIN months ON start_date < until AND (end_date IS NULL OR end_date >= until) GROUP BY ALL;
"""
STATE = """
CREATE TABLE state AS SELECT customer_id, until AS instant, max_by(plan, start_date) AS plan, CAST(sum(amount) AS BIGINT) AS m,
                             min(CASE WHEN interval_months = 1 THEN 0
                                      WHEN date_diff('month', start_date, until) % interval_months = 0 THEN 1 ELSE 2 END) AS term
    FROM paid JOIN months ON start_date < until AND (end_date IS NULL OR end_date >= until) GROUP BY ALL;
"""
REASONS = """
WITH gone AS (
    SELECT before.customer_id, before.instant AS month, before.m, before.plan FROM state before
    ANTI JOIN state now ON now.customer_id = before.customer_id AND now.instant = before.instant + INTERVAL 1 MONTH
    WHERE before.instant < TIMESTAMP '2026-07-01'),
ended AS (
    SELECT customer_id, date_trunc('month', end_date) AS month, coalesce(end_reason, '(not given)') AS end_reason FROM paid
    WHERE end_date IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY customer_id, month ORDER BY end_date DESC, end_reason DESC) = 1)
SELECT month, date_trunc('month', first_start) AS joined, end_reason, plan, region,
       CAST(count(DISTINCT customer_id) AS DOUBLE) AS customers, sum(m) / 1e6 AS money
FROM gone JOIN ended USING (customer_id, month) JOIN first_paid USING (customer_id) JOIN customers USING (customer_id)
GROUP BY GROUPING SETS ((month, joined, end_reason), (month, joined, end_reason, plan), (month, joined, end_reason, region))
"""
RENEWED = """
CREATE TABLE term AS SELECT r, start_date + to_months(CAST(k * interval_months AS INTEGER)) AS ends
    FROM (SELECT *, unnest(range(1, date_diff('month', start_date, coalesce(end_date, DATE '2026-07-01')) // interval_months + 3)) AS k
          FROM paid WHERE interval_months > 1);
CREATE TABLE over AS
    SELECT paid.*, running, running = end_date AS at_end, sum(amount) OVER (PARTITION BY customer_id, end_date) AS whole
    FROM paid JOIN (SELECT r, min(ends) AS running FROM paid JOIN term USING (r) WHERE ends >= end_date GROUP BY ALL) USING (r)
    WHERE end_date < DATE '2026-07-01';
CREATE TABLE follower AS
    WITH near AS (
        SELECT over.r, next.r AS s, next.start_date AS begins, next.amount, over.end_date,
               next.start_date + to_months(CAST(next.interval_months AS INTEGER)) AS first_end,
               abs(date_diff('day', over.end_date, next.start_date)) AS days
        FROM over JOIN paid next ON next.customer_id = over.customer_id AND next.start_date > over.start_date
             AND next.start_date BETWEEN over.end_date - 30 AND over.end_date + 30
             AND (next.end_date IS NULL OR next.end_date > over.end_date)),
    claimed AS (SELECT * FROM near QUALIFY rank() OVER (PARTITION BY s ORDER BY days, end_date) = 1),
    nearest AS (SELECT * FROM claimed QUALIFY rank() OVER (PARTITION BY r ORDER BY days) = 1)
    SELECT r, min(begins) AS begins, sum(amount) AS more, max(first_end) AS next_end FROM nearest GROUP BY ALL;
"""
RENEWALS_BY_HAND = """
WITH followed AS (
    SELECT *, round(coalesce(more, 0) * (amount / whole)) AS went_on, least(amount, went_on) AS kept_on FROM over LEFT JOIN follower USING (r)),
outcome AS (
    SELECT customer_id, plan, ends AS day, amount AS due, amount AS renewed, amount AS kept, 0 AS late, 0 AS early, 0 AS open
    FROM paid JOIN term USING (r) WHERE (end_date IS NULL OR end_date > ends) AND ends < DATE '2026-07-01'
    UNION ALL
    SELECT customer_id, plan, end_date, amount, went_on, kept_on, CASE WHEN begins > end_date THEN kept_on ELSE 0 END,
           CASE WHEN begins < end_date OR (begins IS NOT NULL AND NOT at_end) THEN kept_on ELSE 0 END,
           CASE WHEN begins IS NULL AND end_date + 30 >= DATE '2026-07-01' THEN amount ELSE 0 END
    FROM followed
    WHERE at_end OR begins IS NULL OR date_trunc('month', next_end) > date_trunc('month', running)),
placed AS (SELECT *, due - kept - open AS lost, CAST(date_trunc('month', day) AS TIMESTAMP) AS month FROM outcome)
SELECT month, CAST(NULL AS VARCHAR) AS plan, region, {cells}
    FROM (SELECT month, customer_id, region, {sums} FROM placed JOIN customers USING (customer_id) GROUP BY ALL)
    GROUP BY GROUPING SETS ((month), (month, region))
UNION ALL
SELECT month, plan, NULL, {cells} FROM (SELECT month, customer_id, plan, {sums} FROM placed GROUP BY ALL) GROUP BY ALL
"""
KNOWN = """
CREATE TABLE used AS SELECT customer_id, date_trunc('month', day) AS month, count(*) AS days
    FROM (SELECT DISTINCT customer_id, CAST(occurred_at AS DATE) AS day FROM usage_events) GROUP BY ALL;
CREATE TABLE features AS SELECT customer_id, month, count(*) AS many
    FROM (SELECT DISTINCT customer_id, feature, date_trunc('month', occurred_at) AS month FROM usage_events) GROUP BY ALL;
CREATE TABLE answers AS
    SELECT customer_id, responded_at, min(score) AS score FROM survey_responses WHERE instrument = 'nps' AND score IS NOT NULL GROUP BY ALL;
CREATE TABLE last_answer AS
    SELECT customer_id, until AS instant, score FROM (
        SELECT *, lead(responded_at) OVER (PARTITION BY customer_id ORDER BY responded_at) AS following FROM answers)
    JOIN months ON responded_at < until AND (following IS NULL OR following >= until)
                   AND date_diff('day', CAST(responded_at AS DATE), until) <= 365;
CREATE TABLE known AS
    SELECT state.*, region, instant - INTERVAL 1 MONTH AS month, date_diff('month', date_trunc('month', first_start), instant) AS age,
           coalesce(used.days, 0) AS days, coalesce(one.days, 0) + coalesce(two.days, 0) AS earlier, many, score,
           (instant < TIMESTAMP '2026-07-01' AND later.m IS NULL) AS gone, coalesce(later.m > state.m, false) AS more
    FROM state JOIN first_paid USING (customer_id) LEFT JOIN customers USING (customer_id)
         LEFT JOIN used ON used.customer_id = state.customer_id AND used.month = instant - INTERVAL 1 MONTH
         LEFT JOIN used one ON one.customer_id = state.customer_id AND one.month = instant - INTERVAL 2 MONTH
         LEFT JOIN used two ON two.customer_id = state.customer_id AND two.month = instant - INTERVAL 3 MONTH
         LEFT JOIN features ON features.customer_id = state.customer_id AND features.month = instant - INTERVAL 1 MONTH
         LEFT JOIN last_answer USING (customer_id, instant)
         LEFT JOIN state later ON later.customer_id = state.customer_id AND later.instant = state.instant + INTERVAL 1 MONTH;
"""
HAZARD = """
SELECT month, plan,
       CASE WHEN age <= 3 THEN 'up to 3 months' WHEN age <= 6 THEN '4 to 6 months' WHEN age <= 12 THEN '7 to 12 months'
            WHEN age <= 24 THEN '1 to 2 years' ELSE 'over 2 years' END AS tenure,
       ['monthly', 'term ends', 'term runs on'][term + 1] AS term,
       CASE WHEN month < TIMESTAMP '2024-07-01' THEN 'not known' WHEN days < 1 THEN '0 days' WHEN days < 5 THEN '1 to 4 days'
            WHEN days < 10 THEN '5 to 9 days' ELSE 'over 9 days' END AS use,
       CASE WHEN month < TIMESTAMP '2024-09-01' THEN 'not known' WHEN days * 10 < earlier * 3 AND earlier >= 6 THEN 'fell'
            WHEN days * 10 > earlier * 8 AND days >= 5 THEN 'rose' ELSE 'steady' END AS trend,
       CASE WHEN month < TIMESTAMP '2024-07-01' THEN 'not known' WHEN many >= 5 THEN '5 features or more' WHEN many >= 3 THEN '3 or 4 features'
            ELSE 'up to 2 features' END AS breadth,
       CASE WHEN month < TIMESTAMP '2024-07-01' THEN 'not known' WHEN score >= 9e6 THEN 'promoter' WHEN score >= 7e6 THEN 'passive'
            WHEN score IS NOT NULL THEN 'detractor' ELSE 'no answer' END AS score,
       count(*) AS n, CAST(sum(gone::INT) AS BIGINT) AS left, CAST(sum(more::INT) AS BIGINT) AS grew
FROM known GROUP BY ALL
"""
CELLS = [f"sum({each}) / 1e6 AS {each}" for each in SUMS] + [
    "count(*) FILTER (due > 0) AS customers",
    "count(*) FILTER (kept > 0) AS stayed",
    "sum((due / 1e6) * (due / 1e6)) AS squares",
]
RENEWALS_BY_HAND = RENEWALS_BY_HAND.format(
    cells=", ".join(CELLS), sums=", ".join(f"sum({each}) AS {each}" for each in SUMS)
)
BY_HANDS = {
    "reasons": (PAID + FIRST_PAID + BY_PLAN, REASONS),
    "renewals": (PAID + RENEWED, RENEWALS_BY_HAND),
    "hazard": (PAID + FIRST_PAID + STATE + KNOWN, HAZARD),
}


def by_hand(name: str, context: Context) -> pd.DataFrame:
    """The same cells in SQL as an analyst writes it: the state at each instant, then what is asked of it."""
    engine = context.engine
    assert isinstance(engine, DuckDBEngine)
    for table, frame in context.opened.items():
        frame.to_native().create_view(table)
    tables, question = BY_HANDS[name]
    engine.run(tables)
    found = engine.frame(question).to_native().df()
    if name == "hazard":
        return found
    return pd.concat(_named(found))[[*KEYS[name], *_figures(name)]]


def _figures(name: str) -> tuple[str, ...]:
    return ("customers", "money") if name == "reasons" else RENEWALS


def _named(found: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """The segment columns of grouping sets as one word."""
    segment = pd.Series("all", index=found.index)
    for column in ("plan", "region"):
        segment = segment.mask(found[column].notna(), column + "=" + found[column].astype(str))
    yield found.assign(segment=segment)


WAYS: dict[str, Callable[[str, Context], pd.DataFrame]] = {OURS: ours, BY_HAND: by_hand}


if __name__ == "__main__":
    main()
