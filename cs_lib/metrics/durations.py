"""Measures of how long things last, and the curves behind them."""

from datetime import date

import narwhals as nw
import numpy as np
import pandas as pd

from cs_lib.data.facts.frames import CELL, Prepared
from cs_lib.edition import Edition
from cs_lib.metrics import survival
from cs_lib.metrics.judge import IMMATURE, OK, UNDEFINED, blank, immature, period_ends
from cs_lib.metrics.metric import MEDIAN, RESTRICTED_MEAN, Duration
from cs_lib.metrics.parts import labelled
from cs_lib.period import MONTH

CURVE_COLUMNS = ["curve", "segment_by", "segment", "t", "at_risk", "events", "value", "low", "high"]
#: an sBG fit needs this many months of ages before it says anything
MONTHS_TO_FIT = 12


def counts_of(rule: Duration, prepared: Prepared, by: tuple[str, ...], engine) -> pd.DataFrame:
    """How many were followed and reached, by days, in every cell of one segmentation."""
    frame = prepared.at(by).group_by(*CELL, *by, "days")
    summed = engine.collect(
        frame.agg(followed=nw.col(rule.followed).sum(), reached=nw.col(rule.reached).sum())
    )
    summed = prepared.calendar.cells().merge(summed, on=list(CELL)).drop(columns=list(CELL))
    return labelled(summed, by)


def durations(
    counts: pd.DataFrame, rule: Duration, edition: Edition, first: date, as_of: date
) -> pd.DataFrame:
    """The rule's statistic for every cell that has anybody in it."""
    keys = ["grain", "period_start", "segment_by", "segment"]
    counts = counts.assign(cell=counts.groupby(keys, sort=True).ngroup()).sort_values(
        ["cell", "days"]
    )
    frame = counts.drop_duplicates("cell")[keys].reset_index(drop=True)
    starts = np.flatnonzero(np.diff(counts["cell"], prepend=-1))
    numbers = counts[["days", "followed", "reached"]].to_numpy(dtype=float)
    parts = np.split(numbers, starts[1:]) if len(starts) else []
    known = {each.tobytes(): each for each in parts}
    found = {key: _statistic(rule, *each.T, edition) for key, each in known.items()}
    figures = np.array([found[each.tobytes()] for each in parts]).reshape(-1, 3)
    sums = np.array([each[:, 1:].sum(axis=0) for each in parts]).reshape(-1, 2)
    frame["numerator"], frame["denominator"], frame["n"] = sums[:, 1], sums[:, 0], sums[:, 0]
    frame["value"], frame["low"], frame["high"] = figures.T
    frame["period_start"] = frame["period_start"].astype("datetime64[us]")
    frame["period_end"] = period_ends(frame)
    frame["status"] = np.where(frame["value"].isna(), UNDEFINED, OK)
    frame.loc[immature(frame, rule, edition, first, as_of), "status"] = IMMATURE
    return blank(frame)


def _statistic(
    rule: Duration, days, followed, reached, edition: Edition
) -> tuple[float, float, float]:
    counts = days, followed, reached
    if rule.statistic == MEDIAN:
        return survival.median(survival.kaplan_meier(*counts, edition.confidence))
    months = edition.definitions.lifetime_horizon
    if rule.statistic == RESTRICTED_MEAN:
        curve = survival.kaplan_meier(*counts, edition.confidence)
        days = survival.restricted_mean(curve, months * survival.DAYS_A_MONTH, edition.confidence)
        return tuple(each / survival.DAYS_A_MONTH for each in days)
    return _sbg_mean(counts, months), np.nan, np.nan


def _sbg_mean(counts, months: int) -> float:
    """Expected months up to the horizon under the fitted sBG: the sum of its survival at each month."""
    lost, stayed = survival.by_month(*counts)
    fitted = survival.fit_sbg(lost, stayed) if len(lost) >= MONTHS_TO_FIT else None
    return float(fitted.survival(months - 1).sum()) if fitted else np.nan


def curve_points(
    name: str, counts: pd.DataFrame, edition: Edition, *, step: float, end: int
) -> pd.DataFrame:
    """A Kaplan–Meier curve for each segment, at whole steps (days or months) from 0 to `end`."""
    rows = []
    for (by, segment), part in counts.groupby(["segment_by", "segment"], sort=True):
        summed = part.groupby("days", as_index=False)[["followed", "reached"]].sum()
        if summed["followed"].sum() < edition.min_n:
            continue
        curve = survival.kaplan_meier(
            summed["days"], summed["followed"], summed["reached"], edition.confidence
        )
        rows += [
            (name, by, segment, *_point(curve, t, step))
            for t in range(end + 1)
            if t * step <= curve.days[-1]
        ]
    return pd.DataFrame(rows, columns=CURVE_COLUMNS)


def _point(curve: survival.Curve, t: int, step: float) -> tuple:
    """t, still followed, events since the step before, and the curve with its band at t."""
    place, before = curve.at(t * step), curve.at((t - 1) * step)
    events = curve.events[before + 1 : place + 1].sum()
    at_risk = float(curve.at_risk[np.searchsorted(curve.days, t * step)])
    if place < 0:
        return t, at_risk, float(events), 1.0, 1.0, 1.0
    return (
        t,
        at_risk,
        float(events),
        *(float(each[place]) for each in (curve.value, curve.low, curve.high)),
    )


def last_complete_month(counts: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """The counts as they stood at the end of the last complete month."""
    monthly = counts[counts["grain"] == MONTH]
    ends = period_ends(monthly)
    complete = monthly[ends <= pd.Timestamp(as_of)]
    return complete[complete["period_start"] == complete["period_start"].max()]
