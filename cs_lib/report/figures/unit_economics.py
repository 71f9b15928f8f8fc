"""Unit economics: what a customer is worth against what it cost to win them."""

from typing import Any

import pandas as pd

from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.report.display import LeftOut, ReportFigure
from cs_lib.report.figures.dot_plots import segment_dots
from cs_lib.report.figures.lines import trend
from cs_lib.report.text.formatting import Formatter
from cs_lib.report.text.measure_row import readings
from cs_lib.vocabulary import LTV_TO_CAC, RATIO


def ltv_cac(
    frame: pd.DataFrame,
    metric: Metric,
    formatter: Formatter,
    *,
    target: float | None = None,
    **options: Any,
) -> ReportFigure | LeftOut:
    """LTV:CAC against its target, else the customary three to one: over periods, or by segment for one period.

    `frame`: rows of `ltv_to_cac`; options as for `payback`.
    """
    target = LTV_TO_CAC if target is None else target
    said = f"{formatter.tick(target, RATIO)} : 1"
    return payback(frame, metric, formatter, target=target, target_says=said, **options)


def payback(
    frame: pd.DataFrame, metric: Metric, formatter: Formatter, **options: Any
) -> ReportFigure | LeftOut:
    """Months until the cost of winning a customer is earned back: over periods, or by segment.

    `frame`: rows of `cac_payback`; options as for `trend` and `segment_dots`.
    """
    if len({row.period for row in readings(frame)}) > 1:
        return trend(frame, metric, formatter, **options)
    options.pop("events", None)  # of one period there is no line that events could stand on
    return segment_dots(frame, metric, formatter, **options)
