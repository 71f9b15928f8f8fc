"""Whether customers who would recommend us stay longer: half-years on end, by what was answered before each."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cs_lib.data.facts.nps_groups import DETRACTOR, NO_ANSWER, PASSIVE, PROMOTER
from cs_lib.data.facts.staying_facts import HORIZON
from cs_lib.judgement.finding import Finding
from cs_lib.judgement.series import Figures, of_segment
from cs_lib.judgement.significance import exact_p, holm
from cs_lib.judgement.stakes import MONTHS, Stake
from cs_lib.metrics.compute import intervals
from cs_lib.period import MONTH, Period, Segment
from cs_lib.vocabulary import ANSWER_APART, BAD

CHURN = "customer_churn_rate"
ANSWERS = (PROMOTER, PASSIVE, DETRACTOR, NO_ANSWER)


@dataclass(frozen=True)
class Ratio:
    """How many times as often one group left as another, with its interval, and whether chance is ruled out."""

    value: float
    low: float
    high: float
    differs: bool


@dataclass(frozen=True)
class Staying:
    """`rows`: answer → customers, left, opening (MRR), churn, grr and nrr of six months, each with low and high; a
    row of fewer than `min_n` customers is `hidden`. `windows` half-years on end, `first` to `last` month.

    `detractors`: their ratio to promoters; `silent`: of those who gave no answer to all who did. None where a group
    is too small.
    """

    first: Period
    last: Period
    windows: int
    rows: pd.DataFrame
    detractors: Ratio | None
    silent: Ratio | None


def staying(figures: Figures, segment: Segment, period: Period) -> Staying | None:
    """The half-years that end with the period, and each six months before; None where there is none yet."""
    if figures.measures.staying.empty:
        return None
    cells = of_segment(figures.measures.staying, segment)
    last = Period.containing(period.last_day, MONTH)
    ends = cells.loc[cells["month"] <= pd.Timestamp(last.start), "month"]
    apart = (last.start.year - ends.dt.year) * 12 + last.start.month - ends.dt.month
    cells = cells.loc[apart.index[apart % HORIZON == 0]]
    if cells.empty:
        return None
    months = cells["month"].unique()
    begun = Period.containing(pd.Timestamp(months.min()).date(), MONTH).back(HORIZON - 1)
    summed = cells.drop(columns=["month", "segment_by", "segment"]).groupby("answer").sum()
    rows = _estimated(summed.reindex(ANSWERS, fill_value=0.0), figures.edition.confidence)
    rows["hidden"] = rows["customers"] < figures.edition.min_n
    answered = summed.drop(index=NO_ANSWER, errors="ignore").sum()
    return Staying(
        first=begun,
        last=last,
        windows=len(months),
        rows=rows,
        **_ratios(rows, answered, figures.edition.min_n, figures.edition.confidence),
    )


def _estimated(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    """The rows with churn, GRR and NRR; NaN for an empty group."""
    found = rows.copy()
    n, opening, squared = rows["customers"], rows["opening"], rows["opening_squared"]
    with np.errstate(divide="ignore", invalid="ignore"):
        found["churn"] = rows["left"] / n
        found["grr"] = rows["kept"] / opening
        found["nrr"] = rows["retained"] / opening
        gains = intervals.amounts_of_events(
            rows["gained"], rows["gained_squared"], rows["gainers"], squared / opening / 2, level
        )
        more = rows["gained"] / opening, gains[0] / opening, gains[1] / opening
    found["churn_low"], found["churn_high"] = intervals.wilson(rows["left"], n, level)
    kept = intervals.weighted_wilson(rows["kept"], opening, squared, level)
    found["grr_low"], found["grr_high"] = kept
    ends = intervals.together((found["grr"], *kept), more)
    found["nrr_low"], found["nrr_high"] = ends
    return found


def _ratios(
    rows: pd.DataFrame, answered: pd.Series, least: int, level: float
) -> dict[str, Ratio | None]:
    """Detractors against promoters, and the silent against all who answered; tested together (Holm)."""
    pairs = {
        "detractors": (rows.loc[DETRACTOR], rows.loc[PROMOTER]),
        "silent": (rows.loc[NO_ANSWER], answered),
    }
    told = {
        name: pair
        for name, pair in pairs.items()
        if min(each["customers"] for each in pair) >= least and all(each["left"] for each in pair)
    }
    numbers = [
        np.array([pair[side][each] for pair in told.values()])
        for side in (0, 1)
        for each in ("left", "customers")
    ]
    differ = holm(exact_p(*numbers), 1 - level) if told else np.zeros(0, dtype=bool)
    found: dict[str, Ratio | None] = dict.fromkeys(pairs)
    for (name, (one, other)), differs in zip(told.items(), differ, strict=True):
        found[name] = Ratio(*risk_ratio(one, other, level), bool(differs))
    return found


def risk_ratio(one: pd.Series, other: pd.Series, level: float) -> tuple[float, float, float]:
    """The ratio of two shares `left` ÷ `customers`, with its interval on the logarithm (Katz et al. 1978)."""
    value = (one["left"] / one["customers"]) / (other["left"] / other["customers"])
    variance = sum(1 / each["left"] - 1 / each["customers"] for each in (one, other))
    low, high = intervals.log_normal(value, variance, level)
    return float(value), float(low), float(high)


def answers_apart(figures: Figures, period: Period, segment: Segment) -> Iterator[Finding]:
    """That detractors leave more often than promoters, where chance is ruled out. At stake is what more of them leave
    in a year than would at the promoters' rate."""
    found = staying(figures, segment, period)
    ratio = found.detractors if found else None
    if found is None or ratio is None or not ratio.differs or ratio.value <= 1:
        return
    detractors, promoters = found.rows.loc[DETRACTOR], found.rows.loc[PROMOTER]
    more = detractors["churn"] - promoters["churn"]
    yearly = more * MONTHS / HORIZON / found.windows
    yield Finding(
        ANSWER_APART,
        CHURN,
        segment.by,
        segment.label,
        found.first,
        found.last,
        float(detractors["churn"]),
        float(promoters["churn"]),
        BAD,
        Stake(
            float(yearly * detractors["opening"] * MONTHS), float(yearly * detractors["customers"])
        ),
        ratio.value,
        numerator=float(detractors["left"]),
        n=float(detractors["customers"]),
    )
