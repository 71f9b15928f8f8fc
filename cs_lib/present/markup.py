"""How a table is marked up: great-tables writes it; here it is kept light, escaped and constant."""

import html
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from cs_lib.present.display import ReportTable
from cs_lib.present.spark import Drawn

#: the stylesheet of every table; the report template includes it once
TABLE_CSS = """
.report-table { overflow-x: auto; margin: 0.75rem 0 1.25rem; }
.report-table table { border-collapse: collapse; font-size: 0.875rem; line-height: 1.35;
  font-variant-numeric: tabular-nums; min-width: 50%; }
.report-table caption { caption-side: top; text-align: left; font-weight: 600; padding: 0 0 6px; }
.report-table th, .report-table td { padding: 0.28rem 0.6rem; vertical-align: baseline;
  text-align: left; border: 0; }
.report-table thead th { font-weight: 600; color: #444; border-bottom: 1.5px solid #444;
  vertical-align: bottom; white-space: normal; }
.report-table thead th[scope="colgroup"] { border-bottom: 1px solid #bbb; text-align: center; }
.report-table tbody th { font-weight: 400; min-width: 6.5rem; }
.report-table tbody th, .report-table tbody td { border-bottom: 1px solid #e6e6e6; }
.report-table tbody th[scope="colgroup"] { font-weight: 600; padding-top: 0.7rem;
  border-bottom: 1px solid #bbb; }
.report-table th.right { text-align: right; }
.report-table td.right { text-align: right; white-space: nowrap; }
.report-table .muted { color: #666; font-size: 0.92em; }
.report-table .good, .report-table .bad { white-space: nowrap; }
.report-table .good { color: #00664a; } .report-table .bad { color: #a33d00; }
.report-table .unsure { color: #555; }
.report-table .loud { color: #a33d00; font-weight: 600; white-space: nowrap; }
.report-table img.spark { display: block; max-width: none; margin: 0 0 -0.35rem; }
.report-table tfoot td { color: #666; font-size: 0.8rem; padding-top: 0.4rem; border: 0;
  white-space: normal; }
.lead-findings { list-style: none; margin: 1.2rem 0 1.8rem; padding: 0; max-width: 46rem; }
.lead-findings li { padding: 0.7rem 0 0.7rem 1.1rem; border-left: 4px solid #0072b2;
  font-size: 1.1875rem; line-height: 1.5; font-weight: 500; text-wrap: pretty; break-inside: avoid;
  font-family: "Iowan Old Style", Charter, "Bitstream Charter", "Palatino Linotype", Palatino, Georgia, serif; }
.lead-findings li + li { margin-top: 0.55rem; }
@media print { .report-table { overflow: visible; break-inside: avoid; }
  .report-table thead { display: table-header-group; } .report-table tr { break-inside: avoid; }
  .report-table th, .report-table td { padding: 0.2rem 0.45rem; } }
""".strip()

_MARKS = {"✓": "good", "✗": "bad", "≈": "unsure", "▲": "loud", "▼": "loud"}
_TAG = re.compile(r"<(?:table|thead|tbody|tfoot|tr|th|td|span|div)\b[^>]*>")
_DROPPED = re.compile(r'\s(?:id|headers|style|data-quarto-[a-z-]+|aria-[a-z]+)="[^"]*"')
_SINGLE_SPAN = re.compile(r'\s(?:row|col)span="1"')


@dataclass(frozen=True)
class Column:
    """One column: the key of its text in each row, its heading, and how it looks.

    `mark` colours a cell by the sign it starts with (✓ ✗ ≈ ▲ ▼); `under` is a heading over several.
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
    columns: Sequence[Column],
    *,
    caption: str,
    notes: Sequence[str] = (),
    group: str | None = None,
    data: pd.DataFrame | None = None,
) -> ReportTable:
    """A table of texts: the first column heads the rows; `group` names a key that heads sections.

    Columns that are empty in every row are dropped. A row whose `strong` is true is a total.
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
        html=_html(cells, kept, groups, caption, notes),
        text=_plain(cells, kept, groups, caption, notes),
        data=frame if data is None else data,
    )


