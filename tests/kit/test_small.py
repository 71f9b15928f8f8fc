"""An edition with little data gives a modest, true report: words where a chart would say nothing."""

import re

import pytest
import small
from small import SMALL

from cs_lib.report.display import DefinitionCards, LeftOut, ReportFigure, ReportTable, Sentence
from cs_lib.report.tables.front_page import FrontPage
from cs_lib.report.tables.reconciliation_table import Reconciliations

pytestmark = pytest.mark.slow

NEVER = re.compile(
    r"\bnan\b|\bNone\b|\binf\b|\bNaT\b|\(\)|no 1\)|(?<![\d.,−])1 (?:customers|cells|answers|cohorts|months)\b"
)
RUNS = [
    (name, notebook) for name, each in SMALL.items() for notebook in small.notebooks(each.table)
]


@pytest.fixture(scope="module")
def kits(tmp_path_factory):
    return {
        name: small.kit_of(each, tmp_path_factory.mktemp(each.table))
        for name, each in SMALL.items()
    }


@pytest.mark.parametrize(("name", "notebook"), RUNS)
def test_a_small_edition_says_what_it_can_and_no_more(name, notebook, kits, monkeypatch):
    sections = small.shown(notebook, kits[name], monkeypatch)
    title, *others = sections
    assert not sections[title] and len(others) > 5
    for heading, parts in sections.items():
        assert parts or heading == title, f"{heading} shows nothing"
        for part in parts:
            _is_whole(part)
    living = [h for h, parts in sections.items() if any(not isinstance(p, LeftOut) for p in parts)]
    assert len(living) >= 3, "not every section may be left out"


@pytest.mark.parametrize("name", small.SPARSE)
def test_an_edition_of_one_sparse_table_has_reports_that_say_what_is_left_out(
    name, tmp_path, monkeypatch
):
    sparse = small.SPARSE[name]
    kit = small.kit_of(sparse, tmp_path)
    for notebook in small.notebooks(sparse.table):
        sections = small.shown(notebook, kit, monkeypatch)
        parts = [part for parts in sections.values() for part in parts]
        assert any(isinstance(part, LeftOut) for part in parts)
        for part in parts:
            if isinstance(part, Reconciliations):
                assert not part.failed
            else:
                _is_whole(part)


def _is_whole(part) -> None:
    """Nothing broken in the text, nothing drawn without marks, no table without a figure."""
    if isinstance(part, ReportFigure):
        marks = part.data.select_dtypes("number").drop(
            columns=["score", "age", "t"], errors="ignore"
        )
        drawn = marks.notna() & (marks != 0)
        assert len(part.data) >= 2 and drawn.any(axis=1).sum() >= 1, part.alt
    elif isinstance(part, ReportTable):
        assert part.data.shape[0] and re.search(r"\d", part.text), part.text
        rows = part.text.split("---\n")[1]
        assert re.search(r"(?<![–\w])[$−+]?\d", rows), part.text
    elif isinstance(part, Reconciliations):
        assert part.hold or not part.checks
    else:
        assert isinstance(part, Sentence | LeftOut | FrontPage | DefinitionCards)
    told = str(part) if not isinstance(part, DefinitionCards) else ""
    assert not NEVER.search(told), told


def figures(notebook, kit, monkeypatch) -> list[str]:
    sections = small.shown(notebook, kit, monkeypatch).values()
    return [part.alt for parts in sections for part in parts if isinstance(part, ReportFigure)]


def test_four_answers_draw_no_chart(kits, monkeypatch):
    assert figures("survey_scores", kits["four answers"], monkeypatch) == []


def test_four_customers_draw_no_curve(kits, monkeypatch):
    for name in ("four customers of one month", "a segment that nobody is in any more"):
        told = " ".join(figures("cohort_retention", kits[name], monkeypatch))
        assert not re.search("Survival|Heat map|since joining|Control chart", told)


def test_a_segment_without_customers_has_no_money_to_draw(kits, monkeypatch):
    kit = kits["a segment that nobody is in any more"]
    assert "Waterfall" not in " ".join(figures("scorecard", kit, monkeypatch))
    said = [
        str(each) for each in small.shown("scorecard", kit, monkeypatch)["The month on one page"]
    ]
    assert said == [
        "MRR is $0 (ARR $0).\n"
        "MRR: $0, company $150\n"
        "Customers lost a month (Apr 2026): 40.0%, too few to judge, target 2%, company 11.1%\n"
        "Customers at month end: 0, company 2\n"
        "There is too little history to say what is usual.\n"
        "Rates and scores over 3 months."
    ]
    assert str(kit.say("customer_churn_rate")) == (
        "Customer churn rate for plan Old was undefined in June 2026: no customers paying at the start of the period."
    )


def test_a_table_without_any_figure_is_a_line_of_words(kits):
    kit = kits["four customers of one month"]
    for table in (kit.table("customer_churn_rate", periods=6), kit.table("nps", by="plan")):
        assert isinstance(table, LeftOut)
    assert str(kit.table("customer_churn_rate", periods=6)).endswith(
        "there is no figure for June 2026: undefined (no customers paying at the start of the period)."
    )
    assert isinstance(kit.variants_table("cltv"), LeftOut)


def test_what_needs_a_year_says_so(kits):
    kit = kits["four customers of one month"]
    assert "it needs 12 months of history" in str(kit.say("net_revenue_retention"))
    assert "it needs 12 months of history" in str(kit.say("cltv"))


def test_retention_is_told_at_the_oldest_age_there_is(kits):
    kit = kits["a segment that nobody is in any more"]
    assert "After 5 months" in str(kit.say_cohorts(12))
    assert isinstance(kits["four customers of one month"].say_cohorts(6), LeftOut)


def test_a_history_of_months_is_not_called_a_year(tmp_path, monkeypatch):
    """Segments stood apart "over twelve months", and customers left "from July 2025", of five months on record."""
    rows = "".join(
        f"c{i},2026-0{1 + i % 4}-01,{f'2026-06-{2 + i % 20:02d}' if i % 4 == 0 else ''},50,"
        f"{'EU' if i % 2 else 'US'},{'price' if i % 4 == 0 else ''}\n"
        for i in range(60)
    )
    head = "customer_id,start_date,end_date,mrr,region,end_reason\n"
    kit = small.kit_of(small.Small("subscriptions", head + rows, "region"), tmp_path)
    table = small.shown("scorecard", kit, monkeypatch)["How do the segments compare?"]
    said = " ".join(map(str, table))
    assert "◆ stands apart from the others over up to 5 months, beyond normal variation." in said
    left = small.shown("cohort_retention", kit, monkeypatch)["Why do they leave?"]
    said = " ".join(map(str, left))
    assert "15 customers left from January to June 2026" in said and "2025" not in said
