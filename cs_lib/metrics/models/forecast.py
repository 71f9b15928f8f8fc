"""MRR some months ahead, by three ways that are easy to say, and how far each was off so far.

At every month of the history each way forecasts from what was known then; the errors choose the way, give the intervals,
and say how often such intervals held. An interval that held too seldom, or was tried too seldom, is not given.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

HORIZONS = (1, 3, 6, 12)
ROLL_FORWARD, DRIFT, NAIVE = "roll-forward", "drift", "naive"
#: months that a way looks back on, and that must lie before its first forecast
BACK = 12
#: errors that an interval needs to come from, and intervals that coverage needs to be judged on
LEAST_ERRORS, LEAST_JUDGED = 6, 6
#: coverage has failed where so few hits, or fewer, would come less often than this if the interval held
SELDOM = 0.05


@dataclass(frozen=True)
class Flow:
    """MRR by month, in order of time: `closing`, what came from outside (`gains`), and what customers already there
    paid more or less (`moved`)."""

    opening: np.ndarray
    closing: np.ndarray
    gains: np.ndarray
    moved: np.ndarray

    def __len__(self) -> int:
        return len(self.closing)


@dataclass(frozen=True)
class Trial:
    """How a way did at one horizon: how many `forecasts`, their mean absolute error and mean error (forecast above
    what came: above 0), as shares of what came."""

    way: str
    horizon: int
    forecasts: int
    mape: float
    bias: float


@dataclass(frozen=True)
class Outlook:
    """MRR so many months ahead by the chosen way; how often its intervals `covered`, of those `judged`.

    `low` and `high` are NaN where the interval failed or could not be judged.
    """

    horizon: int
    value: float
    low: float
    high: float
    covered: int
    judged: int
    failed: bool


@dataclass(frozen=True)
class Forecast:
    """The chosen way, what it says, and the trials of all ways."""

    way: str
    outlooks: tuple[Outlook, ...]
    trials: tuple[Trial, ...]


def forecast_of(flow: Flow, confidence: float = 0.95) -> Forecast | None:
    """The forecast from the last month of a flow; None where its history is too short to try any."""
    trials = [_trial(flow, way, horizon) for way in WAYS for horizon in HORIZONS]
    tried = tuple(each for each in trials if each is not None)
    judged = {each.horizon for each in tried}
    if not judged:
        return None
    way = min(WAYS, key=lambda name: _score(tried, name))
    outlooks = tuple(_outlook(flow, way, each, confidence) for each in HORIZONS if each in judged)
    return Forecast(way, outlooks, tried)


def _score(trials: tuple[Trial, ...], way: str) -> float:
    """The mean over horizons of a way's error, against the least error that any way had there."""
    least = {
        horizon: min(each.mape for each in trials if each.horizon == horizon)
        for horizon in {each.horizon for each in trials}
    }
    own = [each.mape / max(least[each.horizon], 1e-9) for each in trials if each.way == way]
    return float(np.mean(own))


# --- ways ------------------------------------------------------------------------------------------


def naive(flow: Flow, origin: int, horizon: int) -> float:
    """As it stands."""
    return float(flow.closing[origin])


def drift(flow: Flow, origin: int, horizon: int) -> float:
    """As it stands, and each month as much more as on average over the last twelve."""
    change = flow.closing[origin] - flow.opening[origin - BACK + 1]
    return float(flow.closing[origin] + horizon * change / BACK)


def roll_forward(flow: Flow, origin: int, horizon: int) -> float:
    """Each month what came in on average over the last twelve, and the MRR already there times what became of it in a
    month, over the same twelve."""
    last = slice(origin - BACK + 1, origin + 1)
    before = flow.opening[last].sum()
    rate = flow.moved[last].sum() / before if before > 0 else 0.0
    amount, gain = float(flow.closing[origin]), float(flow.gains[last].mean())
    for _ in range(horizon):
        amount = amount * (1 + rate) + gain
    return amount


WAYS: dict[str, Callable[[Flow, int, int], float]] = {
    ROLL_FORWARD: roll_forward,
    DRIFT: drift,
    NAIVE: naive,
}


# --- its record ------------------------------------------------------------------------------------


def errors_of(flow: Flow, way: str, horizon: int) -> tuple[np.ndarray, np.ndarray]:
    """The months of forecast, and by how much what came was above each, as a share of the forecast."""
    origins = np.arange(BACK - 1, len(flow) - horizon)
    said = np.array([WAYS[way](flow, origin, horizon) for origin in origins.tolist()])
    came = flow.closing[origins + horizon] if len(origins) else np.array([])
    with np.errstate(divide="ignore", invalid="ignore"):
        off = (came - said) / said
    known = np.isfinite(off)
    return origins[known], off[known]


def _trial(flow: Flow, way: str, horizon: int) -> Trial | None:
    origins, off = errors_of(flow, way, horizon)
    if not len(off):
        return None
    came = flow.closing[origins + horizon]
    with np.errstate(divide="ignore", invalid="ignore"):
        said = came / (1 + off)
        share = (said - came) / came
    share = share[np.isfinite(share)]
    if not len(share):
        return None
    return Trial(way, horizon, len(share), float(np.abs(share).mean()), float(share.mean()))


def _outlook(flow: Flow, way: str, horizon: int, confidence: float) -> Outlook:
    """The forecast and, where such intervals held so far, its interval."""
    last = len(flow) - 1
    value = float(WAYS[way](flow, last, horizon))
    origins, off = errors_of(flow, way, horizon)
    covered = judged = 0
    for at, origin in enumerate(origins):
        known = off[origins + horizon <= origin]
        if len(known) >= LEAST_ERRORS:
            judged += 1
            covered += abs(off[at]) <= _reach(known, confidence)
    failed = judged >= LEAST_JUDGED and _too_seldom(covered, judged, confidence)
    shown = judged >= LEAST_JUDGED and not failed and len(off) >= LEAST_ERRORS
    reach = _reach(off, confidence) if shown else float("nan")
    low, high = max(0.0, value * (1 - reach)), value * (1 + reach)
    if not shown:
        low = high = float("nan")
    return Outlook(horizon, value, low, high, int(covered), judged, failed)


def _reach(off: np.ndarray, confidence: float) -> float:
    """How far a forecast may be off, as a share of it: from so many past errors around 0 (t)."""
    from scipy.special import stdtrit

    many = len(off)
    spread = float(np.sqrt(np.mean(off**2)))
    return float(stdtrit(many, 0.5 + confidence / 2)) * spread


def _too_seldom(covered: int, judged: int, confidence: float) -> bool:
    from scipy.special import bdtr

    return bool(bdtr(covered, judged, confidence) < SELDOM)
