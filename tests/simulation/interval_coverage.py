"""How often the 95 % intervals hold what they are intervals of.

`python tests/simulation/interval_coverage.py [cells]` prints the table; 4,000 cells a setting take about a minute.
MRR is lognormal (σ = 1). Money and customers are lost at 0.5 and 2 % a period, at 20 % in twelve months;
where there are changes besides, 4 % of customers grow and 2 % shrink.
"""

import sys
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cs_lib.metrics.catalogue import metric
from cs_lib.metrics.compute import intervals
from cs_lib.metrics.compute.aggregates import CLUSTERED, SUMS
from cs_lib.metrics.compute.rule_intervals import interval_of

AT_LEAST = 0.92
SIZES = (20, 50, 150, 700)
LOSSES = (0.005, 0.02, 0.2)
SHRINK, GROW = 0.02, 0.04
#: what is left of a customer that shrinks, and what one that grows gains, on the mean
LEFT, GAIN, SPREAD = 0.5, 0.3, 0.8


def _sums(x, y, g=None) -> pd.DataFrame:
    """The sums of each cell (row) over its units (columns)."""
    pairs = {"xx": x * x, "xy": x * y, "yy": y * y, "nx": x != 0, "ny": y != 0, "n": y != 0}
    parts = {"x": x, "y": y, **pairs}
    if g is not None:
        parts |= {"g": g, "gg": g * g, "ng": g != 0}
    sums = {name: each.sum(axis=1).astype(float) for name, each in parts.items()}
    return pd.DataFrame(sums).reindex(columns=list(SUMS))


def _held(parts: pd.DataFrame, name: str, variant: str | None, true: float) -> float:
    low, high = interval_of(parts, metric(name).rule(variant), 0.95)
    return float(((low <= true) & (true <= high)).mean())


def _as_judged(x, n: int, true: float) -> float:
    """The share of the intervals by which a proportion is judged that hold it."""
    low, high = intervals.for_verdict(x / n, *intervals.wilson(x, n))
    return float(((low <= true) & (true <= high)).mean())


@dataclass(frozen=True)
class Customers:
    """Opening and closing MRR of cells × customers, and what the rates are meant to be."""

    opening: np.ndarray
    closing: np.ndarray
    kept_rate: float
    gain_rate: float


def customers(rng, cells: int, n: int, loss: float, changes: bool) -> Customers:
    shrink, grow = (SHRINK, GROW) if changes else (0.0, 0.0)
    opening, chance = np.exp(rng.normal(size=(cells, n))), rng.random((cells, n))
    gain = rng.lognormal(np.log(GAIN) - SPREAD**2 / 2, SPREAD, size=(cells, n))
    part = np.where(chance < loss + shrink + grow, 1 + gain, 1.0)
    part = np.where(chance < loss + shrink, rng.uniform(0.1, 0.9, size=(cells, n)), part)
    part = np.where(chance < loss, 0.0, part)
    kept = 1 - loss - shrink * (1 - LEFT)
    return Customers(opening, opening * part, kept, grow * GAIN)


def money(rng, cells, n, loss, changes) -> dict[str, float]:
    """Retention and churn of money."""
    drawn = customers(rng, cells, n, loss, changes)
    kept, gain = np.minimum(drawn.opening, drawn.closing), drawn.closing - drawn.opening
    gain = np.maximum(gain, 0)
    lost, variant = drawn.opening - kept, "12_months" if loss > 0.1 else "one_period"
    net = drawn.kept_rate + drawn.gain_rate
    gross, netted, base = (
        _sums(kept, drawn.opening),
        _sums(drawn.closing, drawn.opening, gain),
        drawn.opening,
    )
    return {
        "gross revenue retention": _held(
            gross, "gross_revenue_retention", variant, drawn.kept_rate
        ),
        "net revenue retention": _held(netted, "net_revenue_retention", variant, net),
        "gross revenue churn": _held(
            _sums(lost, base), "gross_revenue_churn_rate", None, 1 - drawn.kept_rate
        ),
        "net revenue churn": _held(
            _sums(lost - gain, base, -gain), "net_revenue_churn_rate", None, 1 - net
        ),
    }


