"""What other companies have beside our own figures, as a notebook shows it."""

from cs_lib.judgement.beside_others import benchmarks
from cs_lib.kit.selection import Selection
from cs_lib.report.display import LeftOut, ReportTable
from cs_lib.report.tables.benchmark_table import benchmark_table

TITLE = "benchmarks"


def table(selection: Selection) -> ReportTable | LeftOut:
    """Each benchmark of the edition that a figure of all customers stands beside."""
    rows = selection.edition.benchmark_rows
    if not rows:
        return LeftOut(TITLE, "this edition names no file of them")
    if selection.segment.pairs:
        return LeftOut(TITLE, "they are about whole companies: see the report for all customers")
    found = benchmarks(selection.judgement.figures, selection.period)
    if not found:
        many = selection.formatter.count(len(rows), "benchmark")
        return LeftOut(
            TITLE, f"no figure of this period has the rule, unit and grain of the edition's {many}"
        )
    for each in found:  # so that the report defines it
        selection.frame(each.benchmark.metric, variant=each.variant)
    return benchmark_table(found, selection.metric, selection.period, selection.formatter)
