"""The published pages in a real browser: silent, alone, readable on a phone, open to everyone."""

import os
import shutil
import subprocess

import pytest
from PIL import Image

from cs_lib.pack.pages.navigation import _notice, put_links
from cs_lib.pack.pages.pdf import Press, PrintedPage, for_paper

from .conftest import DESKTOP, LEADING, PAGES, PHONE, REPORTS, SHOTS

EVERY = pytest.mark.parametrize("name", PAGES)


def violations(page, **options) -> list[str]:
    """Whatever axe finds against the page, and where."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"resultTypes": ["violations"], **options})
    return [
        f"{each['id']}: {node['html'][:120]}"
        for each in found.response["violations"]
        for node in each["nodes"]
    ]


def overflow(page) -> int:
    """By how many pixels the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


@EVERY
def test_a_page_asks_for_nothing_and_complains_of_nothing(pack, watch, name):
    watched = watch()
    watched.open(pack / f"{name}.html")
    assert (watched.requests, watched.words) == ([], [])


@EVERY
def test_a_page_never_scrolls_sideways_on_a_phone(pack, watch, name):
    assert overflow(watch(PHONE).open(pack / f"{name}.html")) <= 0


@EVERY
def test_a_page_is_open_to_everyone(pack, watch, name):
    assert violations(watch(DESKTOP).open(pack / f"{name}.html")) == []


@pytest.mark.parametrize("name", (*LEADING, *REPORTS))
def test_a_dark_page_on_a_phone_is_open_to_everyone(pack, watch, name):
    page = watch(PHONE, dark=True).open(pack / f"{name}.html")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 25, 31)"
    assert violations(page) == []


def test_a_page_that_is_older_than_its_pack_says_so_to_everyone(pack, watch, tmp_path):
    page = tmp_path / "older.html"
    shutil.copy2(pack / "scorecard--all.html", page)
    put_links(page, _notice("This report was made on 3 May 2026."))
    opened = watch(DESKTOP).open(page)
    assert opened.get_by_role("complementary", name="Older than the pack").is_visible()
    assert violations(opened) == []


def test_every_verdict_of_the_scorecard_is_on_the_phone(pack, watch):
    page = watch(PHONE).open(pack / "scorecard--all.html")
    table = page.locator(".scorecard").first
    assert table.evaluate("box => box.scrollWidth <= box.clientWidth")
    rows = table.get_by_role("row").filter(has=page.locator("td.of-status:not(:empty)"))
    assert rows.count() > 5
    for row in rows.all():
        judged = "td.of-judged:not(:empty), td.of-judged:empty ~ td.of-value"
        name, value, verdict = (
            row.locator(each).bounding_box() for each in ("th", judged, ".of-status")
        )
        assert verdict["x"] >= 0 and verdict["x"] + verdict["width"] <= PHONE
        assert abs(verdict["y"] - value["y"]) < 8 and name["y"] <= value["y"] + 8
        target = row.locator(".of-target").bounding_box()
        assert target["y"] >= verdict["y"] + verdict["height"] - 4


def hidden_at_the_side(page) -> list[str]:
    """The tables of a page that have to be scrolled to be seen whole, those behind a fold among them."""
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    wide = "each => each.filter(box => box.scrollWidth > box.clientWidth + 1).map(box => box.innerText)"
    return [each[:80] for each in page.locator(".report-table, .table, .frame").evaluate_all(wide)]


@EVERY
@pytest.mark.parametrize("width", [DESKTOP, 1000])
def test_every_table_is_seen_whole_on_a_desk(pack, watch, width, name):
    page = watch(width).open(pack / f"{name}.html")
    assert page.locator("table").count() > 0 or name == "definitions"
    assert hidden_at_the_side(page) == []


def test_a_table_that_is_wider_than_the_desk_is_noticed(pack, watch):
    page = watch(1000).open(pack / "scorecard--all.html")
    page.locator(".report-table td").first.evaluate("cell => { cell.style.minWidth = '1200px' }")
    assert len(hidden_at_the_side(page)) == 1


