"""Apply the input contract: find every violation, say where it stands, and set the rows aside."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain, pairwise
from pathlib import Path

import narwhals as nw
import pandas as pd

from cs_lib.data.contract.across_tables import across_findings
from cs_lib.data.contract.column_names import name_findings
from cs_lib.data.contract.completeness import CLIFF, days_of, extent_findings
from cs_lib.data.contract.contradictions import contradictions
from cs_lib.data.contract.customer_ids import id_findings
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
from cs_lib.data.contract.identifying import naming
from cs_lib.data.contract.likeness import likely_the_same, odd_segments
from cs_lib.data.contract.magnitude import amounts_findings, too_large
from cs_lib.data.contract.moment_texts import moment_findings
from cs_lib.data.contract.names_above import names_above
from cs_lib.data.contract.overlaps import overlap_violations
from cs_lib.data.contract.plan_words import plan_findings
from cs_lib.data.contract.rates import rate_findings
from cs_lib.data.contract.rejects import Noted, drop_rejected, write_rejects
from cs_lib.data.contract.repeats import repeat_violations
from cs_lib.data.contract.shapes import shape_findings
from cs_lib.data.contract.source_repeats import repeats_of_another_source
from cs_lib.data.contract.subscription_ends import ONE_DAY
from cs_lib.data.contract.swallowed_lines import LINES, SWALLOWED, swallowed_violations
from cs_lib.data.contract.table_declaration import ERROR, WARNING, Against
from cs_lib.data.contract.unread_columns import unread_findings
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
from cs_lib.errors import DataError, did_you_mean

NO_END = (
    "as_of is missing from the edition, and no table says when the extract ends. "
    "State as_of: the day after the last one that the data speaks of."
)
#: rules by which lines are lost, of which a row may have many
IN_LINES = (SWALLOWED, BROKEN_QUOTES)
IMPLAUSIBLE_GAP, LATEST_DAYS = timedelta(days=5 * 365), 20
#: so many lines at a file's end may be a remark
MOST_AT_THE_END = 20


@dataclass(frozen=True)
class Checked:
    """What the check found; `rejected` is the number of rows left out, by source.

    Lines that a quotation swallowed are among them, and by themselves in `swallowed`.
    """

    as_of: date
    findings: tuple[DataFinding, ...]
    rejects: dict[tuple[str, str], int]
    rejected: dict[str, int]
    swallowed: dict[str, int]


def check(
    staged: list[Staged],
    edition: Edition,
    *,
    allow_rejects: bool,
    rejects_to: Path | None,
) -> Checked:
    """Judge every staged table. Raises DataError with all that is wrong, unless rejects are allowed;
    then the rows at fault are removed from the staged tables."""
    as_of = edition.as_of or _day_after_the_last(staged)
    against = Against(edition, as_of or date.max)
    noted = Noted()
    findings = [each for one in staged for each in _judge(one, staged, against, noted)]
    named = [naming(each, edition) for each in staged]
    faults = [
        *_faults_of_the_whole(staged, edition),
        *(says for each in named for says in each.faults),
    ]
    errors = [each.says for each in findings if each.level == ERROR]
    if as_of is None and not faults and (allow_rejects or not errors):
        faults.append(NO_END)
    if as_of is None or faults or (errors and not allow_rejects):
        raise DataError("\n".join([*faults, *errors, *_ways_on(faults, staged)]))
    if errors and rejects_to is not None:
        write_rejects(staged, noted, rejects_to)
    rejected = {each.name: drop_rejected(each, noted) for each in staged}
    swallowed = {each.name: noted.lines(each) for each in staged}
    emptied = [
        each
        for each in staged
        if rejected[each.name] == each.row_count + each.ragged_rows + swallowed[each.name]
    ]
    if emptied:
        raise DataError("\n".join(_emptied(each) for each in emptied))
    said = [_without_values(each) for each in findings]
    for one in staged:
        said += unread_findings(one, edition)
        said += name_findings(one, edition)
        said += shape_findings(one, edition, against)
        said += plan_findings(one, edition)
        said += moment_findings(one, edition)
    said += [found for each in named for found in each.findings]
    said += id_findings(staged)
    at_the_end = extent_findings(staged, edition, as_of)
    contrary = contradictions(staged, edition, as_of)
    if any(each.rule == CLIFF for each in at_the_end):
        contrary = (each for each in contrary if each.rule != ONE_DAY)
    said += [*contrary, *at_the_end]
    said += [*across_findings(staged, edition), *rate_findings(staged, edition)]
    return Checked(as_of, tuple(said), _by_reason(findings), rejected, swallowed)


def _emptied(staged: Staged) -> str:
    return f"{staged.source.shown}: every row of {staged.table.name} is at fault, so nothing is left of it."


def _ways_on(faults: list[str], staged: list[Staged]) -> list[str]:
    if faults:
        return []
    ways = ["Or go on without these rows with --allow-rejects: every report will say so."]
    if not all(each.engine.dialect.knows_lines or each.of_csv for each in staged):
        ways.append(
            "Spark knows the line of a row in CSV files alone; of the others rejects.csv holds each row's values."
        )
    return ways


def _without_values(finding: DataFinding) -> DataFinding:
    """An error that was let pass goes into reports: by reason and number, without anybody's data."""
    if finding.level != ERROR:
        return finding
    rows = counted(finding.rows, "line" if finding.rule in IN_LINES else "row")
    return replace(finding, says=f"{finding.table}: {rows} left out ({finding.rule}).")


