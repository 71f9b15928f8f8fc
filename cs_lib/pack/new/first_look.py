"""What the rows of a folder's files say about an edition: how far they reach, their currency, their segments."""

from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from re import match, sub

import narwhals as nw

from cs_lib.data.contract.row_status import is_status
from cs_lib.data.engines.duckdb_engine import DuckDBEngine
from cs_lib.data.engines.engine import StagingEngine
from cs_lib.data.sources.headers import folded
from cs_lib.data.sources.load_table import stage
from cs_lib.data.sources.staged_table import Staged
from cs_lib.edition import Edition
from cs_lib.errors import DataError
from cs_lib.period import MONTH, Period, is_segment_name

#: what a column needs to be proposed for a segment: so many values at most, and customers behind each
MOST_VALUES, LEAST_CUSTOMERS, LONGEST_VALUE, LEAST_GIVEN = 12, 5, 40, 0.5
MOST_SEGMENTS = 4
#: a month of which only so many last days have no row is taken for whole
QUIET_DAYS = 4
#: columns of few values that split nobody, folded
_NO_SEGMENTS = frozenset(
    folded(each)
    for each in (
        "currency", "interval", "quantity", "delinquent", "email", "name", "phone", "address", "comment",
        "tags", "tax percent", "payment count", "trial", "description", "application fee percent",
        "billing_period", "billing_period_unit", "subscription.status", "status", "financial status",
        "fulfillment status", "via", "instrument", "category", "month", "company", "company name", "customer",
        "customer name", "account", "account name", "organization", "organisation", "associated company",
        "billing company", "shipping company", "billing name", "shipping name", "deal name",
    )
)  # fmt: skip
#: the tables whose columns split customers, the likelier first
_OF_CUSTOMERS = ("subscriptions", "customers", "orders")
_TABLES = (*_OF_CUSTOMERS, "survey_responses", "usage_events")


@dataclass(frozen=True)
class Candidate:
    """A column that may split figures: its name as a segment, the table's own name for it, and its values."""

    name: str
    table: str
    column: str
    values: tuple[str, ...]


@dataclass
class FirstLook:
    """What was seen, table by table; nothing of those that could not be looked into."""

    rows: dict[str, int] = field(default_factory=dict)
    first: dict[str, date] = field(default_factory=dict)
    last: dict[str, date] = field(default_factory=dict)
    currencies: Counter[str] = field(default_factory=Counter)
    instruments: set[str] = field(default_factory=set)
    candidates: list[Candidate] = field(default_factory=list)

    def segments(self, tables: Collection[str] = _TABLES) -> list[Candidate]:
        """The columns of these tables that are proposed: one of a name, those of the likelier table first.

        Columns of answers and events, which may be answers themselves, only where no other table has any.
        """
        those = [each for each in self.candidates if each.table in tables]
        known = [each for each in those if each.table in _OF_CUSTOMERS] or those
        chosen: dict[str, Candidate] = {}
        for table in _TABLES:
            for each in known:
                if each.table == table and len(chosen) < MOST_SEGMENTS:
                    chosen.setdefault(each.name.casefold(), each)
        return list(chosen.values())

    @property
    def as_of(self) -> tuple[date, bool] | None:
        """The day after the extract's last, and whether that is a month's end a few days on."""
        if not self.last:
            return None
        last = max(self.last.values())
        month = Period.containing(last, MONTH)
        if (month.end - last).days <= QUIET_DAYS:
            return month.end, last != month.last_day
        return last + timedelta(days=1), False

    @property
    def history_starts(self) -> date | None:
        """The first month of the tables that tell when customers pay; else of any."""
        telling = [self.first[each] for each in ("subscriptions", "orders") if each in self.first]
        days = telling or list(self.first.values())
        return min(days).replace(day=1) if days else None


def look_at(draft: Edition, folder: Path, root: Path) -> FirstLook:
    """Stage each source of a draft's tables once, and see what its rows say."""
    look = FirstLook()
    sources = ((name, part) for name, each in sorted(draft.tables.items()) for part in each.parts)
    for name, source in sources:
        engine = DuckDBEngine(memory_limit=None, spill_dir=None, timezone=draft.timezone)
        with closing(engine), suppress(DataError):  # the check says why
            staged = stage(engine, name, source, edition=draft, folder=folder, root=root)
            _note(look, engine, staged)
    return look


