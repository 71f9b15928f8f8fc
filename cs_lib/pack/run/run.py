"""The run: measure once, make every report, publish the pack whole."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from cs_lib.edition import Edition, read_edition
from cs_lib.edition.edition_files import file_of, folder_of
from cs_lib.pack.kernels.pool import FAILED, LIMIT, OLDER, UNCHANGED, Job, Made, Pool
from cs_lib.pack.pages.index import DEFINITIONS, INDEX, write_shelf
from cs_lib.pack.pages.pdf import Press, find_browser, press_for
from cs_lib.pack.run import figure_files
from cs_lib.pack.run.carried import Before, reports_beside
from cs_lib.pack.run.lineage import Lineage, digest, lineage_of
from cs_lib.pack.run.manifest import MANIFEST, Contents, Entry
from cs_lib.pack.run.plan import Plan, Report, make_plan, refuse_wrong_words
from cs_lib.pack.run.previous_pack import with_restatement
from cs_lib.pack.run.publish import REPORTS, Place, building, put_in_place, put_rejects
from cs_lib.period import MONTH, Period
from cs_lib.scratch import new_folder, sweep

COPIES, REJECTS, MEASURES = "notebooks", "rejects.csv", "measures"
NOT_NAMED = "since the edition does not name them"


@dataclass(frozen=True)
class Asked:
    """What the person at the keyboard asked for."""

    period: str | None = None
    segments: tuple[str, ...] = ()
    notebooks: tuple[str, ...] = ()
    jobs: int | None = None
    data_dir: Path | None = None
    allow_rejects: bool = False
    force: bool = False
    cold: bool = False
    timeout: float = LIMIT
    pdf: bool = False
    against: str | None = None

    @property
    def is_partial(self) -> bool:
        """Whether some reports alone are asked for, and not the edition's pack."""
        return bool(self.segments or self.notebooks)

    @property
    def workers(self) -> int:
        return self.jobs or os.cpu_count() or 1


@dataclass(frozen=True)
class Measured:
    """An edition with its measures, as files and as the lineage they have."""

    plan: Plan
    measures: object
    lineage: Lineage
    scratch: Path
    seconds: float

    @cached_property
    def key(self) -> str:
        """A digest of all that the pack is made from, but for its notebooks."""
        edition = self.plan.edition.model_dump_json(exclude={"path"})
        return digest(edition, self.lineage.as_dict())


@dataclass(frozen=True)
class Published:
    """A pack that has been put in its place."""

    place: Place
    entries: tuple[Entry, ...]
    taken_out: tuple[str, ...] = ()
    unprinted: tuple[str, ...] = ()

    @property
    def failed(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.status == FAILED)

    @property
    def older(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.status == OLDER)


def run_packs(
    editions: tuple[str, ...],
    asked: Asked,
    *,
    root: Path,
    progress: Callable[[int], Callable[[str], None]],
    say: Callable[[str], None] = lambda text: None,
) -> list[Published]:
    """Make and publish the packs of these editions; everything is planned before anything is made.

    `progress` takes the number of reports to make and gives what to call as each is done; `say` is told
    what a run will take out before it does.
    Raises EditionError and DataError before any kernel has started.
    """
    if asked.pdf:
        find_browser()
    for which in editions:
        words = {"period": asked.period, "segments": asked.segments, "notebooks": asked.notebooks}
        refuse_wrong_words(read_edition(which, root=root), root=root, **words)
    sweep()
    scratch = new_folder()
    try:
        with Pool(asked.workers, root=root, cold=asked.cold) as pool:
            if any(_looks_new(which, asked, root) for which in editions):
                pool.start()
            measured = []
            for number, which in enumerate(editions):
                own = scratch / str(number)
                own.mkdir()
                measured.append(measure(which, asked, root=root, scratch=own))
            return [
                publish(each, asked, root=root, pool=pool, progress=progress, say=say)
                for each in measured
            ]
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _looks_new(which: str, asked: Asked, root: Path) -> bool:
    """Whether there is no such pack yet, so that workers will be wanted as soon as it is measured."""
    shelf = root / REPORTS / folder_of(file_of(which, root), root)
    packs = [shelf / asked.period] if asked.period else shelf.glob("*")
    return not any((pack / MANIFEST).is_file() for pack in packs)


