"""Columns that figures are split by, and whose values name somebody: no page may show them."""

from collections.abc import Iterator

import narwhals as nw

from cs_lib.data.contract.data_findings import DataFinding, counted
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.contract.tables import SPLITS
from cs_lib.data.engines.distinct_rows import flag
from cs_lib.data.sources.staged_table import Staged
from cs_lib.edition import Edition
from cs_lib.vocabulary import OWNER

#: so many rows of a table, and of them at least so many with a value, tell what a column holds
LOOKED_AT, LEAST_ROWS = 100_000, 5
#: columns of the same table that name somebody
NAMES = ("customer_id", "name", "respondent_id", "user_id")
ADDRESS = r"[^\s@]@[^\s@]+\.[A-Za-z]{2,}\W*$"
#: a column of no value, in any engine's SQL
NOTHING = "nullif('', '')"
ADDRESSES = "e-mail addresses"
#: a column says who somebody is where so large a share of its values does
SHARE = 0.5
#: of so many customers more than half with a value that no other has: a name, likely
CUSTOMERS = 20


def naming_faults(staged: Staged, edition: Edition) -> Iterator[str]:
    """What is wrong with columns that hold ids, names or addresses: no report could be shown to anybody."""
    for column, (rows, named) in _named(staged, edition).items():
        for what, many in named.items():
            if rows >= LEAST_ROWS and many >= SHARE * rows:
                yield _refused(staged, column, what, edition)
                break


def naming_findings(staged: Staged, edition: Edition) -> Iterator[DataFinding]:
    """Warnings of columns in which nearly every customer has a value of its own."""
    who = next(filter(staged.has, ("customer_id", "respondent_id")), None)
    for column in _shown(staged, edition) if who else ():
        given = staged.held.head(LOOKED_AT).select(who=nw.col(str(who)), value=nw.col(column))
        given = given.filter(~nw.col("value").is_null() & ~nw.col("who").is_null())
        values = given.group_by("value").agg(
            one=flag(nw.col("who").min() == nw.col("who").max()), least=nw.col("who").min()
        )
        customers = given.select(who=nw.col("who").n_unique())
        alone = values.select(alone=nw.col("one").sum())
        many = int(staged.engine.collect(customers)["who"].iloc[0] or 0)
        own = int(staged.engine.collect(alone)["alone"].iloc[0] or 0)
        if many >= CUSTOMERS and own > SHARE * many:
            says = (
                f"{staged.called}: {own:,} of {counted(many, 'customer')} have a value of {column} that no other has, and "
                f"figures are split by it: whoever reads a report sees single customers. {_way_out(column, edition)}"
            )
            yield DataFinding(WARNING, staged.table.name, "column that tells customers apart", says)


def _shown(staged: Staged, edition: Edition) -> list[str]:
    """The columns whose values stand on pages."""
    return [*filter(staged.has, dict.fromkeys((*edition.segments, *SPLITS, "item", OWNER)))]


def _named(staged: Staged, edition: Edition) -> dict[str, tuple[int, dict[str, int]]]:
    """Column → how many of its rows have a value, and of them an address, or the same as each of NAMES."""
    columns = _shown(staged, edition)
    names = [*filter(staged.has, NAMES)]
    sums = {}
    for number, column in enumerate(columns):
        value = _plain(column)
        sums[f"rows{number}"] = flag(~nw.col(column).is_null()).sum()
        sums[f"{ADDRESSES}{number}"] = flag(value.str.contains(ADDRESS)).sum()
        for name in names:
            sums[f"{name}{number}"] = flag(value == _plain(name)).sum()
    if not sums:
        return {}
    found = staged.engine.collect(staged.held.head(LOOKED_AT).select(**sums)).iloc[0].fillna(0)
    return {
        column: (
            int(found[f"rows{number}"]),
            {each: int(found[f"{each}{number}"]) for each in (ADDRESSES, *names)},
        )
        for number, column in enumerate(columns)
    }


def _plain(column: str) -> nw.Expr:
    return nw.col(column).cast(nw.String).str.to_lowercase().str.replace_all(r"\s+", "")


def _refused(staged: Staged, column: str, what: str, edition: Edition) -> str:
    holds = what if what == ADDRESSES else f"the same as {what}"
    return (
        f"{staged.source.shown}: {column} holds {holds}, and figures are split by it: every report would name "
        f"customers. {_way_out(column, edition)}"
    )


def _way_out(column: str, edition: Edition) -> str:
    if column in edition.segments:
        return f"Take {column} out of segments."
    return f'Say columns: {{{column}: "{NOTHING}"}} for this table: then nothing is split by it.'