def _text(value) -> str:
    """A cell's text on one line; nothing for what is missing."""
    if isinstance(value, Drawn):
        return value
    if value is None or (isinstance(value, float) and value != value):
        return ""
    return re.sub(r"[\x00-\x1f\x7f]+", " ", str(value))


# --- HTML --------------------------------------------------------------------------------------


def _html(cells, columns, groups, caption, notes) -> str:
    import great_tables as gt

    names = [f"c{i}" for i in range(len(columns))]
    frame = pd.DataFrame(
        [[_markup(row[c.key], c, row["strong"]) for c in columns] for row in cells],
        columns=names,
        dtype=object,
    )
    if groups:
        frame["group"] = groups
    titles = {name: gt.html(html.escape(c.title)) for name, c in zip(names, columns, strict=True)}
    table = gt.GT(frame, rowname_col="c0", groupname_col="group" if groups else None, id="t")
    table = table.cols_label(titles).tab_stubhead(titles["c0"])
    if len(frame):
        table = table.fmt(fns=lambda cell: cell, columns=names)
    for side in ("left", "right"):
        aligned = [n for n, c in zip(names, columns, strict=True) if c.left == (side == "left")]
        table = table.cols_align(side, aligned) if aligned else table
    for over in dict.fromkeys(c.under for c in columns if c.under):
        under = [n for n, c in zip(names, columns, strict=True) if c.under == over]
        table = table.tab_spanner(gt.html(html.escape(over)), under)
    for note in notes:
        table = table.tab_source_note(gt.html(html.escape(note)))
    return _lighten(table.as_raw_html(), caption)


def _markup(text: str, column: Column, strong: bool) -> str:
    """A cell's text, escaped, in the markup of its column."""
    if isinstance(text, Drawn):
        return text.html
    shown = html.escape(text)
    if column.mark and text[:1] in _MARKS:
        shown = f'<span class="{_MARKS[text[0]]}">{shown}</span>'
    elif column.muted and text:
        shown = f'<span class="muted">{shown}</span>'
    return f"<strong>{shown}</strong>" if strong and text else shown


def _lighten(markup: str, caption: str) -> str:
    """The table alone: great-tables' own stylesheet, ids and spans dropped, classes shortened."""
    start, end = markup.index("<table"), markup.index("</table>")
    table = _TAG.sub(_short_tag, markup[start:end])
    table = re.sub(r"\s*\n\s*", "\n", table).replace("<table>", "<table>\n" + _caption(caption), 1)
    return f'<div class="report-table">\n{table}</table>\n</div>'


def _caption(caption: str) -> str:
    return f"<caption>{html.escape(caption)}</caption>" if caption else ""


def _short_tag(found: re.Match) -> str:
    tag = _SINGLE_SPAN.sub("", _DROPPED.sub("", found[0]))
    right = re.search(r'class="[^"]*\bgt_right\b', tag)
    return re.sub(r'\sclass="gt_[^"]*"', ' class="right"' if right else "", tag)


# --- plain text --------------------------------------------------------------------------------


def _plain(cells, columns, groups, caption, notes) -> str:
    """The same table in aligned columns, for a terminal and for regression checks."""
    titles = [c.title for c in columns]
    lines = [[row[c.key] for c in columns] for row in cells]
    widths = [max(map(_width, column)) for column in zip(titles, *lines, strict=True)]
    drawn = [_line(line, columns, widths) for line in lines]
    for position in range(len(groups) - 1, -1, -1):
        if position == 0 or groups[position - 1] != groups[position]:
            drawn.insert(position, f"[{groups[position]}]")
    rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
    head = [caption, ""] if caption else []
    head += _overheads(columns, widths)
    return "\n".join([*head, _line(titles, columns, widths), rule, *drawn, *notes])


def _overheads(columns, widths) -> list[str]:
    """The headings that stand over several columns, each where its first column starts."""
    line, start, last = "", 0, ""
    for column, width in zip(columns, widths, strict=True):
        if column.under and column.under != last:
            line = line.ljust(start) + column.under + "  "
        last, start = column.under, start + width + 2
    return [line.rstrip()] if line else []


def _line(texts, columns, widths) -> str:
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