def measure(which: str, asked: Asked, *, root: Path, scratch: Path) -> Measured:
    """Read an edition, measure it, and plan its pack. `scratch` gets what the kernels need."""
    started = time.perf_counter()
    edition = read_edition(which, root=root)
    measures = _load_measures(edition, asked, root=root, scratch=scratch)
    plan = make_plan(
        edition,
        measures,
        root=root,
        passed_as=_passed_as(edition, which, root),
        period=asked.period,
        segments=asked.segments,
        notebooks=asked.notebooks,
    )
    place = Place.of(edition, plan.period, root)
    measures = with_restatement(measures, place, asked.against)
    lineage = lineage_of(edition, measures, root=root, figures=figure_files.digest_of(measures))
    _hand_over(measures, edition, plan.period, scratch)
    seconds = round(time.perf_counter() - started, 2)
    return Measured(plan, measures, lineage, scratch, seconds)


def _load_measures(edition: Edition, asked: Asked, *, root: Path, scratch: Path):
    """The measures of an edition, computed or taken from the cache."""
    from cs_lib.metrics.audit.cache import load_measures

    return load_measures(
        edition,
        root=root,
        data_dir=asked.data_dir,
        allow_rejects=asked.allow_rejects,
        rejects_to=scratch / REJECTS if asked.allow_rejects else None,
    )


def _hand_over(measures, edition: Edition, period: Period, scratch: Path) -> None:
    """Put the measures where the kernels read them, so that no report measures data of its own.

    The reports of a pack are of one period; of other grains they read the months that targets are held
    against.
    """
    from cs_lib.metrics.audit.cache import write_measures

    rows = measures.measures
    here = rows[rows["grain"].isin((period.grain, *_grains_of_targets(edition)))]
    here = here.reset_index(drop=True)
    write_measures(scratch / MEASURES, replace(measures, measures=here), edition)


def _grains_of_targets(edition: Edition) -> set[str]:
    """Months, and the grains that targets are meant for."""
    histories = (h for by_segment in edition.targets.values() for h in by_segment.values())
    return {MONTH, *(each.grain for history in histories for each in history)}


def _passed_as(edition: Edition, which: str, root: Path) -> str:
    """What a notebook opens the edition by: its name, or its file's path where it has one only."""
    if not str(which).endswith((".yaml", ".yml")):
        return edition.name
    path = edition.path
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def _environment(asked: Asked, scratch: Path) -> dict[str, str]:
    """What the kernels are told about where the measures and the data are."""
    told = {"CS_KIT_MEASURES": str(scratch / MEASURES)}
    if asked.data_dir:
        told["CS_KIT_DATA"] = str(asked.data_dir)
    if asked.allow_rejects:
        told["CS_KIT_ALLOW_REJECTS"] = "1"
    return told


# ---------------------------------------------------------------- publishing


def publish(
    measured: Measured, asked: Asked, *, root: Path, pool: Pool, progress, say
) -> Published:
    """Make the reports of one pack that are not there yet, and put the pack in its place."""
    from cs_lib.pack.pages.assemble import bind

    started = time.perf_counter()
    plan = measured.plan
    place = Place.of(plan.edition, plan.period, root)
    with building(place) as folder:
        before = Before(place)
        beside = reports_beside(plan, before, root) if asked.is_partial else ()
        keys = {each.slug: _key(each, measured) for each in (*plan.reports, *plan.others, *beside)}
        good = before.still_good(keys)
        if not (asked.force or asked.pdf) and _is_whole(before, good, measured):
            put_rejects(place, measured.scratch / REJECTS)
            return Published(place, tuple(replace(e, status=UNCHANGED) for e in good.values()))
        taken_out = _taken_out(before, plan, asked)
        if taken_out:
            say(f"To be taken out of the pack, {NOT_NAMED}: {', '.join(taken_out)}.")
        (folder / COPIES).mkdir()
        fresh = [each for each in plan.reports if asked.force or each.slug not in good]
        jobs = [_job(report, measured, asked, root, folder) for report in fresh]
        making = _run(pool, jobs, progress)
        same = not asked.force and before.manifest.get("made_of") == measured.key
        if not (same and figure_files.take_over(place.pack, folder)):
            figure_files.write_figures(measured.measures, plan, folder)
        made = {each.slug: each for each in making}
        entries = {each.slug: _entry(each, made[each.slug], keys, before, folder) for each in fresh}
        for slug, entry in before.entries.items():
            if slug not in entries and slug not in taken_out:
                entries[slug] = (before.keep if slug in good else before.carry)(entry, folder)
        contents, unprinted = bind(
            _contents(measured, _ordered(entries, plan), round(time.perf_counter() - started, 2)),
            plan.edition,
            measured.measures,
            folder,
            before=(place.pack, before.entries),
            press=_press(measured) if asked.pdf else None,
            jobs=asked.workers,
        )
        put_in_place(place)
        put_rejects(place, measured.scratch / REJECTS)
    write_shelf(root)
    return Published(place, contents.entries, taken_out, tuple(unprinted))


