"""Lines that a stray quotation mark swallowed: they are fields of another row, and missing as rows."""

import re
from collections.abc import Iterator
from functools import reduce

import narwhals as nw

from cs_lib.data.contract import table_declaration as kinds
from cs_lib.data.contract.data_findings import QUOTES_TWICE
from cs_lib.data.contract.table_declaration import ERROR
from cs_lib.data.contract.violations import Violation
from cs_lib.data.sources.source_files import CSV, Layout
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import UNPARSED
from cs_lib.edition import Edition
from cs_lib.edition.spellings import EPOCH, EPOCH_MS, EXCEL, ISO

SWALLOWED, LINES = "lines swallowed by a quotation", "_lines"
_CODES = {"%Y": r"\d{4}", "%b": "[A-Za-z]+", "%B": "[A-Za-z]+", "%p": "[AaPp][Mm]", "%z": "[^ ]+"}
_ISO = r"\d{4}[-/]\d{1,2}(?:[-/]\d{1,2}[^,;|\n\t]*)?"


def swallowed_violations(
    staged: Staged, edition: Edition
) -> Iterator[tuple[Violation, nw.LazyFrame]]:
    """Line breaks where none belong, and rows inside a text.

    A text may run over several lines; an id, a date, a number or a segment may not. In a text, a
    line that has all the columns of a row, a date in its place among them, is a row.
    """
    files = staged.files
    if staged.source.connection or (files and (files.format != CSV or not files.quoted)):
        return
    frame = staged.held
    texts = [name for name in (*staged.columns, UNPARSED) if _is_text(staged, name)]
    broken = staged.engine.collect(
        frame.select(
            **{f"c{n}": _breaks(name).cast(nw.Int64).sum() for n, name in enumerate(texts)}
        )
    ).iloc[0]
    with_breaks = [name for name, rows in zip(texts, broken, strict=True) if rows == rows and rows]
    earlier = nw.lit(False)
    for name in with_breaks:
        if name == UNPARSED or name in edition.segments or _is_id(staged, name):
            yield _in_one_line(name, _breaks(name) & ~earlier), _with_lines(frame, texts)
            earlier = earlier | _breaks(name)
        else:
            patterns = _rows_of_their_own(name, staged)
            if patterns:
                inside = reduce(
                    lambda one, other: one | other, [nw.col(name).str.contains(p) for p in patterns]
                )
                yield _row_inside(name, inside.fill_null(False)), _with_lines(frame, [name])


def _in_one_line(name: str, broken: nw.Expr) -> Violation:
    def says(row: dict) -> str:
        return (
            f"the value runs over {row[LINES] + 1} lines of the file. A stray quotation mark opens in "
            f"this line, and what follows is missing as rows. {QUOTES_TWICE}"
        )

    column = "" if name == UNPARSED else name
    return Violation(SWALLOWED, column, ERROR, broken, says)


def _row_inside(name: str, inside: nw.Expr) -> Violation:
    def says(row: dict) -> str:
        return (
            f"the text runs over {row[LINES] + 1} lines of the file, and lines inside it read as rows "
            f"of their own. A stray quotation mark opens in this line, and they are missing as rows. "
            f"{QUOTES_TWICE}"
        )

    return Violation(SWALLOWED, name, ERROR, inside, says)


def _rows_of_their_own(name: str, staged: Staged) -> list[str]:
    """Patterns of a line inside a text that is a whole row, or a row up to the same column."""
    patterns = []
    for layout in dict.fromkeys(staged.layouts):
        names = [each.casefold() for each in layout.names]
        own = staged.spelled.get(name, name).casefold()
        place = names.index(own) if own in names else 0
        for moment in staged.table.moments:
            spelled = staged.spelled.get(moment, moment).casefold()
            if spelled in names:
                date = names.index(spelled)
                lines = [_line(layout, date, len(names) - 1 - date) + "(?:\r?\n|$)"]
                if date < place:
                    lines.append(_line(layout, date, place - date) + "$")
                shape = _date_shape(staged.source.date_formats(moment))
                patterns += ["\n" + each.replace("DATE", shape) for each in lines]
    return list(dict.fromkeys(patterns))


def _line(layout: Layout, before: int, after: int) -> str:
    mark = layout.delimiter if layout.delimiter in "\t " else re.escape(layout.delimiter)
    field = f"[^{mark}\n]*"
    return f"(?:{field}{mark}){{{before}}}DATE(?:{mark}{field}){{{after}}}"


def _date_shape(formats: tuple[str, ...]) -> str:
    """A pattern of the dates that are written in any of these formats."""
    shapes = [_shape(each) for each in formats or (ISO,)]
    return shapes[0] if len(shapes) == 1 else f"(?:{'|'.join(shapes)})"


_EPOCH = r"-?\d{9,14}(?:\.\d+)?"
_NUMBERED = {ISO: _ISO, EPOCH: _EPOCH, EPOCH_MS: _EPOCH, EXCEL: r"\d{5}(?:\.\d+)?"}


def _shape(date_format: str) -> str:
    if date_format in _NUMBERED:
        return _NUMBERED[date_format]
    parts = re.findall(r"%-?.|[^%]+", date_format)
    return "".join(
        _CODES.get(part.replace("-", ""), r"\d{1,6}") if part[0] == "%" else re.escape(part)
        for part in parts
    )


def _is_text(staged: Staged, name: str) -> bool:
    column = staged.table.column(name)
    return column is None or column.kind in kinds.WORDS


def _is_id(staged: Staged, name: str) -> bool:
    column = staged.table.column(name)
    return column is not None and (column.kind == kinds.ID or column.required)


def _breaks(name: str) -> nw.Expr:
    return nw.col(name).str.contains("\n", literal=True).fill_null(False)


def _with_lines(frame: nw.LazyFrame, texts: list[str]) -> nw.LazyFrame:
    """The rows with how many further lines each one takes up."""
    own = [
        nw.col(name).fill_null("").str.replace_all(r"[^\n]", "").str.len_chars() for name in texts
    ]
    return frame.with_columns(**{LINES: reduce(lambda one, other: one + other, own)})
