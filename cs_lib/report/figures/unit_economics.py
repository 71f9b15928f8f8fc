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
    frame: pd.DataFrame, metric: Metric, formatter: Formatter, **options: Any
) -> ReportFigure | LeftOut:
    """LTV:CAC against the customary three to one: over periods, or by segment for one period.

    `frame`: rows of `ltv_to_cac`; options as for `payback`.
    """
    against = {"target": LTV_TO_CAC, "target_says": f"{formatter.tick(LTV_TO_CAC, RATIO)} : 1"}
    return payback(frame, metric, formatter, **{**against, **options})


def payback(
    frame: pd.DataFrame, metric: Metric, formatter: Formatter, **options: Any
) -> ReportFigure | LeftOut:
    """Months until the cost of winning a customer is earned back: over periods, or by segment.

    `frame`: rows of `cac_payback`; options as for `trend` and `segment_dots`.
    """
    several = len({row.period for row in readings(frame)}) > 1
    return (trend if several else segment_dots)(frame, metric, formatter, **options)
