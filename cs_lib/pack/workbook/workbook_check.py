"""What Excel recomputes: a figure of ours, the formula that finds it again, and what may lie between."""

from dataclasses import dataclass

from cs_lib.metrics.audit.reconciliation import TOLERANCE

PASS, FAIL = "PASS", "FAIL"
CONTROL = "control total"
#: of what is neither money nor counted
_FINE = 1e-9


@dataclass(frozen=True)
class WorkbookCheck:
    """One figure of ours, and the formula with which Excel finds it again from the cells of a sheet."""

    what: str
    sheet: str
    ours: float
    formula: str
    recomputed: float
    unit: str
    tolerance: float | None = None

    @property
    def allowed(self) -> float:
        return self.tolerance or TOLERANCE.get(self.unit, _FINE)

    @property
    def difference(self) -> float:
        return self.recomputed - self.ours

    @property
    def verdict(self) -> str:
        return PASS if abs(self.difference) < self.allowed else FAIL


def overall(found: list[WorkbookCheck]) -> str:
    """The verdict over all checks, as its formula on the last sheet gives it."""
    failed = sum(each.verdict != PASS for each in found)
    if failed:
        return f"{FAIL}: {failed} of {len(found)} checks differ"
    return f"{PASS}: all {len(found)} checks agree"
