"""The books of owners on paper and on a phone: one sheet each, of the sample's owners and of awkward ones."""

import csv
import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from cs_lib.pack.pages.pdf import Press, PrintedPage, for_paper
from cs_lib.period import Segment

from .conftest import DESKTOP, PHONE, ROOT
from .test_pages import hidden_at_the_side, overflow, violations

#: a name as long and as foreign as names are, on a book with more to say than a sheet has room for
LONG = "María-José Żółkiewska-Ñúñez, 王小明 & Ærøskøbing (Enterprise, North)"
FEW, FEWER, ALMOST_NONE = "Bo Ng", "Cy Li", "Al Oe"
SAYS = "Call every customer whose term ends by September, and write down what each of them says of price, of support "
NOTE = """
  - finding: "{kind}: {metric}, owner={owner}"
    since: 2026-05
    why: {says}{says}
    do: {says}{says}
    owner: {person}
    due: 2026-0{month}-30
"""


def written(root: Path) -> None:
    """The sample's company: one owner has a long name, and three have a few customers of another's."""
    shutil.copytree(ROOT / "notebooks", root / "notebooks")
    shutil.copytree(ROOT / "params" / "brand", root / "params" / "brand")
    shutil.copytree(ROOT / "cs_lib" / "data" / "sample", root / "data")
    text = (ROOT / "params" / "sample.yaml").read_text("utf-8")
    text = text.replace("data: cs_lib/data/sample", "data: data")
    text = text.replace(
        "segments: [plan, region, channel]", "segments: [plan, region, channel, owner]"
    )
    text = text.replace(
        '[all, "plan=*", "region=*"]', '["owner=*"]\n  notebooks: [risk_and_renewals]'
    )
    (root / "params" / "owned.yaml").write_text(text, "utf-8")
    customers = root / "data" / "customers.csv"
    rows = list(csv.DictReader(customers.read_text("utf-8").splitlines()))
    asia = [row for row in rows if row["owner"] == "Mei Tanaka"]
    for place, row in enumerate(asia):
        row["owner"] = (
            ALMOST_NONE
            if place < 2
            else FEWER
            if place < 11
            else FEW
            if place < 36
            else row["owner"]
        )
    for row in rows:
        row["owner"] = LONG if row["owner"] == "Oliver Grant" else row["owner"]
    with customers.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    costs = root / "data" / "success_costs.csv"
    text = costs.read_text("utf-8").replace("Oliver Grant", f'"{LONG}"')
    costs.write_text(text, "utf-8")
    metrics = ("customer_churn_rate", "gross_revenue_retention", "nps", "csat", "ces", "mrr")
    notes = [
        NOTE.format(
            kind="target", metric=each, owner=whose, person=whose, says=SAYS, month=place + 4
        )
        for place, each in enumerate(metrics)
        for whose in (LONG, "Lena Fischer")
    ]
    (root / "params" / "notes").mkdir()
    (root / "params" / "notes" / "owned.yaml").write_text(f"notes:{''.join(notes)}", "utf-8")


@pytest.fixture(scope="module")
def books(chromium, tmp_path_factory, publish):
    root = tmp_path_factory.mktemp("owned")
    written(root)
    published = publish(root, "owned", pdf="book")
    assert (published.failed, published.unprinted) == ((), ())
    return published.paths.pack


@pytest.fixture(scope="module")
def sheets(books) -> dict[str, Path]:
    manifest = json.loads((books / "manifest.json").read_text("utf-8"))
    return {
        Segment.parse(each["segment"]).pairs[0][1]: books / each["html"]
        for each in manifest["sheets"]
    }


def page_texts(pdf: Path) -> list[str]:
    pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed")
    return [re.sub(r"\s+", " ", page.extract_text()) for page in pypdf.PdfReader(pdf).pages]


