"""What every fact is built with: prepared tables, segment columns, and sums by group."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property, wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import narwhals as nw

from cs_lib.data.contract import table_declaration as kinds
from cs_lib.data.contract import tables as contract
from cs_lib.data.contract.table_declaration import Column
from cs_lib.data.engines.distinct_rows import distinct
from cs_lib.data.engines.engine import Engine
from cs_lib.data.facts import dated_customers
from cs_lib.data.facts.calendar import Calendar
from cs_lib.edition import Edition
from cs_lib.period import segment_column
from cs_lib.vocabulary import MICROS, NOT_GIVEN, VALID_FROM

if TYPE_CHECKING:
    from cs_lib.data.open_data import Data

Columns = tuple[str, ...]
CUSTOMERS = "customers"
CELL = ("period",)
UNIT = ("customer_id", *CELL)
P = ParamSpec("P")
T = TypeVar("T")


def once(
    make: Callable[Concatenate["Context", P], T],
) -> Callable[Concatenate["Context", P], T]:
    """What a function makes of a context: computed when it is first asked for, and shared by all that
    need it."""

    @wraps(make)
    def shared(context: "Context", *args: P.args, **kwargs: P.kwargs) -> T:
        key = (make, args, *kwargs.items())
        if key not in context._known:
            context._known[key] = make(context, *args, **kwargs)
        return context._known[key]

    return shared


def once_a_split(
    varying: tuple[str, ...],
) -> Callable[[Callable[[Columns], nw.LazyFrame]], Callable[[Columns], nw.LazyFrame]]:
    """What a function makes of segment columns, made once for each set of those in which units vary: for all
    others it has the same rows."""

    def shared(make: Callable[[Columns], nw.LazyFrame]) -> Callable[[Columns], nw.LazyFrame]:
        known = cache(make)
        return lambda by: known(tuple(each for each in by if each in varying))

    return shared


@dataclass(frozen=True)
class Context:
    """The checked tables of one run, and what facts need to know to read them.

    A table has every column of the contract, some of them nulls throughout, and the edition's segments
    that it gives. These bear names that nothing else has (see `segment_column`); further columns of a
    file stay outside. `given` are the columns in which the source says anything, by their own names.
    """

    opened: Mapping[str, nw.LazyFrame]
    given: Mapping[str, tuple[str, ...]]
    engine: Engine
    edition: Edition
    as_of: date
    _known: dict[tuple, Any] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def tables(self) -> Mapping[str, nw.LazyFrame]:
        """Each table by its name; of customers with dated rows the newest (see `dated_customers`)."""
        named = {name: self._named(name, frame) for name, frame in self.opened.items()}
        if VALID_FROM in self.columns(CUSTOMERS):
            named[CUSTOMERS] = self.engine.keep(dated_customers.newest(named[CUSTOMERS]))
        return named

    @cached_property
    def owned(self) -> nw.LazyFrame:
        """customer_id, owner, since, until: who had a customer from when to when."""
        return self.engine.keep(dated_customers.stretches(self.opened[CUSTOMERS]))

    def _named(self, name: str, frame: nw.LazyFrame) -> nw.LazyFrame:
        table, there = contract.table(name), frame.collect_schema().names()
        labels = {
            segment_column(each): _label(each, table.column(each))
            for each in self.edition.segments
            if each in self.given[name]
        }
        named = frame.select(*(each for each in there if table.column(each)), **labels)
        return self.engine.as_one(named)

    @property
    def segments(self) -> tuple[str, ...]:
        """The edition's segment columns, as they are named inside."""
        return tuple(map(segment_column, self.edition.segments))

    @property
    def segmentations(self) -> tuple[tuple[str, ...], ...]:
        """The sets of segment columns that measures are split by, as they are named inside."""
        return tuple(tuple(map(segment_column, by)) for by in self.edition.segmentations)

    @classmethod
    def of(cls, data: "Data", edition: Edition) -> "Context":
        """The tables of an edition as they were opened."""
        return cls(data.tables, data.given, data.engine, edition, data.as_of)

    def columns(self, table: str) -> tuple[str, ...]:
        """The columns that the edition gives of a table; none where it does not give the table."""
        given = self.given.get(table, ())
        labels = (segment_column(each) for each in self.edition.segments if each in given)
        return (*(each for each in given if contract.table(table).column(each)), *labels)

    @once
    def calendar(
        self, table: str, *columns: str, grains: tuple[str, ...] | None = None
    ) -> Calendar:
        """The periods from the first day in these columns on; those of as_of where there is none."""
        first = self._first_day(table, *columns) or self.as_of
        return Calendar(first, self.as_of, grains or self.edition.grains)

    def history(self, table: str, column: str) -> Calendar:
        """The periods from the edition's history_starts on, else from the first day in the column."""
        first = self.edition.history_starts
        return (
            Calendar(first, self.as_of, self.edition.grains)
            if first
            else self.calendar(table, column)
        )

    def _first_day(self, table: str, *columns: str) -> date | None:
        """The earliest day in these columns; None where the table is empty."""
        present = [column for column in columns if column in self.columns(table)]
        frame = self.tables[table].select(nw.col(column).min() for column in present)
        row = self.engine.collect(frame).iloc[0].dropna()
        return min(row).date() if len(row) else None

    def own(self, table: str) -> tuple[str, ...]:
        """The edition's segment columns that this table carries itself."""
        columns = self.columns(table)
        return tuple(column for column in self.segments if column in columns)

    def inherited(self, table: str) -> tuple[str, ...]:
        """The segment columns that come from `customers`, through customer_id."""
        if "customer_id" not in self.columns(table):
            return ()
        return tuple(column for column in self.own("customers") if column not in self.own(table))

    def with_customers(self, frame: nw.LazyFrame, table: str) -> nw.LazyFrame:
        """The frame with the segment columns of its customers joined on."""
        columns = self.inherited(table)
        if not columns:
            return frame
        customers = self.tables["customers"].select("customer_id", *columns)
        joined = frame.join(customers, on="customer_id", how="left")
        return joined.with_columns(nw.col(*columns).fill_null(NOT_GIVEN))

    def taken_up(self, table: str) -> tuple[str, ...]:
        """The segment columns that only `subscriptions` carries, such as plan."""
        if "customer_id" not in self.columns(table):
            return ()
        nearer = {*self.own(table), *self.inherited(table)}
        return tuple(column for column in self.own("subscriptions") if column not in nearer)

    def with_subscription(
        self, placed: nw.LazyFrame, columns: tuple[str, ...], calendar: Calendar
    ) -> nw.LazyFrame:
        """Rows with a period, with columns of subscriptions.

        They are those of the customer's subscription that started last before the period's end
        (the alphabetically last, where several started at once).
        """
        if not columns:
            return placed
        ends = self.engine.lift(calendar.ends())
        held = self.held(columns)
        asked = distinct(placed, *UNIT).join(ends, on="period", how="inner")
        there = asked.join(held, on="customer_id", how="inner").filter(
            (nw.col("start_date") < nw.col("end"))
            & (nw.col("next_start").is_null() | (nw.col("next_start") >= nw.col("end")))
        )
        joined = placed.join(there.select(*UNIT, *columns), on=list(UNIT), how="left")
        return joined.with_columns(nw.col(*columns).fill_null(NOT_GIVEN))

    @once
    def held(self, columns: tuple[str, ...]) -> nw.LazyFrame:
        """customer_id, start_date, next_start and the columns of the subscription that started then."""
        key = ("customer_id", "start_date")
        started = self.tables["subscriptions"].group_by(*key).agg(nw.col(*columns).max())
        following = nw.col("start_date").shift(-1).over("customer_id", order_by="start_date")
        return self.engine.keep(started.with_columns(next_start=following))

    @once
    def sizes(self) -> dict[str, int]:
        """How many values each segment column has, over the tables that carry it."""
        found = dict.fromkeys(self.segments, 1)
        for table, frame in self.tables.items():
            columns = self.own(table)
            if columns:
                row = self.engine.collect(frame.select(nw.col(*columns).n_unique())).iloc[0]
                found |= {column: found[column] + int(row[column]) for column in columns}
        return found


