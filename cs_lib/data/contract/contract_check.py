"""Apply the input contract: find every violation, say where it stands, and set the rows aside."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import narwhals as nw

from cs_lib.data.contract.across_tables import across_findings
from cs_lib.data.contract.column_names import name_findings
from cs_lib.data.contract.completeness import CLIFF, days_of, extent_findings
from cs_lib.data.contract.contradictions import contradictions
from cs_lib.data.contract.cost_ends import cost_end_findings
from cs_lib.data.contract.customer_groups import group_findings
from cs_lib.data.contract.customer_ids import id_findings
from cs_lib.data.contract.cut_in_order import cut_findings
from cs_lib.data.contract.data_findings import (
    BROKEN_QUOTES,
    DataFinding,
    counted,
)
from cs_lib.data.contract.identifying import naming
from cs_lib.data.contract.known_findings import with_known
from cs_lib.data.contract.magnitude import too_large
from cs_lib.data.contract.moment_texts import moment_findings
from cs_lib.data.contract.outside_history import outside_findings
from cs_lib.data.contract.plan_words import plan_findings
from cs_lib.data.contract.planned_figures import planned_findings
from cs_lib.data.contract.rates import rate_findings
from cs_lib.data.contract.rejects import Noted, drop_rejected, write_rejects
from cs_lib.data.contract.row_findings import row_findings
from cs_lib.data.contract.shapes import shape_findings
from cs_lib.data.contract.subscription_days import day_findings
from cs_lib.data.contract.subscription_ends import ONE_DAY
from cs_lib.data.contract.swallowed_lines import SWALLOWED
from cs_lib.data.contract.table_declaration import ERROR, Against
from cs_lib.data.contract.target_units import target_findings
from cs_lib.data.contract.two_of_a_name import two_of_a_name
from cs_lib.data.contract.unread_columns import unread_findings
from cs_lib.data.contract.whose_rows import whose_findings
from cs_lib.data.sources.staged_table import Staged
from cs_lib.edition import Edition
from cs_lib.errors import DataError, did_you_mean

NO_END = (
    "as_of is missing from the edition, and no table says when the extract ends. "
    "State as_of: the day after the last one that the data speaks of."
)
#: rules by which lines are lost, of which a row may have many
IN_LINES = (SWALLOWED, BROKEN_QUOTES)
IMPLAUSIBLE_GAP, LATEST_DAYS = timedelta(days=5 * 365), 20


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
    findings = [
        each for one in staged for each in _of(one, row_findings(one, staged, against, noted))
    ]
    named = [naming(each, edition) for each in staged]
    naming_faults = [
        DataFinding(ERROR, one.table.name, "names customers", says, part=one.source.part)
        for one, each in zip(staged, named, strict=True)
        for says in each.faults
    ]
    faults = [*_faults_of_the_whole(staged, edition), *(each.says for each in naming_faults)]
    refused = [*naming_faults, *(each for each in findings if each.level == ERROR)]
    errors = [each.says for each in findings if each.level == ERROR]
    if as_of is None and not faults and (allow_rejects or not errors):
        faults.append(NO_END)
    if as_of is None or faults or (errors and not allow_rejects):
        raise DataError("\n".join([*faults, *errors, *_ways_on(faults, staged)]), refused)
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
        said += _of(one, unread_findings(one, edition))
        said += _of(one, name_findings(one, edition))
        said += _of(one, shape_findings(one, edition, against))
        said += _of(one, plan_findings(one, edition))
        said += _of(one, moment_findings(one, edition))
    for one, each in zip(staged, named, strict=True):
        said += _of(one, each.findings)
    said += [*id_findings(staged), *cut_findings(staged)]
    said += [*day_findings(staged, edition, as_of), *group_findings(staged, edition)]
    at_the_end = extent_findings(staged, edition, as_of)
    contrary = contradictions(staged, edition, as_of)
    if any(each.rule == CLIFF for each in at_the_end):
        contrary = (each for each in contrary if each.rule != ONE_DAY)
    said += [*contrary, *at_the_end]
    said += [*across_findings(staged, edition), *two_of_a_name(staged, edition)]
    said += rate_findings(staged, edition)
    said += [*target_findings(edition), *planned_findings(staged, edition, as_of)]
    said += [*outside_findings(staged, edition, as_of)]
    said += [*whose_findings(staged, edition, as_of), *cost_end_findings(staged, as_of)]
    said = with_known(said, edition.known)
    return Checked(as_of, tuple(said), _by_reason(findings), rejected, swallowed)


def _of(staged: Staged, findings: Iterable[DataFinding]) -> list[DataFinding]:
    """The findings with the number of the source that they are of."""
    return [replace(each, part=staged.source.part) for each in findings]


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
