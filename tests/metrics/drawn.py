"""Small drawn tables, and what the catalogue makes of them.

    subscriptions = '''
        customer_id | start_date | end_date   | mrr
        ada         | 2026-01-01 | 2026-03-01 | 50
    '''

A blank is null. Columns get the canonical types that `open_data` gives: text, days as datetimes, and
money, scores and weights as whole millionths.
"""

from collections import defaultdict
from contextlib import contextmanager, nullcontext
from datetime import date
from functools import cached_property
from pathlib import Path

import narwhals as nw
import numpy as np
import pandas as pd

from cs_lib.data.contract import table_declaration
from cs_lib.data.contract import tables as contract
from cs_lib.data.facts.context import Context
from cs_lib.edition import Definitions, Edition
from cs_lib.metrics.catalogue import metric
from cs_lib.metrics.compute import compute_measures
from cs_lib.metrics.measures import Measures
from cs_lib.period import Period
from cs_lib.vocabulary import MICROS, MOVEMENTS, NOT_GIVEN

TABLES = ("customers", "subscriptions", "orders", "survey_responses", "acquisition_costs")
MONEY_FLOW = ("opening_mrr", *(f"{name}_mrr" for name in MOVEMENTS), "mrr")
MOMENTS = {
    "valid_from",
    "term_ends_on",
    "start_date",
    "end_date",
    "signed_up_on",
    "first_value_on",
    "ordered_at",
    "responded_at",
    "sent_at",
    "month",
    "occurred_at",
    "followed_up_on",
}
MILLIONTHS = {"mrr", "amount", "score", "weight", "value"}
COUNTS = {"interval_months", "interval_weeks", "quantity"}
SEGMENTS = {"plan", "region", "channel", "category"}
DEFINITIONS = tuple(Definitions.model_fields)
CES = {"scale": (1, 7), "direction": "higher", "easy": (5, 7)}


def drawn(text: str) -> pd.DataFrame:
    """The table as a typed frame."""
    head, *rows = [
        [cell.strip() for cell in line.split("|")]
        for line in text.strip().splitlines()
        if line.strip()
    ]
    for row in rows:
        assert len(row) == len(head), f"{row} has not the columns {head}"
    return typed(pd.DataFrame(rows, columns=head, dtype=object).replace("", None))


