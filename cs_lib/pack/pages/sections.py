"""An executed notebook as the sections of a report: markdown rendered, left-out parts gathered."""

import html
import re
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from cs_lib.errors import ReportError
from cs_lib.pack.pages.markdown import REACHABLE, ReportMarkdown
from cs_lib.pack.pages.navigation import DEFINITIONS
from cs_lib.vocabulary import DEFINITIONS_MIME, FIGURE_DATA_MIME, LEFT_OUT_MIME

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from cs_lib.pack.pages.executed import Node

#: the richest of these is shown; scripts and widgets are not among them
SHOWN_MIMES = (
    "text/html",
    "text/markdown",
    "image/svg+xml",
    "image/png",
    "image/jpeg",
    "text/plain",
)
HIDDEN_TAGS = {"parameters", "injected-parameters", "remove-cell", "papermill-error-cell-tag"}
LEFT_OUT_TITLE = "What this report leaves out"
_NEEDS = " needs "
_CAPTIONED = re.compile(
    r'<div class="(report-table(?: \w+)?)">(?=\s*<table>\s*(?:<caption>([^<]*)</caption>)?)'
)
_FRAME = re.compile(
    r'<div>(?=\s*(?:<style scoped>[^<]*</style>\s*)?<table border="1" class="dataframe">)'
)
_NOTES = re.compile(r"<tfoot>(.*?)</tfoot>\s*</table>\s*</div>", re.S)
_NOTE = re.compile(r"<td[^>]*>\s*(?:<span>)?(.*?)(?:</span>)?\s*</td>", re.S)


@dataclass
class Section:
    """One h2 and all that follows up to the next; the first may stand without a heading."""

    title: str = ""
    slug: str = ""
    cells: list["NotebookNode"] = field(default_factory=list)
    subheadings: list[tuple[str, str]] = field(default_factory=list)

    @property
    def outputs(self) -> list["NotebookNode"]:
        return [o for cell in self.cells if cell.cell_type == "code" for o in cell.outputs]

    @property
    def is_left_out(self) -> bool:
        """Whether the section has outputs and each of them says that it is left out."""
        return bool(self.outputs) and all(_left_out(output) for output in self.outputs)


def _left_out(output: "NotebookNode") -> dict | None:
    return output.get("data", {}).get(LEFT_OUT_MIME)


def split(executed: "NotebookNode | Node", *, shown: str) -> list[Section]:
    """The report's sections, with markdown rendered to `cell.html` and outputs made ready to show.

    Raises ReportError when an output would load something from elsewhere.
    """
    markdown = ReportMarkdown(shown)
    sections = [Section()]
    for number, cell in enumerate(executed.cells, start=1):
        if HIDDEN_TAGS & set(cell.metadata.get("tags", ())):
            continue
        if cell.cell_type == "markdown":
            _add_markdown(sections, cell, markdown, number)
        elif cell.cell_type == "code":
            cell.outputs = [o for o in cell.outputs if o.get("name") != "stderr"]
            for output in cell.outputs:
                _make_ready(output, sections[-1], markdown, number)
            if cell.outputs:
                sections[-1].cells.append(cell)
    return [each for each in sections if each.cells]


def _add_markdown(
    sections: list[Section], cell: "NotebookNode", markdown: ReportMarkdown, number: int
) -> None:
    """Render a Markdown cell, opening a section at each of its h2."""
    for part in _at_headings(cell.source):
        attachments = cell.get("attachments", {})
        rendered, headings = markdown.convert(part, cell=number, attachments=attachments)
        for level, text, slug in headings:
            if level == 2:
                sections.append(Section(text, slug))
            elif level == 3:
                sections[-1].subheadings.append((text, slug))
        if rendered.strip():
            piece = cell.copy()
            piece["metadata"] = cell.metadata.copy()  # each piece opens and closes its own section
            piece["html"] = rendered
            sections[-1].cells.append(piece)


def _at_headings(source: str) -> list[str]:
    """The Markdown cut before each h2 that is not inside a fence."""
    parts: list[list[str]] = [[]]
    fenced = False
    for line in source.splitlines():
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        if not fenced and re.match(r"#{1,2}\s", line):
            parts.append([])
        parts[-1].append(line)
    return ["\n".join(lines) for lines in parts if lines]


def _make_ready(
    output: "NotebookNode", section: Section, markdown: ReportMarkdown, number: int
) -> None:
    """Give an output its alt text, and refuse what reaches outside."""
    data = output.get("data", {})
    if _left_out(output):
        return
    if DEFINITIONS_MIME in data:
        output.data = {"text/html": _terms(data[DEFINITIONS_MIME])}
        return
    for mime in [key for key in data if key.startswith("image/")]:
        about = output.metadata.setdefault(mime, {})
        if not about.get("alt"):
            about["alt"] = f"Chart in the section {section.title}" if section.title else "Chart"
    if "text/markdown" in data:
        output["html"] = markdown.convert(data["text/markdown"], cell=number)[0]
    _refuse_what_cannot_be_shown(data, f"{markdown.shown}, cell {number}")
    for mime in ("text/html", FIGURE_DATA_MIME):
        if mime in data:
            data[mime] = _reachable(data[mime])


