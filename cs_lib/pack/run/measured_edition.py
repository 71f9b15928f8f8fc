"""An edition measured and planned, with what its kernels read laid out for them."""

import time
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from cs_lib.edition import Edition, read_edition
from cs_lib.pack.pages.page_brand import PageBrand, page_brand
from cs_lib.pack.run import figure_files
from cs_lib.pack.run.accounts_file import write_accounts
from cs_lib.pack.run.lineage import Lineage, digest, lineage_of
from cs_lib.pack.run.plan import Report, RunPlan, make_plan
from cs_lib.pack.run.previous_pack import with_restatement
from cs_lib.pack.run.publish import PackPaths
from cs_lib.pack.run.request import RunRequest
from cs_lib.period import ALL, MONTH, QUARTER, Period, Segment

if TYPE_CHECKING:
    from cs_lib.kit.selection import Selection
    from cs_lib.metrics.measures import Measures

REJECTS, ACCOUNTS, MEASURES = "rejects.csv", "accounts.csv", "measures"


@dataclass(frozen=True)
class MeasuredEdition:
    """An edition with its measures, as files and as the lineage they have."""

    plan: RunPlan
    measures: "Measures"
    lineage: Lineage
    scratch: Path
    seconds: float
    brand: PageBrand

    @property
    def edition(self) -> Edition:
        return self.plan.edition

    @property
    def rejects(self) -> Path:
        """The rows that were left out of the figures, if any were."""
        return self.scratch / REJECTS

    @property
    def accounts(self) -> Path:
        """The accounts at risk, if any are told."""
        return self.scratch / ACCOUNTS

    @cached_property
    def key(self) -> str:
        """A digest of all that the pack is made from, but for its notebooks."""
        return digest(
            self.edition.as_shown(),
            self.lineage.as_dict(),
            asdict(self.brand),
        )

    def key_of(self, report: Report) -> str:
        """A digest of all that a report is made from: where it is the same, so is the report."""
        return digest(report.notebook.path.read_bytes(), report.parameters, self.key)

    @cached_property
    def company(self) -> "Selection":
        """The figures of the whole company in the pack's period."""
        from cs_lib.kit.selection import Selection

        return Selection(self.edition, self.measures, self.plan.period, Segment())

    def hand_over(self) -> None:
        """Put the measures where the kernels read them: before the first report, and only where one is made."""
        plan = self.plan
        _hand_over(self.measures, plan.edition, plan.period, self.scratch, columns=_columns(plan))

    def environment(self, request: RunRequest) -> dict[str, str]:
        """What tells the kernels where the measures and the data are."""
        variables = {"CS_KIT_MEASURES": str(self.scratch / MEASURES)}
        if request.data_dir:
            variables["CS_KIT_DATA"] = str(request.data_dir)
        if request.allow_rejects:
            variables["CS_KIT_ALLOW_REJECTS"] = "1"
        return variables


def measure(which: str, request: RunRequest, *, root: Path, scratch: Path) -> MeasuredEdition:
    """Read an edition, measure it, and plan its pack. `scratch` is where its kernels will find what they need."""
    started = time.perf_counter()
    edition = read_edition(which, root=root)
    brand = page_brand(edition, root)
    measures = _load_measures(edition, request, root=root, scratch=scratch)
    passed_as = _passed_as(edition, which, root)
    plan = make_plan(edition, measures, request, root=root, passed_as=passed_as)
    paths = PackPaths.of(edition, plan.period, root)
    measures = with_restatement(measures, paths, request.against, edition=edition)
    lineage = lineage_of(edition, measures, root=root, figures=figure_files.digest_of(measures))
    write_accounts(measures, edition, plan.period, scratch / ACCOUNTS)
    seconds = round(time.perf_counter() - started, 2)
    return MeasuredEdition(plan, measures, lineage, scratch, seconds, brand)


def _load_measures(
    edition: Edition, request: RunRequest, *, root: Path, scratch: Path
) -> "Measures":
    """The measures of an edition, computed or taken from the cache."""
    from cs_lib.metrics.audit.cache import load_measures

    return load_measures(
        edition,
        root=root,
        data_dir=request.data_dir,
        allow_rejects=request.allow_rejects,
        rejects_to=scratch / REJECTS if request.allow_rejects else None,
    )


def _hand_over(
    measures: "Measures",
    edition: Edition,
    period: Period,
    scratch: Path,
    *,
    columns: Collection[str] = (),
) -> None:
    """Put the measures where the kernels read them, so that no report measures data of its own.

    The reports of a pack are of one period; of other grains they read the months that targets are held
    against, and the figures that notes were written about. Accounts are for the analyst alone. What proves the
    figures of the period's grain, and which segments of these
    columns stand apart, is found once for all reports.
    """
    import pandas as pd

    from cs_lib.metrics.audit.handed_measures import write_measures
    from cs_lib.metrics.audit.reconciliation import PROVED, handed_on, proofs
    from cs_lib.metrics.compute.suppression import SAID

    rows = measures.measures
    own = rows[rows["grain"] == period.grain]
    proved = {PROVED: {period.grain: handed_on(proofs(own, measures.cohorts))}}
    del own
    grains = {period.grain, *_grains_of_targets(edition), *_grains_of_notes(edition)}
    quarters = rows["grain"].eq(QUARTER) & rows["metric"].isin(SAID)
    rows = rows[rows["grain"].isin(grains) | quarters].reset_index(drop=True)
    handed = replace(
        measures,
        measures=rows,
        accounts=pd.DataFrame(),
        data=measures.data | proved | _apart(measures, edition, period, columns),
    )
    write_measures(scratch / MEASURES, handed, edition)


def _columns(plan: RunPlan) -> tuple[str, ...]:
    """The columns whose segments have reports of their own."""
    segments = (each.segment for each in plan.reports)
    return tuple(dict.fromkeys(each.by for each in segments if len(each.pairs) == 1))


def _apart(
    measures: "Measures", edition: Edition, period: Period, columns: Collection[str]
) -> dict[str, dict]:
    """Which segments stand apart from the others of their column."""
    from cs_lib.judgement.columns_compared import COMPARED, STAND_APART, handed_on
    from cs_lib.judgement.series import Figures

    rows = measures.measures
    few = rows[rows["metric"].isin(COMPARED) & rows["segment_by"].isin({ALL, *columns})]
    figures = Figures(edition, replace(measures, measures=few))
    return {STAND_APART: handed_on(figures, columns, period)}


def _grains_of_targets(edition: Edition) -> set[str]:
    """Months, and the grains that targets are meant for."""
    histories = (h for by_segment in edition.targets.values() for h in by_segment.values())
    return {MONTH, *(target.grain for history in histories for target in history)}


def _grains_of_notes(edition: Edition) -> set[str]:
    return {Period.parse(note.since).grain for note in edition.notes.notes}


def _passed_as(edition: Edition, which: str, root: Path) -> str:
    """What a notebook opens the edition by: its name, or its file's path where it has one only."""
    if not str(which).endswith((".yaml", ".yml")):
        return edition.name
    path = edition.path
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
