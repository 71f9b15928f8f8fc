"""How a table is marked up: light, escaped and the same every time."""

import html
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, groupby, zip_longest

import pandas as pd

from cs_lib.report.display import ReportTable
from cs_lib.report.tables.sparkline import Drawn

#: letters from which on a cell at the right holds words, which wrap, and no figure
MOST_OF_A_FIGURE = 30
_MARKS = {"✓": "good", "✗": "bad", "~": "unsure", "▲": "loud", "▼": "loud"}


@dataclass(frozen=True)
class TableColumn:
    """One column: the key of its text in each row, its heading, and how it looks.

    `mark` colours a cell by the sign it starts with (✓ ✗ ~ ▲ ▼); `under` is a heading over several.
    Figures stand at the right; text that needs room to wrap stands at the `left`.
    """

    key: str
    title: str
    left: bool = False
    muted: bool = False
    mark: bool = False
    under: str = ""


def build_table(
    rows: Sequence[dict],
    columns: Sequence[TableColumn],
    *,
    caption: str,
    notes: Sequence[str] = (),
    group: str | None = None,
    data: pd.DataFrame | None = None,
    kind: str = "",
) -> ReportTable:
    """A table of texts: the first column heads the rows; `group` names a key that heads sections.

    Columns that are empty in every row are dropped. A row whose `strong` is true is a total.
    With a `kind` the cells say which column they are of, for a page that is too narrow for columns.
    """
    if group:
        order = list(dict.fromkeys(_text(row.get(group)) for row in rows))
        rows = sorted(rows, key=lambda row: order.index(_text(row.get(group))))
    cells = [
        {**{c.key: _text(row.get(c.key)) for c in columns}, "strong": bool(row.get("strong"))}
        for row in rows
    ]
    kept = [c for i, c in enumerate(columns) if i == 0 or any(row[c.key] for row in cells)]
    groups = [_text(row.get(group)) for row in rows] if group else []
    frame = pd.DataFrame(
        [[row[c.key] for c in kept] for row in cells], columns=[c.title for c in kept]
    )
    return ReportTable(
        html=_html(cells, kept, groups, caption, notes, kind),
        text=_plain(cells, kept, groups, caption, notes),
        data=frame if data is None else data,
    )


def _text(value: object) -> str:
    """A cell's text on one line; nothing for what is missing."""
    if isinstance(value, Drawn):
        return value
    if value is None or (isinstance(value, float) and value != value):
        return ""
    return re.sub(r"[\x00-\x1f\x7f]+", " ", str(value))


# --- HTML --------------------------------------------------------------------------------------


def _html(
    cells: Sequence[dict],
    columns: Sequence[TableColumn],
    groups: Sequence[str],
    caption: str,
    notes: Sequence[str],
    kind: str,
) -> str:
    lines = [f'<div class="{f"report-table {kind}".strip()}">', "<table>"]
    lines += [f"<caption>{html.escape(caption)}</caption>"] if caption else []
    lines += ["<thead>", *_head(columns), "</thead>", "<tbody>"]
    over = None
    for row, group in zip_longest(cells, groups):
        if group != over:
            over = group
            if group:
                lines += _tr(
                    f'<th colspan="{len(columns)}" scope="colgroup">{html.escape(group)}</th>'
                )
        first, *rest = (_markup(row[c.key], c, row["strong"]) for c in columns)
        cells_of = zip(columns[1:], rest, strict=True)
        figures = (f"<td{_cell(c, row[c.key], kind)}>{text}</td>" for c, text in cells_of)
        lines += _tr(f'<th{_side(columns[0])} scope="row">{first}</th>', *figures)
    return "\n".join([*lines, "</tbody>", *_foot(columns, notes), "</table>", "</div>"])


