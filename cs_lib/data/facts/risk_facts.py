"""Customer × month, with what was known of the customer when the month ended: what the hazard learns from.

Nothing of a row lies at or after the end of its month, but for `left` and `grew`: whether the customer left, or paid
more, in the month that follows. What a row is known by are bands and labels, and every set of them has one number, so
that rows that are alike can be counted together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import narwhals as nw
import numpy as np
import pandas as pd

from cs_lib.data.engines.distinct_rows import distinct, flag
from cs_lib.data.facts import usage_facts
from cs_lib.data.facts.context import Context, Prepared, whole
from cs_lib.data.facts.movements import PLACE
from cs_lib.data.facts.risk_features import (
    ABSENT,
    LABELS,
    TENURE,
    Months,
    known_features,
    tenure,
)
from cs_lib.data.facts.subscription_facts import paid, prepare_movements
from cs_lib.period import MONTH, Period
from cs_lib.vocabulary import NOT_GIVEN

#: a segment column of more values says little of each, and makes too many kinds of rows
MOST_VALUES, MOST_COLUMNS = 12, 2
#: of so many features, those that most customers use, each may be looked at
MOST_FEATURES = 8


@dataclass(frozen=True)
class RiskTable:
    """`rows`: PLACE (the month is the one whose end is looked from), `kind` (the number of a set of labels, see
    `kinds`), `amount` (MRR at the month's end, in millionths), whether the customer `left` in the month that follows or
    `grew` (paid more at its end), and the segment columns. `members`: member, customer_id. `labels` are those of each
    feature. `months` are the months that are over, by number; of the last nobody knows yet who leaves after it."""

    rows: nw.LazyFrame
    members: nw.LazyFrame
    labels: Mapping[str, tuple[str, ...]]
    plan: str | None
    months: dict[int, Period]

    @property
    def features(self) -> tuple[str, ...]:
        return tuple(self.labels)

    def kinds(self, numbers: Sequence[int]) -> pd.DataFrame:
        """kind, and the label of each feature: what the numbers stand for (see `_kind`)."""
        rest, columns = np.asarray(numbers, dtype="int64"), {}
        for feature in reversed(self.features):
            own = np.array(self.labels[feature], dtype=object)
            columns[feature], rest = own[rest % len(own)], rest // len(own)
        return pd.DataFrame({"kind": numbers, **{each: columns[each] for each in self.features}})


@dataclass(frozen=True)
class FeatureUses:
    """`rows`: PLACE, and a column for each of the features most used, 1 where the customer used it in the month.
    `names` are the features of the `columns`; the month number `first` is the first of which any was recorded."""

    rows: nw.LazyFrame
    columns: tuple[str, ...]
    names: tuple[str, ...]
    first: int


def prepare_uses(context: Context, table: RiskTable) -> FeatureUses | None:
    """Which customers used which of the MOST_FEATURES that most customers used, by month; None where no feature is named."""
    if "feature" not in context.columns(usage_facts.TABLE):
        return None
    engine, months = context.engine, Months(table.months)
    named = context.tables[usage_facts.TABLE].filter(~nw.col("feature").is_null())
    used = named.with_columns(period=months.at(nw.col("occurred_at"))).filter(months.inside())
    used = engine.keep(distinct(used, "customer_id", "feature", "period"))
    many = engine.collect(used.group_by("feature").agg(n=nw.len(), first=nw.col("period").min()))
    most = many.sort_values(["n", "feature"], ascending=[False, True]).head(MOST_FEATURES)
    names = tuple(sorted(most["feature"]))
    if not names:
        return None
    columns = tuple(f"uses_{place}" for place in range(len(names)))
    flags = {
        column: flag(nw.col("feature") == name) for column, name in zip(columns, names, strict=True)
    }
    placed = used.join(table.members, on="customer_id", how="inner").with_columns(**flags)
    rows = placed.group_by(*PLACE).agg(nw.col(*columns).max())
    return FeatureUses(engine.keep(rows), columns, names, int(many["first"].min()))


def prepare_risk(context: Context) -> RiskTable:
    engine, moves = context.engine, prepare_movements(context)
    complete = {
        number: each
        for number, each in enumerate(moves.calendar.all_periods)
        if each.grain == MONTH and each.end <= context.as_of
    }
    months, members = Months(complete), paid(context).members.select("member", "customer_id")
    rows = _paying(moves, months, context)
    # columns of `customers` say what holds today: only what a subscription's row carries was known then
    sizes, own = context.sizes(), context.own("subscriptions")
    split = tuple(each for each in own if sizes[each] <= MOST_VALUES)[:MOST_COLUMNS]
    codes, labels = {TENURE: tenure()}, {TENURE: LABELS[TENURE]}
    known, since = known_features(context, months, members)
    if known is not None:
        rows = rows.join(known, on=list(PLACE), how="left")
    for name, last in since.items():
        labels[name] = LABELS[name]
        place = nw.col(name).cast(nw.Int64).fill_null(0) - 1
        code = nw.when(place < 0).then(whole(LABELS[name].index(ABSENT[name]))).otherwise(place)
        unknown = whole(len(LABELS[name]) - 1)
        codes[name] = nw.when(nw.col("period") <= last).then(unknown).otherwise(code)
    for column in split:
        labels[column] = _values(context, column)
        codes[column] = _place_among(labels[column], column)
    kept = (*PLACE, "amount", "left", "grew", *moves.segments)
    rows = engine.keep(rows.select(*kept, kind=_kind(codes, labels)))
    return RiskTable(rows, members, labels, next(iter(split), None), complete)


def _kind(codes: Mapping[str, nw.Expr], labels: Mapping[str, tuple[str, ...]]) -> nw.Expr:
    """The codes of a row's labels as one number, of which each feature is a digit."""
    number = whole(0)
    for feature, code in codes.items():
        number = number * len(labels[feature]) + code
    return number.cast(nw.Int64)


def _values(context: Context, column: str) -> tuple[str, ...]:
    """The values of a segment column of subscriptions."""
    found = context.engine.collect(distinct(context.tables["subscriptions"], column))
    return tuple(sorted({*found[column].astype(str), NOT_GIVEN}))


def _place_among(values: tuple[str, ...], column: str) -> nw.Expr:
    place = whole(values.index(NOT_GIVEN))
    for number, value in enumerate(values):
        place = nw.when(nw.col(column) == value).then(whole(number)).otherwise(place)
    return place


def _paying(moves: Prepared, months: Months, context: Context) -> nw.LazyFrame:
    """Who pays at the end of each month, what, since when they have been customers (`joined`, as a month's number), with
    the segment columns, and who left or grew in the month after it."""
    engine, numbers = context.engine, moves.calendar.numbers(MONTH)
    at = moves.at(()).filter(
        (nw.col("period") >= numbers.start) & (nw.col("period") < numbers.stop)
    )
    at = at.filter((nw.col("closing") > 0) | (nw.col("lost") == 1))
    grew = flag(nw.col("expansion") > 0)
    at = engine.keep(at.select(*PLACE, *moves.fixed, amount="closing", left="lost", grew=grew))
    changed = at.filter((nw.col("left") == 1) | (nw.col("grew") == 1))
    changed = changed.select("member", "left", "grew", period=nw.col("period") - 1)
    rows = at.filter((nw.col("amount") > 0) & months.inside()).drop("left", "grew")
    rows = rows.join(changed, on=list(PLACE), how="left")
    rows = rows.with_columns(nw.col("left", "grew").fill_null(0))
    known = paid(context)
    first = known.first.group_by("member").agg(nw.col("start_date").min())
    joined = months.at(nw.col("start_date"))
    rows = rows.join(first.select("member", joined=joined), on="member", how="inner")
    if not moves.varying:
        return rows
    # whoever pays has one subscription that started last
    held = context.held(moves.varying).select(
        "customer_id",
        *moves.varying,
        since=months.at(nw.col("start_date")),
        next=months.at(nw.col("next_start")),
    )
    held = held.join(known.members.select("member", "customer_id"), on="customer_id", how="inner")
    return rows.join(engine.keep(held.drop("customer_id")), on="member", how="inner").filter(
        (nw.col("since") <= nw.col("period"))
        & (nw.col("next").is_null() | (nw.col("next") > nw.col("period")))
    )