def _taken_out(before: Before, plan: Plan, asked: Asked) -> tuple[str, ...]:
    """Published reports that the new pack will not have: none where only some reports are asked for."""
    if asked.is_partial:
        return ()
    mine = {each.slug for each in plan.reports}
    return tuple(slug for slug in before.entries if slug not in mine)


def _ordered(entries: dict[str, Entry], plan: Plan) -> list[Entry]:
    """The reports in the plan's order, then those that it does not name."""
    places = {slug: place for place, slug in enumerate(plan.order)}
    return sorted(entries.values(), key=lambda entry: places.get(entry.slug, len(places)))


def _press(measured: Measured) -> Press:
    return press_for(measured.plan.edition, find_browser(), measured.lineage.last_day)


def _run(pool: Pool, jobs: list[Job], progress) -> Iterator[Made]:
    """Begin the jobs; whoever asks for what became of them moves the progress bar."""
    tick, making = progress(len(jobs)), pool.run(jobs)

    def made() -> Iterator[Made]:
        for each in making:
            tick(each.slug)
            yield each

    return made()


def _contents(measured: Measured, entries: list[Entry], seconds: float) -> Contents:
    plan = measured.plan
    return Contents(
        company=plan.edition.company,
        period=plan.period,
        lineage=measured.lineage,
        key=measured.key,
        entries=tuple(entries),
        headlines=tuple(figure_files.headlines(plan.edition, measured.measures, plan.period)),
        left_out=dict(sorted(measured.measures.left_out.items())),
        ledger=measured.measures.data["ledger"],
        seconds={"measures": measured.seconds, "reports": seconds},
    )


def _key(report: Report, measured: Measured) -> str:
    """A digest of all that a report is made from: where it is the same, so is the report."""
    return digest(report.notebook.path.read_bytes(), report.parameters, measured.key)


def _is_whole(before: Before, good: dict[str, Entry], measured: Measured) -> bool:
    """Whether the published pack is, to the last file, what this run would make."""
    reports, place = {each.slug for each in measured.plan.reports}, before.place
    files = (INDEX, DEFINITIONS, *before.manifest.get("downloads", ()))
    return (
        before.manifest.get("made_of") == measured.key
        and good.keys() == before.entries.keys() >= reports
        and all(entry.status != OLDER for entry in good.values())
        and all((place.pack / name).is_file() for name in files)
        and (place.root / REPORTS / INDEX).is_file()
    )


def _job(report: Report, measured: Measured, asked: Asked, root: Path, folder: Path) -> Job:
    from cs_lib.pack.pages.header import face_of

    return Job(
        slug=report.slug,
        notebook=report.notebook.path,
        shown=report.notebook.shown,
        parameters=report.parameters,
        copy_to=folder / COPIES / f"{report.slug}.ipynb",
        root=root,
        scratch=measured.scratch,
        env=_environment(asked, measured.scratch),
        face=face_of(measured.plan.edition, report, measured.lineage),
        html_to=folder / f"{report.slug}.html",
        limit=asked.timeout,
    )


def _entry(report: Report, made: Made, keys: dict[str, str], before: Before, folder: Path) -> Entry:
    """A report that this run has made, or tried to: then the last good one stands in its place."""
    today, failed = datetime.now(UTC).date().isoformat(), made.status == FAILED
    entry = Entry(
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
    return before.stand_in(entry, folder) if failed else entry
