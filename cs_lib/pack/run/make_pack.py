"""One pack: the reports that are not there yet made, the others taken over, all of it published whole."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from cs_lib.pack.kernels.pool import Job, Made, Pool
from cs_lib.pack.pages.assemble import assemble
from cs_lib.pack.pages.header import header_of
from cs_lib.pack.pages.navigation import DEFINITIONS, INDEX
from cs_lib.pack.pages.pdf import Press, find_browser, press_for
from cs_lib.pack.run import figure_files
from cs_lib.pack.run.manifest import Contents, InShort, ReportEntry
from cs_lib.pack.run.measured_edition import MeasuredEdition
from cs_lib.pack.run.plan import Report, RunPlan
from cs_lib.pack.run.publish import PackPaths, building, put_in_place, put_private
from cs_lib.pack.run.published_pack import PublishedPack, reports_beside
from cs_lib.pack.run.request import RunRequest
from cs_lib.pack.share.approval import approval_of
from cs_lib.period import Segment
from cs_lib.vocabulary import FAILED, OLDER, UNCHANGED

COPIES = "notebooks"
NOT_NAMED = "since the edition does not name them"
Progress = Callable[[int], Callable[[str], None]]
Entries = dict[str, ReportEntry]


@dataclass(frozen=True)
class MadePack:
    """A pack that has been put in its place."""

    paths: PackPaths
    entries: tuple[ReportEntry, ...]
    taken_out: tuple[str, ...] = ()
    unprinted: tuple[str, ...] = ()

    @property
    def failed(self) -> tuple[ReportEntry, ...]:
        return tuple(entry for entry in self.entries if entry.status == FAILED)

    @property
    def older(self) -> tuple[ReportEntry, ...]:
        return tuple(entry for entry in self.entries if entry.status == OLDER)


def make_pack(
    measured: MeasuredEdition,
    request: RunRequest,
    *,
    root: Path,
    pool: Pool,
    progress: Progress,
    say: Callable[[str], None],
) -> MadePack:
    """Make the reports of one pack that are not there yet, and put it in its place."""
    started = time.perf_counter()
    plan = measured.plan
    paths = PackPaths.of(plan.edition, plan.period, root)
    with building(paths) as folder:
        published = PublishedPack(paths)
        beside = reports_beside(plan, published, root) if request.is_partial else ()
        known = (*plan.reports, *plan.others, *beside)
        keys = {report.slug: measured.key_of(report) for report in known}
        good = published.still_good(keys)
        if not (request.force or request.pdf) and _is_whole(published, good, measured):
            _put_private(paths, measured)
            return MadePack(paths, tuple(replace(e, status=UNCHANGED) for e in good.values()))
        taken_out = _taken_out(published, plan, request)
        if taken_out:
            say(f"To be taken out of the pack, {NOT_NAMED}: {', '.join(taken_out)}.")
        (folder / COPIES).mkdir()
        fresh = [r for r in plan.reports if request.force or r.slug not in good]
        if fresh:
            measured.hand_over()
        making = _begin(
            [_job(report, measured, request, root, folder) for report in fresh], pool, progress
        )
        same = not request.force and published.manifest.get("made_of") == measured.key
        _write_figures(measured, published, folder, same=same)
        in_short = (published.in_short if same else None) or _in_short(measured)
        made = {result.slug: result for result in making}
        entries = {
            report.slug: _entry(report, made[report.slug], keys, published, folder)
            for report in fresh
        }
        for slug, entry in published.entries.items():
            if slug not in entries and slug not in taken_out:
                take = published.keep if slug in good else published.carry
                entries[slug] = take(entry, folder)
        seconds = round(time.perf_counter() - started, 2)
        contents = _contents(measured, in_short, _ordered(entries, plan), seconds)
        contents, unprinted = _assembled(contents, measured, published, request, folder)
        put_in_place(paths)
        _put_private(paths, measured)
    return MadePack(paths, contents.entries, taken_out, tuple(unprinted))


def _put_private(paths: PackPaths, measured: MeasuredEdition) -> None:
    """What is for the analyst alone: the rows left out, and the accounts at risk."""
    put_private(paths.rejects, measured.rejects)
    put_private(paths.accounts, measured.accounts)


def _is_whole(published: PublishedPack, good: Entries, measured: MeasuredEdition) -> bool:
    """Whether the published pack is, to the last file, what this run would make."""
    reports, paths = {report.slug for report in measured.plan.reports}, published.paths
    approval = approval_of(measured.edition, measured.measures, measured.plan.period)
    book = published.manifest.get("book")
    sheets = (each["html"] for each in published.manifest.get("sheets", ()))
    written = (*filter(None, [book]), *sheets, *published.manifest.get("downloads", ()))
    files = (INDEX, DEFINITIONS, *written)
    return (
        published.manifest.get("made_of") == measured.key
        and published.manifest.get("approval") == approval.as_dict()
        and good.keys() == published.entries.keys() >= reports
        and all(entry.status != OLDER for entry in good.values())
        and all((paths.pack / name).is_file() for name in files)
    )


def _taken_out(published: PublishedPack, plan: RunPlan, request: RunRequest) -> tuple[str, ...]:
    """Published reports that the new pack will not have: none where only some reports are asked for."""
    if request.is_partial:
        return ()
    planned = {report.slug for report in plan.reports}
    return tuple(slug for slug in published.entries if slug not in planned)


# ---------------------------------------------------------------- its reports


def _job(
    report: Report, measured: MeasuredEdition, request: RunRequest, root: Path, folder: Path
) -> Job:
    return Job(
        slug=report.slug,
        notebook=report.notebook.path,
        shown=report.notebook.shown,
        parameters=report.parameters,
        copy_to=folder / COPIES / f"{report.slug}.ipynb",
        root=root,
        scratch=measured.scratch,
        env=measured.environment(request),
        header=header_of(measured.edition, report, measured.lineage, measured.brand),
        html_to=folder / f"{report.slug}.html",
        limit=request.timeout,
    )


def _begin(jobs: list[Job], pool: Pool, progress: Progress) -> Iterator[Made]:
    """Begin the jobs; whoever asks for what became of them moves the progress bar."""
    tick, making = progress(len(jobs)), pool.run(jobs)

    def finished() -> Iterator[Made]:
        for made in making:
            tick(made.slug)
            yield made

    return finished()


def _entry(
    report: Report, made: Made, keys: dict[str, str], published: PublishedPack, folder: Path
) -> ReportEntry:
    """A report that this run has made, or tried to: then the last good one stands in its place."""
    today, failed = datetime.now(UTC).date().isoformat(), made.status == FAILED
    entry = ReportEntry(
        slug=report.slug,
        notebook=report.notebook.name,
        title=report.notebook.title,
        segment=report.segment.label,
        status=made.status,
        key=keys[report.slug],
        error=made.error,
        seconds=made.seconds,
        stderr_lines=made.stderr_lines,
        made_on="" if failed else today,
        failed_on=today if failed else "",
    )
    return published.stand_in(entry, folder) if failed else entry


def _ordered(entries: Entries, plan: RunPlan) -> list[ReportEntry]:
    """The reports in the plan's order, then those that it does not name."""
    ranks = {slug: rank for rank, slug in enumerate(plan.order)}
    return sorted(entries.values(), key=lambda entry: ranks.get(entry.slug, len(ranks)))