def _refuse_what_cannot_be_shown(data: dict, where: str) -> None:
    outside = what_reaches_outside(data.get("text/html", "") + data.get(FIGURE_DATA_MIME, ""))
    if outside:
        raise ReportError(
            f"{where}: the output holds {outside}. A report holds all that it shows itself and runs "
            "no script."
        )
    if data and not set(data) & set(SHOWN_MIMES):
        raise ReportError(
            f"{where}: a report cannot show an output of type {', '.join(sorted(data))}. Show it as "
            "a table, a picture or text."
        )


def _reachable(markup: str) -> str:
    """Tables in boxes that the keyboard can scroll: those of the kit by their caption, and pandas'.

    Notes below a table go below its box: there they wrap where a narrow page would cut them.
    """
    named = _CAPTIONED.sub(lambda found: _box(found[1], found[2]), markup)
    noted = _NOTES.sub(lambda found: f"</table>\n</div>\n{_notes(found[1])}", named)
    return _FRAME.sub(lambda _: _box("frame", None), noted)


def _notes(foot: str) -> str:
    lines = "\n".join(f"<p>{note}</p>" for note in _NOTE.findall(foot))
    return f'<div class="notes">\n{lines}\n</div>'


def _box(kind: str, caption: str | None) -> str:
    label = REACHABLE.replace('"Table"', f'"{caption}"') if caption else REACHABLE
    return f'<div class="{kind}" {label}>'


def _terms(titles: dict[str, str]) -> str:
    """The names of metrics, each leading to its card on the page of definitions."""
    links = (
        f'<a href="{DEFINITIONS}#{html.escape(anchor)}">{html.escape(title)}</a>'
        for anchor, title in titles.items()
    )
    return f'<p class="terms">{" · ".join(links)}</p>'


def without_left_out(sections: list[Section]) -> tuple[list[Section], list[tuple[str, list[str]]]]:
    """What is there of the sections, and why the rest is gone: reasons in words, with what they took.

    A section of which nothing is there goes by its title, a part of another by what it would have been.
    """
    living, gone = [], dict[str, list[str]]()
    for section in sections:
        said = [each for output in section.outputs if (each := _left_out(output))]
        reasons = [str(each.get("reason", "")).rstrip(".") for each in said]
        parts = [str(each.get("what") or "This") for each in said]
        if section.is_left_out:
            reasons, parts = [_reasons(reasons)], [section.title or parts[0]]
        else:
            living.append(_without_its_own(section))
        for reason, part in zip(reasons, parts, strict=True):
            titles = gone.setdefault(reason, [])
            if part not in titles:
                titles.append(part)
    return living, list(gone.items())


def _without_its_own(section: Section) -> Section:
    """The section without the parts that are left out of it."""
    for cell in section.cells:
        if cell.cell_type == "code":
            cell.outputs = [each for each in cell.outputs if not _left_out(each)]
    kept = [cell for cell in section.cells if cell.cell_type != "code" or cell.outputs]
    return replace(section, cells=kept)


def _reasons(reasons: list[str]) -> str:
    """Why a section is gone: what all its metrics need, without their names, else each reason once."""
    needs = {each.partition(_NEEDS)[2] for each in reasons}
    if len(needs) == 1 and "" not in needs:
        return f"{_NEEDS.strip()} {needs.pop()}"
    return "; ".join(dict.fromkeys(reasons))


_REFUSED = ("script", "iframe", "object", "embed", "link", "base", "form", "applet", "frame")
_LOADS = ("src", "srcset", "poster", "background", "data", "href", "xlink:href")


class _Outside(HTMLParser):
    """Notes the first thing in a piece of HTML that runs a script or loads something."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: str | None = None
        self.in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.in_style = tag == "style"
        if tag in _REFUSED:
            self._note(f"<{tag}>")
        for name, value in attrs:
            value = (value or "").strip()
            if name.startswith("on"):
                self._note(f"a script ({name}=)")
            elif name in _LOADS and not _stays_inside(tag, name, value):
                self._note(f'{name}="{value[:60]}"')
            elif name == "style":
                self._check_style(value)

    def handle_endtag(self, tag: str) -> None:
        self.in_style = self.in_style and tag != "style"

    def handle_data(self, data: str) -> None:
        if self.in_style:
            self._check_style(data)

    def _check_style(self, text: str) -> None:
        plain = re.sub(r"/\*.*?\*/", "", text, flags=re.S).lower().replace("\\", "")
        if "@import" in plain:
            self._note("@import")
        for found in re.finditer(r"url\(\s*['\"]?\s*([^)]{0,60})", plain):
            if not found[1].startswith(("data:", "#")):
                self._note(f"url({found[1]})")

    def _note(self, what: str) -> None:
        self.found = self.found or what


def _stays_inside(tag: str, name: str, value: str) -> bool:
    """Whether an address loads nothing: a link to follow may lead out, a picture may not."""
    if name == "href" and tag == "a":
        return value.lower().startswith(("#", "http://", "https://", "mailto:"))
    return value.lower().startswith(("data:image/", "#"))


def what_reaches_outside(text: str) -> str | None:
    """The first thing in the HTML that runs a script or loads from elsewhere, if anything does."""
    parser = _Outside()
    parser.feed(text)
    parser.close()
    return parser.found
