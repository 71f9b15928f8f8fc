"""Ids that stand for nobody: by a word for it, by a number that many rows have, with most of the customers."""

from collections.abc import Iterator

import narwhals as nw

from cs_lib.data.contract.column_words import odd
from cs_lib.data.contract.data_findings import DataFinding
from cs_lib.data.contract.edition_keys import left_out, mapped
from cs_lib.data.contract.likeness import NOTHING
from cs_lib.data.sources.staged_table import Staged

ID = "customer_id"
#: who stands for nobody, beside the words for nothing
_NOBODY = (
    "anonymous", "anonymised", "anonymized", "anonym", "anonyme", "anonimo", "anónimo", "unknown", "deleted",
    "deleted user", "redacted", "guest", "guest checkout", "walk-in", "walk in", "walk-in customer", "walk in customer", "cash customer",
    "cash sale", "pos customer", "laufkundschaft", "barverkauf", "unassigned", "no customer", "(blank)", "(not set)", "(none)", "#ref!",
    "#value!", "#name?", "#div/0!", "#num!", "#null!", "00000000-0000-0000-0000-000000000000",
)  # fmt: skip
#: ids that may be nobody's, if so many rows and such a share of all have one
NUMBERS_OF_NOBODY, NOBODY_ROWS, NOBODY_SHARE = ("0", "-1", "00000000"), 5, 0.05
#: so many rows tell whose a user is, and one with so many customers, and such a share of them, is nobody
LOOKED_AT, SHARED_BY, SHARED_SHARE = 20_000, 10, 0.5
MOST_SHOWN = 5


def is_nobody(staged: Staged, column: str) -> nw.Expr:
    """Whether a value stands for nobody: a word for it, or the column's own name from a header that came twice."""
    header = (column, staged.spelled.get(column, column).lower())
    return nw.col(column).str.to_lowercase().is_in((*NOTHING, *_NOBODY, *header))


def nobody_in(staged: Staged, column: str) -> Iterator[DataFinding]:
    """Values that stand for nobody: by a word for it, by a number that many rows have, or with most of the customers."""
    words: set[str] = set()
    # other columns are of more rows: the first of them tell
    if column == ID or staged.count(_nobodys(staged.held.head(LOOKED_AT), staged, column).head(1)):
        rows = _nobodys(staged.held, staged, column)
        counts = staged.engine.collect(rows.group_by(column).agg(rows=nw.len()))
        least = max(NOBODY_ROWS, NOBODY_SHARE * staged.row_count)
        words = {
            str(word)
            for word, many in counts.itertuples(index=False)
            if word not in NUMBERS_OF_NOBODY or many >= least
        }
    if column == "user_id" and staged.has(ID):
        words |= _shared_by_most(staged, column)
    if words:
        yield _nobody(staged, column, sorted(words)[:MOST_SHOWN])


def _shared_by_most(staged: Staged, column: str) -> set[str]:
    """Users who stand with most of the customers, in the rows looked at."""
    rows = staged.held.head(LOOKED_AT).filter(~nw.col(column).is_null())
    customers = staged.engine.collect(rows.select(who=nw.col(ID).n_unique()))["who"].iloc[0]
    whose = rows.group_by(column).agg(who=nw.col(ID).n_unique())
    least = max(SHARED_BY, SHARED_SHARE * customers)
    return set(staged.engine.collect(whose.filter(nw.col("who") >= least))[column])


def _nobodys(rows: nw.LazyFrame, staged: Staged, column: str) -> nw.LazyFrame:
    return rows.filter(is_nobody(staged, column) | nw.col(column).is_in(NUMBERS_OF_NOBODY))


def _nobody(staged: Staged, column: str, words: list[str]) -> DataFinding:
    kind, one = ("customer", "an id") if column == ID else ("person", f"a {column}")
    if column in staged.required:
        way = f"Say {left_out(staged.spelled.get(column, column), words)} for this table if they do not count"
    else:
        key = mapped(column, dict.fromkeys(words), staged.source)
        way = f"Say {key} for this table: then they count, and are nobody's"
    then = f": all such rows are one {kind}. {way}, or correct the export."
    test = nw.col(column).is_in(words)
    return odd(staged, test, "nobody's id", f"{one} that stands for nobody", then, ", ".join(words))