def heads(rng, cells, n, loss, changes) -> dict[str, float]:
    """Churn of customers, under the rules that are no share of those at the opening as well."""
    here, join = np.ones((cells, n)), 0.03
    lost = (rng.random((cells, n)) < loss) * here
    joined = (rng.random((cells, n)) < join) * here
    again = (rng.random((cells, n)) < 0.05) * lost
    ended, rate = lost + again, 1.05 * loss
    both = np.concatenate([here, joined], axis=1)
    gone = np.concatenate([lost, 0 * joined], axis=1)
    mean = (both + np.concatenate([here - lost, joined], axis=1)) / 2
    name = "customer_churn_rate"
    ends = np.concatenate([ended, 0 * joined], axis=1)
    return {
        "churn, snapshot": _held(_sums(lost, here), name, "snapshot", loss),
        "churn, snapshot, as judged": _as_judged(lost.sum(axis=1), n, loss),
        "churn, events": _held(_sums(ended, here), name, "events", rate),
        "churn, stripe": _held(_sums(ends, both), name, "stripe", rate / (1 + join)),
        "churn, average_base": _held(
            _sums(gone, np.where(both > 0, mean, 0)),
            name,
            "average_base",
            loss / (1 + join - loss / 2),
        ),
        "churn, begin_plus_adds": _held(
            _sums(gone, both), name, "begin_plus_adds", loss / (1 + join)
        ),
    }


def levels(rng, cells, n) -> dict[str, float]:
    """What does not hang on a loss: revenue an account, costs a new customer, quick ratio, scores."""
    amounts, ones = np.exp(rng.normal(size=(cells, n))), np.ones((cells, n))
    mean = float(np.exp(0.5))
    new = rng.poisson(n, size=cells)
    low, high = intervals.poisson(new, new)
    gains, losses = (
        np.where(rng.random((cells, n)) < chance, np.exp(rng.normal(size=(cells, n))), 0.0)
        for chance in (0.3, 0.15)
    )
    with np.errstate(divide="ignore"):
        cac = (1000 / high <= 1000 / n) & (1000 / n <= 1000 / low)
    quick = _sums(gains, losses)
    return {
        "arpa": _held(_sums(amounts, ones), "arpa", None, mean),
        "cac": float(cac.mean()),
        "quick ratio": _held(quick[quick["y"] > 0], "quick_ratio", None, 2.0),
        **answers(rng, cells, n),
    }


def answers(rng, cells, n, each=2, alike=0.5) -> dict[str, float]:
    """Scores of n customers with one to three answers; what a customer thinks is half of an answer."""
    mood = rng.normal(size=(cells, n, 1))
    own = rng.normal(size=(cells, n, 3))
    thought = np.sqrt(alike) * mood + np.sqrt(1 - alike) * own
    given = np.arange(3) < rng.integers(1, 2 * each, size=(cells, n))[..., None]
    score = np.clip(np.round(4 + thought), 1, 5)
    grid = np.clip(np.round(4 + rng.normal(size=400_000)), 1, 5)
    vote = np.where(score >= 5, 1.0, np.where(score >= 4, 0.0, -1.0))
    votes = np.where(grid >= 5, 1.0, np.where(grid >= 4, 0.0, -1.0))
    kinds = {
        "csat, in clusters": ("csat", None, (score >= 4) * 1.0, float((grid >= 4).mean())),
        "mean score, in clusters": ("csat", "mean", score, float(grid.mean())),
        "nps, in clusters": ("nps", None, vote, float(votes.mean())),
    }
    return {
        title: _held(_clustered(x, given), name, variant, true)
        for title, (name, variant, x, true) in kinds.items()
    }


def _clustered(x, given) -> pd.DataFrame:
    """The sums of cells × customers × answers, with those of customers."""
    flat = (x * given).reshape(len(x), -1), (given * 1.0).reshape(len(x), -1)
    own, n = (x * given).sum(axis=2), given.sum(axis=2) * 1.0
    moments = (own * own, own * n, n * n, n > 0)
    parts = _sums(*flat)
    parts[list(CLUSTERED)] = np.stack([each.sum(axis=1) for each in moments], axis=1)
    return parts


def table(cells: int, seed: int = 11) -> pd.DataFrame:
    """kind, setting and the share of intervals that hold, by the number of customers."""
    rng, rows = np.random.default_rng(seed), []
    for n in SIZES:
        for loss in LOSSES:
            for changes in (False, True):
                setting = f"{loss:.1%} lost{', changes' if changes else ''}"
                found = money(rng, cells, n, loss, changes)
                found |= {} if changes else heads(rng, cells, n, loss, changes)
                rows += [(kind, setting, n, held) for kind, held in found.items()]
        rows += [(kind, "", n, held) for kind, held in levels(rng, cells, n).items()]
    return pd.DataFrame(rows, columns=["kind", "setting", "n", "held"])


if __name__ == "__main__":
    found = table(int(sys.argv[1]) if len(sys.argv) > 1 else 4000)
    wide = found.pivot(index=["kind", "setting"], columns="n", values="held")
    print((100 * wide).round(1).to_string())