def typed(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame of texts, numbers and days with canonical types."""
    columns = {}
    for name in frame:
        column = frame[name]
        if name in MOMENTS:
            columns[name] = pd.to_datetime(column, format="ISO8601").astype("datetime64[us]")
        elif name in MILLIONTHS:
            whole = [None if pd.isna(each) else round(float(each) * MICROS) for each in column]
            columns[name] = pd.array(whole, dtype="Int64")
        elif name in COUNTS:
            columns[name] = pd.array([_count(each) for each in column], dtype="Int64")
        elif name in SEGMENTS:
            columns[name] = column.fillna(NOT_GIVEN).astype("str")
        else:
            columns[name] = column.astype("str")
    return pd.DataFrame(columns)


def edition(tables, **keys) -> Edition:
    """An edition of these tables; keys of `definitions` may be given among the others."""
    rules = {name: keys.pop(name) for name in DEFINITIONS if name in keys}
    if "survey_responses" in tables:
        rules.setdefault("ces", CES)
    settings = {"grains": ("month",), "min_n": 1, **keys, "definitions": rules}
    named = {name: f"{name}.csv" for name in tables}
    return Edition.model_validate(
        {
            "name": "drawn",
            "path": Path("drawn.yaml"),
            "company": "Drawn",
            "tables": named,
            **settings,
        }
    )


def _count(cell):
    return None if pd.isna(cell) else int(cell)


class Found:
    """The measures of a drawn company, asked for in words."""

    def __init__(self, found: Measures):
        self.measures, self.cohorts, self.left_out = found.measures, found.cohorts, found.left_out
        self.curves, self.leavers, self.joiners = found.curves, found.leavers, found.joiners
        self.staying, self.themes = found.staying, found.themes
        self.steps, self.examples = found.steps, found.examples

    @cached_property
    def _places(self) -> dict[tuple, list[int]]:
        """Where each cell stands: a test asks for hundreds."""
        found = defaultdict(list)
        keys = self.measures[["metric", "variant", "grain", "period_start", "segment"]]
        for place, key in enumerate(keys.itertuples(index=False, name=None)):
            found[key].append(place)
        return found

    def row(self, name: str, period: str, variant: str | None = None, segment: str = "all"):
        wanted = Period.parse(period)
        rule, start = variant or metric(name).canonical, pd.Timestamp(wanted.start)
        hit = self._places.get((name, rule, wanted.grain, start, segment), [])
        assert len(hit) <= 1, self.measures.iloc[hit]
        return self.measures.iloc[hit[0]] if hit else None

    def __call__(self, name, period, variant=None, segment="all"):
        """The value, or the status of a figure that has none, or None where there is no cell."""
        row = self.row(name, period, variant, segment)
        if row is None:
            return None
        return figure(row["value"]) if row["status"] == "ok" else row["status"]

    def parts(self, name, period, variant=None, segment="all"):
        row = self.row(name, period, variant, segment)
        return figure(row["numerator"]), figure(row["denominator"])

    def moved(self, period, segment="all") -> dict[str, float]:
        """Every movement of money that is not 0."""
        amounts = {name: self(f"{name}_mrr", period, segment=segment) for name in MOVEMENTS}
        return {name: amount for name, amount in amounts.items() if amount not in (0, None)}

    def cohort(self, measure_name, cohort, age, segment="all"):
        """The value of a cohort cell (cohort None: the mean over cohorts), or its status, or None."""
        frame = self.cohorts
        month = (
            frame["cohort"].isna() if cohort is None else frame["cohort"] == pd.Timestamp(cohort)
        )
        hit = frame[
            (frame["measure"] == measure_name)
            & month
            & (frame["age"] == age)
            & (frame["segment"] == segment)
        ]
        assert len(hit) <= 1, hit
        if not len(hit):
            return None
        row = hit.iloc[0]
        return figure(row["value"]) if row["status"] == "ok" else row["status"]


def figure(value):
    """A number without the dust of binary fractions; None for nothing."""
    if pd.isna(value):
        return None
    rounded = round(float(value), 9)
    return int(rounded) if rounded == int(rounded) else rounded


class PandasEngine:
    """The frames of a run as plain pandas, lazy in name only."""

    name = "pandas"

    def table(self, frame: pd.DataFrame) -> nw.LazyFrame:
        """Whole numbers without a blank as plain ones: those that may be blank cannot be shifted."""
        whole = [each for each in frame if str(frame[each].dtype) == "Int64"]
        plain = {each: "int64" for each in whole if not frame[each].hasnans}
        return nw.from_native(frame.astype(plain)).lazy()

    def keep(self, frame: nw.LazyFrame, name: str = "", *, number=None) -> nw.LazyFrame:
        kept = frame.collect()
        return (kept.with_row_index(number) if number else kept).lazy()

    def as_one(self, frame: nw.LazyFrame, *, rows=None) -> nw.LazyFrame:
        return frame

    def few(self, rows) -> bool:
        return False

    def lift(self, frame: pd.DataFrame, name: str = "") -> nw.LazyFrame:
        return self.table(frame)

    def collect(self, frame: nw.LazyFrame) -> pd.DataFrame:
        return frame.collect().to_native().reset_index(drop=True)

    def close(self):
        pass


class DuckDBEngine:
    """The kit's own engine, fed with frames instead of files."""

    name = "duckdb"

    def __init__(self):
        from cs_lib.data.engines import duckdb_engine

        self._engine = duckdb_engine.DuckDBEngine(memory_limit=None, spill_dir=None)
        self.keep, self.as_one, self.few, self.lift, self.collect = (
            self._engine.keep,
            self._engine.as_one,
            self._engine.few,
            self._engine.lift,
            self._engine.collect,
        )

    def table(self, frame: pd.DataFrame) -> nw.LazyFrame:
        return self._engine.lift(frame)

    def close(self):
        self._engine.close()


class SparkEngine:
    """A local Spark session, for the same frames."""

    name = "spark"

    def __init__(self, session):
        self._session = session

    def table(self, frame: pd.DataFrame) -> nw.LazyFrame:
        rows = [
            tuple(None if pd.isna(cell) else _plain(cell) for cell in row)
            for row in frame.itertuples(index=False)
        ]
        kinds = ", ".join(f"`{name}` {_spark_type(kind)}" for name, kind in frame.dtypes.items())
        return nw.from_native(self._session.createDataFrame(rows, kinds))

    def keep(self, frame: nw.LazyFrame, name: str = "", *, number=None) -> nw.LazyFrame:
        rows = frame.to_native()
        if number:
            from pyspark.sql import functions

            rows = rows.withColumn(number, functions.monotonically_increasing_id())
        return nw.from_native(rows.localCheckpoint())

    def as_one(self, frame: nw.LazyFrame, *, rows=None) -> nw.LazyFrame:
        return frame

    def few(self, rows) -> bool:
        return False

    def lift(self, frame: pd.DataFrame, name: str = "") -> nw.LazyFrame:
        return self.table(frame)

    def collect(self, frame: nw.LazyFrame) -> pd.DataFrame:
        native = frame.to_native()
        rows = [tuple(row) for row in native.collect()]
        return pd.DataFrame(rows, columns=native.columns)

    def close(self):
        pass


def _plain(cell):
    if isinstance(cell, pd.Timestamp):
        return cell.to_pydatetime()
    return cell.item() if isinstance(cell, np.generic) else cell


def _spark_type(kind) -> str:
    if pd.api.types.is_datetime64_any_dtype(kind):
        return "timestamp_ntz"
    if pd.api.types.is_integer_dtype(kind):
        return "bigint"
    return "double" if pd.api.types.is_float_dtype(kind) else "string"


@contextmanager
def only(names):
    """A catalogue of these metrics alone, with the facts they read: quicker, and no less exact."""
    whole = compute_measures.CATALOGUE, compute_measures.FACTS, compute_measures.COHORTS
    catalogue = tuple(each for each in whole[0] if each.name in names)
    read = {rule.fact for each in catalogue for rule in each.rules}
    compute_measures.CATALOGUE = catalogue
    compute_measures.FACTS = {name: fact for name, fact in whole[1].items() if name in read}
    compute_measures.COHORTS = whole[2] if "cohort_retention" in names else {}
    try:
        yield
    finally:
        compute_measures.CATALOGUE, compute_measures.FACTS, compute_measures.COHORTS = whole


def whole(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with every column of the contract, as `open_data` supplies them."""
    absent = [each for each in contract.table(table).columns if each.name not in frame]
    blanks = {each.name: pd.Series(None, frame.index, dtype=_dtype(each.kind)) for each in absent}
    return frame.assign(**blanks)


def _dtype(kind: str) -> str:
    if kind in (table_declaration.ID, table_declaration.TEXT):
        return "str"
    return "datetime64[us]" if kind in table_declaration.MOMENTS else "Int64"


def given(table: str, frame: pd.DataFrame, edition: Edition) -> tuple[str, ...]:
    """The columns that the frame says anything in, and those that the edition asks for."""
    needed = {each.name for each in contract.table(table).columns if each.required or each.present}
    asked = needed | {*edition.segments}
    return tuple(each for each in frame if each in asked or frame[each].notna().any())


def context_of(frames: dict, engine, edition: Edition, as_of: date) -> Context:
    """Typed frames, ready for facts."""
    lazy = {name: engine.table(whole(name, frame)) for name, frame in frames.items()}
    said = {name: given(name, frame, edition) for name, frame in frames.items()}
    return Context(lazy, said, engine, edition, as_of)


def context(engine, as_of: str, tables: dict, **keys) -> Context:
    """Drawn tables (texts or typed frames) and an edition's keys, ready for facts."""
    frames = {name: drawn(each) if isinstance(each, str) else each for name, each in tables.items()}
    return context_of(frames, engine, edition(frames, **keys), date.fromisoformat(as_of))


_ASKED: dict[str, Found] = {}


def find(engine, *metrics: str, as_of: str = "2027-01-01", tables=None, **keys) -> Found:
    """What these metrics (by default the whole catalogue) make of drawn tables and an edition's keys."""
    given = {name: keys.pop(name) for name in TABLES if name in keys} | (tables or {})
    asked = repr((engine.name, metrics, as_of, given, keys))
    drawn_by_hand = all(isinstance(each, str) for each in given.values())
    if drawn_by_hand and asked in _ASKED:
        return _ASKED[asked]
    ready = context(engine, as_of, given, **keys)
    with only(metrics) if metrics else nullcontext():
        found = Found(compute_measures.measure(ready))
    if drawn_by_hand:
        _ASKED[asked] = found
    return found