def _label(name: str, column: Column | None) -> nw.Expr:
    """The value of a column as the name of a segment; one of the table's own columns may be blank."""
    value = nw.col(name)
    if column is None or column.kind in kinds.WORDS:
        return value.fill_null(NOT_GIVEN)
    if column.kind in kinds.MOMENTS:
        value = value.dt.to_string("%Y-%m" if column.kind == kinds.MONTH else "%Y-%m-%d")
    elif column.kind in kinds.MILLIONTHS:
        value = (value / MICROS).cast(nw.String)
    else:
        value = value.cast(nw.String)
    return value.fill_null(NOT_GIVEN)


@dataclass(frozen=True)
class Prepared:
    """A fact after its heavy reduction, kept in the engine.

    `at(by)` gives one row a unit (customer, answer, cost line) with the columns that metrics sum,
    split by the segment columns `by`, which must be among `segments`. The columns `varying` are those
    in which a unit can change; for all others it has the same rows, whatever `by`.

    `stretches(by)` gives the same with one row for all periods on end in which nothing changes (see
    `spans`), where the fact can.

    `until` is the day up to which the table tells, where it ends before the extract does.

    Rows with the same `cluster` go together (the answers of one customer), so that they tell less than so
    many rows that do not; it may differ between rows only in the columns `varying`.

    `rows` is one number, of how many rows `at` has at most, where that is soon counted (see `Engine.as_one`).
    """

    segments: tuple[str, ...]
    calendar: Calendar
    at: Callable[[tuple[str, ...]], nw.LazyFrame]
    varying: tuple[str, ...] = ()
    stretches: Callable[[tuple[str, ...]], nw.LazyFrame] | None = None
    cluster: str | None = None
    until: date | None = None
    rows: nw.LazyFrame | None = None

    def in_stretches(self, by: tuple[str, ...]) -> nw.LazyFrame:
        """The fact with one row a stretch, or a period where it knows no stretches."""
        return (self.stretches or self.at)(by)

    @property
    def fixed(self) -> tuple[str, ...]:
        return tuple(column for column in self.segments if column not in self.varying)

    def offers(self, by: tuple[str, ...]) -> bool:
        return set(by) <= set(self.segments)