def _head(columns: Sequence[TableColumn]) -> list[str]:
    """One row of headings, or two where some stand over several columns."""
    runs = [(over, list(run)) for over, run in groupby(columns, key=lambda each: each.under)]
    if not any(over for over, _ in runs):
        return _tr(*map(_heading, columns))
    top = []
    for over, run in runs:
        if over:
            top.append(f'<th colspan="{len(run)}" scope="colgroup">{html.escape(over)}</th>')
        else:
            top += [_heading(each, ' rowspan="2"') for each in run]
    return [*_tr(*top), *_tr(*(_heading(each) for each in columns if each.under))]


def _heading(column: TableColumn, span: str = "") -> str:
    return f'<th{_side(column)}{span} scope="col">{html.escape(column.title)}</th>'


def _foot(columns: Sequence[TableColumn], notes: Sequence[str]) -> list[str]:
    rows = (_tr(f'<td colspan="{len(columns)}">{html.escape(note)}</td>') for note in notes)
    return ["<tfoot>", *chain.from_iterable(rows), "</tfoot>"] if notes else []


def _tr(*cells: str) -> list[str]:
    return ["<tr>", *cells, "</tr>"]


def _side(column: TableColumn) -> str:
    return "" if column.left else ' class="right"'


def _cell(column: TableColumn, text: str, kind: str) -> str:
    """The side of a cell, whether it holds words where a figure would stand, and in a table with a kind its column's
    key and heading."""
    names = [] if column.left else ["right"]
    if not column.left and not isinstance(text, Drawn) and len(text) > MOST_OF_A_FIGURE:
        names.append("words")
    if kind:
        names.append(f"of-{column.key}")
    classes = f' class="{html.escape(" ".join(names))}"' if names else ""
    return f'{classes} data-heading="{html.escape(column.title)}"' if kind else classes


def _markup(text: str, column: TableColumn, strong: bool) -> str:
    """A cell's text, escaped, in the markup of its column."""
    if isinstance(text, Drawn):
        return text.html
    shown = html.escape(text)
    if column.mark and text[:1] in _MARKS:
        shown = f'<span class="{_MARKS[text[0]]}">{shown}</span>'
    elif column.muted and text:
        shown = f'<span class="muted">{shown}</span>'
    return f"<strong>{shown}</strong>" if strong and text else shown


# --- plain text --------------------------------------------------------------------------------


def _plain(
    cells: Sequence[dict],
    columns: Sequence[TableColumn],
    groups: Sequence[str],
    caption: str,
    notes: Sequence[str],
) -> str:
    """The same table in aligned columns, for a terminal and for regression checks."""
    titles = [c.title for c in columns]
    lines = [[row[c.key] for c in columns] for row in cells]
    widths = [max(map(_width, column)) for column in zip(titles, *lines, strict=True)]
    drawn = [_line(line, columns, widths) for line in lines]
    for position in range(len(groups) - 1, -1, -1):
        begins = position == 0 or groups[position - 1] != groups[position]
        if begins and groups[position]:
            drawn.insert(position, f"[{groups[position]}]")
    rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
    head = [caption, ""] if caption else []
    head += _overheads(columns, widths)
    return "\n".join([*head, _line(titles, columns, widths), rule, *drawn, *notes])


def _overheads(columns: Sequence[TableColumn], widths: list[int]) -> list[str]:
    """The headings that stand over several columns, each where its first column starts."""
    line, start, last = "", 0, ""
    for column, width in zip(columns, widths, strict=True):
        if column.under and column.under != last:
            line = line.ljust(start) + column.under + "  "
        last, start = column.under, start + width + 2
    return [line.rstrip()] if line else []


def _line(texts: Sequence[str], columns: Sequence[TableColumn], widths: list[int]) -> str:
    padded = [
        text + " " * (width - _width(text)) if column.left else " " * (width - _width(text)) + text
        for text, column, width in zip(texts, columns, widths, strict=True)
    ]
    return "  ".join(padded).rstrip()


def _width(text: str) -> int:
    """How many places a text takes: wide letters two, combining marks none."""
    return sum(
        0
        if unicodedata.combining(letter)
        else 2
        if unicodedata.east_asian_width(letter) in "WF"
        else 1
        for letter in text
    )