def _by_reason(findings: list[DataFinding]) -> dict[tuple[str, str], int]:
    """Rows by table and reason. A row with two faults counts under each."""
    counts: dict[tuple[str, str], int] = {}
    for each in findings:
        if each.level == ERROR:
            key = (each.table, each.rule)
            counts[key] = counts.get(key, 0) + each.rows
    return counts


def _day_after_the_last(staged: list[Staged]) -> date | None:
    """The end of the extract as the data shows it; None where no row has a date."""
    found: set[date] = set()
    for each in staged:
        for column in filter(each.has, each.table.dated_by):
            dated = days_of(each.rows, column)
            latest = each.engine.collect(dated.sort("day", descending=True).head(LATEST_DAYS))
            found |= {day.date() for day in latest["day"]}
    if not found:
        return None
    days = sorted(found, reverse=True)[:LATEST_DAYS]
    return _last_plausible(days) + timedelta(days=1)


def _last_plausible(days: list[date]) -> date:
    """The latest day, unless years without a row lie before it: 2062 is a 2026 mistyped."""
    for later, earlier in reversed(list(pairwise(days))):
        if later - earlier > IMPLAUSIBLE_GAP:
            return earlier
    return days[0]


def _faults_of_the_whole(staged: list[Staged], edition: Edition) -> list[str]:
    """What no row can be blamed for, and leaving rows out cannot cure."""
    faults = [
        f"{each.source.shown}: {each.table.name} holds no rows. Correct the source, or leave the table "
        "out of the edition."
        for each in staged
        if not each.row_count + each.ragged_rows
    ]
    columns = sorted({column for each in staged for column in each.columns})
    faults += [
        f"segments: {name} is not a column of any table. {did_you_mean(name, columns)}"
        for name in edition.segments
        if name not in columns
    ]
    faults += filter(None, (too_large(each) for each in staged))
    surveys = [each for each in staged if each.table.name == "survey_responses"]
    if edition.definitions.ces is None:
        rows = sum(each.count(each.rows.filter(nw.col("instrument") == "ces")) for each in surveys)
        if rows:
            faults.append(
                f"definitions.ces is missing, and survey_responses holds {counted(rows, 'row')} of ces. "
                "There is no default: state scale, direction (higher or lower is better) and "
                "easy (the scores that count as easy), for example "
                "{scale: [1, 7], direction: higher, easy: [5, 7]}."
            )
    return faults


def _judge(
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
    return DataFinding(violation.level, staged.table.name, violation.rule, message, rows + lines)


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
