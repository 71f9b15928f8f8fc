"""Reports as PDF, printed from their HTML by the Chromium, Chrome or Edge that is on the machine.

Why a browser and not WeasyPrint: tried on the sample's reports, WeasyPrint took two to three times
as long, cut the scorecard's last column off at the paper's edge, blew the small lines up to the
width of their column, and needs Pango beside its wheels. A browser lays the page out as the reader
of the HTML sees it, repeats table heads, numbers pages (since version 131), tags the document for
screen readers and writes its outline; most machines have one, and no Python package is needed.

The whole pack is printed as one document rather than merged from the reports' own: so it is tagged
throughout, its pages are numbered through, its links lead within it, and each font is in it once.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from cs_lib.errors import EditionError, ReportError
from cs_lib.pack.pages.page_ids import with_ids
from cs_lib.scratch import owned

if TYPE_CHECKING:
    from cs_lib.edition import Edition

PACK = "pack.pdf"
#: names a path to the browser, before any that is found
VARIABLE = "CHROMIUM"
NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "msedge",
)
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
FLAGS = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-sync",
    "--lang=en",
    "--no-pdf-header-footer",
    "--generate-pdf-document-outline",
)
#: seconds for one document
LIMIT = 300.0
_DATES = re.compile(rb"/(CreationDate|ModDate) \(D:\d{14}")
_NODES = re.compile(rb"node\d{8}")
_LINKS = re.compile(r'\shref="(?!https?:|mailto:)([^"]*)"')
_FOOT = "font: 9pt sans-serif; color: #51606d; padding-bottom: 9mm; vertical-align: bottom"
#: in the whole pack the definitions stand once, at its end, and the origin of the data on its cover
_ONCE = ".part.report :is(.contents, .lineage, section:has(.definitions)) { display: none }"


@dataclass(frozen=True)
class PrintedPage:
    """One page of HTML that is to be printed: its file in the pack and the line at its foot."""

    file: str
    html: str
    foot: str


@dataclass(frozen=True)
class Press:
    """What prints: a browser, the paper, and the day that the documents bear as their date."""

    browser: str
    paper: str
    day: str

    def print(self, html: str, to: Path) -> None:
        """One document. Raises ReportError with the browser's last words."""
        with TemporaryDirectory(prefix=owned()) as own:
            page, made = Path(own, "page.html"), Path(own, "page.pdf")
            page.write_text(html, encoding="utf-8")
            told = [f"--user-data-dir={own}/profile", f"--print-to-pdf={made}", page.as_uri()]
            # a browser of root's, as in a container, has no sandbox to start
            root = ["--no-sandbox"] if os.name != "nt" and os.geteuid() == 0 else []
            words = self._call([self.browser, *FLAGS, *root, *told])
            if not made.is_file():
                raise ReportError(f"{to.name} could not be printed. {words}".strip())
            to.write_bytes(_normal(made.read_bytes(), self.day))

    @staticmethod
    def _call(command: list[str]) -> str:
        """Run the browser; its last line is all that is kept of what it writes."""
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                timeout=LIMIT,
                env={**os.environ, "TZ": "UTC"},
            )
        except subprocess.TimeoutExpired:
            return f"The browser took longer than {LIMIT:g} s."
        except OSError as error:
            return str(error)
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else f"The browser ended with status {done.returncode}."


def find_browser() -> str:
    """The browser that prints. Raises EditionError where there is none."""
    named = os.environ.get(VARIABLE)
    found = [shutil.which(name) for name in ((named,) if named else (*NAMES, *PLACES))]
    browser = next(filter(None, found), None)
    if browser:
        return browser
    if named:
        raise EditionError(f"--pdf: {VARIABLE} names {named}, which cannot be run.")
    install = {"darwin": "brew install --cask chromium", "win32": "winget install Google.Chrome"}
    raise EditionError(
        "--pdf needs Chromium, Chrome or Edge, and none is installed. Install one "
        f"({install.get(sys.platform, 'apt-get install chromium')}), or name it in the variable "
        f"{VARIABLE}."
    )


def press_for(edition: "Edition", browser: str, day: str) -> Press:
    """The press of an edition: Letter where its locale uses it, A4 elsewhere."""
    from cs_lib.report.text.formatting import Formatter

    return Press(browser, "letter" if Formatter.of(edition).prints_on_letter else "A4", day)


