"""What a run will make: notebooks × segments of an edition, refused early where that cannot be."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from cs_lib.edition import Edition
from cs_lib.errors import EditionError, did_you_mean
from cs_lib.pack.run.notebook_parameters import Notebook, check_parameters, read_notebook
from cs_lib.period import (
    ALL,
    LONGEST_NAME,
    MONTH,
    Period,
    Segment,
    last_complete,
    segment_pairs,
    with_digest,
)

EVERY = "*"


@dataclass(frozen=True)
class Report:
    """One notebook for one segment and period."""

    notebook: Notebook
    edition: str
    period: Period
    segment: Segment

    @property
    def slug(self) -> str:
        """The name of the report's files; none of them is longer than file systems allow."""
        name = self.notebook.name
        if len(name.encode()) > LONGEST_NAME:
            name = with_digest(name, name)
        return f"{name}--{self.segment.slug}"

    @property
    def parameters(self) -> dict[str, str]:
        return {
            "edition": self.edition,
            "period": self.period.label,
            "segment": self.segment.label,
        }


@dataclass(frozen=True)
class Plan:
    """The reports of one pack: those asked for now, and the others that belong to it.

    `order` has the slugs of both as the pack shows them, whichever of them were asked for.
    """

    edition: Edition
    period: Period
    reports: tuple[Report, ...]
    others: tuple[Report, ...] = ()
    order: tuple[str, ...] = ()


def make_plan(
    edition: Edition,
    measures,
    *,
    root: Path,
    passed_as: str,
    period: str | None = None,
    segments: tuple[str, ...] = (),
    notebooks: tuple[str, ...] = (),
) -> Plan:
    """Everything one run of an edition will make. Raises EditionError before anything is executed.

    `passed_as` is what the notebooks are given to open the edition by.
    """
    check_targets(edition, measures)
    chosen = choose_period(
        edition, period, as_of=measures.as_of, first=first_day(measures.data["inputs"])
    )
    usual = choose_notebooks(edition, root)
    asked = choose_notebooks(edition, root, notebooks) if notebooks else usual
    usual_slices = choose_segments(edition, measures, chosen)
    slices = choose_segments(edition, measures, chosen, segments) if segments else usual_slices
    reports = [Report(n, passed_as, chosen, s) for n in asked for s in slices]
    if not reports:
        raise EditionError(
            f"{edition.name}: there is nothing to make. No notebook in notebooks/ reads what this "
            "edition gives; name one with --notebook."
        )
    now = {report.slug for report in reports}
    others = [Report(n, passed_as, chosen, s) for n in usual for s in usual_slices]
    _refuse_one_file_for_two((*reports, *others))
    for report in reports:
        check_parameters(report.notebook, report.parameters)
    return Plan(
        edition,
        chosen,
        tuple(reports),
        tuple(other for other in others if other.slug not in now),
        _order((*others, *reports)),
    )


def refuse_wrong_words(
    edition: Edition,
    *,
    root: Path,
    period: str | None = None,
    segments: tuple[str, ...] = (),
    notebooks: tuple[str, ...] = (),
) -> None:
    """EditionError for any word of the edition or the command line that no data could make right."""
    from cs_lib.metrics.catalogue import check_target_names

    check_target_names(edition)
    if period is not None:
        _refuse_unmeasured(Period.parse(period), edition)
    for text in (
        *segments,
        *edition.reports.segments,
        *(s for t in edition.targets.values() for s in t),
    ):
        _in_known_order(Segment.parse(text), edition)
    for notebook in (*choose_notebooks(edition, root), *choose_notebooks(edition, root, notebooks)):
        check_parameters(notebook, {"edition": "", "period": "", "segment": ""})


def _refuse_one_file_for_two(reports: tuple[Report, ...]) -> None:
    """Every report has a file of its own, on file systems too where case does not count."""
    files: dict[str, Report] = {}
    for report in reports:
        first = files.setdefault(report.slug.casefold(), report)
        if (first.notebook.path, first.segment) != (report.notebook.path, report.segment):
            raise EditionError(
                f"{first.notebook.shown} for {first.segment} and {report.notebook.shown} for "
                f"{report.segment} would be published as one file, {report.slug}.html. Rename one "
                "of the notebooks."
            )


def _order(reports: tuple[Report, ...]) -> tuple[str, ...]:
    """The slugs by notebook, then by segment, each in the order in which they come first."""
    notebooks = dict.fromkeys(report.notebook.name for report in reports)
    segments = dict.fromkeys(report.segment for report in reports)
    slugs = {(report.notebook.name, report.segment): report.slug for report in reports}
    return tuple(
        slugs[name, segment]
        for name in notebooks
        for segment in segments
        if (name, segment) in slugs
    )


# ---------------------------------------------------------------- period


def first_day(inputs: list[dict]) -> date | None:
    """The first day any input table speaks of."""
    days = [str(each["first"]) for each in inputs if each["first"] is not None]
    return date.fromisoformat(min(days)) if days else None


def choose_period(edition: Edition, text: str | None, *, as_of: date, first: date | None) -> Period:
    """The period asked for, or the last complete month; refused where the data do not cover it.

    `as_of` is the day after the last one the data speak of.
    """
    last_day = as_of - timedelta(days=1)
    if text is None:
        period = last_complete(as_of, MONTH)
        if first is not None and period.end <= first:
            raise EditionError(
                f"{edition.name}: the data hold no complete month: they begin on {first} and "
                f"end on {last_day}."
            )
        return period
    period = Period.parse(text)
    _refuse_unmeasured(period, edition)
    if not period.complete_at(as_of):
        last = last_complete(as_of, period.grain)
        raise EditionError(
            f"{period} is not complete: the data end on {last_day}. "
            f"The last complete {period.grain} is {last}."
        )
    if first is not None and period.end <= first:
        raise EditionError(f"{period} is before the data, which begin on {first}.")
    return period


