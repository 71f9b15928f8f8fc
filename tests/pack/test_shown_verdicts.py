"""What a published pack shows of a figure is one verdict and one signal, wherever it stands."""

import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from shown_verdicts import PLACES, SIGNAL, VERDICT, Shown, disagreements, shown
from tiny_company import TABLES, company

from cs_lib.edition import find_root

pytestmark = pytest.mark.slow

TARGETS = """targets:
  {customer_churn_rate: 0.02, net_revenue_retention: 1.0, gross_revenue_retention: 0.3, nps: 30, csat: 0.5,
   ces: 3, mrr: 1000, cac: 100, revenue: 5000, repeat_rate: 0.2, arpa: 40, response_rate: 0.1}
"""
#: tables, period, notebooks, places that must have something to say
GENERATED = {
    "subscriptions by month": (
        ("subscriptions", "survey_responses", "acquisition_costs"),
        "2026-06",
        ("scorecard", "cohort_retention", "survey_scores"),
        PLACES,
    ),
    "orders by quarter": (
        ("orders", "survey_responses"),
        "2026-Q2",
        ("scorecard",),
        {"table", "front page", "index", "workbook", "findings.csv"},
    ),
}


@pytest.fixture(scope="module", params=GENERATED)
def pack(request, tmp_path_factory, publish):
    """The places of a small generated edition's pack, and those that must be among them."""
    tables, period, notebooks, places = GENERATED[request.param]
    root = tmp_path_factory.mktemp("project")
    company(root, *tables, grains="month, quarter")
    edition = root / "params" / "tiny.yaml"
    text = edition.read_text()
    edition.write_text(text[: text.index("targets:")] + TARGETS)
    if "subscriptions" in tables:
        with (root / "data" / TABLES["subscriptions"]).open("a") as file:
            file.writelines(f"june{i},2026-06-03,,90,+Pro\n" for i in range(40))
    (root / "notebooks").mkdir()
    for name in notebooks:
        shutil.copy(find_root() / "notebooks" / f"{name}.ipynb", root / "notebooks")
    made = publish(root, period=period, segments=("all",))
    assert not made.failed, made.failed
    return shown(made.paths.pack), places


def test_no_two_places_of_a_pack_disagree(pack):
    found, places = pack
    assert disagreements(found) == []
    assert {each.place.split(", ")[-1] for each in found} == places
    assert len({each.title for each in found if each.kind == VERDICT}) > 4
    assert any(each.says for each in found if each.kind == SIGNAL) == ("chart" in places)


def test_places_that_disagree_are_named():
    said = [
        Shown("all", "NPS", VERDICT, says, place) for says, place in (("met", "a"), ("missed", "b"))
    ]
    assert disagreements(said) == ["all NPS verdict: met (a); missed (b)"]
    assert disagreements(said[:1] * 2) == []