def whole(number: int) -> nw.Expr:
    """The whole number, in every row."""
    return nw.lit(number).cast(nw.Int64)


def only(condition: nw.Expr, value: nw.Expr | str) -> nw.Expr:
    """The whole number where the condition holds, 0 elsewhere (and where it is unknown)."""
    value = nw.col(value) if isinstance(value, str) else value
    return nw.when(condition).then(value).otherwise(nw.lit(0)).cast(nw.Int64)


def add_up(frame: nw.LazyFrame, keys: Iterable[str], columns: Iterable[str]) -> nw.LazyFrame:
    """The columns summed by the keys, as 64-bit whole numbers."""
    summed = frame.group_by(*keys).agg(*(nw.col(column).sum() for column in columns))
    return summed.with_columns(nw.col(*columns).cast(nw.Int64))


def one_under_another(
    frames: Iterable[nw.LazyFrame], keys: Sequence[str], columns: Sequence[str]
) -> nw.LazyFrame:
    """Frames with the same keys in one; a missing column counts as 0."""
    filled = []
    for frame in frames:
        missing = set(columns) - set(frame.collect_schema().names())
        zeros = {column: whole(0) for column in columns if column in missing}
        present = nw.col(*(column for column in columns if column not in missing)).cast(nw.Int64)
        filled.append(frame.with_columns(present, **zeros).select(*keys, *columns))
    return nw.concat(filled)


def stack(
    frames: Iterable[nw.LazyFrame], keys: Sequence[str], columns: Sequence[str]
) -> nw.LazyFrame:
    """Frames with the same keys laid under each other and added up; a missing column counts as 0."""
    return add_up(one_under_another(frames, keys, columns), keys, columns)


def one_each(frame: nw.LazyFrame, keys: Iterable[str], columns: Iterable[str]) -> nw.LazyFrame:
    """One row for each key, with the alphabetically last of each column."""
    if not columns:
        return distinct(frame, *keys)
    return frame.group_by(*keys).agg(nw.col(*columns).max())
