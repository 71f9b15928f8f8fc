"""Of which months an owner's customers have rates: of those in which they were that owner's.

In every month a customer counts with the owner of today, or with the last one before they left. Of whoever handed over
customers, those who left stay; whoever took customers over has those alone who stayed: a rate of the months before says
nothing of either. Of an owner who has no customers any more no month has one.
"""

import math

import numpy as np
import pandas as pd

from cs_lib.metrics.catalogue import metric
from cs_lib.metrics.catalogue.rules import Amount, Duration, Rule
from cs_lib.period import MONTH, segment_pairs
from cs_lib.vocabulary import GONE, HANDED_OVER, OK, OWNER

HELD, AT_OPENING = "paying_customers", "opening_customers"
BEGINNING = pd.Timestamp(1900, 1, 1)
#: so much of a book may have been another's in a month that counts as the owner's
STRANGE = 0.05
#: so many months a figure that is held against an earlier one reaches back
AGAINST_EARLIER = 24


def gone_owners(figures: pd.DataFrame) -> frozenset[str]:
    """Owners of customers once, with none at the end of the data; none where that is not counted."""
    held = _monthly(figures, HELD).groupby(level=OWNER).last()
    return frozenset(held.index[held.eq(0)])


def theirs_since(figures: pd.DataFrame, owners: pd.DataFrame) -> dict[str, pd.Timestamp]:
    """owner → the first month from which on their customers were those of today; of an owner whose always were, nothing.

    `owners`: month × owner: the `customers` at its opening by who had them then (see `owner_cells`).
    """
    now = _monthly(figures, AT_OPENING)
    then = owners.groupby([OWNER, "month"])["customers"].sum()
    then = then[then.index.isin(now.index.unique("month"), level="month")]
    both = pd.DataFrame({"now": now, "then": then if len(owners) else now}).fillna(0.0)
    others = both[(both["now"] - both["then"]).abs() > STRANGE * both.max(axis=1)]
    last = others.reset_index("month").groupby(level=OWNER)["month"].max()
    return dict((last + pd.DateOffset(months=1)).items())


def without_rates(
    figures: pd.DataFrame, gone: frozenset[str], since: dict[str, pd.Timestamp]
) -> pd.DataFrame:
    """The figures, with no rate, score or mean that reaches back before an owner's customers were theirs; totals stay."""
    if not gone and not since:
        return figures
    rules = figures[["metric", "variant"]].drop_duplicates()
    before = {tuple(each): _reaches_back(*each) for each in rules.itertuples(index=False)}
    owners = _owners(figures)
    begun = owners.map(since).fillna(BEGINNING)
    keys = pd.MultiIndex.from_frame(figures[["metric", "variant"]])
    months = pd.Series(keys.map(before), figures.index, dtype=float)
    early = figures["period_start"].lt(begun) | (months.eq(math.inf) & owners.isin(since))
    for many in sorted({*months[months.gt(0) & months.lt(math.inf)]}):
        opens = figures["period_end"] - pd.DateOffset(months=int(many))
        early |= months.eq(many) & opens.lt(begun)
    nobody = owners.isin(gone)
    silent = (nobody | early) & months.notna() & figures["status"].eq(OK)
    hidden = {name: figures[name].mask(silent) for name in ("value", "low", "high")}
    status = figures["status"].mask(silent, HANDED_OVER).mask(silent & nobody, GONE)
    return figures.assign(status=status, **hidden)


def without_segments(rows: pd.DataFrame, owners: frozenset[str]) -> pd.DataFrame:
    """The rows of cohorts or curves without those of such owners: they follow customers from their beginning."""
    return rows[~_owners(rows).isin(owners)].reset_index(drop=True) if owners else rows


def _monthly(figures: pd.DataFrame, name: str) -> pd.Series:
    """A total of owners' customers by owner and month."""
    rows = figures[
        (figures["metric"] == name) & (figures["grain"] == MONTH) & (figures["segment_by"] == OWNER)
    ]
    rows = rows[rows["status"] == OK].sort_values("period_start", kind="stable")
    keys = [_owners(rows).rename(OWNER), rows["period_start"].rename("month")]
    return rows["numerator"].set_axis(pd.MultiIndex.from_arrays(keys, names=[OWNER, "month"]))


def _owners(rows: pd.DataFrame) -> pd.Series:
    """Whose customers each row is of; None where it is of no owner's."""
    segments = rows[["segment_by", "segment"]]
    numbers = segments.groupby(["segment_by", "segment"], observed=True).ngroup()
    _, firsts = np.unique(numbers, return_index=True)
    owners = [
        dict(segment_pairs(*each)).get(OWNER)
        for each in segments.iloc[firsts].itertuples(index=False)
    ]
    return pd.Series(np.array(owners, dtype=object)[numbers], rows.index, dtype=object)


def _reaches_back(name: str, variant: str | None) -> float:
    """How many months before its period's end a figure begins (0: with its period), or inf where it follows customers
    from their beginning; NaN of a total."""
    rule = metric(name).rule(variant)
    return math.nan if isinstance(rule, Amount) else _months_before(rule)


def _months_before(rule: Rule) -> float:
    if isinstance(rule, Duration) and rule.entered:
        return math.inf
    own = AGAINST_EARLIER if rule.against_before else rule.looks_back
    earlier = [
        max(
            each.pooled,
            AGAINST_EARLIER if each.back else 0,
            _months_before(metric(each.metric).rule(each.variant)),
        )
        for each in rule.made_of
    ]
    return max([own, *earlier])
