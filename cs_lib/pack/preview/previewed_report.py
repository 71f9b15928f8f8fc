"""One report of an edition, made as often as it is asked for, as a page that lies outside any pack."""

import shutil
import traceback
from dataclasses import dataclass, field, replace
from pathlib import Path

from cs_lib.errors import EditionError, KitError, ReportError
from cs_lib.pack.kernels.pool import Job, Pool
from cs_lib.pack.pages.header import header_of
from cs_lib.pack.preview.preview_page import PreviewRequest, put_page, trouble_page
from cs_lib.pack.preview.watched_files import (
    Stamps,
    files_of_data,
    stamps_of,
    stamps_of_edition,
)
from cs_lib.pack.run.measured_edition import MeasuredEdition, measure
from cs_lib.pack.run.notebook_parameters import check_parameters, read_notebook
from cs_lib.pack.run.plan import Report
from cs_lib.pack.run.request import RunRequest
from cs_lib.vocabulary import FAILED


@dataclass
class PreviewedReport:
    """A notebook for one segment and period, whose measures are kept while only the notebook changes."""

    asked: PreviewRequest
    root: Path
    scratch: Path
    pool: Pool
    _measured: MeasuredEdition | None = field(default=None, init=False)
    _measured_at: Stamps = field(default_factory=dict, init=False)
    _data: tuple[Path, ...] = field(default=(), init=False)

    def stamps(self) -> Stamps:
        """Those of all that the page is made from, as far as it was made before."""
        return self._stamps_of_figures() | stamps_of([self.asked.file(self.root)])

    def _stamps_of_figures(self) -> Stamps:
        return stamps_of_edition(self.asked.edition, self.root) | stamps_of(self._data)

    def make(self) -> Exception | None:
        """Put the page of the report in its place, or a page that says what went wrong; gives that too."""
        try:
            measured = self._measure()
            return self._made(measured, self._report(measured))
        except Exception as error:  # the page is where the analyst looks
            known = isinstance(error, KitError)
            said = f"{error}" if known else f"{type(error).__name__}: {error}"
            self._put(trouble_page(said, "" if known else traceback.format_exc()))
            return error

    @property
    def _request(self) -> RunRequest:
        asked = self.asked
        return RunRequest(
            period=asked.period,
            segments=(asked.segment,),
            notebooks=(asked.notebook,),
            data_dir=Path(asked.data_dir) if asked.data_dir else None,
            allow_rejects=asked.allow_rejects,
            jobs=1,
        )

    def _measure(self) -> MeasuredEdition:
        """The edition measured and planned: anew where it, its notes or its data changed."""
        now = self._stamps_of_figures()
        if self._measured is None or now != self._measured_at:
            self._measured = None
            self._data = files_of_data(self.asked.edition, self.root, self.asked.data_dir)
            now = self._stamps_of_figures()
            folder = self.scratch / "measured"
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            self._measured = measure(
                self.asked.edition, self._request, root=self.root, scratch=folder
            )
            self._measured.hand_over()
            self._measured_at = now
        return self._measured

    def _report(self, measured: MeasuredEdition) -> Report:
        """The one report of the plan, with its notebook as it is now."""
        reports = measured.plan.reports
        if len(reports) != 1:
            raise EditionError(
                f"--segment {self.asked.segment} is {len(reports)} reports. Name one to preview."
            )
        notebook = read_notebook(reports[0].notebook.path, root=self.root)
        check_parameters(notebook, reports[0].parameters)
        return replace(reports[0], notebook=notebook)

    def _made(self, measured: MeasuredEdition, report: Report) -> Exception | None:
        copy, html = (self.scratch / f"report.{kind}" for kind in ("ipynb", "html"))
        job = Job(
            slug=report.slug,
            notebook=report.notebook.path,
            shown=report.notebook.shown,
            parameters=report.parameters,
            copy_to=copy,
            root=self.root,
            scratch=measured.scratch,
            env=measured.environment(self._request),
            header=header_of(measured.edition, report, measured.lineage, measured.brand),
            html_to=html,
        )
        copy.unlink(missing_ok=True)
        [made] = self.pool.run([job])
        if made.status == FAILED:
            said = f"{report.notebook.shown}: {made.error}"
            self._put(trouble_page(said, _traceback_of(copy)))
            return ReportError(said)
        self._put(html.read_text(encoding="utf-8"))
        return None

    def _put(self, page: str) -> None:
        put_page(self.asked.page(self.root), page)


def _traceback_of(executed: Path) -> str:
    """The cell that failed, and its traceback, of an executed copy; empty where no cell did."""
    import nbformat

    if not executed.is_file():
        return ""
    for cell in nbformat.read(executed, as_version=4).cells:
        for output in cell.get("outputs", ()):
            if output.output_type == "error":
                return "\n".join([cell.source, "", *output.traceback])
    return ""
