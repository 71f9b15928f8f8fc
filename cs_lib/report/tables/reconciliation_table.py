"""The table of a report's reconciliations: what must hold, and whether it does."""

from collections.abc import Sequence
from dataclasses import dataclass

from cs_lib.report.display import Bundle, ReportTable
from cs_lib.report.tables.table_html import TableColumn, build_table
from cs_lib.vocabulary import CHECKS_MIME

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
        many = len(self.checks)
        if self.failed:
            return f"{len(self.failed)} of {many} checks of these figures fail"
        return f"All {many} checks of these figures hold" if many > 1 else "The one check holds"

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        """One line, and behind it the table."""
        table = self.table
        said = f"<summary>{self.summary}.</summary>"
        return {
            CHECKS_MIME: [each.what for each in self.checks if each.holds],
            "text/html": f'<details class="behind">{said}\n{table.html}\n</details>',
            "text/plain": table.text,
        }

    def __str__(self) -> str:
        return self.table.text