def _note(look: FirstLook, engine: StagingEngine, staged: Staged) -> None:
    name = staged.table.name
    look.rows[name] = look.rows.get(name, 0) + staged.row_count
    days = list(_days(engine, staged))
    if days:
        look.first[name] = min(*days, look.first.get(name, date.max))
        look.last[name] = max(*days, look.last.get(name, date.min))
    if staged.has("currency"):
        for row in _counted(engine, staged, "currency"):
            look.currencies[row[0]] += row[1]
    if staged.has("instrument"):
        look.instruments |= {row[0] for row in _counted(engine, staged, "instrument")}
    if name in _TABLES and not staged.source.part:
        look.candidates += _candidates(engine, staged)


def _days(engine: StagingEngine, staged: Staged) -> Iterator[date]:
    """The first and the last day that rows are of; ends among them where an adapter says that they are past."""
    recipe = staged.source.recipe
    columns = [each for each in staged.table.dates if staged.has(each) and each != "term_ends_on"]
    by_month = bool(staged.source.months) or columns == ["month"]
    if recipe and recipe.ends_are_past and staged.has("end_date"):
        columns.append("end_date")
    if columns:
        ends = {
            f"{each} {end}": getattr(nw.col(each), end)()
            for each in columns
            for end in ("min", "max")
        }
        for moment in engine.collect(staged.held.select(**ends)).iloc[0]:
            if moment == moment and moment is not None:
                day = moment.date()
                yield Period.containing(day, MONTH).last_day if by_month else day


def _counted(engine: StagingEngine, staged: Staged, column: str) -> list[tuple[str, int]]:
    """Each value of a column with its rows, the most frequent first."""
    given = staged.held.select(value=column).filter(~nw.col("value").is_null())
    counts = (
        given.group_by("value").agg(rows=nw.len()).sort("rows", "value", descending=[True, False])
    )
    frame = engine.collect(counts.head(MOST_VALUES + 1))
    return [(str(value), int(rows)) for value, rows in frame.itertuples(index=False, name=None)]


def _fewest(engine: StagingEngine, staged: Staged, column: str) -> int:
    """How many customers the rarest value of a column has."""
    pairs = staged.held.select("customer_id", value=column).unique()
    known = pairs.filter(~nw.col("value").is_null())
    counts = known.group_by("value").agg(customers=nw.col("customer_id").count())
    return int(engine.collect(counts)["customers"].min())


def _candidates(engine: StagingEngine, staged: Staged) -> Iterator[Candidate]:
    """The columns that may split figures. Never one of which a value is of few customers: it may be a name; and of
    two that say the same, such as a plan and its id, the first."""
    if not staged.has("customer_id"):
        return
    words = staged.source.recipe.words if staged.source.recipe else ()
    none = _NO_SEGMENTS | {folded(_plain(each)) for each in words}
    seen: list[list[tuple[str, int]]] = []
    for column in staged.columns:
        if staged.table.column(column) or folded(_plain(column)) in none:
            continue
        found = _counted(engine, staged, column)
        values = [value for value, _ in found]
        given = sum(rows for _, rows in found)
        name = _plain(column)
        if (
            2 <= len(found) <= MOST_VALUES
            and given >= LEAST_GIVEN * staged.row_count
            and _fewest(engine, staged, column) >= LEAST_CUSTOMERS
            and all(_splits(value) for value in values)
            and not is_status(column, values)
            and is_segment_name(name)
            and found not in seen
        ):
            seen.append(found)
            yield Candidate(name, staged.table.name, column, tuple(values))


def _splits(value: str) -> bool:
    """Whether a value may be a segment's: no address of anybody, no moment, no number."""
    is_number = sub(r"[\W_]", "", value).isdigit() or value.casefold() in ("true", "false")
    is_moment = match(r"\d{4}-\d\d-\d\d|\d\d?[/.]\d\d?[/.]\d\d", value)
    return not (len(value) > LONGEST_VALUE or "@" in value or is_number or is_moment)


def _plain(column: str) -> str:
    """The column's name as a segment's: `Country (metadata)` is country."""
    bare = sub(r"\s*\((metadata|export)\)$", "", column)
    bare = sub(r"^(subscriptions?|customers?)\.", "", bare)
    return sub(r"[\W_]+", "_", bare).strip("_").casefold()
