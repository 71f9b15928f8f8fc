"""Rows left out of the tables: noted one by one, written to a file, and then removed."""

import csv
import json
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import narwhals as nw

from cs_lib.data.breaches import UNREADABLE, Breach
from cs_lib.data.findings import ragged_words, shown_value
from cs_lib.data.places import places_of, ragged_places
from cs_lib.data.stage import Staged
from cs_lib.data.staging import ROW, UNPARSED, literal, unparsed_values

HEADER = ("table", "file", "line", "reason", "column", "value", "row")
_NOTED = "broken_rows"


def prepare(engine) -> None:
    """Make the engine's list of rows at fault: one entry a row, column and rule."""
    engine.run(
        f'CREATE TABLE {_NOTED} ("table" VARCHAR, {ROW} BIGINT, "column" VARCHAR, rule VARCHAR)'
    )


def note(engine, staged: Staged, broken: nw.LazyFrame, breach: Breach) -> None:
    """Add the rows that a breach finds to the list."""
    engine.append(
        _NOTED,
        broken.select(
            nw.lit(staged.table.name).alias("table"),
            nw.col(ROW),
            nw.lit(breach.column).alias("column"),
            nw.lit(breach.rule).alias("rule"),
        ),
    )


def drop_rejected(engine, staged: Staged) -> int:
    """Remove the noted rows from the staged table; how many rows of the source do not count."""
    own = f'SELECT DISTINCT {ROW} FROM {_NOTED} WHERE "table" = {literal(staged.table.name)}'
    dropped = engine.rows(f"SELECT count(*) FROM ({own})")[0][0]
    if dropped:
        engine.run(f"DELETE FROM {staged.name} WHERE rowid IN ({own})")
    return dropped + staged.ragged_rows


def write_rejects(engine, staged: list[Staged], path: Path) -> None:
    """Every row at fault with its place, reason and text, one line a reason, as it streams by."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        for each in staged:
            writer.writerows(_ragged_lines(engine, each))
            writer.writerows(_row_lines(engine, each))


def _ragged_lines(engine, staged: Staged) -> Iterator[tuple]:
    for place, kind, message in ragged_places(engine, staged):
        rule, _ = ragged_words(kind, message)
        yield staged.table.name, place.file, place.line, rule, "", "", place.text


def _row_lines(engine, staged: Staged) -> Iterator[tuple]:
    own = f'n."table" = {literal(staged.table.name)}'
    numbers = engine.stream(f"SELECT DISTINCT n.{ROW} FROM {_NOTED} n WHERE {own} ORDER BY 1")
    places = places_of(engine, staged, (row for (row,) in numbers))
    names = [*staged.columns, UNPARSED]
    values = ", ".join(f's."{name}"' for name in names)
    broken = engine.stream(
        f'SELECT n.{ROW}, n.rule, n."column", {values} FROM {_NOTED} n JOIN {staged.name} s '
        f"ON s.rowid = n.{ROW} WHERE {own} ORDER BY 1, 2, 3"
    )
    for (_, place), (_, entries) in zip(
        places, groupby(broken, key=lambda entry: entry[0]), strict=True
    ):
        for _, rule, column, *row in entries:
            row = dict(zip(names, row, strict=True))
            text = place.text if place.counts == "line" else _as_json(staged, row)
            spelled = staged.spelled.get(column, column)
            value = _value(staged, rule, column, row)
            yield staged.table.name, place.file, place.line, rule, spelled, value, text


def _value(staged: Staged, rule: str, column: str, row: dict) -> str:
    if rule == UNREADABLE:
        return unparsed_values(row[UNPARSED])[column]
    return _shown(staged, column, row[column]) or ""


def _as_json(staged: Staged, row: dict) -> str:
    unread = unparsed_values(row[UNPARSED] or "")
    values = {name: unread.get(name) or _shown(staged, name, row[name]) for name in staged.columns}
    return json.dumps(values, ensure_ascii=False)


def _shown(staged: Staged, name: str, value) -> str | None:
    column = staged.table.column(name)
    return shown_value(column.kind, value) if column else value
