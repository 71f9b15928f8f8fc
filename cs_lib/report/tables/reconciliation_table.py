"""The table of a report's reconciliations: what must hold, and whether it does."""

from collections.abc import Sequence
from dataclasses import dataclass

from cs_lib.report.display import Bundle, ReportTable
from cs_lib.report.tables.table_html import TableColumn, build_table

HOLDS, FAILS = "✓ holds", "✗ fails"


@dataclass(frozen=True)
class Reconciliation:
    """One reconciliation: what must hold, whether it does, and the numbers behind it."""

    what: str
    holds: bool
    detail: str = ""


@dataclass(frozen=True)
class Reconciliations:
    """The reconciliations of a report. No check at all does not count as holding."""

    checks: Sequence[Reconciliation]

    @property
    def failed(self) -> tuple[Reconciliation, ...]:
        return tuple(each for each in self.checks if not each.holds)

    @property
    def hold(self) -> bool:
        return bool(self.checks) and not self.failed

    @property
    def table(self) -> ReportTable:
        rows = [
            {"what": each.what, "holds": HOLDS if each.holds else FAILS, "detail": each.detail}
            for each in self.checks
        ]
        columns = [
            TableColumn("what", "Check", left=True),
            TableColumn("holds", "Result", left=True, mark=True),
            TableColumn("detail", "Detail", left=True, muted=True),
        ]
        return build_table(rows, columns, caption=self.summary)

    @property
    def summary(self) -> str:
        if not self.checks:
            return "No reconciliation applies to this report"
        held = len(self.checks) - len(self.failed)
        return f"Reconciliations: {held} of {len(self.checks)} hold"

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        return self.table._repr_mimebundle_()

    def __str__(self) -> str:
        return self.table.text
