"""Rows as long as a quarter or a year whose MRR is three or twelve times that of rows of a month: prices of the term."""

from collections.abc import Iterator

import narwhals as nw
import pandas as pd

from cs_lib.data.contract.data_findings import DataFinding, counted
from cs_lib.data.contract.number_remedies import as_number
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import INCLUSIVE, ROW
from cs_lib.vocabulary import MICROS

TERM = "a price of a term called MRR"
_LENGTHS = {12: "a year", 3: "a quarter"}
#: of so many rows of a length nearly all cost so many months, and hardly any what a month costs: seats are no such chance
ROWS, SHARE, LIKE_A_MONTH = 10, 0.8, 0.2
MOST_GROUPS = 5000


def paid_term_findings(staged: Staged) -> Iterator[DataFinding]:
    """A question for prices whose rows' own length speaks for a term; where no plan says which prices belong together."""
    source = staged.source
    if source.recipe or staged.spread or source.movements or not staged.has("end_date"):
        return
    if "mrr" not in staged.spelled or staged.has("interval_months") or staged.has("term_ends_on"):
        return
    groups = _groups(staged)
    month = groups[groups["months"] == 1]
    if len(groups) > MOST_GROUPS or month["rows"].sum() < ROWS:
        return
    prices = set(month["mrr"])
    found = {
        months: own
        for months in _LENGTHS
        if _is_price(own := groups[groups["months"] == months], months, prices)
    }
    if found:
        yield _finding(staged, found)


def _groups(staged: Staged) -> pd.DataFrame:
    """months (0: any other length), mrr: how many rows, and the first of them."""
    start, end = nw.col("start_date"), nw.col("end_date")
    months = nw.lit(0)
    for length in (*_LENGTHS, 1):
        months = (
            nw.when(end == start.dt.offset_by(f"{length}mo")).then(nw.lit(length)).otherwise(months)
        )
    ended = staged.held.filter(nw.col("mrr") > 0, ~end.is_null())
    rows = ended.select(ROW, "mrr", months=months)
    sums = rows.group_by("months", "mrr").agg(rows=nw.len(), first=nw.col(ROW).min())
    return staged.engine.collect(sums.sort("first").head(MOST_GROUPS + 1))


def _is_price(own: pd.DataFrame, months: int, prices: set[int]) -> bool:
    rows = own["rows"].sum()
    times = own["mrr"].map(lambda each: each % months == 0 and each // months in prices)
    alike = own["mrr"].isin(prices)
    return bool(
        rows >= ROWS
        and own.loc[times, "rows"].sum() >= SHARE * rows
        and own.loc[alike, "rows"].sum() <= LIKE_A_MONTH * rows
    )


def _finding(staged: Staged, found: dict[int, pd.DataFrame]) -> DataFinding:
    months, own = next(iter(found.items()))
    rows = int(sum(each["rows"].sum() for each in found.values()))
    price = own.loc[own["rows"].idxmax(), "mrr"] / MICROS
    says = (
        f"{staged.called}: {counted(int(own['rows'].sum()), 'row')} that last {_LENGTHS[months]} have an MRR such as {price:,.2f}, "
        f"where those that last a month pay {price / months:,.2f}, the first in {staged.location(int(own['first'].min()))}: is it "
        f"what the whole {_LENGTHS[months].split()[1]} costs? {_way(staged, found)}"
    )
    return DataFinding(WARNING, "subscriptions", TERM, says, rows)


def _way(staged: Staged, found: dict[int, pd.DataFrame]) -> str:
    formats = map(staged.source.date_formats, ("start_date", "end_date"))
    if any(formats):
        return "If so, write the price of a month in the export."
    start, end = (f"CAST({staged.cell(each)} AS DATE)" for each in ("start_date", "end_date"))
    if staged.source.end_date == INCLUSIVE:
        end += " + INTERVAL 1 DAY"
    number = as_number(staged, "mrr")
    cases = " ".join(
        f"WHEN {end} = {start} + INTERVAL {months} MONTH THEN {number} / {months}"
        for months in found
    )
    return f'If so, say columns: {{mrr: "CASE {cases} ELSE {number} END"}} for this table.'
