"""What the rows of a table look like as a whole: one a month, totals among them, a scale nobody reaches."""

import re
from collections.abc import Iterator
from functools import reduce
from operator import or_

import narwhals as nw
import pandas as pd

from cs_lib.data.contract.data_findings import DataFinding, counted
from cs_lib.data.contract.remedies import left_out
from cs_lib.data.contract.table_declaration import WARNING, Against
from cs_lib.data.contract.violations import footer_of
from cs_lib.data.sources.cut_lines import TOTAL
from cs_lib.data.sources.headers import as_column
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import ROW
from cs_lib.edition import Edition

#: rows of a customer that never end, and the share of customers with as many, that look like one a month
MONTHS_ON_END, SNAPSHOT_SHARE, SNAPSHOT_CUSTOMERS = 3, 0.5, 2
#: so many answers of whom none comes near the best score were probably asked on a shorter scale
ANSWERS, NEAR_THE_BEST = 20, 0.7
_COSTS = ("acquisition_costs", "success_costs")
_ADDED_UP = ("subscriptions", "orders", *_COSTS)
_ALONE = rf"(?:{TOTAL}):?"
_TOTAL = rf"^(?:{_ALONE})$|^(?:sub-?)?totals? (?:for|of|-|:) .*|^(?:sub|sous)-?totals? .*"
#: letters of which a total's name has some
_LETTERS = ("otal", "OTAL", "umme", "UMME", "esamt", "ESAMT")
#: totals of groups are called so too, and so may be one customer: several of them are totals
_LIKE_TOTAL = rf"{_TOTAL}|^(?:sub-?|sous-)?totals? .*|^.* totals?:?$|^summe .*"
SUBTOTALS, MOST_TOTALS = 2, 1000


def shape_findings(staged: Staged, edition: Edition, against: Against) -> Iterator[DataFinding]:
    name = staged.table.name
    if name == "subscriptions":
        yield from _snapshots(staged)
    if name == "survey_responses":
        for instrument in ("nps", "csat", "ces"):
            yield from _far_from_the_best(staged, edition, against, instrument)
    yield from _totals(staged)


def _snapshots(staged: Staged) -> Iterator[DataFinding]:
    """Rows of a customer that start month after month and never end."""
    if staged.has("end_date") or staged.source.movements or staged.source.months:
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


def _totals(staged: Staged) -> Iterator[DataFinding]:
    """Rows that add up the others."""
    if staged.table.name not in _ADDED_UP:
        return
    for name in staged.columns:
        of_costs = (
            staged.table.column(name) is None and staged.table.name in _COSTS and "." not in name
        )
        if name not in ("customer_id", "channel", "category", "owner") and not of_costs:
            continue
        text = staged.held.select(nw.col(ROW), value=nw.col(name).cast(nw.String))
        # looked for by their letters first, which costs little over millions of rows
        likely = text.filter(
            reduce(or_, (nw.col("value").str.contains(each, literal=True) for each in _LETTERS))
        )
        called = likely.filter(nw.col("value").str.to_lowercase().str.contains(_LIKE_TOTAL))
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
        yield DataFinding(WARNING, staged.table.name, "a total among the rows", says, many)


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


def _far_from_the_best(
    staged: Staged, edition: Edition, against: Against, instrument: str
) -> Iterator[DataFinding]:
    """Answers of which none comes near the scale's best score."""
    scale = against.scale(instrument)
    if scale is None:
        return
    rows = staged.rows.filter(nw.col("instrument") == instrument, ~nw.col("score").is_null())
    found = staged.engine.collect(
        rows.select(answers=nw.len(), low=nw.col("score").min(), high=nw.col("score").max())
    ).iloc[0]
    if found["answers"] < ANSWERS:
        return
    low, high = int(found["low"]) // 10**6, int(found["high"]) // 10**6
    if _best(edition, instrument, scale) == scale[1]:
        nearest, far = high, high - scale[0]
    else:
        nearest, far = low, scale[1] - low
    if far > NEAR_THE_BEST * (scale[1] - scale[0]):
        return
    says = (
        f"{staged.called}: of {counted(int(found['answers']), 'answer')} of {instrument} none is better than "
        f"{nearest}, on a scale of {scale[0]} to {scale[1]}. If they were asked on another scale, "
        + _other_scale(instrument, low, high)
    )
    yield DataFinding(
        WARNING, "survey_responses", "a scale that nobody reaches", says, int(found["answers"])
    )


def _best(edition: Edition, instrument: str, scale: tuple[int, int]) -> int:
    asked = edition.definitions
    if instrument == "csat":
        return asked.csat.best
    if instrument == "ces" and asked.ces and asked.ces.direction == "lower":
        return scale[0]
    return scale[1]


def _other_scale(instrument: str, low: int, high: int) -> str:
    if instrument == "nps":
        return (
            "they are no NPS: it is asked on 0 to 10 or 1 to 10. Say values: {instrument: csat}, or map: {instrument: "
            f"{{nps: csat}}}}, for this table, and under definitions csat: {{scale: [{min(low, 1)}, {high}], satisfied: "
            f"[{max(high - 1, low + 1)}, {high}]}} or the like."
        )
    rule = "satisfied" if instrument == "csat" else "direction and easy"
    return f"state the scale, as in [{min(low, 1)}, {high}], with {rule}, under definitions."
