"""The board book: what a notebook tags for it, once, in order, with contents that lead to it."""

import json
import re

import pytest

from cs_lib.errors import ReportError
from cs_lib.metrics.catalogue import CATALOGUE
from cs_lib.pack.pages.book import named_in, with_own_ids
from cs_lib.pack.pages.book_pdf import BOOK_PDF, anchors, numbered, page_count
from cs_lib.pack.pages.gloss import glossed

pytestmark = pytest.mark.slow


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page[page.index("<main") :]))


def book(project) -> str:
    return (project.pack / "board.html").read_text()


# --- which cells, and where


def test_the_tag_is_all_it_takes(project, run):
    project.notebook(
        "scorecard", "## How do we stand?", ("print('taken')", "board"), "print('not')"
    )
    project.notebook("custom", "## Of our own", ("print('ours')", "board"))
    run()
    said = words(book(project))
    assert "What the words mean" not in said
    assert "How do we stand? taken" in said and "Of our own ours" in said and " not " not in said
    assert 'href="board.html">Board book<' in (project.pack / "index.html").read_text()
    assert json.loads((project.pack / "manifest.json").read_text())["book"] == "board.html"


def test_a_pack_without_the_tag_has_no_book(project, run):
    project.notebook("scorecard", project.says)
    run()
    assert not (project.pack / "board.html").exists()
    assert "Board book" not in (project.pack / "index.html").read_text()


def test_cells_stand_in_the_order_of_the_notebooks_and_the_end_comes_last(project, run):
    end = ("board", "book-end")
    project.notebook(
        "late", "## Two", ("print('b')", "board"), "## Six", ("print('f')", end), order=2
    )
    cells = ("## Zero", "## One", ("print('a')", "board"), "## Five", ("print('e')", end))
    project.notebook("early", *cells, order=1)
    project.notebook("later", ("md\n## Three\nprose", "board"), ("print('c')", "board"), order=3)
    run()
    titles = re.findall(r"<h2[^>]*>(.*?)</h2>", book(project))
    assert titles[:5] == ["One", "Two", "Three", "Five", "Six"]
    assert "Three prose c Five" in words(book(project))


def test_a_heading_stands_once_with_its_first_cell_and_a_notebook_without_goes_by_its_title(
    project, run
):
    tagged = [(f"print('{letter}')", "board") for letter in "abc"]
    project.notebook("scorecard", tagged[0], "## One", *tagged[1:], title="The title")
    run()
    assert "The title a One b c" in words(book(project))


def test_only_current_reports_of_the_whole_company_take_part(project, run):
    project.notebook("scorecard", ("print(f'of {segment}')", "board"), title="Scorecard")
    project.notebook("other", ("print(1 / int(open('zero').read()))", "board"), title="Other")
    (project.root / "zero").write_text("0")
    run(segments=("all", "plan=Pro"))
    said = book(project)
    assert "of all" in words(said) and "of plan=Pro" not in words(said)
    assert "they are not of this pack's figures or cannot be read: Other." in said


def test_a_run_of_segments_alone_keeps_the_book_and_says_that_it_is_older(project, run, measures):
    project.notebook("scorecard", ("print('kept')", "board"))
    run()
    assert "of older figures" not in book(project)
    run(measures(measures.figure("customer_churn_rate", "plan=Pro", 0.2)), segments=("plan=Pro",))
    assert "kept" in words(book(project)) and "This book is of older figures" in book(project)


def test_a_report_whose_executed_notebook_is_damaged_is_left_out_and_named(project, run):
    project.notebook("scorecard", ("print('kept')", "board"), title="Scorecard")
    project.notebook("other", ("print('lost')", "board"), title="Other")
    run()
    for half in ('{"cells": [', "[]", '{"cells": [{}]}'):
        (project.pack / "notebooks/other--all.ipynb").write_text(half)
        (project.pack / "board.html").unlink()
        run()
        assert "kept" in words(book(project)) and "lost" not in words(book(project))
        assert "or cannot be read: Other." in book(project)


def test_a_report_whose_executed_notebook_is_empty_is_made_again(project, run):
    project.notebook("scorecard", ("print('kept')", "board"))
    run()
    (project.pack / "notebooks/scorecard--all.ipynb").write_text("")
    assert [entry.status for entry in run().entries] == ["made"]
    assert "kept" in words(book(project))


def test_what_is_left_out_stands_at_the_end(project, run):
    cell = (project.leaves_out("NPS", "needs survey_responses, which is not given"), "board")
    project.notebook("scorecard", ("print('kept')", "board"), "## Survey", cell)
    run()
    assert "Survey : needs survey_responses" in words(book(project)).split("kept")[1]


# --- the page


