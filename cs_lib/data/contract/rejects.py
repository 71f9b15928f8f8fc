"""Rows left out of the tables: noted one by one, written to a file, and then removed."""

import csv
import json
from collections.abc import Iterator
from itertools import chain, groupby
from pathlib import Path
from typing import Any

import narwhals as nw

from cs_lib.data.contract.data_findings import ragged_words, shown_value
from cs_lib.data.contract.violations import UNREADABLE, Violation
from cs_lib.data.engines.distinct_rows import distinct
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import FILE, MONTH_COLUMN, ROW, UNPARSED, unparsed_values
from cs_lib.scratch import for_the_owner

#: what a spreadsheet takes for the start of a formula
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
HEADER = ("table", "file", "line", "reason", "column", "value", "row")


class Noted:
    """The rows at fault, held in the engine: by source, one entry a row, column and rule."""

    def __init__(self) -> None:
        self._frames: dict[str, list[nw.LazyFrame]] = {}
        self._lines: dict[str, int] = {}

    def add(self, staged: Staged, broken: nw.LazyFrame, violation: Violation) -> None:
        """Add the rows that break a rule."""
        entries = broken.select(
            nw.col(ROW), rule=nw.lit(violation.rule), at_fault=nw.lit(violation.column)
        )
        kept = staged.engine.keep(entries, "rows at fault")
        self._frames.setdefault(staged.name, []).append(kept)

    def add_lines(self, staged: Staged, lines: int) -> None:
        """Add lines that rows at fault have swallowed."""
        self._lines[staged.name] = self.lines(staged) + lines

    def lines(self, staged: Staged) -> int:
        return self._lines.get(staged.name, 0)

    def of(self, staged: Staged) -> nw.LazyFrame | None:
        frames = self._frames.get(staged.name)
        return nw.concat(frames) if frames else None


def drop_rejected(staged: Staged, noted: Noted) -> int:
    """Remove the noted rows from the staged table; how many rows of the source do not count."""
    own = noted.of(staged)
    if own is None:
        return staged.ragged_rows + noted.lines(staged)
    rows = staged.engine.keep(distinct(own, ROW), "rows left out")
    staged.engine.drop(staged.name, rows)
    return staged.count(rows) + staged.ragged_rows + noted.lines(staged)


def write_rejects(staged: list[Staged], noted: Noted, path: Path) -> None:
    """Every row at fault with its place, reason and text, one line a reason, as it streams by."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="", opener=for_the_owner) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        for each in staged:
            for line in chain(_ragged_lines(each), _row_lines(each, noted)):
                writer.writerow(map(no_formula, line))


def no_formula(cell: object) -> object:
    """The cell so that a spreadsheet shows it: text that would be taken for a formula gets an apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def _ragged_lines(staged: Staged) -> Iterator[tuple]:
    for place, kind, message in staged.engine.ragged_locations(staged):
        rule, _ = ragged_words(kind, message)
        yield staged.table.name, place.file, place.line, rule, "", "", place.text


def _row_lines(staged: Staged, noted: Noted) -> Iterator[tuple]:
    own = noted.of(staged)
    if own is None:
        return
    entries = own.join(staged.held, on=ROW, how="inner")
    header = [MONTH_COLUMN] if staged.spread else []
    names = [ROW, "rule", "at_fault", FILE, *staged.columns, UNPARSED, *header]
    broken = staged.engine.stream(entries.select(*names).sort(ROW, "rule", "at_fault"))
    places = staged.engine.locations_of(staged, distinct(entries, ROW, FILE))
    by_row = groupby(broken, key=lambda entry: entry[0])
    for (_, place), (_, entries_of_row) in zip(places, by_row, strict=True):
        for _, rule, column, *values in entries_of_row:
            row = dict(zip(names[3:], values, strict=True))
            text = place.text if place.counts == "line" else _as_json(staged, row)
            spelled = staged.spelled_in(row, column)
            value = _value(staged, rule, column, row) if column else ""
            yield staged.table.name, place.file, place.line, rule, spelled, value, text


def _value(staged: Staged, rule: str, column: str, row: dict) -> str:
    if rule == UNREADABLE:
        return unparsed_values(row[UNPARSED])[column]
    return _shown(staged, column, row[column]) or ""


def _as_json(staged: Staged, row: dict) -> str:
    unread = unparsed_values(row[UNPARSED] or "")
    values = {name: unread.get(name) or _shown(staged, name, row[name]) for name in staged.columns}
    return json.dumps(values, ensure_ascii=False)


def _shown(staged: Staged, name: str, value: Any) -> str | None:
    column = staged.table.column(name)
    return shown_value(column.kind, value) if column else value
