"""The book of each owner on one sheet: what notebooks tag for it, of whom, and what stands around it."""

import json
import re

import pytest

pytestmark = pytest.mark.slow

EDITION = """
company: Tiny & Sons
tables: {subscriptions: data/subscriptions.csv}
segments: [plan, owner]
reports: {segments: [all, plan=*, owner=*]}
"""
OWNERS = ("Ann", 'Bo <b>"&')


@pytest.fixture
def owned(project, measures):
    """Measures of a company with two owners."""
    project.edition(EDITION)
    segments = ("all", "plan=Pro", *(f"owner={each}" for each in OWNERS))
    return measures(*(measures.figure("customer_churn_rate", each) for each in segments))


def sheets(project) -> list[dict]:
    return json.loads((project.pack / "manifest.json").read_text())["sheets"]


def said(project, place: int = 0) -> str:
    page = (project.pack / sheets(project)[place]["html"]).read_text()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page[page.index("<main") :]))


def test_the_tag_is_all_it_takes(project, run, owned):
    project.notebook("risk", "## Who?", ("print(f'of {segment}')", "sheet"), "print('not')")
    run(owned)
    found = sheets(project)
    assert [each["segment"] for each in found] == [f"owner={each}" for each in OWNERS]
    assert found[0]["html"] == "owner-Ann.html" and "Who? of owner=Ann" in said(project)
    assert " not " not in said(project) and "of plan" not in said(project)
    index = (project.pack / "index.html").read_text()
    assert all(f'href="{each["html"]}"' in index for each in found)
    assert "<b>" not in (project.pack / found[1]["html"]).read_text()


def test_a_pack_without_the_tag_or_without_owners_has_no_sheet(project, run, owned):
    project.notebook("risk", project.says)
    run(owned)
    assert sheets(project) == []
    project.notebook("risk", ("print('x')", "sheet"))
    run(owned, segments=("plan=Pro",), force=True)
    assert "plan-Pro.html" not in {path.name for path in project.pack.glob("*.html")}


def test_cells_stand_in_the_order_of_the_notebooks_and_the_start_comes_first(project, run, owned):
    start, end = ("sheet", "book-start"), ("sheet", "book-end")
    project.notebook(
        "early", "## One", ("print('a')", "sheet"), "## Four", ("print('d')", end), order=1
    )
    project.notebook(
        "late", "## Two", ("print('b')", "sheet"), "## Zero", ("print('z')", start), order=2
    )
    run(owned)
    assert re.findall(r"One|Two|Four|Zero", said(project)) == ["Zero", "One", "Two", "Four"]


def test_it_is_led_to_and_leads_on(project, run, owned):
    project.notebook("risk", ("print('x')", "sheet"), title="Risk")
    run(owned)
    first, second = (each["html"] for each in sheets(project))
    page = (project.pack / first).read_text()
    assert f'rel="next" href="{second}"' in page and 'href="index.html"' in page
    assert 'href="risk--owner-Ann.html">Risk<' in page
    assert f'href="{first}">On one sheet<' in (project.pack / "risk--owner-Ann.html").read_text()


def test_one_that_is_lost_is_made_again_and_of_older_figures_says_so(project, run, owned, measures):
    project.notebook("risk", ("print('x')", "sheet"))
    run(owned)
    place = project.pack / "owner-Ann.html"
    before = place.read_bytes()
    place.unlink()
    run(owned)
    assert place.read_bytes() == before
    whose = ("all", "plan=Pro", *(f"owner={each}" for each in OWNERS))
    newer = measures(*(measures.figure("customer_churn_rate", each, 0.2) for each in whose))
    run(newer, segments=("all",))
    assert "This sheet is of older figures" in place.read_text()
    assert "of older figures" in (project.pack / "index.html").read_text()


def test_an_owners_mail_leads_to_the_sheet(project, run, owned):
    from types import SimpleNamespace

    from cs_lib.pack.share.send_command import Dispatch
    from cs_lib.period import Segment

    project.notebook("risk", ("print('x')", "sheet"))
    run(owned)
    manifest = json.loads((project.pack / "manifest.json").read_text())
    about = SimpleNamespace(manifest=manifest)
    page = {each: Dispatch._page(about, Segment.parse(each)) for each in ("owner=Ann", "plan=Pro")}
    assert page == {"owner=Ann": "owner-Ann.html", "plan=Pro": "risk--plan-Pro.html"}
    assert Dispatch._page(about, Segment()) == "index.html"


def test_a_report_that_failed_gives_no_sheet(project, run, owned):
    project.notebook("risk", ("print(1 / (segment != 'owner=Ann'))", "sheet"))
    run(owned)
    assert [each["segment"] for each in sheets(project)] == [f"owner={OWNERS[1]}"]


def test_a_picture_of_lines_is_shown_as_any_other(project, run, owned):
    drawn = '<svg xmlns="http://www.w3.org/2000/svg"></svg>'
    project.notebook("risk", (project.shows({"image/svg+xml": drawn}), ("sheet", "board")))
    run(owned)
    for page in ("owner-Ann.html", "board.html"):
        assert 'src="data:image/svg+xml;base64,PHN2' in (project.pack / page).read_text()
