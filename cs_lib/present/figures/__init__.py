"""The charts of a report: slices of the measures in, ReportFigure out.

matplotlib and seaborn are imported in this package alone.
"""

from cs_lib.present.figures.bars import bars_with_intervals, touchpoint_scores
from cs_lib.present.figures.cohorts import retention_heatmap
from cs_lib.present.figures.control import control_chart
from cs_lib.present.figures.curves import retention_curves
from cs_lib.present.figures.economics import ltv_cac, payback
from cs_lib.present.figures.lines import trend
from cs_lib.present.figures.money import movement_waterfall, mrr_line
from cs_lib.present.figures.moved import mix_and_rate
from cs_lib.present.figures.scores import score_distribution
from cs_lib.present.figures.survey import nps_bars
from cs_lib.present.figures.survival import survival_curve

__all__ = [
    "bars_with_intervals",
    "control_chart",
    "ltv_cac",
    "mix_and_rate",
    "movement_waterfall",
    "mrr_line",
    "nps_bars",
    "payback",
    "retention_curves",
    "retention_heatmap",
    "score_distribution",
    "survival_curve",
    "touchpoint_scores",
    "trend",
]
