"""What a run will make: notebooks × segments of an edition, refused early where that cannot be."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cs_lib.edition import Edition
from cs_lib.errors import EditionError
from cs_lib.pack.run.choices import (
    check_names,
    choose_notebooks,
    choose_period,
    choose_segments,
    first_day,
    in_known_order,
)
from cs_lib.pack.run.notebook_parameters import Notebook, check_parameters
from cs_lib.pack.run.request import RunRequest
from cs_lib.period import LONGEST_NAME, Period, Segment, with_digest

if TYPE_CHECKING:
    from cs_lib.metrics.measures import Measures


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
class RunPlan:
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
    measures: "Measures",
    request: RunRequest,
    *,
    root: Path,
    passed_as: str,
) -> RunPlan:
    """Everything one run of an edition will make. Raises EditionError before anything is executed.

    `passed_as` is what the notebooks are given to open the edition by.
    """
    check_names(edition, measures)
    chosen = choose_period(
        edition, request.period, as_of=measures.as_of, first=first_day(measures.data["inputs"])
    )
    usual = choose_notebooks(edition, root)
    asked = choose_notebooks(edition, root, request.notebooks)
    usual_slices = choose_segments(edition, measures, chosen)
    slices = choose_segments(edition, measures, chosen, request.segments)
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
    return RunPlan(
        edition,
        chosen,
        tuple(reports),
        tuple(other for other in others if other.slug not in now),
        _order((*others, *reports)),
    )


def refuse_wrong_words(edition: Edition, request: RunRequest, *, root: Path) -> None:
    """EditionError for any word of the edition or the command line that no data could make right."""
    from cs_lib.metrics.catalogue import check_metric_names

    check_metric_names(edition)
    if request.period is not None:
        edition.refuse_unmeasured(Period.parse(request.period))
    targeted = (segment for by_segment in edition.targets.values() for segment in by_segment)
    for text in (*request.segments, *edition.reports.segments, *targeted):
        in_known_order(Segment.parse(text), edition)
    asked = choose_notebooks(edition, root, request.notebooks)
    for notebook in (*choose_notebooks(edition, root), *asked):
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
