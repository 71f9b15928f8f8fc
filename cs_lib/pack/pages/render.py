"""An executed notebook as one self-contained HTML file: no script, no network, the same bytes."""

import sys
from functools import cache
from typing import TYPE_CHECKING, Any

# see execute.py
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None bars the import

from nbconvert.exporters import HTMLExporter, TemplateExporter  # noqa: E402
from nbconvert.filters import Highlight2HTML  # noqa: E402
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter  # noqa: E402
from traitlets.config import Config  # noqa: E402

from cs_lib.pack.pages.gloss import glossed  # noqa: E402
from cs_lib.pack.pages.header import TEMPLATE, WARNINGS_SHOWN, ReportHeader, stylesheet  # noqa: E402
from cs_lib.pack.pages.sections import LEFT_OUT_TITLE, SHOWN_MIMES, split, without_left_out  # noqa: E402

if TYPE_CHECKING:
    from nbformat import NotebookNode


class _Exporter(HTMLExporter):
    """nbconvert's HTML exporter, without parsing the page once more at the end.

    It does so to give alternative texts and tab stops to the elements of its own templates; ours has
    them where they belong, and the parse takes three quarters of the time of a page.
    """

    def from_notebook_node(
        self, nb: "NotebookNode", resources: dict | None = None, **kw: Any
    ) -> tuple[Any, dict]:
        resources = self._init_resources(resources)
        widgets = {"notebook_metadata": self._nb_metadata, "resources": resources}
        self.register_filter("highlight_code", Highlight2HTML(parent=self))
        self.register_filter("filter_data_type", WidgetsDataTypeFilter(parent=self, **widgets))
        return TemplateExporter.from_notebook_node(self, nb, resources, **kw)


@cache
def _exporter() -> HTMLExporter:
    """The exporter with our template; building it is slow, so once in a process."""
    return _Exporter(
        config=Config({"NbConvertBase": {"display_data_priority": list(SHOWN_MIMES)}}),
        optimistic_validation=True,
        extra_template_basedirs=[str(TEMPLATE.parent)],
        template_name=TEMPLATE.name,
        exclude_input=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_raw=True,
    )


def render(executed: "NotebookNode", header: ReportHeader, *, shown: str) -> str:
    """The report as HTML. `shown` names the notebook in error messages.

    Raises ReportError when an output would run a script or load something from elsewhere.
    """
    sections, left_out = without_left_out(split(executed, shown=shown))
    for section in sections:
        section.cells[0].metadata["opens"] = {"slug": section.slug}
        section.cells[-1].metadata["closes"] = True
    page = executed.copy()
    page["cells"] = [cell for section in sections for cell in section.cells]
    for number, cell in enumerate(page["cells"]):
        cell["id"] = f"cell-{number}"  # a Markdown cell may have been cut in two
    resources = {
        "header": header,
        "css": stylesheet(header.brand),
        "sections": sections,
        "left_out": left_out,
        "left_out_title": LEFT_OUT_TITLE,
        "warnings_shown": WARNINGS_SHOWN,
    }
    text, _ = _exporter().from_notebook_node(page, resources=resources)
    return glossed(text).rstrip() + "\n"