def pdf_of(page: str) -> str:
    """The PDF beside a page."""
    return f"{page.removesuffix('.html')}.pdf"


def print_reports(
    sheets: Sequence[PrintedPage], folder: Path, *, press: Press, jobs: int
) -> tuple[dict[str, str], list[str]]:
    """A PDF beside each page: its name by that of the page, and what went wrong, in words."""
    made, trouble = {}, []

    def one(sheet: PrintedPage) -> str:
        name = pdf_of(sheet.file)
        press.print(for_paper(sheet, press.paper), folder / name)
        return name

    with ThreadPoolExecutor(jobs) as threads:
        futures = {sheet.file: threads.submit(one, sheet) for sheet in sheets}
    for file, future in futures.items():
        try:
            made[file] = future.result()
        except ReportError as error:
            trouble.append(str(error))
    return made, trouble


def print_pack(sheets: Sequence[PrintedPage], folder: Path, *, press: Press) -> list[str]:
    """The whole pack as one PDF; what went wrong, in words."""
    try:
        press.print(together(sheets, press.paper), folder / PACK)
    except ReportError as error:
        return [str(error)]
    return []


# ---------------------------------------------------------------- HTML for paper


def for_paper(sheet: PrintedPage, paper: str) -> str:
    """The page with a size of paper, numbers and a line at the foot, and no link to a file."""
    html = _LINKS.sub(lambda found: found[0] if found[1].startswith("#") else "", sheet.html)
    return _with_style(html, [_page_style(paper), _foot_style("", sheet.foot)])


def together(sheets: Sequence[PrintedPage], paper: str) -> str:
    """All the pages as one, in the order given; the head is that of the first."""
    places = {sheet.file: f"part{number}" for number, sheet in enumerate(sheets)}
    parts = [_part(sheet, places) for sheet in sheets]
    styles = [_page_style(paper), _ONCE]
    styles += [_foot_style(places[sheet.file], sheet.foot) for sheet in sheets]
    styles += [f"#{place} {{ page: {place} }}" for place in places.values()]
    head = _with_style(sheets[0].html.partition("<body")[0], styles)
    return f"{head}<body>\n" + "\n".join(parts) + "\n</body>\n</html>\n"


def _part(sheet: PrintedPage, places: dict[str, str]) -> str:
    """The body of one page, its anchors made distinct and its links led to the other parts."""
    own = places[sheet.file]
    start, rest = sheet.html.partition("<body")[2].split(">", 1)
    kind = re.search(r'class="([^"]*)"', start)
    body = with_ids(rest.rpartition("</body>")[0], lambda each: f"{own}-{each}")

    def led(found: re.Match) -> str:
        target = found[1]
        if target.startswith("#"):
            return f' href="#{own}-{target[1:]}"'
        return f' href="#{places[target]}"' if target in places else ""

    classes = f"part {kind[1]}" if kind else "part"
    return f'<div class="{classes}" id="{own}">{_LINKS.sub(led, body)}</div>'


def _with_style(html: str, rules: Iterable[str]) -> str:
    style = "<style>\n" + "\n".join(rules) + "\n</style>\n</head>"
    return html.replace("</head>", style, 1)


def _page_style(paper: str) -> str:
    number = 'content: counter(page) " / " counter(pages)'
    return f"@page {{ size: {paper}; @bottom-right {{ {number}; {_FOOT} }} }}"


def _foot_style(name: str, words: str) -> str:
    """The line at the foot of the pages of this name; every letter that could end it is escaped."""
    safe = re.sub(r"[^\w ,·-]", lambda found: f"\\{ord(found[0]):x} ", words)
    return f'@page {name} {{ @bottom-left {{ content: "{safe}"; {_FOOT} }} }}'


def _normal(pdf: bytes, day: str) -> bytes:
    """The same bytes for the same pages: dated by its data and not by the clock, its nodes numbered
    from one and not from wherever the browser's count stood. No length changes, as offsets would."""
    stamp = f"{day.replace('-', '')}000000".encode()
    dated = _DATES.sub(lambda found: b"/" + found[1] + b" (D:" + stamp, pdf)
    nodes = sorted(set(_NODES.findall(dated)))
    numbers = {node: b"node%08d" % number for number, node in enumerate(nodes, start=1)}
    return _NODES.sub(lambda found: numbers[found[0]], dated)
