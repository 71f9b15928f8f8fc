"""Unit economics: what a customer is worth against what it cost to win them."""

from cs_lib.report.figures.bars import bars_with_intervals
from cs_lib.report.figures.lines import trend
from cs_lib.report.text.measure_row import readings
from cs_lib.vocabulary import RATIO

LTV_TO_CAC = 3.0


def ltv_cac(frame, metric, formatter, *, benchmark: float = LTV_TO_CAC, **options):
    """LTV:CAC against the customary three to one: over periods, or by segment for one period.

    `frame`: rows of `ltv_to_cac`; options as for `trend` and `bars_with_intervals`.
    """
    line = f"{formatter.tick(benchmark, RATIO)} : 1"
    return _either(frame, metric, formatter, benchmark, {"target_says": line, **options})


def payback(frame, metric, formatter, *, target: float | None = None, **options):
    """Months until the cost of winning a customer is earned back: over periods, or by segment.

    `frame`: rows of `cac_payback`; options as for `trend` and `bars_with_intervals`.
    """
    return _either(frame, metric, formatter, target, options)


def _either(frame, metric, formatter, target, options):
    periods = {row.period for row in readings(frame)}
    draw = trend if len(periods) > 1 else bars_with_intervals
    return draw(frame, metric, formatter, target=target, **options)