# ---------------------------------------------------------------- what stands around them


def _write_figures(
    measured: MeasuredEdition, published: PublishedPack, folder: Path, *, same: bool
) -> None:
    """The files of figures, taken over where the published pack is of the same."""
    if not (same and figure_files.take_over(published.paths.pack, folder)):
        found = measured.company.judgement.findings(Segment())
        figure_files.write_figures(measured.measures, measured.plan, folder, found=found)


def _in_short(measured: MeasuredEdition) -> InShort:
    """What the index says of the whole company: worked out while the reports are being made."""
    company = measured.company
    return InShort(tuple(figure_files.headlines(company)), figure_files.lead(company))


def _contents(
    measured: MeasuredEdition, in_short: InShort, entries: list[ReportEntry], seconds: float
) -> Contents:
    from cs_lib.metrics.audit.changed_inputs import stated

    edition, measures, period = measured.edition, measured.measures, measured.plan.period
    return Contents(
        company=edition.company,
        period=period,
        lineage=measured.lineage,
        key=measured.key,
        entries=tuple(entries),
        in_short=in_short,
        lines=figure_files.segment_lines(
            edition, measures, period, {Segment.parse(each.segment) for each in entries}
        ),
        left_out=dict(sorted(measures.left_out.items())),
        ledger=measures.data["ledger"],
        stated=stated(edition, measures.data["inputs"]),
        seconds={"measures": measured.seconds, "reports": seconds},
        brand=measured.brand,
        approval=approval_of(edition, measures, period),
    )


def _assembled(
    contents: Contents,
    measured: MeasuredEdition,
    published: PublishedPack,
    request: RunRequest,
    folder: Path,
) -> tuple[Contents, list[str]]:
    """The pack with its links, definitions, index and PDFs; and what could not be printed."""
    return assemble(
        contents,
        measured.edition,
        measured.measures,
        folder,
        paths=published.paths,
        earlier=published.entries,
        press=_press(measured) if request.pdf else None,
        prints=request.pdf,
        anew=request.force,
        jobs=request.workers,
    )


def _press(measured: MeasuredEdition) -> Press:
    return press_for(measured.edition, find_browser(), measured.lineage.last_day)
