"""What the rows of a table look like as a whole: one a month, totals among them, a scale nobody reaches."""

import re
from collections.abc import Iterator
from functools import reduce
from operator import or_

import narwhals as nw
import pandas as pd

from cs_lib.data.contract.answer_bursts import burst_findings
from cs_lib.data.contract.answer_scales import answers, scale_findings
from cs_lib.data.contract.cost_shapes import cost_findings
from cs_lib.data.contract.data_findings import DataFinding, counted
from cs_lib.data.contract.edition_keys import left_out
from cs_lib.data.contract.odd_answers import odd_answers
from cs_lib.data.contract.odd_use import renamed_features, signs_of_life
from cs_lib.data.contract.table_declaration import WARNING, Against
from cs_lib.data.contract.tables import COSTS
from cs_lib.data.contract.violations import footer_of
from cs_lib.data.engines.distinct_rows import flag
from cs_lib.data.sources.cut_lines import TOTAL
from cs_lib.data.sources.headers import as_column
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import ROW
from cs_lib.edition import Edition

#: rows of a customer that never end, and the share of customers with as many, that look like one a month
MONTHS_ON_END, SNAPSHOT_SHARE, SNAPSHOT_CUSTOMERS = 3, 0.5, 2
#: rows at which pages of an interface, reports and sheets of Excel end
_LIMITS = (1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 65_535, 1_048_575)
_ADDED_UP = ("subscriptions", "orders", *COSTS)
_ALONE = rf"(?:{TOTAL}):?"
_TOTAL = rf"^(?:{_ALONE})$|^(?:sub-?)?totals? (?:for|of|-|:) .*|^(?:sub|sous)-?totals? .*"
#: columns of the contract in which a total may be called so
_NAMED = ("customer_id", "channel", "category", "owner")
#: letters of which a total's name has some
_LETTERS = ("otal", "OTAL", "umme", "UMME", "esamt", "ESAMT")
#: totals of groups are called so too, and so may be one customer: several of them are totals
_LIKE_TOTAL = rf"{_TOTAL}|^(?:sub-?|sous-)?totals? .*|^.* totals?:?$|^summe .*"
SUBTOTALS, MOST_TOTALS = 2, 1000
#: figures below the rows of a table with a column for each month
_FIGURE = (
    r"^(?:#|no\.?|number|count|anzahl) ?(?:of )?(?:(?:active|paying|new|lost|churned|total) )?(?:customer|account|client|logo|subscriber|kunde)[sn]?$"
    r"|^(?:(?:net|gross|new|lost|churned|expansion|contraction|ending|closing|opening|beginning|average|mom|yoy) )*"
    r"(?:mrr|arr|arpa|arpu|nrr|grr|churn|growth)(?: (?:rate|growth|churn))?(?: ?%| ?\(.*\))?$|^(?:check|variance|average|median)$"
)


def shape_findings(staged: Staged, edition: Edition, against: Against) -> Iterator[DataFinding]:
    name = staged.table.name
    if name == "subscriptions":
        yield from _snapshots(staged)
    if name == "survey_responses":
        given = answers(staged)
        yield from scale_findings(staged, given, edition, against)
        yield from odd_answers(staged, given, edition, against)
        yield from burst_findings(staged, given)
    if name == "usage_events":
        yield from renamed_features(staged)
        yield from signs_of_life(staged)
    yield from _at_a_limit(staged)
    yield from _totals(staged)
    yield from _figures(staged)
    if name in COSTS:
        yield from cost_findings(staged)


def _at_a_limit(staged: Staged) -> Iterator[DataFinding]:
    """A file with just so many rows as an export or a spreadsheet stops at."""
    files = staged.files
    if files and len(files.paths) == 1 and staged.row_count in _LIMITS:
        says = (
            f"{staged.called}: {staged.source.shown} holds exactly {staged.row_count:,} rows, where exports and spreadsheets "
            "stop. If there are more, export them in parts, by month or year, and name all files: path: parts/*.csv."
        )
        yield DataFinding(
            WARNING,
            staged.table.name,
            "as many rows as a limit",
            says,
            about=f"{staged.row_count:,}",
        )


def _snapshots(staged: Staged) -> Iterator[DataFinding]:
    """Rows of a customer that start month after month and never end."""
    if staged.has("end_date") or staged.source.movements or staged.source.months:
        return
    if staged.row_count < MONTHS_ON_END * SNAPSHOT_CUSTOMERS:
        return
    rows = staged.rows.filter(nw.col("mrr") > 0)
    month = nw.col("start_date").dt.truncate("1mo")
    starts = rows.select("customer_id", ROW, month=month).group_by("customer_id")
    own = starts.agg(
        rows=nw.len(),
        months=nw.col("month").n_unique(),
        first=nw.col(ROW).min(),
        since=nw.col("month").min(),
        until=nw.col("month").max(),
    )
    found = staged.engine.collect(own.sort("first").head(5000))
    span = (found["until"] - found["since"]).dt.days
    monthly = found[
        (found["months"] >= MONTHS_ON_END)
        & (found["months"] == found["rows"])
        & (span <= 31 * found["months"])
    ]
    if len(monthly) < SNAPSHOT_CUSTOMERS or len(monthly) < SNAPSHOT_SHARE * len(found):
        return
    start = as_column(staged.spelled.get("start_date", "start_date"))
    says = (
        f"{staged.called}: {len(monthly):,} of {counted(len(found), 'customer')} have a row that starts in month after "
        f"month, and none that ends, the first in {staged.location(int(monthly['first'].iloc[0]))}: all of them are "
        "paid for at once. If each row is one month, say columns: "
        f'{{end_date: "CAST({start} AS DATE) + INTERVAL 1 MONTH"}} for this table.'
    )
    yield DataFinding(WARNING, "subscriptions", "one row a month", says, int(monthly["rows"].sum()))


