"""What of the published pack goes on in the next one: what is unchanged, and the last good reports."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from cs_lib.errors import KitError
from cs_lib.pack.run.choices import available_notebooks
from cs_lib.pack.run.manifest import InShort, ReportEntry, entries_of, in_short_of, read_manifest
from cs_lib.pack.run.plan import Report, RunPlan
from cs_lib.pack.run.publish import PackPaths
from cs_lib.period import Segment
from cs_lib.vocabulary import FAILED, OLDER, UNCHANGED


@dataclass(frozen=True)
class PublishedPack:
    """The pack that is published now, whose place the next one takes."""

    paths: PackPaths

    @cached_property
    def manifest(self) -> dict:
        return read_manifest(self.paths.pack) or {}

    @cached_property
    def entries(self) -> dict[str, ReportEntry]:
        return entries_of(self.manifest)

    @cached_property
    def in_short(self) -> InShort | None:
        return in_short_of(self.manifest)

    def still_good(self, keys: dict[str, str]) -> dict[str, ReportEntry]:
        """Its reports that were made from the very same inputs, code and notebook."""
        return {
            slug: entry
            for slug, entry in self.entries.items()
            if entry.status != FAILED
            and entry.key == keys.get(slug)
            and self._has(entry.html)
            and self._has(entry.executed)
        }

    def keep(self, entry: ReportEntry, folder: Path) -> ReportEntry:
        """Take a report over as it stands."""
        marked = entry.status == OLDER  # in its PDF as well
        pdf = entry.pdf if entry.pdf and not marked and self._has(entry.pdf) else ""
        self._copy((entry.html, entry.executed, pdf), folder)
        return replace(entry, status=UNCHANGED, pdf=pdf)

    def carry(self, entry: ReportEntry, folder: Path) -> ReportEntry:
        """A report that this run neither makes nor takes out, marked as of older figures or failed."""
        self._copy((entry.html, entry.executed, entry.last_good), folder)
        status = FAILED if entry.status == FAILED else OLDER
        return replace(entry, status=status, pdf="", made_on=self._page_day(entry))

    def stand_in(self, failed: ReportEntry, folder: Path) -> ReportEntry:
        """A report that failed now, with the last good one in its place, if there is one."""
        (folder / failed.html).unlink(missing_ok=True)
        last = self.entries.get(failed.slug)
        day = self._page_day(last) if last else ""
        if last and day:
            self._copy((last.html,), folder)
            copy = last.last_good if last.status == FAILED else last.executed
            self._copy((copy,), folder, to=failed.last_good)
        return replace(failed, made_on=day)

    def _page_day(self, entry: ReportEntry) -> str:
        """The day on which the page that stands for a report was made; empty where there is none."""
        return entry.made_on if self._has(entry.html) else ""

    def _has(self, name: str) -> bool:
        """Whether the pack holds this file; one that is cut to nothing is as good as lost."""
        path = self.paths.pack / name
        return path.is_file() and path.stat().st_size > 0

    def _copy(self, names: Iterable[str], folder: Path, to: str = "") -> None:
        for name in names:
            if name and self._has(name):
                target = folder / (to or name)
                target.parent.mkdir(exist_ok=True)
                shutil.copy2(self.paths.pack / name, target)


def reports_beside(plan: RunPlan, published: PublishedPack, root: Path) -> tuple[Report, ...]:
    """Reports of the published pack that neither the edition nor this run names: made by hand once."""
    known = set(plan.order)
    beside = [entry for slug, entry in published.entries.items() if slug not in known]
    if not beside:
        return ()
    notebooks = {each.name: each for each in available_notebooks(root)}
    found = []
    for entry in beside:
        try:
            segment = Segment.parse(entry.segment)
        except KitError:
            continue
        if entry.notebook in notebooks:
            passed_as = plan.reports[0].edition
            found.append(Report(notebooks[entry.notebook], passed_as, plan.period, segment))
    return tuple(found)