def test_every_owner_has_a_sheet_and_its_pdf_is_one_page(books, sheets):
    manifest = json.loads((books / "manifest.json").read_text("utf-8"))
    owners = {Segment.parse(each["segment"]).pairs[0][1] for each in manifest["reports"]}
    assert sheets.keys() == owners >= {LONG, FEW, ALMOST_NONE, "Lena Fischer", "Kofi Mensah"}
    index = (books / "index.html").read_text("utf-8")
    for each in manifest["sheets"]:
        assert each["pdf"] in manifest["downloads"] and f'href="{each["pdf"]}"' in index
        assert f'href="{each["html"]}"' in index
        assert len(page_texts(books / each["pdf"])) == 1


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_a_book_is_one_sheet_on_either_paper_and_whole(sheets, chromium, paper, tmp_path):
    press = Press(chromium, paper, "2026-06-30")
    for owner, path in sheets.items():
        html = path.read_text("utf-8")
        press.print(for_paper(PrintedPage(path.name, html, "Foot"), paper), tmp_path / "a.pdf")
        texts = page_texts(tmp_path / "a.pdf")
        assert len(texts) == 1, owner
        assert "Foot" in texts[0] and "1 / 1" in texts[0]
        last = re.findall(r">([^<>]{12,})<", html[: html.index('<p class="meanings">')])[-1]
        assert re.sub(r"\W", "", last)[-12:] in re.sub(r"\W", "", texts[0]), owner


def test_every_table_of_an_owners_pages_is_seen_whole_on_a_desk(books, watch):
    for path in sorted(books.glob("*.html")):
        assert hidden_at_the_side(watch(1000).open(path)) == [], path.name


def test_the_long_one_says_how_much_it_has_no_room_for(sheets):
    said = sheets[LONG].read_text("utf-8")
    assert ">Actions, 2 of 4<" in said and said.count("Call every customer") == 6


def test_what_is_told_of_todays_customers_is_not_told_of_whoever_had_others(sheets):
    """Daniel Reed handed his customers over to Priya Nair in January: a churn of his today would be 100%."""
    for owner in ("Daniel Reed", "Priya Nair"):
        said = sheets[owner].read_text("utf-8")
        assert "Customers changed hands in these months" in said and "What happened" not in said
        assert "There were customers in 6 of these 12 months." in said
    assert "Customers changed hands" not in sheets["Lena Fischer"].read_text("utf-8")


def test_few_are_too_few_to_judge_and_fewer_are_hidden(sheets):
    few, *hidden = (sheets[each].read_text("utf-8") for each in (FEW, FEWER, ALMOST_NONE))
    assert "Too few to judge by who left" in few and "variation between owners" not in few
    for page in hidden:
        assert "too few customers in this book" in page and "Customers who left" not in page


def test_a_phone_shows_it_without_scrolling_sideways_light_and_dark(sheets, watch):
    for owner, path in sheets.items():
        watched = watch(PHONE, dark=True)
        page = watched.open(path)
        assert overflow(page) <= 0, owner
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 25, 31)"
        assert (watched.requests, watched.words) == ([], [])
    assert violations(page) == []
    assert violations(watch(DESKTOP).open(sheets["Lena Fischer"])) == []


def number(text: str) -> float:
    """A figure as it is printed, to three digits."""
    text = text.removeprefix("$").replace(",", "")
    return float(text[:-1]) * 1000 if text.endswith("K") else float(text)


def test_its_figures_are_those_that_are_published(books, sheets):
    measures = pd.read_csv(books / "measures.csv").query("grain == 'month'")
    risk = pd.read_csv(books / "risk.csv").query("month == '2026-07-01'")
    year = measures[measures["period_start"].between("2025-07-01", "2026-06-01")]
    for owner in ("Lena Fischer", "Kofi Mensah", "Maya Ortiz", LONG):
        mine = year[year["segment"] == f"owner={owner}"]
        june = mine[mine["period_start"] == "2026-06-01"].set_index("metric")["value"]
        over = mine.groupby("metric")["value"].sum()
        bands = risk[
            (risk["segment"] == f"owner={owner}") & risk["band"].str.contains("high|raised")
        ]
        page = sheets[owner].read_text("utf-8")
        tiles = {
            name: number(shown)
            for name, shown in re.findall(
                r'front-name">(.+?)</p><p class="front-value">([^<%–]+)<', page
            )
        }
        told = {re.sub(r"<[^>]+>", "", name): value for name, value in tiles.items()}
        published = {
            "Customers": june["paying_customers"],
            "MRR": june["mrr"],
            "Customers who left": over["churned_customers"],
            "MRR that left": -over["churned_mrr"],
            "MRR from upgrades": over["expansion_mrr"],
            "At risk next month": bands["mrr"].sum(),
        }
        for name, value in published.items():
            assert told[name] == pytest.approx(abs(value), rel=0.005, abs=0.5), (owner, name)


def test_a_sheet_names_no_customer(sheets):
    for path in sheets.values():
        assert "FL-" not in path.read_text("utf-8")
