"""PDFs of the reports and of the whole pack: numbered, titled, outlined, the same every time."""

import json
import re
import shutil

import pytest
from click.testing import CliRunner

from cs_lib.__main__ import cli
from cs_lib.edition import read_edition
from cs_lib.errors import EditionError, ReportError
from cs_lib.pack.pages import pdf
from cs_lib.pack.pages.pdf import Press, PrintedPage, find_browser, for_paper, press_for, together
from cs_lib.pack.run.make_pack import MadePack

pytestmark = pytest.mark.slow

PAGE = (
    '<!DOCTYPE html><html lang="en"><head><title>One</title></head><body class="report">'
    '<h2 id="a-b">A</h2><a href="#a-b">a</a><a href="two.html">two</a><a href="https://x.org/y">y</a>'
    '<a href="pack.xlsx">x</a><section aria-labelledby="a-b">s</section></body></html>'
)


@pytest.fixture
def nothing(monkeypatch):
    """A machine without a browser."""
    monkeypatch.delenv(pdf.VARIABLE, raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: None)


@pytest.fixture(scope="module")
def chromium():
    try:
        return find_browser()
    except EditionError:
        pytest.skip("there is no Chromium, Chrome or Edge on this machine")


@pytest.fixture(scope="module")
def read(chromium):
    pypdf = pytest.importorskip("pypdf", reason="pypdf is in the extra `browser`, not installed")
    return pypdf.PdfReader


def words(document) -> list[str]:
    """The text of each page, on one line."""
    return [re.sub(r"\s+", " ", page.extract_text()) for page in document.pages]


def bookmarks(outline, level: int = 0) -> list[tuple[int, str]]:
    return [
        each
        for item in outline
        for each in (
            bookmarks(item, level + 1) if isinstance(item, list) else [(level, item.title)]
        )
    ]


# --- without the tool


def test_without_a_browser_nothing_is_begun(project, run, nothing, monkeypatch):
    monkeypatch.setattr(
        "cs_lib.pack.run.run.measure", lambda *_, **__: pytest.fail("work was begun")
    )
    project.notebook("scorecard", project.says)
    with pytest.raises(EditionError, match=r"--pdf needs Chromium.*apt-get install|brew|winget"):
        run(pdf="all")
    assert not (project.root / "reports").exists()


def test_the_command_line_says_so_with_the_status_of_a_wrong_choice(project, nothing):
    done = CliRunner().invoke(cli, ["run", "tiny", "--pdf"])
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("--pdf needs Chromium, Chrome or Edge, and none is installed.")


@pytest.mark.parametrize(
    ("told", "asked", "editions"),
    [
        (["--pdf"], "book", ("sample",)),
        (["--pdf", "acme"], "book", ("acme",)),
        (["acme", "--pdf", "all"], "all", ("acme",)),
        (["--pdf=all", "all"], "all", ("all",)),
        ([], None, ("sample",)),
    ],
)
def test_the_book_is_printed_and_everything_only_where_it_is_asked_for(
    told, asked, editions, monkeypatch
):
    seen = []
    monkeypatch.setattr(
        "cs_lib.pack.run.run.run_packs",
        lambda names, request, **_: seen.append((names, request)) or [],
    )
    monkeypatch.setattr("signal.signal", lambda *_: None)
    assert CliRunner().invoke(cli, ["run", *told]).exit_code == 0
    [(names, request)] = seen
    assert (names, request.pdf) == (editions, asked)


def test_a_browser_that_is_named_and_not_there_is_told(monkeypatch):
    monkeypatch.setenv(pdf.VARIABLE, "/no/such/browser")
    with pytest.raises(EditionError, match="CHROMIUM names /no/such/browser, which cannot be run"):
        find_browser()


def test_a_browser_that_does_not_print_is_told_with_its_last_words(tmp_path):
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\necho first >&2\necho 'no more room' >&2\nexit 1\n")
    broken.chmod(0o755)
    with pytest.raises(ReportError, match=r"a.pdf could not be printed. no more room"):
        Press(str(broken), "A4", "2026-05-31").print(PAGE, tmp_path / "a.pdf")


