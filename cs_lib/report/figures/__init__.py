"""The charts of a report: slices of the measures in, ReportFigure out.

matplotlib and seaborn are imported in this package alone.
"""

from cs_lib.report.figures.amounts_over_time import mrr_line
from cs_lib.report.figures.base_charts import largest_shares, tenths_chart
from cs_lib.report.figures.calibration_chart import calibration_chart
from cs_lib.report.figures.control_chart import control_chart
from cs_lib.report.figures.decomposition_chart import mix_and_rate
from cs_lib.report.figures.dot_plots import segment_dots
from cs_lib.report.figures.forecast_chart import forecast_chart
from cs_lib.report.figures.heatmaps import retention_heatmap
from cs_lib.report.figures.lines import trend
from cs_lib.report.figures.score_distribution import score_distribution
from cs_lib.report.figures.survival_curves import survival_curve
from cs_lib.report.figures.waterfall import movement_waterfall, moves_waterfall

__all__ = [
    "calibration_chart",
    "control_chart",
    "forecast_chart",
    "largest_shares",
    "mix_and_rate",
    "movement_waterfall",
    "moves_waterfall",
    "mrr_line",
    "retention_heatmap",
    "score_distribution",
    "segment_dots",
    "survival_curve",
    "tenths_chart",
    "trend",
]
