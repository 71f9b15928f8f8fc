"""The way around a pack: to the index and to the neighbouring segments that are in this pack."""

import re
import shutil

import pytest

from cs_lib.pack.pages.navigation import END, START, with_links

#: the way up from a page of a pack
UP = {
    "Published reports": "../../index.html",
    "Tiny &amp; Sons": "../../index.html#edition-tiny",
    "May 2026": "index.html",
}


def links(project, slug: str) -> dict[str, str]:
    """Where the links of a report's head lead, by what they say."""
    page = project.html(slug)
    navs = re.findall(r'<nav class="(?:crumbs|around)"[^>]*>(.*?)</nav>', page, flags=re.S)
    found = re.findall(r'<a[^>]*href="([^"]+)"[^>]*>(.*?)</a>', "".join(navs), flags=re.S)
    return {re.sub(r"<[^>]+>", "", words): target for target, words in found}


def test_a_report_leads_to_the_index_and_to_its_neighbours(project, run):
    project.notebook("scorecard", project.says)
    project.notebook("other", project.says)
    run(segments=("all", "plan=Basic", "plan=Pro"))
    assert links(project, "scorecard--all") == UP | {
        "Next segment: Plan Basic": "scorecard--plan-Basic.html",
        "Other": "other--all.html",
    }
    assert links(project, "scorecard--plan-Basic") == UP | {
        "Previous segment: All customers": "scorecard--all.html",
        "Next segment: Plan Pro": "scorecard--plan-Pro.html",
        "Other": "other--plan-Basic.html",
    }
    for report in project.pack.glob("*--*.html"):
        for target in links(project, report.stem).values():
            assert (project.pack / target.partition("#")[0]).is_file()


def test_a_failed_neighbour_is_passed_over(project, run):
    project.notebook("scorecard", "assert segment != 'plan=Basic'")
    published = run(segments=("all", "plan=Basic", "plan=Pro"))
    assert [entry.slug for entry in published.failed] == ["scorecard--plan-Basic"]
    assert links(project, "scorecard--all")["Next segment: Plan Pro"] == "scorecard--plan-Pro.html"
    assert "Previous segment: All customers" in links(project, "scorecard--plan-Pro")


def test_a_report_taken_over_gets_the_neighbours_of_this_pack(project, run):
    project.notebook("scorecard", project.says)
    run()
    alone = project.html()
    assert links(project, "scorecard--all") == UP
    published = run(segments=("plan=Pro",))
    status = {entry.slug: entry.status for entry in published.entries}
    assert status == {"scorecard--all": "unchanged", "scorecard--plan-Pro": "made"}
    assert "Next segment: Plan Pro" in links(project, "scorecard--all")
    assert "Previous segment: All customers" in links(project, "scorecard--plan-Pro")
    published = run()
    assert [entry.slug for entry in published.entries] == ["scorecard--all"]
    assert project.html() == alone


def test_the_order_of_the_pack_is_not_that_of_the_asking(project, run):
    project.notebook("scorecard", project.says)
    project.edition("company: T\ntables: {subscriptions: x.csv}\nsegments: [plan]\n"
                    "reports: {segments: [all, 'plan=*']}\n")  # fmt: skip
    run()
    index, page = (project.pack / "index.html").read_bytes(), project.html()
    published = run(segments=("plan=Pro",))
    assert [each.segment for each in published.entries] == ["all", "plan=Basic", "plan=Pro"]
    assert ((project.pack / "index.html").read_bytes(), project.html()) == (index, page)


def test_what_a_reader_follows_is_escaped(project, run, measures):
    project.notebook("scorecard", project.says)
    name = 'plan=<b>"&'
    rows = [measures.figure("customer_churn_rate", segment) for segment in ("all", name)]
    run(measures(*rows), segments=("all", name))
    assert 'Plan &lt;b&gt;"&amp;' in project.html().replace("&quot;", '"')
    [target] = [each for words, each in links(project, "scorecard--all").items() if "Next" in words]
    assert (project.pack / target).is_file()


def test_only_the_place_for_the_links_is_replaced():
    page = f"<body>{START}old{END}<p>{START}a cell's own words{END}</p>"
    assert with_links(page, "new") == f"<body>{START}new{END}<p>{START}a cell's own words{END}</p>"
    assert with_links("<body>none</body>", "new") == "<body>none</body>"


# --- the months before and after


@pytest.mark.slow
def test_the_packs_of_a_shelf_lead_to_each_other(project, run, measures):
    project.notebook("scorecard", (project.says, "board"))
    months = ("2026-03", "2026-05", "2026-04")
    given = measures(*(measures.figure("customer_churn_rate", period=month) for month in months))
    for month in months:
        run(given, period=month)

    def neighbours(month: str, page: str) -> list[str]:
        text = (project.root / "reports/tiny" / month / page).read_text()
        return re.findall(r'rel="(prev|next)" href="([^"]+)"', text)

    for page in ("index.html", "board.html"):
        assert neighbours("2026-03", page) == [("next", f"../2026-04/{page}")]
        assert neighbours("2026-04", page) == [
            ("prev", f"../2026-03/{page}"),
            ("next", f"../2026-05/{page}"),
        ]
        assert neighbours("2026-05", page) == [("prev", f"../2026-04/{page}")]
    before = {path: path.read_bytes() for path in (project.root / "reports").rglob("*.html")}
    run(given, period="2026-04", force=True)
    assert before == {path: path.read_bytes() for path in before}
    shelf = project.root / "reports/index.html"
    index = project.root / "reports/tiny/2026-04/index.html"
    index.write_text(with_links(index.read_text(), ""))
    shelf.write_text("another")
    shutil.copytree(index.parent, index.parent.with_name("2026-04 copy"))
    assert [entry.status for entry in run(given, period="2026-04").entries] == ["unchanged"]
    assert before == {path: path.read_bytes() for path in before}
    assert shelf.read_text().count("April 2026") == 1, "a copy of a pack is none"


def test_a_neighbour_that_cannot_be_written_stops_no_pack(project, run, measures, monkeypatch):
    project.notebook("scorecard", project.says)
    given = measures(
        *(measures.figure("customer_churn_rate", period=m) for m in ("2026-04", "2026-05"))
    )
    run(given, period="2026-05")

    def locked(*_):
        raise PermissionError("this is an archive")

    monkeypatch.setattr("cs_lib.pack.pages.months.locked", locked)
    assert [entry.status for entry in run(given, period="2026-04").entries] == ["made"]
    assert "April 2026" in (project.root / "reports/index.html").read_text()