def test_it_is_alone_and_every_anchor_is_there_once(project, run):
    table = "<p id='x'>t</p><a href='#x'>x</a>".replace("'", '"')
    project.notebook(
        "scorecard",
        "## One",
        (project.shows({"image/png": project.png}), "board"),
        (project.shows({"text/html": table}), "board"),
        (project.shows({"text/html": table}), "board"),
        (project.shows({"text/plain": "<script>"}), "board"),
        "## One",
        (project.shows({"text/markdown": "**bold**"}), "board"),
    )
    run()
    page = book(project)
    assert not re.search(r"<(script|link|iframe)\b", page) and "<strong>bold</strong>" in page
    assert "&lt;script&gt;" in page
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    inside = re.findall(r'href="#([^"]+)"', page)
    assert set(inside) <= set(ids) and sum(each.endswith("-x") for each in inside) == 2


def test_its_cover_counts_what_was_proved_once(project, run):
    def proves(*what):
        data = {"application/vnd.cs-kit.checks+json": list(what), "text/plain": "x"}
        return project.shows(data)

    project.notebook("scorecard", ("print('a')", "board"), proves("one", "two"))
    project.notebook("other", proves("two", "three"))
    run()
    assert "<dt>Checks</dt><dd>3 of 3 hold</dd>" in book(project)


def test_the_same_cells_are_the_same_bytes(project, run):
    project.notebook("scorecard", ("print('a')", "board"))
    run()
    before = book(project)
    run(force=True)
    assert book(project) == before


def test_a_book_that_is_gone_is_bound_again(project, run):
    project.notebook("scorecard", ("print('a')", "board"))
    run()
    (project.pack / "board.html").unlink()
    run()
    assert "a" in words(book(project))


def test_ids_are_told_apart_and_links_to_other_places_stay():
    markup = '<p id="a" aria-labelledby="a b"></p><a href="#a">a</a><a href="#b">b</a>'
    assert with_own_ids(markup, "n1") == (
        '<p id="n1-a" aria-labelledby="n1-a b"></p><a href="#n1-a">a</a><a href="#b">b</a>'
    )


# --- what it explains


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("Net new MRR rose", ["net_new_mrr"]),
        ("MRR and net new MRR rose", ["mrr", "net_new_mrr"]),
        ("customer churn rate by use", ["churn_by_use"]),
        ("MRRs, an ARPANET", []),
    ],
)
def test_the_metrics_that_are_named_are_explained(said, names):
    assert [each.name for each in named_in(said, CATALOGUE)] == names


def test_an_abbreviation_is_said_in_full_where_it_is_used_first():
    page = '<title>MRR</title><h2>MRR</h2><p title="a > MRR">MRRs, MRR</p><p>MRR &amp; LTV:CAC</p>'
    assert re.sub(r' title="(?!a)[^"]*"', "", glossed(page)) == (
        '<title>MRR</title><h2>MRR</h2><p title="a > MRR">MRRs, <abbr>MRR</abbr></p>'
        "<p>MRR &amp; <abbr>LTV</abbr>:<abbr>CAC</abbr></p>"
    )


def test_a_tag_without_an_end_is_read_in_no_time():
    page = "<" + "a" * 60 + " MRR"
    assert glossed(page).endswith(">MRR</abbr>")


def test_the_contents_name_pages():
    line = "<!-- page of one --> <!-- page of two -->"
    assert numbered(line, {"one": 3}) == "3 "


# --- a document that is damaged


@pytest.mark.parametrize("damaged", [b"", b"no document", b"%PDF-1.4\n1 0 obj\n<< /Type"])
def test_a_damaged_document_has_no_pages_and_is_told_where_it_was_just_printed(tmp_path, damaged):
    (tmp_path / BOOK_PDF).write_bytes(damaged)
    assert page_count(tmp_path / BOOK_PDF) == 0
    with pytest.raises(ReportError, match=r"^board\.pdf was printed, and cannot be read\.$"):
        anchors(tmp_path / BOOK_PDF)


def test_a_damaged_document_is_not_taken_over(project, run):
    project.notebook("scorecard", ("print('a')", "board"))
    run()
    for name in ("board.pdf", "pack.pdf"):
        (project.pack / name).write_bytes(b"half")
    (project.pack / "index.html").unlink()
    run()
    assert not list(project.pack.glob("*.pdf"))
    assert 'class="pdf"' not in (project.pack / "index.html").read_text()


def test_a_document_that_is_there_is_taken_over_and_printed_anew_where_that_is_asked(
    project, run, monkeypatch
):
    from pypdf import PdfWriter

    project.notebook("scorecard", ("print('a')", "board"))
    run()
    writer = PdfWriter()
    writer.add_blank_page(10, 10)
    writer.write(project.pack / "board.pdf")
    printed = []
    monkeypatch.setattr("cs_lib.pack.run.make_pack.find_browser", lambda: "none")
    monkeypatch.setattr("cs_lib.pack.run.run.find_browser", lambda: "none")
    monkeypatch.setattr(
        "cs_lib.pack.pages.assemble.print_book", lambda *_, **__: printed.append("book") or []
    )
    run(pdf="book")
    assert printed == [] and page_count(project.pack / "board.pdf") == 1
    run(pdf="book", force=True)
    assert printed == ["book"]
    project.notebook("scorecard", "print('a')")
    [told] = run(pdf="book").unprinted
    assert told.startswith("There is no board book to print: no report of the whole company")
