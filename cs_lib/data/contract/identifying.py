"""Columns that figures are split by, and whose values name somebody: no page may show them."""

from dataclasses import dataclass

import narwhals as nw

from cs_lib.data.contract.data_findings import DataFinding, counted, only_first
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.contract.tables import SPLITS
from cs_lib.data.engines.distinct_rows import flag
from cs_lib.data.sources.staged_table import Staged
from cs_lib.edition import Edition
from cs_lib.vocabulary import OWNER, WHO

#: so many rows of a table, and of them at least so many with a value, tell what a column holds
LOOKED_AT, LEAST_ROWS = 40_000, 5
ADDRESS = r"[^\s@]@[^\s@]+\.[A-Za-z]{2,}\W*$"
#: a column of no value, in any engine's SQL
NOTHING = "nullif('', '')"
ADDRESSES = "e-mail addresses"
#: a column says who somebody is where so large a share of its values does
SHARE = 0.5
#: an address that stands with so many customers is that of somebody of the company's own
STAFF = 5
#: of so many customers more than half with a value that no other has: a name, likely
CUSTOMERS = 20


@dataclass(frozen=True)
class Naming:
    """What speaks against columns that figures are split by: `faults`, where they hold ids, names or addresses, and
    `findings`, where nearly every customer has a value of its own."""

    faults: tuple[str, ...]
    findings: tuple[DataFinding, ...]


@dataclass(frozen=True)
class _Column:
    """How many `rows` have a value, how many `values` there are, and of how many rows each of WHO or an address is.

    `staff`: its addresses are those of the company's own people.
    """

    rows: int
    values: int
    named: dict[str, int]
    staff: bool

    @property
    def what(self) -> str | None:
        """What names a customer in the column; None where nothing does."""
        enough = max(LEAST_ROWS, SHARE * self.rows)
        found = (what for what, many in self.named.items() if many >= enough)
        return next((what for what in found if not (self.staff and what == ADDRESSES)), None)


def naming(staged: Staged, edition: Edition) -> Naming:
    """What is to be said of the columns of a table that figures are split by."""
    who = next(filter(staged.has, ("customer_id", "respondent_id")), None)
    columns, customers = _columns(staged, edition, who)
    faults = tuple(
        _refused(staged, name, each.what, edition) for name, each in columns.items() if each.what
    )
    own = {
        name: _alone(staged, name, who)
        for name, each in columns.items()
        if who and not each.what and customers >= CUSTOMERS and each.values > SHARE * customers
    }
    findings = tuple(
        _apart(staged, name, many, customers, edition)
        for name, many in own.items()
        if many > SHARE * customers
    )
    return Naming(faults, findings)


def _shown(staged: Staged, edition: Edition) -> list[str]:
    """The columns whose values stand on pages."""
    return [*filter(staged.has, dict.fromkeys((*edition.segments, *SPLITS, "item", OWNER)))]


def _columns(staged: Staged, edition: Edition, who: str | None) -> tuple[dict[str, _Column], int]:
    """What each column holds in the rows looked at, and how many customers there are in them."""
    shown, names = _shown(staged, edition), [*filter(staged.has, WHO)]
    if not shown:
        return {}, 0
    sums = {"who": nw.col(who).n_unique()} if who else {}
    for number, column in enumerate(shown):
        value = nw.col(column).cast(nw.String)
        sums[f"rows{number}"] = flag(~value.is_null()).sum()
        sums[f"values{number}"] = nw.col(column).n_unique()
        # looked for by their sign first, which costs little over many rows
        address = nw.when(value.str.contains("@", literal=True)).then(value.str.contains(ADDRESS))
        sums[f"{ADDRESSES}{number}"] = flag(address).sum()
        for name in names:
            sums[f"{name}{number}"] = flag(_plain(column) == _plain(name)).sum()
    rows = staged.held.head(LOOKED_AT)
    found = staged.engine.collect(rows.select(**sums)).iloc[0].fillna(0).astype(int)
    customers = int(found["who"]) if who else 0
    return {
        column: _Column(
            found[f"rows{number}"],
            found[f"values{number}"],
            {each: found[f"{each}{number}"] for each in (ADDRESSES, *names)},
            staff=column == OWNER or STAFF * found[f"values{number}"] <= customers,
        )
        for number, column in enumerate(shown)
    }, customers


def _alone(staged: Staged, column: str, who: str) -> int:
    """How many values only one customer has."""
    given = staged.held.head(LOOKED_AT).select(who=nw.col(who), value=nw.col(column))
    given = given.filter(~nw.col("value").is_null() & ~nw.col("who").is_null())
    one = flag(nw.col("who").min() == nw.col("who").max())
    values = given.group_by("value").agg(one=one)
    return int(
        staged.engine.collect(values.select(alone=nw.col("one").sum()))["alone"].iloc[0] or 0
    )


def _apart(staged: Staged, column: str, own: int, customers: int, edition: Edition) -> DataFinding:
    says = (
        f"{staged.called}: {own:,} of {counted(customers, 'customer')} have a value of {column} that no other has, and "
        f"figures are split by it: whoever reads a report sees single customers. {_way_out(staged, column, edition)}"
        f"{only_first(staged.row_count, LOOKED_AT)}"
    )
    return DataFinding(
        WARNING, staged.table.name, "column that tells customers apart", says, about=column
    )


def _plain(column: str) -> nw.Expr:
    return nw.col(column).cast(nw.String).str.to_lowercase().str.strip_chars()


def _refused(staged: Staged, column: str, what: str, edition: Edition) -> str:
    holds = what if what == ADDRESSES else f"the same as {what}"
    return (
        f"{staged.source.shown}: {column} holds {holds}, and figures are split by it: every report would name "
        f"customers. {_way_out(staged, column, edition)}"
    )


def _way_out(staged: Staged, column: str, edition: Edition) -> str:
    if column in edition.segments:
        return f"Take {column} out of segments."
    if column in staged.required:
        return "Write in the export what several have in common, or leave the table out."
    return f'Say columns: {{{column}: "{NOTHING}"}} for this table: then nothing is split by it.'
