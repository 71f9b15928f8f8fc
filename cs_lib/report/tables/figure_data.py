"""The numbers of a chart as a table that opens below it."""

from collections.abc import Mapping

import pandas as pd
from pandas.api.types import is_numeric_dtype

from cs_lib.report.tables.table_html import TableColumn, build_table
from cs_lib.report.text.formatting import Formatter, heading
from cs_lib.vocabulary import GONE, HANDED_OVER, IMMATURE, OK, SUPPRESSED, UNDEFINED

SUMMARY = "Data of this chart"
_STATUSES = {
    OK: "",
    IMMATURE: "not yet observable",
    SUPPRESSED: "hidden: too few",
    UNDEFINED: "undefined",
    GONE: "no customers today",
    HANDED_OVER: "others had some of them",
}


def figure_data(
    data: pd.DataFrame, formatter: Formatter, unit: str, units: Mapping[str, str], caption: str
) -> str:
    """HTML: a row a row, numbers in the unit of their column, else in that of the chart.

    A status is told where there is something to tell.
    """
    if data.empty:
        return ""
    told = "status" in data and not data["status"].eq(OK).all()
    shown = data if told else data.drop(columns="status", errors="ignore")
    texts, columns = {}, []
    for place, name in enumerate(shown.columns):
        numeric = is_numeric_dtype(shown[name]) and shown[name].dtype != bool
        texts[name] = (
            _written(shown[name].tolist(), units.get(name, unit), formatter)
            if numeric
            else [_word(_STATUSES.get(each, each)) for each in shown[name]]
        )
        columns.append(TableColumn(name, heading(str(name)), left=place == 0 or not numeric))
    rows = [dict(zip(texts, row, strict=True)) for row in zip(*texts.values(), strict=True)]
    table = build_table(rows, columns, caption=caption)
    return f'<details class="figure-data"><summary>{SUMMARY}</summary>\n{table.html}\n</details>'


def _word(value: object) -> str:
    """A word as it is; of whether a figure is a signal, that it lies outside its limits."""
    if isinstance(value, bool):
        return "outside" if value else ""
    return "" if value != value else str(value)


def _written(values: list[float], unit: str, formatter: Formatter) -> list[str]:
    texts = formatter.alike(values, unit, bare=True)
    return ["" if value != value else text for value, text in zip(values, texts, strict=True)]