def _refuse_unmeasured(period: Period, edition: Edition) -> None:
    if period.grain not in edition.grains:
        raise EditionError(
            f"{period} is a {period.grain}, and {edition.name} is measured by "
            f"{', '.join(edition.grains)}. Add {period.grain} to its grains."
        )


# ---------------------------------------------------------------- notebooks


def available_notebooks(root: Path) -> list[Notebook]:
    """Every notebook of the project, in the order they declare, then by name."""
    folder = root / "notebooks"
    found = [read_notebook(path, root=root) for path in sorted(folder.glob("*.ipynb"))]
    return sorted(found, key=lambda each: (each.kit.get("order", 100), each.name))


def choose_notebooks(edition: Edition, root: Path, names: tuple[str, ...] = ()) -> list[Notebook]:
    """The notebooks named, or those the edition lists, or all that can read its tables."""
    available = {each.name: each for each in available_notebooks(root)}
    named = [(name, "--notebook") for name in names] or [
        (name, f"{edition.name}: reports.notebooks") for name in edition.reports.notebooks or ()
    ]
    if not named:
        return [each for each in available.values() if _applies(each, edition)]
    for name, origin in named:
        if _stem(name) not in available:
            raise EditionError(
                f"{origin}: there is no notebook {name}. " + did_you_mean(_stem(name), available)
            )
    return [available[name] for name in dict.fromkeys(_stem(name) for name, _ in named)]


def _stem(name: str) -> str:
    return Path(name).name.removesuffix(".ipynb")


def _applies(notebook: Notebook, edition: Edition) -> bool:
    reads_any = notebook.kit.get("reads_any", ())
    return not reads_any or any(edition.given(table) for table in reads_any)


# ---------------------------------------------------------------- segments


def choose_segments(
    edition: Edition, measures, period: Period, texts: tuple[str, ...] = ()
) -> list[Segment]:
    """The segments named, or the edition's; `plan=*` is every plan with a figure in the period."""
    chosen = []
    for text in texts or edition.reports.segments:
        segment = _in_known_order(Segment.parse(text), edition)
        if any(value == EVERY for _, value in segment.pairs):
            chosen += _expand(segment, edition, measures, period)
        else:
            _refuse_unknown_values(segment, measures)
            chosen.append(segment)
    return list(dict.fromkeys(chosen))


def _in_known_order(segment: Segment, edition: Edition) -> Segment:
    """The segment with its columns in the order in which measures are split by them."""
    for column, _ in segment.pairs:
        if column not in edition.segments:
            raise EditionError(
                f"segment {segment}: {column} is not among the segments of {edition.name}. "
                + did_you_mean(column, edition.segments)
            )
    values = dict(segment.pairs)
    for columns in edition.segmentations:
        if sorted(columns) == sorted(column for column, _ in segment.pairs):
            return Segment(tuple((column, values[column]) for column in columns))
    raise EditionError(
        f"segment {segment}: measures are not split by {' and '.join(values)} together. Add it to "
        f"reports.segments in params/{edition.name}.yaml."
    )


def _labels(measures, by: str, period: Period | None = None) -> list[str]:
    """Segments that the measures know, as text; with a period, only those with a figure in it."""
    frame = measures.measures
    rows = frame["segment_by"] == by
    if period is not None:
        rows &= (frame["period_start"] == _stamp(period)) & (frame["grain"] == period.grain)
        rows &= frame["value"].notna()
    return sorted(frame.loc[rows, "segment"].unique())


def _stamp(period: Period):
    import pandas as pd

    return pd.Timestamp(period.start)


def _expand(segment: Segment, edition: Edition, measures, period: Period) -> list[Segment]:
    found = []
    for label in _labels(measures, segment.by, period):
        pairs = segment_pairs(segment.by, label)
        wanted = zip(segment.pairs, pairs, strict=True)
        if all(want in (EVERY, value) for (_, want), (_, value) in wanted):
            found.append(Segment(pairs))
    for each in found:
        columns = tuple(column for column, _ in each.pairs)
        if Segment.parse(each.label, edition.segments) != each:
            raise EditionError(
                f"segment {segment} includes {each}, which reads as another segment. Rename the "
                "value: give the column as a computed one, as in columns: "
                f"{{{columns[-1]}: \"replace({columns[-1]}, ',', ';')\"}}, or correct the export."
            )
    if not found:
        raise EditionError(f"segment {segment}: the data know no such customers in {period}.")
    return found


def _refuse_unknown_values(segment: Segment, measures) -> None:
    for column, value in segment.pairs:
        known = [label.partition("=")[2] for label in _labels(measures, column)]
        if value not in known:
            raise EditionError(
                f"segment {segment}: no customer has {column} {value}. "
                + did_you_mean(value, known)
            )
    if segment.label != ALL and segment.label not in _labels(measures, segment.by):
        raise EditionError(f"segment {segment}: the data know no customer who is all of these.")


# ---------------------------------------------------------------- targets


def check_targets(edition: Edition, measures) -> None:
    """Every target names a metric of the catalogue and a segment the data know."""
    from cs_lib.metrics.catalogue import check_target_names

    check_target_names(edition)
    for name, by_segment in edition.targets.items():
        for text in by_segment:
            segment = _in_known_order(Segment.parse(text), edition)
            try:
                _refuse_unknown_values(segment, measures)
            except EditionError as error:
                raise EditionError(f"params/{edition.name}.yaml: targets.{name}: {error}") from None
