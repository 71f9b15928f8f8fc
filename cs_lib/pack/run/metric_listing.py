"""What the command line says of the catalogue: every metric on a line, or one of them in full."""

from cs_lib.metrics.catalogue import CATALOGUE, metric
from cs_lib.metrics.catalogue.declaration import Metric

HEADINGS = ("metric", "variants", "unit", "better", "reads")


def listing() -> str:
    """Every metric of the catalogue: its variants, unit, better side, and the tables it reads."""
    rows = [HEADINGS, *(_row(each) for each in CATALOGUE)]
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _row(declared: Metric) -> tuple[str, ...]:
    variants = ", ".join(dict.fromkeys(rule.variant for rule in declared.rules))
    reads = ", ".join(declared.reads)
    return declared.name, variants, declared.unit, declared.direction, reads


def definition(name: str) -> str:
    """What one metric means, as the reports' appendix says it. EditionError for an unknown name."""
    from cs_lib.report.tables.definition_cards import definitions
    from cs_lib.report.text.formatting import Formatter

    return definitions([metric(name)], Formatter())._repr_mimebundle_()["text/plain"]
