"""What lies outside its control limits: one rule, whoever asks.

A figure is held against the 24 periods of its grain before it (see `control_limits`). Figures over
twelve months overlap from one period to the next, levels carry over, and what is derived from such figures
does both: they have no limits.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view

from cs_lib.judgement import control_limits
from cs_lib.judgement.control_limits import IN_A_ROW, LEAST, LONGEST, Limits
from cs_lib.judgement.series import LEVELS, Figures, Series
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.metrics.catalogue.rules import Amount, Ratio
from cs_lib.metrics.compute import intervals
from cs_lib.period import Period
from cs_lib.vocabulary import ADJUSTED_WALD, COUNT, MRR_MOVEMENTS, OK, STUDENT, WILSON

#: the metrics whose newest figures are looked at, whoever asks; no part of one, nor its other side
WATCHED = (
    *MRR_MOVEMENTS,
    "net_new_mrr",
    "mrr_growth_rate",
    "expansion_mrr_rate",
    "quick_ratio",
    "revenue",
    "orders",
    "ordering_customers",
    "average_order_value",
    "new_customers",
    "reactivated_customers",
    "churned_customers",
    "joined_and_left",
    "customer_churn_rate",
    "gross_revenue_churn_rate",
    "net_revenue_churn_rate",
    "nps",
    "csat",
    "ces",
    "response_rate",
    "follow_up_rate",
    "acquisition_cost",
    "active_customer_rate",
    "usage_frequency",
    "stickiness",
)
#: of which kinds of figures periods in a row can be taken together
POOLED = (WILSON, STUDENT, ADJUSTED_WALD)
PARTS = ("numerator", "denominator", "n", "value", "low", "high")


def has_limits(metric: Metric, variant: str | None = None) -> bool:
    """Whether figures under this rule can be held against those of the periods before."""
    rule = metric.rule(variant)
    return isinstance(rule, Ratio | Amount) and not rule.looks_back and metric.name not in LEVELS


@dataclass(frozen=True)
class Block:
    """Series × periods in order of time, every part of them; NaN where there is no figure."""

    parts: dict[str, np.ndarray]

    def before(self) -> dict[str, np.ndarray]:
        return {name: each[:, :-1] for name, each in self.parts.items()}

    def now(self) -> dict[str, np.ndarray]:
        return {name: each[:, -1] for name, each in self.parts.items()}


def limits_of(
    block: Block, metric: Metric, variant: str | None, grain: str, level: float, *, length: int = 1
) -> Limits:
    """The control limits of the last period of each series of a block; `level` is that of the measures'
    own intervals, `length` of how many periods a last one that is POOLED stands for."""
    rule, before, now = metric.rule(variant), block.before(), block.now()
    least = LEAST[grain]
    if isinstance(rule, Amount):
        if (rule.unit or metric.unit) == COUNT:
            return control_limits.count_limits(before["value"], least=least)
        return control_limits.amount_limits(before["value"], bounds=metric.bounds, least=least)
    if rule.interval == WILSON:
        x, n = before["numerator"], before["denominator"]
        return control_limits.share_limits(x, n, now["denominator"], length=length, least=least)
    if rule.interval in (STUDENT, ADJUSTED_WALD):
        return control_limits.score_limits(
            before["value"],
            before["n"],
            now["n"],
            within=of_one_answer(now["low"], now["high"], now["n"], level),
            bounds=metric.bounds,
            length=length,
            least=least,
        )
    return control_limits.amount_limits(before["value"], bounds=metric.bounds, least=least)


def of_one_answer(low: np.ndarray, high: np.ndarray, n: np.ndarray, level: float) -> np.ndarray:
    """The variance of one answer behind a mean, from the mean's interval."""
    return np.nan_to_num(((high - low) / 2 / intervals.z_of(level)) ** 2 * n)


def at(
    figures: Figures, period: Period, splits: Iterable[str], names: Collection[str] = WATCHED
) -> pd.DataFrame:
    """Every watched figure of a period that can be judged, with its limits: a row a metric and segment.

    Takes the `segment_by` and the metrics to look at. Gives the columns of the measures and centre, limit_low, limit_high,
    signal, distance (from the centre, in widths to the limit).
    """
    rows = figures.canonical_rows(period.grain, tuple(splits), last=period, count=LONGEST + 1)
    rows = rows[rows["metric"].isin(names)]
    block, now = _block(rows, period)
    names, found = now["metric"].to_numpy(dtype=object), []
    columns = {name: np.full(len(now), np.nan) for name in _no_limits(0)}
    for name in dict.fromkeys(names):
        metric = figures.metric(name)
        own = np.flatnonzero(names == name)
        part = Block({key: each[own] for key, each in block.parts.items()})
        limits = limits_of(part, metric, None, period.grain, figures.edition.confidence)
        for key, each in _columns(limits, part.now()["value"]).items():
            columns[key][own] = each
        found.append(own[~np.isnan(limits.centre)])
    kept = np.concatenate(found) if found else np.empty(0, dtype=int)
    columns["signal"] = columns["signal"] == 1
    return now.assign(**columns).iloc[kept].reset_index(drop=True)


