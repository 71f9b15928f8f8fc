"""What other companies have beside our own figure, as a table: nothing is judged by it."""

from collections.abc import Callable, Sequence

import pandas as pd

from cs_lib.judgement.beside_others import Beside
from cs_lib.judgement.standing import Figure
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.period import Period
from cs_lib.report.display import ReportTable
from cs_lib.report.tables.table_html import TableColumn, build_table
from cs_lib.report.text.formatting import Formatter, metric_title
from cs_lib.report.text.verdict_words import judged_text
from cs_lib.vocabulary import COUNT

OURS, THEIRS = "Ours", "Elsewhere"
NO_TARGET = (
    "Benchmarks are no targets, and no figure is judged by them. Middle half: from the lower to the upper quartile "
    "of the companies in the source. n: how many these are."
)
SEVERAL = "Where sources differ, each is shown."


def benchmark_table(
    found: Sequence[Beside], metric: Callable[[str], Metric], period: Period, formatter: Formatter
) -> ReportTable:
    """A row a benchmark: ours of the period and over twelve months, and theirs, with whom it is about and the source."""
    columns = [
        TableColumn("metric", "Metric", left=True),
        TableColumn("now", formatter.period_short(period), under=OURS),
        TableColumn("year", "12\u00a0months", under=OURS),
        TableColumn("median", "Median", under=THEIRS),
        TableColumn("half", "Middle half", under=THEIRS),
        TableColumn("population", "Of whom", left=True, under=THEIRS),
        TableColumn("year_of", "Year", under=THEIRS),
        TableColumn("n", "n", under=THEIRS, muted=True),
        TableColumn("source", "Source", left=True, under=THEIRS, muted=True),
    ]
    rows = [_row(each, metric(each.benchmark.metric), period, formatter) for each in found]
    several = len({row["metric"] for row in rows}) < len(rows)
    return build_table(
        rows,
        columns,
        caption=f"Beside other companies, {formatter.period(period)}",
        notes=[NO_TARGET, *([SEVERAL] if several else [])],
        data=pd.DataFrame([each.benchmark.model_dump(exclude={"line"}) for each in found]),
    )


def _row(each: Beside, metric: Metric, period: Period, formatter: Formatter) -> dict:
    theirs, unit = each.benchmark, metric.unit_of(each.variant)
    title = metric_title(metric, each.variant)
    quartiles = theirs.lower_quartile, theirs.upper_quartile
    return {
        "metric": f"{title}, a {theirs.grain}" if theirs.grain else title,
        "now": _ours(each.now, unit, period, formatter),
        "year": judged_text(each.year, metric, formatter) if each.year else "",
        "median": formatter.value(theirs.median, unit),
        "half": "" if None in quartiles else formatter.interval(*quartiles, unit),
        "population": theirs.population,
        "year_of": str(theirs.year),
        "n": formatter.value(theirs.n, COUNT),
        "source": theirs.source,
    }


def _ours(figure: Figure | None, unit: str, period: Period, formatter: Formatter) -> str:
    """The figure, with its month where that is not the report's."""
    if figure is None:
        return ""
    return formatter.dated(formatter.value(figure.value, unit), figure.last, unless=period)
