"""One cost at several levels, as campaigns beside their ads; and what each campaign has cost so far."""

import re
from collections.abc import Iterator

import narwhals as nw

from cs_lib.data.contract.column_words import told, words
from cs_lib.data.contract.data_findings import DataFinding
from cs_lib.data.contract.edition_keys import left_out, mapped
from cs_lib.data.contract.number_remedies import as_number
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.sources.headers import as_column, folded
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import ROW
from cs_lib.vocabulary import NOT_GIVEN

#: in so many months rows with and without a value cost the same
MONTHS = 4
#: so many campaigns, each of which cost more in each of so many months than in the one before
CAMPAIGNS, RISING, MOST_ROWS = 2, 6, 20_000
MARKETING = "marketing"
_MARKETING = (
    "marketing", "mktg", "mktng", "mkt", "mkg", "marketingspend", "marketingcosts", "marketingcost", "marketingexpenses", "ads",
    "advertising", "advertisement", "adspend", "paidmedia", "werbung", "publicité", "publicidad", "pubblicità",
)  # fmt: skip
_WHOSE = re.compile(r"^channel$|campaign|adset|adgroup|^ad(name)?$|account|^source$|kampagne")


def level_findings(staged: Staged, given: nw.LazyFrame) -> Iterator[DataFinding]:
    """Warnings on the further columns of costs."""
    yield from _beside_their_parts(staged, given)
    yield from _marketing_in_short(staged, given)
    names = (each for each in staged.columns if "." not in each and _WHOSE.search(folded(each)))
    found = (said for each in names if (said := _so_far(staged, given, each)))
    yield from [*found][:1]


def _marketing_in_short(staged: Staged, given: nw.LazyFrame) -> Iterator[DataFinding]:
    """A category that is marketing's in another word than the one that is read."""
    if not staged.has("category"):
        return
    found = words(staged, "category", given)
    other = [each for each in found if folded(each[0]) in _MARKETING and each[0] != MARKETING]
    if other:
        many, start = told(staged, "category", other)
        as_written = staged.as_written("category", *(word for word, *_ in other))
        says = (
            f"{start}, and no figure of marketing alone holds {'it' if many == 1 else 'them'}. If that is marketing, say "
            f"{mapped('category', dict.fromkeys(as_written, MARKETING), staged.source)} for this table."
        )
        yield DataFinding(
            WARNING,
            staged.table.name,
            "marketing in another word",
            says,
            many,
            ", ".join(as_written),
        )


def _beside_their_parts(staged: Staged, given: nw.LazyFrame) -> Iterator[DataFinding]:
    """Rows without a value in a column that cost in every month what those with one do."""
    names = [
        each
        for each in staged.columns
        if each not in ("month", "amount", "currency") and "." not in each
    ]
    blank = {
        f"b{n}": nw.when(_is_blank(name)).then(nw.col("amount")).otherwise(nw.lit(0)).sum()
        for n, name in enumerate(names)
    }
    months = given.group_by("month").agg(total=nw.col("amount").sum(), **blank)
    found = staged.engine.collect(months)
    for n, name in enumerate(names):
        if len(found) < MONTHS or not (found["total"] == 2 * found[f"b{n}"]).all():
            continue
        if not found["total"].gt(0).all():
            continue
        own = staged.spelled.get(name, name)
        _, first = staged.how_many(given.filter(_is_blank(name)))
        says = (
            f"{staged.called}: in each of {len(found)} months the rows without {own} cost as much as those with one, the first in "
            f"{staged.location(first)}: they seem to be one cost at two levels, and each counts. Say {left_out(own, [''])} for this table, "
            "or export one level."
        )
        yield DataFinding(
            WARNING, staged.table.name, "a cost at several levels", says, len(found), own
        )
        return


def _is_blank(name: str) -> nw.Expr:
    text = nw.col(name).cast(nw.String)
    return text.is_null() | (text == NOT_GIVEN)


def _so_far(staged: Staged, given: nw.LazyFrame, name: str) -> DataFinding | None:
    """Campaigns that all cost more in each month than in the one before: what they have cost in all so far."""
    groups = given.group_by(name, "month").agg(
        total=nw.col("amount").sum(), rows=nw.len(), first=nw.col(ROW).min()
    )
    found = staged.engine.collect(groups.sort(name, "month").head(MOST_ROWS))
    own = [group for _, group in found.groupby(name) if len(group) >= RISING]
    if len(own) < CAMPAIGNS or not all(each["total"].diff().iloc[1:].gt(0).all() for each in own):
        return None
    cell, month = as_column(staged.spelled.get(name, name)), staged.cell("month")
    cost = as_number(staged, "amount")
    each_month = f"{cost} - coalesce(lag({cost}) OVER (PARTITION BY {cell} ORDER BY {month}), 0)"
    way = "export what was spent in each month"
    if (found["rows"] == 1).all() and not (staged.source.date_format or staged.spread):
        way = f'say columns: {{amount: "{each_month}"}} for this table'
    says = (
        f"{staged.called}: each of {len(own)} values of {staged.spelled.get(name, name)} cost more in every month than in the one "
        f"before, the first in {staged.location(int(found['first'].min()))}. If this is what each has cost so far, {way}; if costs "
        "did grow so, nothing has to be done."
    )
    return DataFinding(WARNING, staged.table.name, "sums so far", says, len(found), name)