def test_reports_that_could_not_be_printed_are_published_all_the_same(
    project, run, tmp_path, monkeypatch
):
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\necho 'no more room' >&2\n")
    broken.chmod(0o755)
    monkeypatch.setenv(pdf.VARIABLE, str(broken))
    project.notebook("scorecard", project.says)
    published = run(pdf="all")
    assert published.unprinted == (
        "scorecard--all.pdf could not be printed. no more room",
        "pack.pdf could not be printed. no more room",
    )
    assert published.entries[0].status == "made" and not published.entries[0].pdf
    assert not list(project.pack.glob("*.pdf")) and "tiny 2026-05 all" in project.html()


def test_a_run_that_could_not_print_does_not_end_well(project, monkeypatch):
    said = MadePack(None, (), (), ("pack.pdf could not be printed. no more room",))
    monkeypatch.setattr("cs_lib.pack.run.run.run_packs", lambda *_, **__: [said])
    monkeypatch.setattr("cs_lib.__main__._tell", lambda pack: None)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    done = CliRunner().invoke(cli, ["run", "tiny", "--pdf"])
    assert (done.exit_code, done.stderr) == (4, "pack.pdf could not be printed. no more room\n")


# --- the HTML that is printed


def test_paper_has_a_foot_and_no_link_to_a_file():
    page = for_paper(PrintedPage("one.html", PAGE, 'A "b" \\ <c>'), "A4")
    assert re.findall(r'href="([^"]+)"', page) == ["#a-b", "https://x.org/y"]
    assert "size: A4" in page and "counter(page)" in page
    assert 'content: "A \\22 b\\22  \\5c  \\3c c\\3e "' in page


def test_the_pages_of_a_pack_are_led_into_each_other():
    page = together(
        [PrintedPage("one.html", PAGE, "one"), PrintedPage("two.html", PAGE, "two")], "letter"
    )
    assert re.findall(r'href="([^"]+)"', page) == [
        "#part0-a-b", "#part1", "https://x.org/y", "#part1-a-b", "#part1", "https://x.org/y",
    ]  # fmt: skip
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids)) and {"part0", "part1-a-b"} <= set(ids)
    assert page.count("<body") == page.count("<title>") == 1 and "size: letter" in page


@pytest.mark.parametrize(
    ("locale", "paper"), [("en_US", "letter"), ("es_MX", "letter"), ("de_DE", "A4"), ("en", "A4")]
)
def test_paper_is_what_the_edition_has(project, locale, paper):
    text = (project.root / "params" / "tiny.yaml").read_text()
    project.edition(f"{text}\nlocale: {locale}\n")
    edition = read_edition("tiny", root=project.root)
    assert press_for(edition, "chromium", "2026-05-31").paper == paper


# --- what is printed


def test_neither_the_clock_nor_the_count_of_nodes_is_in_the_bytes():
    one = b"/CreationDate (D:20261121220005+00'00')) /ID (node00000083) [(node00000083) (node00000101)]"
    two = b"/CreationDate (D:20270101000000+00'00')) /ID (node00000108) [(node00000108) (node00000126)]"
    assert (
        pdf._normal(one, "2026-05-31")
        == pdf._normal(two, "2026-05-31")
        == (
            b"/CreationDate (D:20260531000000+00'00')) /ID (node00000001) [(node00000001) (node00000002)]"
        )
    )


@pytest.fixture
def printed(project, run, chromium):
    """A pack of two reports with their PDFs."""
    cells = ("## The question", project.says, "## More", *["print('a line')"] * 3)
    project.notebook("scorecard", *cells, title="Scorecard", order=1)
    project.notebook("other", *cells, title="The others")
    return run(segments=("all", "plan=Pro"), notebooks=("scorecard",), pdf="all")