def _block(rows: pd.DataFrame, period: Period) -> tuple[Block, pd.DataFrame]:
    """The series that have a figure at the period, with the periods before it; and their rows of then."""
    code, keys = pd.factorize(rows["metric"] + "\n" + rows["segment_by"] + "\n" + rows["segment"])
    starts = [period.back(back).start for back in range(LONGEST, -1, -1)]
    place = np.searchsorted(
        np.array(starts, dtype="datetime64[us]"), rows["period_start"].to_numpy()
    )
    ok = (rows["status"] == OK).to_numpy()
    parts = {}
    for name in PARTS:
        parts[name] = np.full((len(keys), LONGEST + 1), np.nan)
        parts[name][code[ok], place[ok]] = rows[name].to_numpy(dtype=float)[ok]
    here = np.flatnonzero(ok & (place == LONGEST))
    here = here[np.argsort(code[here], kind="stable")]
    return Block({name: each[code[here]] for name, each in parts.items()}), rows.iloc[here]


def _columns(limits: Limits, values: np.ndarray) -> dict[str, np.ndarray]:
    return {
        "centre": limits.centre,
        "limit_low": limits.low,
        "limit_high": limits.high,
        "signal": limits.signals(values),
        "distance": limits.distance(values),
    }


def _no_limits(count: int) -> dict[str, np.ndarray]:
    nothing = np.full(count, np.nan)
    return _columns(Limits(nothing, nothing, nothing, nothing), nothing)


def over_time(
    series: Series,
    metric: Metric,
    variant: str | None,
    last: Period,
    periods: int,
    level: float,
    *,
    without: np.ndarray | None = None,
) -> pd.DataFrame:
    """The last `periods` of one series, each with its limits: period_start and the columns of `at`.

    NaN, and no signal, where a period has no figure or too few before it. `without` marks those of the
    last periods that are left out of the limits of later ones.
    """
    parts, starts = _aligned(series, last, periods + LONGEST)
    blocks = {name: sliding_window_view(each, LONGEST + 1) for name, each in parts.items()}
    if without is not None:
        masked = np.concatenate([np.zeros(LONGEST, dtype=bool), without])
        gone = sliding_window_view(masked, LONGEST + 1).copy()
        gone[:, -1] = False
        blocks = {name: np.where(gone, np.nan, each) for name, each in blocks.items()}
    values = parts["value"][LONGEST:]
    if has_limits(metric, variant):
        limits = limits_of(Block(blocks), metric, variant, last.grain, level)
        columns = _columns(limits, values)
    else:
        columns = _no_limits(periods)
    return pd.DataFrame({"period_start": starts[LONGEST:], "value": values, **columns})


def in_a_row(
    series: Series, metric: Metric, variant: str | None, last: Period, periods: int, level: float
) -> pd.DataFrame:
    """Three periods in a row taken together, with limits from the periods before them: a row for each first one.

    For shares of customers or answers, and scores, of which three periods on one side can show together
    what none shows alone. Columns: first (its place), value, and those of `at`.
    """
    rule = metric.rule(variant)
    judged = has_limits(metric, variant) and rule.interval in POOLED
    if not judged or periods < IN_A_ROW:
        return pd.DataFrame(columns=["first", "value", *_no_limits(0)])
    parts, _ = _aligned(series, last, periods + LONGEST)
    windows = {name: sliding_window_view(each, LONGEST + IN_A_ROW) for name, each in parts.items()}
    values, limits = together(windows, metric, variant, last.grain, level)
    return pd.DataFrame(
        {"first": np.arange(len(values)), "value": values, **_columns(limits, values)}
    )


def together(
    windows: dict[str, np.ndarray], metric: Metric, variant: str | None, grain: str, level: float
) -> tuple[np.ndarray, Limits]:
    """The last periods of each series of `windows` taken as one, where all lie on one side, and their limits."""
    block = Block({name: _as_one(name, windows) for name in PARTS})
    limits = limits_of(block, metric, variant, grain, level, length=IN_A_ROW)
    return _one_side(windows["value"][:, LONGEST:], block.now()["value"], limits), limits


def _as_one(name: str, windows: dict[str, np.ndarray]) -> np.ndarray:
    """The 24 periods before each run, and the run as one period after them."""
    n = windows["denominator"][:, LONGEST:]
    own = windows[name][:, LONGEST:]
    if name in ("numerator", "denominator", "n"):
        run = own.sum(axis=1)
    elif name == "value":
        with np.errstate(invalid="ignore", divide="ignore"):
            run = (own * n).sum(axis=1) / n.sum(axis=1)
    else:  # an interval as wide as one of so many, so that the variance of one answer is the mean of theirs
        middle = windows["value"][:, LONGEST:]
        widths = ((own - middle) ** 2 * n).mean(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            centre = (middle * n).sum(axis=1) / n.sum(axis=1)
            half = np.sqrt(widths / n.sum(axis=1))
        run = centre + (half if name == "high" else -half)
    return np.column_stack([windows[name][:, :LONGEST], run])


def _one_side(periods: np.ndarray, values: np.ndarray, limits: Limits) -> np.ndarray:
    """The figures of the runs; NaN where not every period lies on the side of the whole."""
    side = np.sign(values - limits.centre)[:, None]
    same = (np.sign(periods - limits.centre[:, None]) == side).all(axis=1)
    return np.where(same, values, np.nan)


def _aligned(series: Series, last: Period, count: int) -> tuple[dict[str, np.ndarray], pd.Series]:
    """The parts of a series on each of the `count` periods up to the last; NaN where there is no figure."""
    starts = np.array(
        [last.back(back).start for back in range(count - 1, -1, -1)], "datetime64[us]"
    )
    inside = (series.starts >= starts[0]) & (series.starts <= starts[-1]) & (series.statuses == OK)
    place = np.searchsorted(starts, series.starts)
    parts = {}
    for name in PARTS:
        parts[name] = np.full(count, np.nan)
        parts[name][place[inside]] = getattr(series, name)[inside]
    return parts, starts
