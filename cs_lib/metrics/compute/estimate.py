"""From parts to figures: value, interval and status of every cell."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from cs_lib.data.facts.calendar import OPENING
from cs_lib.edition import Edition
from cs_lib.metrics.catalogue.rules import Amount, FactRule, Ratio
from cs_lib.metrics.coded_words import STATUS
from cs_lib.metrics.compute.aggregates import INDEX
from cs_lib.metrics.compute.rule_intervals import interval_of
from cs_lib.period import Period
from cs_lib.vocabulary import IMMATURE, OK, STUDENT, SUPPRESSED, UNDEFINED

FIGURES = ["numerator", "denominator", "n", "value", "low", "high"]


def figures_of(
    parts: pd.DataFrame, rule: Ratio | Amount, edition: Edition, first: date, as_of: date
) -> pd.DataFrame:
    """The parts of one rule with value, low, high and status.

    Takes grain, period_start, segment_by, segment and the sums of `aggregates.SUMS`. A figure is undefined
    where its denominator is 0, and immature where the data cannot yet, or not any more, speak of it.
    """
    cells = parts[INDEX].assign(period_end=period_ends(parts))
    figures, early = _estimated(parts, rule, edition), immature(cells, rule, edition, first, as_of)
    unseen, undefined, ok = STATUS.categories.get_indexer([IMMATURE, UNDEFINED, OK])
    codes = np.select([early, np.isnan(figures["value"])], [unseen, undefined], ok)
    status = pd.Categorical.from_codes(codes, dtype=STATUS)
    return blank(pd.DataFrame({**cells, **figures, "status": status}, copy=False))


def _estimated(
    parts: pd.DataFrame, rule: Ratio | Amount, edition: Edition
) -> dict[str, np.ndarray]:
    x, y, n = (parts[each].to_numpy(dtype=float) for each in ("x", "y", "n"))
    if isinstance(rule, Amount):
        nothing = np.full(len(parts), np.nan)
        return dict(numerator=x, denominator=nothing, n=nothing, value=x, low=nothing, high=nothing)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(y != 0, rule.value(x, y), np.nan)
    low, high = interval_of(parts, rule, edition.confidence)
    low, high = rule.times * low - rule.minus, rule.times * high - rule.minus
    if rule.interval == STUDENT:
        low, high = _on_the_scale(low, rule, edition), _on_the_scale(high, rule, edition)
    return dict(numerator=x, denominator=y, n=n, value=value, low=low, high=high)


def _on_the_scale(end: np.ndarray, rule: Ratio, edition: Edition) -> np.ndarray:
    """One end of the interval of a mean score, within the scale of its instrument."""
    given = edition.definitions
    survey = {"nps": given.nps, "csat": given.csat, "ces": given.ces}.get(rule.fact)
    return np.clip(end, *survey.scale) if survey else end


def period_ends(frame: pd.DataFrame) -> pd.Series:
    """The end of each row's period, from its grain and start."""
    grains, starts = frame["grain"].to_numpy(dtype=object), frame["period_start"].to_numpy()
    ends = np.empty(len(frame), dtype="datetime64[us]")
    for grain in set(grains):
        here = grains == grain
        days, place = np.unique(starts[here].astype("datetime64[D]"), return_inverse=True)
        last = [Period.containing(day, grain).end for day in days.tolist()]
        ends[here] = np.array(last, dtype="datetime64[us]")[place]
    return pd.Series(ends, index=frame.index)


def immature(
    frame: pd.DataFrame, rule: FactRule, edition: Edition, first: date, as_of: date
) -> pd.Series:
    """The rows of which the data cannot speak: not over yet, or reaching back before their history.

    So do those before whose opening (or closing) the data do not reach back over the active window.
    """
    starts, ends, definitions = frame["period_start"], frame["period_end"], edition.definitions
    wait = timedelta(days=stated(rule.matures or 0, edition))
    known_from = pd.Timestamp(edition.history_starts or first.replace(day=1))
    unknown = ends > pd.Timestamp(as_of - wait)
    if edition.history_starts:
        unknown |= starts < known_from
    if rule.looks_back:
        unknown |= ends - pd.DateOffset(months=rule.looks_back) < known_from
    if rule.against_before:
        unknown |= starts_before(frame) < known_from
    if rule.active_at is not None:
        instants = starts if rule.active_at == OPENING else ends
        unknown |= instants - pd.DateOffset(months=definitions.active_window) < known_from
    return unknown


def starts_before(frame: pd.DataFrame) -> pd.Series:
    """When the period before each row's begins."""
    cells = frame[["grain", "period_start"]].drop_duplicates()
    before = [
        Period.containing(day.date(), grain).back() for grain, day in cells.itertuples(index=False)
    ]
    starts = cells.assign(before=pd.to_datetime([each.start for each in before]))
    found = frame[["grain", "period_start"]].merge(starts, how="left")["before"]
    return pd.Series(found.to_numpy(), index=frame.index)


def stated(number: int | str, edition: Edition) -> int:
    """A number of a declaration: itself, or what the definition of that name says."""
    return getattr(edition.definitions, number) if isinstance(number, str) else number


def blank(frame: pd.DataFrame) -> pd.DataFrame:
    """Figures that must not be read are taken out: the status says why."""
    unreadable = frame["status"].isin([IMMATURE, SUPPRESSED]).to_numpy()
    undefined = unreadable | (frame["status"] == UNDEFINED).to_numpy()
    for name in FIGURES if undefined.any() else ():
        gone = undefined if name in ("value", "low", "high") else unreadable
        frame[name] = np.where(gone, np.nan, frame[name])
    return frame
