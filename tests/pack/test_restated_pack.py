"""A row that comes late is told in the next pack: in restated.csv, on the scorecard and in the workbook."""

import csv
import json
import re
import shutil
import zipfile

import pytest

from cs_lib.edition import find_root
from cs_lib.errors import EditionError

pytestmark = pytest.mark.slow

EDITION = """
company: Tiny & Sons
as_of: {as_of}
history_starts: 2025-07-01
data: data
segments: [plan]
min_n: 1
tables: {{subscriptions: subscriptions.csv}}
"""
HEAD = "customer_id,start_date,end_date,mrr,plan\n"
ROWS = "".join(
    f"c{i},2025-{7 + i % 6:02}-03,{'2026-03-15' if i % 5 == 0 else ''},{40 + i},{'Pro' if i % 2 else 'Basic'}\n"
    for i in range(30)
)
LATE = "late,2026-02-10,,500,Pro\n"
SCORECARD = {"segments": ("all",), "notebooks": ("scorecard",)}


@pytest.fixture(scope="module")
def packs(tmp_path_factory, publish):
    """The packs of April, of May with a row come late, and of June with a plan renamed, by month."""
    root = tmp_path_factory.mktemp("project")
    for folder in ("params", "data", "notebooks"):
        (root / folder).mkdir()
    shutil.copy(find_root() / "notebooks" / "scorecard.ipynb", root / "notebooks")
    months = {
        "2026-04": ("2026-05-01", ROWS),
        "2026-05": ("2026-06-01", ROWS + LATE),
        "2026-06": ("2026-07-01", (ROWS + LATE).replace(",Basic", ",Start")),
    }
    for month, (as_of, rows) in months.items():
        (root / "params" / "tiny.yaml").write_text(EDITION.format(as_of=as_of))
        (root / "data" / "subscriptions.csv").write_text(HEAD + rows)
        made = publish(root, period=month, **SCORECARD)
        assert [entry.status for entry in made.entries] == ["made"], made.entries
    return {month: root / "reports" / "tiny" / month for month in months}


def restated(folder) -> list[dict]:
    with (folder / "restated.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def segments(found: list[dict]) -> set[str]:
    """The edition's segments among them. Parts of one (a tenth of its customers, a year of joining) go with it."""
    assert {row["segment_by"].split(",")[0] for row in found} <= {
        "all",
        "plan",
        "tenth",
        "joined_in",
    }
    whole = {row["segment"] for row in found if row["segment_by"] in ("all", "plan")}
    parts = {row["segment"].split(",")[0] for row in found if row["segment_by"].startswith("plan,")}
    assert parts <= whole
    return whole


def sheet_text(folder) -> str:
    with zipfile.ZipFile(folder / "pack.xlsx") as book:
        return book.read("xl/sharedStrings.xml").decode()


def test_the_first_pack_restates_nothing(packs):
    assert restated(packs["2026-04"]) == []
    assert "<sheet name=&quot;Restated" not in sheet_text(packs["2026-04"])
    page = (packs["2026-04"] / "scorecard--all.html").read_text()
    assert "What changed since the last pack?" in page.split("What this report leaves out")[-1]


def test_a_late_row_is_named_where_it_counts(packs):
    found = restated(packs["2026-05"])
    assert {row["cause"] for row in found} == {"late rows (1 in subscriptions)"}
    mrr = {
        row["period_start"]: float(row["new"]) - float(row["old"])
        for row in found
        if (row["metric"], row["grain"], row["segment"]) == ("mrr", "month", "all")
    }
    assert mrr == {f"2026-{month:02}-01": 500.0 for month in (2, 3, 4)}
    assert segments(found) == {"all", "plan=Pro"}


def test_the_scorecard_and_the_workbook_name_it(packs):
    page = (packs["2026-05"] / "scorecard--all.html").read_text()
    many = sum(row["segment"] == "all" for row in restated(packs["2026-05"]))
    assert f"{many} figures published in the pack of April 2026 are restated" in page
    assert page.count("late rows (1 in subscriptions)") == min(many, 40)
    told = sheet_text(packs["2026-05"])
    assert "In the pack of Apr 2026" in told and "late rows (1 in subscriptions)" in told
    assert re.search(rf"{len(restated(packs['2026-05']))} figures published", told)


def test_a_renamed_plan_is_told_from_what_is_not_known(packs):
    found = restated(packs["2026-06"])
    assert segments(found) == {"plan=Basic"}
    assert all(row["cause"] == "changed rows (subscriptions)" and not row["new"] for row in found)
    page = (packs["2026-06"] / "scorecard--all.html").read_text()
    assert "Values of plan: Basic is now called Start." in page
    assert "is now called" not in (packs["2026-05"] / "scorecard--all.html").read_text()
    ledger = json.loads((packs["2026-06"] / "manifest.json").read_text())["ledger"]
    assert all(len(line) == 3 for line in ledger["subscriptions"]["days"].values())


def test_a_pack_can_be_held_against_any_other(packs, publish):
    """June against April: what came late in May, and the plan renamed in June."""
    root = packs["2026-06"].parents[2]
    with pytest.raises(EditionError, match="packs of 2026-04, 2026-05, 2026-06"):
        publish(root, period="2026-06", against="2026-01", **SCORECARD)
    publish(root, period="2026-06", against="2026-04", **SCORECARD)
    page = (packs["2026-06"] / "scorecard--all.html").read_text()
    assert "published in the pack of April 2026" in page
    found = restated(packs["2026-06"])
    assert segments(found) == {"all", "plan=Basic", "plan=Pro"}
    late = {row["cause"] for row in found if row["segment"] == "all"}
    assert late == {"late rows (1 in subscriptions); changed rows (subscriptions)"}