def _figures(staged: Staged) -> Iterator[DataFinding]:
    """Figures of all that stand as rows of a table with a column for each month: a number of customers, growth."""
    if not staged.spread or not staged.has("customer_id"):
        return
    text = staged.held.select(nw.col(ROW), value=nw.col("customer_id").cast(nw.String))
    called = text.filter(nw.col("value").str.to_lowercase().str.contains(_FIGURE))
    groups = called.group_by("value").agg(rows=nw.len(), first=nw.col(ROW).min())
    found = staged.engine.collect(groups.sort("first").head(MOST_TOTALS))
    if found.empty:
        return
    own, many = staged.spelled.get("customer_id", "customer_id"), int(found["rows"].sum())
    shown = " and ".join(f'"{each}"' for each in found["value"][:3])
    says = (
        f"{staged.called}: {shown} {'is' if len(found) == 1 else 'are'} called as a figure of all is, the first in "
        f"{staged.location(int(found['first'].min()))}, and {'counts' if len(found) == 1 else 'count'} as customers in {own}. Say "
        f"{left_out(own, found['value'])} for this table, or take them out of the export."
    )
    yield DataFinding(WARNING, staged.table.name, "a figure among the rows", says, many, own)


def _totals(staged: Staged) -> Iterator[DataFinding]:
    """Rows that add up the others."""
    if staged.table.name not in _ADDED_UP:
        return
    for name in _with_letters_of_a_total(staged):
        text = staged.held.select(nw.col(ROW), value=nw.col(name).cast(nw.String))
        called = text.filter(nw.col("value").str.to_lowercase().str.contains(_LIKE_TOTAL))
        groups = called.group_by("value").agg(rows=nw.len(), first=nw.col(ROW).min())
        found = staged.engine.collect(groups.sort("first").head(MOST_TOTALS))
        if not found["value"].str.lower().str.contains(_TOTAL).any() and len(found) < SUBTOTALS:
            continue
        own, many = staged.spelled.get(name, name), int(found["rows"].sum())
        says = (
            f"{staged.called}: {counted(many, 'row')} {'is' if many == 1 else 'are'} called a total in {own}, the "
            f"first in {staged.location(int(found['first'].min()))}, and {'counts' if many == 1 else 'count'} beside "
            f"the rows that it adds up. {_without_totals(staged, own, found)}"
        )
        yield DataFinding(WARNING, staged.table.name, "a total among the rows", says, many, name)


def _with_letters_of_a_total(staged: Staged) -> list[str]:
    """The columns in which totals may be called so, by letters alone: that costs little over millions of rows."""
    of_costs = staged.table.name in COSTS
    names = [
        name
        for name in staged.columns
        if name in _NAMED or (of_costs and staged.table.column(name) is None and "." not in name)
    ]
    found = {f"in_{n}": flag(_has_letters(name)).max() for n, name in enumerate(names)}
    some = staged.engine.collect(staged.held.select(**found)).iloc[0] if found else {}
    return [name for n, name in enumerate(names) if some[f"in_{n}"] == 1]


def _has_letters(name: str) -> nw.Expr:
    text = nw.col(name).cast(nw.String)
    return reduce(or_, (text.str.contains(each, literal=True) for each in _LETTERS))


def _without_totals(staged: Staged, column: str, found: pd.DataFrame) -> str:
    """The key that leaves totals out: those at the end by their lines, others by what they are called."""
    many = int(found["rows"].sum())
    after = nw.col(ROW) >= int(found["first"].min())
    if not staged.spread and staged.count(staged.held.filter(after)) == many:
        footer = max(footer_of(staged), staged.source.footer + many)
        lines = "it is the file's last line" if many == 1 else "they are the file's last lines"
        return f"Where {lines}, say footer: {footer} for this table, or take it out of the export."
    chosen = dict.fromkeys(map(_without_whose, found["value"]))
    return f"Say {left_out(column, chosen)} for this table, or take them out of the export."


def _without_whose(word: str) -> str:
    """What a total is called as `where` takes it, without the customer whose it is."""
    if re.fullmatch(_ALONE, word.lower()):
        return word
    start = re.match(r"(?i)(sub-?|sous-?)?totals?|summe", word)
    return f"{start[0]}*" if start else "* total"
