"""The board book of the sample, on the page and on paper: as long as a board reads, and led through."""

import re
from collections import Counter
from html import unescape

import pytest
from old_phrases import found_in, seen

from cs_lib.pack.pages.book_pdf import BOOK_PDF, anchors, print_book
from cs_lib.pack.pages.pdf import Press

pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed")
LEAST, MOST, WORDS = 12, 16, 3500


@pytest.fixture(scope="module")
def page(pack) -> str:
    return (pack / "board.html").read_text()


@pytest.fixture(scope="module")
def print_on(page, chromium, tmp_path_factory):
    """Prints the book: the path of its PDF, and the text of each page."""

    def on(paper: str):
        folder = tmp_path_factory.mktemp("paper")
        assert print_book(page, "Foot", folder, press=Press(chromium, paper, "2026-06-30")) == []
        path = folder / BOOK_PDF
        return path, [each.extract_text() for each in pypdf.PdfReader(path).pages]

    return on


@pytest.fixture(scope="module")
def printed(print_on):
    return print_on("A4")


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_a_board_can_read_it_in_one_sitting(print_on, paper):
    _, pages = print_on(paper)
    assert LEAST <= len(pages) <= MOST
    assert sum(len(each.split()) for each in pages) <= WORDS
    assert min(len(each.split()) for each in pages) > 20


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_it_is_printed_at_its_own_size_and_nothing_below_nine_points(print_on, paper):
    """A table wider than the page has the browser print all pages smaller."""
    path, _ = print_on(paper)
    sizes = Counter()

    def look(text, matrix, own, font, size):
        sizes[round(size * abs(own[3] * matrix[3]), 2)] += len(text.strip())

    for each in pypdf.PdfReader(path).pages:
        each.extract_text(visitor_text=look)
    sizes = {size: letters for size, letters in sizes.items() if letters}
    assert 9.6 in sizes
    assert min(sizes) >= 8.99


def test_every_anchor_is_there_once_and_every_link_leads_somewhere(page, pack):
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for target in re.findall(r'\shref="([^"]+)"', page):
        file, _, anchor = target.partition("#")
        if not re.match(r"https?:", target):
            assert (pack / file).exists()
            there = (pack / file).read_text() if file else page
            assert not anchor or f'id="{anchor}"' in there, target


def test_its_contents_give_the_page_of_every_section(page, printed):
    path, pages = printed
    [contents] = re.findall(r'<nav class="contents".*?</nav>', page, flags=re.S)
    sections = re.findall(r'href="#([^"]+)">([^<]+)</a>', contents)
    assert len(sections) > 8
    first = re.sub(r"\s+", " ", pages[0])
    found = anchors(path)
    for anchor, title in sections:
        words = re.sub(r"\s+", " ", unescape(title))
        assert words in re.sub(r"\s+", " ", pages[found[anchor] - 1])
        assert f"{words} {found[anchor]}" in first
    assert [found[anchor] for anchor, _ in sections] == sorted(found[a] for a, _ in sections)


def test_no_published_page_holds_an_old_phrase(pack):
    pages = sorted(pack.glob("*.html"))
    assert len(pages) > 8
    found = {path.name: found_in(seen(path.read_text("utf-8"))) for path in pages}
    assert {name: phrases for name, phrases in found.items() if phrases} == {}
