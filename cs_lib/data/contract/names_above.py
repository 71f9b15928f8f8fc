"""Whether a value is missing in a row because it stands once above several: a report made for the eye."""

import narwhals as nw

from cs_lib.data.contract import table_declaration as kinds
from cs_lib.data.contract.edition_keys import left_out
from cs_lib.data.contract.remedies import CORRECT
from cs_lib.data.sources.cut_lines import TOTAL
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import ROW, UNPARSED

#: a share of all rows that lack the value, from which on it may stand once for several
_MANY = 0.3
_TOTALS = rf"^(?:{TOTAL})\b"


def names_above(staged: Staged, broken: nw.LazyFrame, column: str) -> str:
    """The keys that give each row the name above it; nothing where no name stands so."""
    declared = staged.table.column(column)
    if declared is None or not staged.of_lines or staged.source.months:
        return ""
    if staged.source.fill_down:
        return _without_totals(staged, broken)
    if declared.kind not in kinds.WORDS or column not in staged.spelled:
        return ""
    rows, lacking = staged.held, staged.count(broken)
    first = staged.engine.collect(rows.sort(ROW).select(column).head(1))[column]
    begins = len(first) > 0 and first.notna().iloc[0]
    others = [each for each in (*staged.columns, UNPARSED) if each != column]
    blank = (nw.col(each).is_null() for each in others)
    alone = rows.filter(~nw.col(column).is_null(), nw.all_horizontal(*blank, ignore_nulls=False))
    if not begins or not (staged.count(alone) or lacking >= _MANY * staged.row_count):
        return ""
    own = staged.spelled[column]
    said = f"set fill_down: [{_listed(own)}]"
    totals = _totals(staged, column)
    if totals:
        said += f" and {left_out(own, totals)}"
    return f"If it stands once above the rows that it is of, {said} for this table, or {CORRECT}"


def _listed(name: str) -> str:
    return name if name.isidentifier() else "'" + name.replace("'", "''") + "'"


def _without_totals(staged: Staged, broken: nw.LazyFrame) -> str:
    """The key that leaves out the totals below each name, where those are the rows that lack a value."""
    for name in staged.source.fill_down:
        column = next((each for each, own in staged.spelled.items() if own == name), name)
        if column in staged.columns and (totals := _totals(staged, column, broken)):
            return f"Set {left_out(name, totals)} for this table if these are totals, or {CORRECT}"
    return ""


def _totals(staged: Staged, column: str, rows: nw.LazyFrame | None = None) -> list[str]:
    """How the totals of a column begin."""
    rows = staged.held if rows is None else rows
    text = rows.select(value=nw.col(column).cast(nw.String)).filter(~nw.col("value").is_null())
    found = text.filter(nw.col("value").str.to_lowercase().str.contains(_TOTALS))
    words = staged.engine.collect(found.head(1))["value"]
    return [f"{each.split()[0]}*" for each in words]
