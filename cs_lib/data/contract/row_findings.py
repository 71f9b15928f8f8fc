"""What is said of one table's rows: the rules that they break, with where each stands; those at fault are noted."""

from collections.abc import Iterator
from itertools import chain

import narwhals as nw
import pandas as pd

from cs_lib.data.contract.changed_amounts import changed_amounts, changed_in_another_source
from cs_lib.data.contract.data_findings import (
    BROKEN_QUOTES,
    ENCODING,
    EXAMPLES,
    WRONG_FIELDS,
    DataFinding,
    RowLocation,
    counted,
    ragged_words,
    with_others,
)
from cs_lib.data.contract.likeness import likely_the_same, odd_segments
from cs_lib.data.contract.magnitude import amounts_findings
from cs_lib.data.contract.names_above import names_above
from cs_lib.data.contract.overlaps import overlap_violations
from cs_lib.data.contract.rejects import Noted
from cs_lib.data.contract.repeats import repeat_violations
from cs_lib.data.contract.source_repeats import repeats_of_another_source
from cs_lib.data.contract.swallowed_lines import LINES, swallowed_violations
from cs_lib.data.contract.table_declaration import ERROR, WARNING, Against
from cs_lib.data.contract.violations import (
    EARLIER,
    MISSING,
    UNREADABLE,
    Violation,
    at_the_end,
    footer_of,
    row_violations,
    unread,
    words_of,
)
from cs_lib.data.sources.cut_lines import lines_at_the_end
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.text_files import proposal
from cs_lib.data.sources.typing_sql import ROW
from cs_lib.edition import Edition

#: so many lines at a file's end may be a remark
MOST_AT_THE_END = 20
#: of so many rows with two days nearly all have the later one before the other where the columns have changed places
CHANGED, CHANGED_SHARE = 5, 0.9


def row_findings(
    staged: Staged, everything: list[Staged], against: Against, noted: Noted
) -> Iterator[DataFinding]:
    """Everything there is to say about one table's rows; rows at fault are noted."""
    yield from _ragged(staged, noted)
    yield from _said_of_the_whole(staged, against.edition)
    frame = staged.rows
    violations = row_violations(staged, against)
    for violation, rows in zip(violations, _counts(staged, frame, violations), strict=True):
        if rows:
            yield _finding(staged, frame.filter(violation.breaks), violation, rows, noted)
    between = chain(
        swallowed_violations(staged, against.edition),
        repeat_violations(staged),
        repeats_of_another_source(staged, everything),
        overlap_violations(staged),
        changed_amounts(staged),
        changed_in_another_source(staged, everything),
    )
    for violation, broken in between:
        rows = _counts(staged, broken, [violation])[0]
        if rows:
            yield _finding(staged, broken.filter(violation.breaks), violation, rows, noted)
    yield from amounts_findings(staged)
    customers = [each for each in everything if each.table.name == "customers"]
    if customers and staged not in customers and staged.has("customer_id"):
        yield from _unknown_customers(staged, frame, customers)


def _said_of_the_whole(staged: Staged, edition: Edition) -> Iterator[DataFinding]:
    """Warnings that are of no row: columns spelled otherwise, exports that overlap, odd segments."""
    for says in staged.respelled:
        yield DataFinding(WARNING, staged.table.name, "column spelled otherwise", says)
    for says in staged.said:
        yield DataFinding(WARNING, staged.table.name, "said of the export", says)
    if staged.superseded:
        yield DataFinding(WARNING, staged.table.name, "several exports", staged.superseded)
    yield from odd_segments(staged, edition)


def _counts(staged: Staged, frame: nw.LazyFrame, violations: list[Violation]) -> list[int]:
    """How many rows break each rule, in one pass."""
    if not violations:
        return []
    sums = [each.breaks.cast(nw.Int64).sum().alias(f"b{n}") for n, each in enumerate(violations)]
    totals = staged.engine.collect(frame.select(*sums)).iloc[0]
    return [0 if total != total else int(total) for total in totals]


