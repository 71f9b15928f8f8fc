"""A spike of churn, split by reason, segment, tenure and cohort: each against its own baseline."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cs_lib.judgement.leaving import REASON, TENURE, TENURES, months_stayed, tenure
from cs_lib.judgement.news import runs_told
from cs_lib.judgement.series import Figures, inside, of_segment
from cs_lib.judgement.significance import holm
from cs_lib.judgement.trends import Run
from cs_lib.period import MONTH, Period, Segment
from cs_lib.vocabulary import NOT_GIVEN, OWNER

CHURN, COHORT = "customer_churn_rate", "year of joining"
#: how long ago a spike may have ended to be looked into, and over how many months before it is compared
LOOKED_BACK, BASELINE = 12, 24
#: below this share of a split's customers before a spike a group has no baseline of its own
LEAST_EXPOSURE = 0.002


@dataclass(frozen=True)
class Spike:
    """The months in which more customers of a segment left than usual, and who they were.

    `rows`: by (reason, a segment's column, tenure, year of joining), group, lost, usual (what its own rate of
    the `months` before would have come to; of a year of joining, that of all who had stayed as long), beyond (lost − usual) and `differs`: more than chance, corrected
    within its split; of groups of fewer than `min_n` nobody says so. `usual` is that of all together.
    """

    segment: Segment
    run: Run
    months: int
    lost: float
    usual: float
    rows: pd.DataFrame

    @property
    def beyond(self) -> float:
        return self.lost - self.usual


def churn_spike(figures: Figures, segment: Segment, period: Period) -> Spike | None:
    """The last spike of churn in a year, of a segment or, where it had none, of the segments inside it."""
    last = Period.containing(period.last_day, MONTH)
    own = _spike(figures, segment, last)
    if own is not None:
        return own
    columns = _split(figures, segment)
    inner = [
        _spike(figures, Segment((*segment.pairs, (column, group))), last)
        for column in columns
        for group in inside(figures.measures.joiners, segment, column)["group"].unique()
    ]
    found = [each for each in inner if each is not None]
    return max(found, key=lambda each: each.beyond, default=None)


def _spike(figures: Figures, segment: Segment, last: Period) -> Spike | None:
    whose = segment.by, segment.label
    runs, _ = runs_told(figures, CHURN, whose, last, LOOKED_BACK)
    above = [each for each in runs if each.above]
    if not above or figures.measures.leavers.empty:
        return None
    run, level, least = above[-1], 1 - figures.edition.confidence, figures.edition.min_n
    then = _between(run.first, run.last)
    before = _between(run.first.back(BASELINE), run.first.back())
    left, base = figures.measures.leavers, figures.measures.joiners
    mine = of_segment(left, segment), of_segment(base, segment)
    exposed = [float(mine[1].loc[each(mine[1]), "customers"].sum()) for each in (before, then)]
    if not exposed[0]:
        return None
    reasons = mine[0].assign(group=mine[0][REASON])
    frames = [_by_reason(reasons, then, before, exposed, level)]
    for column in _split(figures, segment):
        frames.append(_of_base(inside(base, segment, column), column, then, before, level, least))
    aged = mine[1].assign(group=tenure(mine[1]))
    frames.append(_of_base(aged, TENURE, then, before, level, least))
    frames.append(_by_year(mine[1], then, before, exposed[0], level, least))
    all_left = [float(mine[1].loc[each(mine[1]), "lost"].sum()) for each in (before, then)]
    months = mine[1].loc[before(mine[1]), "month"].nunique()
    usual = all_left[0] / exposed[0] * exposed[1]
    return Spike(segment, run, months, all_left[1], usual, pd.concat(frames, ignore_index=True))


def _split(figures: Figures, segment: Segment) -> list[str]:
    """The columns by which a spike is split. Not by owner: customers count with the owner of today, so that who handed
    over those who stayed had lost far more than usual; owners are judged by their books."""
    own = dict(segment.pairs)
    return [each for each in figures.edition.segments if each not in own and each != OWNER]


def _between(first: Period, last: Period) -> Callable[[pd.DataFrame], pd.Series]:
    ends = pd.Timestamp(first.start), pd.Timestamp(last.start)
    return lambda rows: rows["month"].between(*ends)


def _by_reason(
    left: pd.DataFrame,
    then: Callable[[pd.DataFrame], pd.Series],
    before: Callable[[pd.DataFrame], pd.Series],
    exposed: list[float],
    level: float,
) -> pd.DataFrame:
    """Reasons compete for the same customers: each has the exposure of all."""
    counted = pd.DataFrame(
        {
            "lost": left[then(left)].groupby("group")["customers"].sum(),
            "earlier": left[before(left)].groupby("group")["customers"].sum(),
        }
    ).fillna(0.0)
    counted = counted.assign(exposed_before=exposed[0], exposed=exposed[1])
    return _judged(counted, "reason", level, pd.Series(True, index=counted.index))


def _of_base(
    base: pd.DataFrame,
    by: str,
    then: Callable[[pd.DataFrame], pd.Series],
    before: Callable[[pd.DataFrame], pd.Series],
    level: float,
    least: int,
) -> pd.DataFrame:
    now = base[then(base)].groupby("group")[["lost", "customers"]].sum()
    ago = base[before(base)].groupby("group")[["lost", "customers"]].sum()
    now = now.rename(columns={"customers": "exposed"})
    ago = ago.rename(columns={"customers": "exposed_before", "lost": "earlier"})
    counted = now.join(ago, how="outer").fillna(0.0)
    return _judged(counted, by, level, _most(base[then(base)], counted.index) >= least)


def _by_year(
    base: pd.DataFrame,
    then: Callable[[pd.DataFrame], pd.Series],
    before: Callable[[pd.DataFrame], pd.Series],
    exposed: float,
    level: float,
    least: int,
) -> pd.DataFrame:
    """By year of joining, against what all lost before who had stayed as long: the young have a year's end ahead of
    them for the first time, and their own months before know of none."""
    year, age = base["joined"].dt.year.astype(str), months_stayed(base)
    base = base.assign(group=year, age=age, band=tenure(base))
    earlier, now = base[before(base)], base[then(base)]
    rate = earlier["lost"].sum() / exposed
    usual = now["age"].map(_rates(earlier, "age")).fillna(now["band"].map(_rates(earlier, "band")))
    now = now.assign(usual=now["customers"] * usual.fillna(rate))
    counted = now.groupby("group")[["lost", "customers", "usual"]].sum()
    alike = counted["usual"] / rate if rate else counted["customers"]
    held = counted[["lost"]].assign(
        earlier=earlier["lost"].sum(), exposed_before=exposed, exposed=alike
    )
    rows = _judged(held, COHORT, level, _most(now, counted.index) >= least)
    return rows.assign(exposed=rows["group"].map(counted["customers"]))


def _rates(base: pd.DataFrame, by: str) -> pd.Series:
    """What share of customers left in a month, by a column; nothing where nobody was."""
    sums = base[base["customers"] > 0].groupby(by)[["lost", "customers"]].sum()
    return sums["lost"] / sums["customers"]


def _most(rows: pd.DataFrame, groups: pd.Index) -> pd.Series:
    """How many customers each group had in a month at most."""
    monthly = rows.groupby(["group", "month"])["customers"].sum()
    return monthly.groupby("group").max().reindex(groups, fill_value=0.0)


def _judged(counted: pd.DataFrame, by: str, level: float, large: pd.Series) -> pd.DataFrame:
    """Who has a baseline, held against it: the share of both spans' losses that fell into the spike, exact.
    Only groups that are `large` are tested."""
    from scipy.special import bdtrc

    enough = counted["exposed_before"] >= LEAST_EXPOSURE * counted["exposed_before"].sum()
    known = enough & counted["exposed_before"].gt(0)
    rows = counted.assign(usual=np.nan, differs=False)
    rate = counted["earlier"] / counted["exposed_before"].where(known)
    rows["usual"] = rate * counted["exposed"]
    rows["beyond"] = rows["lost"] - rows["usual"]
    tested = known & large & (rows.index.to_series() != NOT_GIVEN)
    own = counted[tested]
    if len(own):
        share = own["exposed"] / (own["exposed"] + own["exposed_before"])
        both = (own["lost"] + own["earlier"]).round().astype("int64")
        p = np.where(own["lost"] > 0, bdtrc(own["lost"] - 1, both, share), 1.0)
        rows.loc[tested, "differs"] = holm(p, level)
    if by == TENURE:
        rows = rows.reindex([each for each in TENURES if each in rows.index])
    return rows.rename_axis("group").reset_index().assign(by=by)
