"""Metrics in one line each, for the page that ends a board book."""

import html
from collections.abc import Iterable

from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.report.text.definition_text import formula
from cs_lib.report.text.word_forms import capital

#: where the card of a metric stands on the page of definitions
ANCHOR = "definition-{}"


def definition_list(metrics: Iterable[Metric], *, page: str) -> str:
    """A line a metric: its name, which leads to its card on that page, and its canonical rule. Nothing of none."""
    lines = "\n".join(
        f'<div><dt><a href="{page}#{ANCHOR.format(each.name)}">{html.escape(each.title)}</a></dt>'
        f"<dd>{html.escape(in_a_line(each))}</dd></div>"
        for each in metrics
    )
    return f'<dl class="terms">\n{lines}\n</dl>' if lines else ""


def in_a_line(metric: Metric) -> str:
    """ "Customers lost ÷ customers at the start.": what is divided by what, under the canonical rule. Nothing of none."""
    return f"{capital(formula(metric.rules[0]))}."
