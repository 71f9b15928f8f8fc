"""What is ahead, as findings: customers at risk in the month that follows, and terms that end in the next quarter.

Neither is a judgement of what was: both are told beside what is lost, and are bad news by themselves only where more
customers are expected to leave than usual.
"""

from collections.abc import Iterator
from datetime import date

import pandas as pd

from cs_lib.judgement.finding import Ahead, Finding
from cs_lib.judgement.series import Figures, of_segment
from cs_lib.judgement.stakes import LEAST_CUSTOMERS, MONTHS, Stake
from cs_lib.judgement.standing import MONTHS_JUDGED, year_figure
from cs_lib.metrics.compute.intervals import expected_counts
from cs_lib.metrics.models.risk_words import AT_RISK_BANDS
from cs_lib.period import MONTH, Period, Segment, last_complete
from cs_lib.vocabulary import AT_RISK, BAD, NEUTRAL, OK, RENEWALS_DUE

CHURN, RENEWAL = "customer_churn_rate", "renewal_rate"
#: the least part of MRR that is lost in a quarter, even if as much is renewed as the rate's interval allows
LEAST_LOST = 0.01


def risk_bands(figures: Figures, segment: Segment, period: Period) -> pd.DataFrame:
    """The rows of a segment for the month that begins at the period's end (columns of risk.csv)."""
    mine = of_segment(figures.measures.risk, segment)
    return mine[mine["month"] == pd.Timestamp(period.end)].reset_index(drop=True)


def at_risk(figures: Figures, period: Period, segment: Segment) -> Iterator[Finding]:
    """Customers at raised or high risk, where at least five of them leave by the low end of what is no surprise.

    Of chances that passed their back-test alone (see `models.hazard`). Bad news where so many are expected to leave of
    all that the low end lies above the twelve months' rate.
    """
    bands = risk_bands(figures, segment, period)
    if bands.empty or bands["status"].ne(OK).any():
        return
    level = figures.edition.confidence
    every, watched = (
        rows.sum(numeric_only=True) for rows in (bands, bands[bands["band"].isin(AT_RISK_BANDS)])
    )
    least, _ = expected_counts(watched["expected_customers"], level)
    if least < LEAST_CUSTOMERS:
        return
    usual = year_figure(figures, CHURN, segment.by, segment.label, period)
    expected, _ = expected_counts(every["expected_customers"], level)
    month = Period.containing(period.end, MONTH)
    more = usual is not None and expected > usual.high * every["customers"]
    yield Finding(
        AT_RISK,
        CHURN,
        segment.by,
        segment.label,
        month,
        month,
        float(every["expected_customers"] / every["customers"]),
        usual.value if usual else float("nan"),
        BAD if more else NEUTRAL,
        Stake(float(watched["expected_mrr"] * MONTHS), float(watched["expected_customers"])),
        numerator=float(every["expected_customers"]),
        n=float(every["customers"]),
        ahead=Ahead(
            float(watched["customers"]),
            float(watched["mrr"]),
            float(watched["expected_customers"]),
            float(watched["expected_mrr"]),
            month.last_day,
        ),
    )


def renewals_due(figures: Figures, period: Period, segment: Segment) -> Iterator[Finding]:
    """MRR whose term ends in the quarter after the data, where at least one hundredth of all MRR would be lost even at
    the high end of the twelve months' renewal rate.

    Told as the latest data stand, and where every one of those months has a rate that may be shown.
    """
    measures, whose = figures.measures, (segment.by, segment.label)
    if (
        RENEWAL in measures.left_out
        or period != last_complete(measures.as_of, period.grain)
        or not (row := _next_quarter(figures, segment))
    ):
        return
    rate, mrr = year_figure(figures, RENEWAL, *whose, period), _mrr(figures, segment, period)
    if rate is None or rate.periods < MONTHS_JUDGED or not rate.has_interval:
        return
    if not row["due"] * (1 - rate.high) >= LEAST_LOST * mrr:
        return
    until = date.fromisoformat(row["last"])
    lost = row["due"] - row["expected"]
    yield Finding(
        RENEWALS_DUE,
        RENEWAL,
        *whose,
        Period.containing(date.fromisoformat(row["first"]), MONTH),
        Period.containing(until, MONTH),
        row["rate"],
        1.0,
        NEUTRAL,
        Stake(lost * MONTHS),
        numerator=float(row["expected"]),
        n=float(row["terms"]),
        ahead=Ahead(float(row["terms"]), float(row["due"]), float("nan"), float(lost), until),
    )


def _next_quarter(figures: Figures, segment: Segment) -> dict:
    """What is due in the quarter that begins where the data end; empty where that is hidden, or has no rate."""
    rows = figures.measures.data.get("renewals_ahead", [])
    mine = (
        row
        for row in rows
        if row["segment"] == segment.label and row["quarter"] == 0 and not row["hidden"]
    )
    row: dict = next(mine, {})
    return row if row.get("rate") is not None else {}


def _mrr(figures: Figures, segment: Segment, period: Period) -> float:
    series = figures.series("mrr", segment.by, segment.label, grain=period.grain)
    here = series.between(period, period).known
    return float(here.value[0]) if len(here) else float("nan")


def ahead(figures: Figures, period: Period, segment: Segment) -> Iterator[Finding]:
    """Both of a segment."""
    yield from at_risk(figures, period, segment)
    yield from renewals_due(figures, period, segment)