def test_each_report_is_a_document_of_its_own(project, printed, read):
    assert printed.unprinted == ()
    document = read(project.pack / "scorecard--plan-Pro.pdf")
    pages = words(document)
    assert 0 < len(pages) < 5
    assert "Scorecard · Plan Pro" in pages[0] and "tiny 2026-05 plan=Pro" in pages[0]
    for number, page in enumerate(pages, start=1):
        assert f"{number} / {len(pages)}" in page
        assert "Tiny & Sons · Scorecard · Plan Pro · May 2026" in page
        assert "All reports" not in page
    assert document.metadata.title == "Scorecard, Plan Pro, May 2026 · Tiny & Sons"
    outline = bookmarks(document.outline)
    assert outline[0] == (0, "Scorecard · Plan Pro") and (1, "The question") in outline
    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_the_pack_is_one_document_in_the_order_of_its_index(project, printed, read):
    document = read(project.pack / "pack.pdf")
    tops = [title for level, title in bookmarks(document.outline) if level == 0]
    assert tops == [
        "Customer reports, May 2026", "Scorecard", "Scorecard · Plan Pro", "Definitions",
    ]  # fmt: skip
    pages = words(document)
    assert f"1 / {len(pages)}" in pages[0] and f"{len(pages)} / {len(pages)}" in pages[-1]
    assert sum("Where these figures come from" in page for page in pages) == 1
    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"]
    targets = [
        str(note.get_object()["/A"].get("/URI", ""))
        for page in document.pages
        for note in page.get("/Annots", ())
        if "/A" in note.get_object()
    ]
    assert not any(target.startswith("file:") for target in targets)


def test_index_and_manifest_offer_the_documents_with_their_sizes(project, printed):
    index = (project.pack / "index.html").read_text()
    sizes = json.loads((project.pack / "manifest.json").read_text())["downloads"]
    for name in ("pack.pdf", "scorecard--all.pdf", "scorecard--plan-Pro.pdf"):
        assert f'href="{name}"' in index
        assert sizes[name] == (project.pack / name).stat().st_size > 1000


def test_what_did_not_change_is_not_printed_again(project, printed, run, monkeypatch):
    before = {path.name: path.read_bytes() for path in project.pack.glob("*.pdf")}
    told = []
    once = Press.print
    monkeypatch.setattr(
        Press, "print", lambda self, html, to: (told.append(to.name), once(self, html, to))
    )
    asked = {"segments": ("all", "plan=Pro"), "notebooks": ("scorecard",)}
    run(**asked, pdf="all")
    run(**asked)
    assert told == []
    assert {path.name: path.read_bytes() for path in project.pack.glob("*.pdf")} == before
    run(segments=("all",), notebooks=("scorecard", "other"), pdf="all")
    assert told == ["other--all.pdf", "pack.pdf"]
    run(**asked, pdf="all", force=True)
    again = {path.name: path.read_bytes() for path in project.pack.glob("*.pdf")}
    assert {name: again[name] for name in before if name != "pack.pdf"} == {
        name: text for name, text in before.items() if name != "pack.pdf"
    }


# --- the board book


@pytest.fixture
def bound(project, run, chromium):
    """A pack with a book of three sections, the last of which begins on a page of its own."""
    tall = project.shows({"text/html": "<div style='height: 230mm'>tall</div>"})
    cells = ("## One", ("print('a')", "board"), "## Two", (tall, "board"))
    project.notebook("scorecard", *cells, order=1)
    project.notebook("other", "## Three", (tall, "board"), order=2)
    return run(pdf="book")


def test_the_book_alone_is_printed_and_its_contents_name_its_pages(project, bound, read):
    assert [path.name for path in project.pack.glob("*.pdf")] == ["board.pdf"]
    document = read(project.pack / "board.pdf")
    pages = words(document)
    for title, number in (("One", 2), ("Two", 3), ("Three", 4)):
        assert f"{title} {number}" in pages[0]
        assert [at for at, page in enumerate(pages[1:], start=2) if title in page] == [number]
    assert "Board book · May 2026" not in pages[0].replace("Board book May 2026", "")
    assert f"2 / {len(pages)}" in pages[1] and "Tiny & Sons · Board book · May 2026" in pages[1]


def test_the_book_is_titled_tagged_and_outlined(project, bound, read):
    document = read(project.pack / "board.pdf")
    assert document.metadata.title == "Board book, May 2026 · Tiny & Sons"
    root = document.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"] == "en"
    titles = [title for _, title in bookmarks(document.outline)]
    assert [each for each in titles if each in ("One", "Two", "Three")] == ["One", "Two", "Three"]


def test_a_book_that_is_the_same_is_not_printed_again(project, bound, run, monkeypatch):
    before = (project.pack / "board.pdf").read_bytes()
    told = []
    monkeypatch.setattr(Press, "print", lambda self, html, to: told.append(to.name))
    run(pdf="book")
    run(force=True)
    assert told == [] and (project.pack / "board.pdf").read_bytes() == before
    index = (project.pack / "index.html").read_text()
    assert re.search(r'href="board.pdf">PDF, \d+ pages, \d+ kB<', index)