def test_a_plan_is_no_target_on_the_phone(pack, watch):
    """It read "Target plan $240K"."""
    page = watch(PHONE).open(pack / "scorecard--all.html")
    row = (
        page.locator(".scorecard")
        .first.get_by_role("row")
        .filter(has_text="Customers at month end")
    )
    label = "cell => getComputedStyle(cell, '::before').content"
    assert row.locator(".of-target").evaluate(label) == "none"
    other = page.locator(".scorecard").first.get_by_role("row").filter(has_text="CSAT")
    assert "Target" in other.locator(".of-target").evaluate(label)


def test_the_keyboard_reaches_a_table_that_is_wider_than_the_phone(pack, watch):
    page = watch(PHONE).open(pack / "scorecard--all.html")
    wide = "each => each.filter(box => box.scrollWidth > box.clientWidth + 40).map(box => box.ariaLabel)"
    label = page.locator(".report-table").evaluate_all(wide)[0]
    box = page.get_by_role("group", name=label).first
    box.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)  # it scrolls smoothly
    assert box.evaluate("box => box.scrollLeft") > 0


# --- the way around


def test_a_reader_walks_from_the_index_through_the_segments_and_back(pack, watch):
    page = watch().open(pack / "index.html")
    page.get_by_role("region", name="Reports").get_by_role("link", name="Scorecard").first.click()
    seen = [page.locator("h1").inner_text()]
    around = page.get_by_role("navigation", name="Before and after")
    while around.get_by_text("Next segment").count():
        around.get_by_text("Next segment").click()
        seen.append(page.locator("h1").inner_text())
    assert seen == [
        "Scorecard",
        "Scorecard · Plan Network",
        "Scorecard · Plan Practice",
        "Scorecard · Plan Solo",
    ]
    page.get_by_role("navigation", name="Breadcrumb").get_by_role("link", name="June 2026").click()
    assert page.url == (pack / "index.html").resolve().as_uri()


def test_paper_has_no_way_around(pack, watch):
    page = watch().open(pack / "scorecard--all.html")
    ways = [page.get_by_role("navigation", name=name) for name in ("Breadcrumb", "Other reports")]
    assert all(way.is_visible() for way in ways)
    page.emulate_media(media="print")
    assert not any(way.is_visible() for way in ways)


def test_dark_paper_is_white(pack, watch):
    page = watch(dark=True).open(pack / "scorecard--all.html")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


# --- the checks themselves


def test_the_watch_sees_what_a_page_must_not_do(tmp_path, watch):
    page = tmp_path / "bad.html"
    page.write_text(
        "<!DOCTYPE html><title>x</title><img src='https://a.invalid/b.png'><div style='width:2000px'>"
        "<p style='color:#bbb;background:#fff'>pale</p><script>console.log('a word')</script></div>"
    )
    watched = watch(PHONE)
    watched.open(page)
    assert watched.requests == ["https://a.invalid/b.png"]
    assert "log: a word" in watched.words
    assert overflow(watched.page) > 0
    found = {each.partition(":")[0] for each in violations(watched.page)}
    assert {"color-contrast", "image-alt", "html-has-lang"} <= found


# --- pictures to look at


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize(
    "name", ["index", "board", *(REPORTS if os.environ.get(SHOTS) else REPORTS[2:3])]
)
def test_a_page_can_be_looked_at(pack, watch, shots, name, width):
    picture = shots / f"{name}-{width}.png"
    page = watch(width).open(pack / f"{name}.html")
    page.screenshot(path=picture, full_page=True)
    with Image.open(picture) as seen:
        assert seen.width == width and seen.height > 900
        assert len(seen.convert("RGB").getcolors(1 << 24)) > 20


def test_a_sheet_of_paper_can_be_looked_at(pack, chromium, shots):
    if not shutil.which("pdftoppm"):
        pytest.skip("pdftoppm (poppler-utils) is not installed")
    sheet = PrintedPage("x.html", (pack / "scorecard--all.html").read_text(), "Scorecard")
    printed = shots / "scorecard--all.pdf"
    Press(chromium, "A4", "2026-06-30").print(for_paper(sheet, "A4"), printed)
    page = shots / "scorecard--all-paper"
    told = ["pdftoppm", "-png", "-r", "60", "-f", "2", "-singlefile", printed, page]
    subprocess.run(told, check=True)
    with Image.open(page.with_suffix(".png")) as seen:
        assert seen.width < seen.height and len(seen.convert("RGB").getcolors(1 << 24)) > 20