def _finding(
    staged: Staged,
    broken: nw.LazyFrame,
    violation: Violation,
    rows: int,
    noted: Noted,
) -> DataFinding:
    """The finding for a violation, its first rows by place; errors are noted row by row."""
    if violation.level == ERROR:
        noted.add(staged, broken, violation)
    lines = 0
    if LINES in broken.collect_schema().names():
        lines = int(staged.engine.collect(broken.select(nw.col(LINES).sum()))[LINES].iloc[0])
        noted.add_lines(staged, lines)
    first = _rows(staged.engine.collect(broken.sort(ROW).head(EXAMPLES)))
    clash: int | None = first[0].get(EARLIER)
    wanted = {each[ROW] for each in first} | ({clash} if clash is not None else set())
    places = dict(staged.engine.locations_of(staged, staged.numbered(*wanted)))
    more: dict[str, object] = {"earlier": None if clash is None else places.get(clash)}
    if violation.rule == UNREADABLE:
        more["unread"] = unread(staged, broken, violation.column)
    if violation.changed_with:
        both = [~nw.col(each).is_null() for each in (violation.column, violation.changed_with)]
        given = staged.count(staged.rows.filter(*both))
        more["changed"] = rows >= max(CHANGED, CHANGED_SHARE * given)
    if violation.column == "currency":
        more["words"] = tuple(words_of(staged, broken, "currency"))
    if violation.rule == MISSING:
        above = names_above(staged, broken, violation.column)
        more["above"] = at_the_end(staged, broken, violation.column) or above
    says = violation.says({**first[0], **more})
    spelled = staged.spelled_in(first[0], violation.column)
    own = [places[each[ROW]] for each in first]
    column = f", column {spelled}" if spelled else ""
    message = with_others(f"{own[0]}{column}: {says}", own, rows)
    return DataFinding(
        violation.level, staged.table.name, violation.rule, message, rows + lines, spelled
    )


def _rows(frame: pd.DataFrame) -> list[dict]:
    """The rows of a small frame as dicts, with None for what is blank."""
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


def _ragged(staged: Staged, noted: Noted) -> Iterator[DataFinding]:
    """Lines that could not be split into the columns of their file."""
    first: dict[str, tuple[str, list[RowLocation]]] = {}
    counts: dict[str, int] = {}
    lines: dict[str, int] = {}
    texts: list[str] = []
    for place, kind, message in staged.engine.ragged_locations(staged):
        if kind == ENCODING and (files := staged.files):
            message = proposal(files.paths[files.all_shown.index(place.file)])
        rule, says = ragged_words(kind, message)
        counts[rule] = counts.get(rule, 0) + 1
        lines[rule] = lines.get(rule, 0) + (place.text.count("\n") if rule == BROKEN_QUOTES else 0)
        texts += [place.text] if len(texts) <= MOST_AT_THE_END else []
        places = first.setdefault(rule, (f"{place}: {says}", []))[1]
        if len(places) < EXAMPLES:
            places.append(place)
    footer = _lines_at_the_end(staged, texts) if first else 0
    for rule, (message, places) in first.items():
        if footer and rule == WRONG_FIELDS:
            message += f" If the file's end holds a remark, set footer: {footer} for this table."
        if lines[rule]:
            message += f" {counted(counts[rule] + lines[rule], 'line')} of the file are lost by it."
            noted.add_lines(staged, lines[rule])
        says = with_others(message, places, counts[rule])
        yield DataFinding(ERROR, staged.table.name, rule, says, counts[rule] + lines[rule])


def _lines_at_the_end(staged: Staged, texts: list[str]) -> int:
    """How many lines to leave out at the end, where these, which became no row, are the end of one file."""
    files = staged.files
    if files is None or len(files.read) > 1 or len(texts) > MOST_AT_THE_END:
        return 0
    lines = lines_at_the_end(files.read[0], texts)
    return max(staged.source.footer + lines, footer_of(staged)) if lines == len(texts) else 0


def _unknown_customers(
    staged: Staged, frame: nw.LazyFrame, customers: list[Staged]
) -> Iterator[DataFinding]:
    """Rows of customers that the customers table does not have. Says where, never who."""
    known = nw.concat([each.held.select("customer_id") for each in customers])
    given = frame.filter(~nw.col("customer_id").is_null())
    unknown = given.join(known, on="customer_id", how="anti")
    found = staged.engine.collect(
        unknown.select(rows=nw.len(), who=nw.col("customer_id").n_unique(), first=nw.col(ROW).min())
    ).iloc[0]
    rows = int(found["rows"])
    if rows:
        who = int(found["who"])
        says = (
            f"{staged.table.name}: {counted(rows, 'row')} of {counted(who, 'customer')} that the "
            f"customers table does not have, the first in {staged.location(found['first'])}. They count, but without the "
            "columns of customers. Add them there, or correct the export."
            + likely_the_same(staged, unknown, known)
        )
        yield DataFinding(WARNING, staged.table.name, "unknown customer", says, rows)
