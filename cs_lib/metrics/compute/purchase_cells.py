"""Who might buy which product next, and who did: a small frame by month, segment and pair of products."""

from collections.abc import Sequence
from datetime import date

import narwhals as nw
import pandas as pd

from cs_lib.data.facts.context import Context
from cs_lib.data.facts.purchase_facts import (
    BOUGHT_AT,
    HORIZON,
    Purchases,
    prepare_purchases,
    product_of,
)
from cs_lib.metrics.compute.aggregates import groupings, labelled
from cs_lib.metrics.compute.segment_cells import dated, offered
from cs_lib.metrics.frame_columns import PURCHASES

#: so many month's ends are told, each with the month from which its purchases are followed
MONTHS = 13
_PAIR = ["product", "next"]


def purchases(context: Context) -> pd.DataFrame:
    """table × month × segment × product × next: the customers who have the product (ANY: something) at the month's
    beginning and never had the next one, as far as the data reach back, and how many of them `bought` that within
    HORIZON months; NaN where these are not over. Empty without two products."""
    frames = [
        _of_table(context, table)
        for table in BOUGHT_AT
        if table in context.tables and product_of(context, table)
    ]
    filled = [each for each in frames if len(each)]
    if not filled:
        return pd.DataFrame(columns=PURCHASES)
    found = pd.concat(filled, ignore_index=True)
    return found.sort_values(PURCHASES[:6], ignore_index=True)[PURCHASES]


def _of_table(context: Context, table: str) -> pd.DataFrame:
    ready, there = prepare_purchases(context, table), context.inherited(table)
    first = context.history(table, BOUGHT_AT[table]).first
    last = context.as_of.year * 12 + context.as_of.month - 1
    asked = range(max(_number(first) + 1, last - MONTHS - HORIZON + 1), last + 1)
    frames = []
    for columns, served in groupings(offered(context, there), (), context.sizes()):
        base, pairs = (context.engine.collect(each) for each in _changes(ready, columns))
        for by in served:
            cells = _cells(base, pairs, [*by], asked)
            cells.loc[cells["at"] + HORIZON > last, "bought"] = float("nan")
            frames.append(labelled(cells[cells["customers"] >= context.edition.min_n], by))
    found = pd.concat(frames, ignore_index=True)
    months = [date(each // 12, each % 12 + 1, 1) for each in found["at"]]
    return dated(found.assign(table=table, month=months))


def _number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _changes(ready: Purchases, columns: Sequence[str]) -> tuple[nw.LazyFrame, nw.LazyFrame]:
    """By how much each count changes at which month: of all who have a product, and of those who have had, or buy, the
    next one."""
    held = ready.held
    base = [
        _step(held, ("product",), columns, since="since", customers=1),
        _step(held, ("product",), columns, since="until", customers=-1),
    ]
    both = held.join(ready.firsts, on="customer_id", how="inner")
    both = both.filter(nw.col("product") != nw.col("next"))
    had = both.with_columns(begin=nw.max_horizontal("since", "first"), end=nw.col("until"))
    buys = both.with_columns(
        begin=nw.max_horizontal(nw.col("since"), nw.col("first") - HORIZON),
        end=nw.min_horizontal("until", "first"),
    )
    had, buys = (each.filter(nw.col("begin") < nw.col("end")) for each in (had, buys))
    pairs = [
        _step(had, _PAIR, columns, since="begin", customers=-1),
        _step(had, _PAIR, columns, since="end", customers=1),
        _step(buys, _PAIR, columns, since="begin", bought=1),
        _step(buys, _PAIR, columns, since="end", bought=-1),
    ]
    return nw.concat(base), nw.concat(pairs)


def _step(
    rows: nw.LazyFrame,
    keys: Sequence[str],
    columns: Sequence[str],
    *,
    since: str,
    customers: int = 0,
    bought: int = 0,
) -> nw.LazyFrame:
    """The count of rows as a change from the month after `since` on."""
    counted = (
        rows.with_columns(at=nw.col(since) + 1).group_by(*keys, *columns, "at").agg(many=nw.len())
    )
    return counted.select(
        *keys,
        *columns,
        "at",
        customers=nw.col("many").cast(nw.Int64) * customers,
        bought=nw.col("many").cast(nw.Int64) * bought,
    )


def _cells(base: pd.DataFrame, pairs: pd.DataFrame, by: list[str], months: range) -> pd.DataFrame:
    """The counts of every pair at every month, from their changes."""
    having = _running(base, ["product", *by], months)
    nexts = pairs["next"].unique()
    every = having.drop(columns="bought").merge(pd.DataFrame({"next": nexts}), how="cross")
    every = every[every["product"] != every["next"]]
    changed = _running(pairs, [*_PAIR, *by], months)
    keys = [*_PAIR, *by, "at"]
    both = every.merge(changed, on=keys, how="left", suffixes=("", "_had"))
    both[["customers_had", "bought"]] = both[["customers_had", "bought"]].fillna(0.0)
    both["customers"] += both["customers_had"]
    return both[[*keys, "customers", "bought"]]


def _running(changes: pd.DataFrame, keys: list[str], months: range) -> pd.DataFrame:
    """Changes added up from the first on, at each of these months; what came before counts into the first."""
    late = changes[changes["at"] < months.stop].copy()
    late["at"] = late["at"].clip(lower=months.start)
    summed = late.groupby([*keys, "at"])[["customers", "bought"]].sum()
    groups = summed.reset_index()[keys].drop_duplicates()
    every = groups.merge(pd.DataFrame({"at": list(months)}), how="cross")
    found = every.merge(summed.reset_index(), on=[*keys, "at"], how="left").fillna(0)
    found[["customers", "bought"]] = found.groupby(keys)[["customers", "bought"]].cumsum()
    return found.astype({"customers": float, "bought": float})
