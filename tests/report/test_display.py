"""What a notebook cell receives."""

import base64

import pandas as pd
import pytest

from cs_lib.edition import CesRule, Edition
from cs_lib.edition import Definitions as Choices
from cs_lib.metrics.catalogue import CATALOGUE
from cs_lib.report.display import LeftOut, ReportFigure, ReportTable, Sentence
from cs_lib.report.tables import definition_list
from cs_lib.report.tables.definition_cards import definitions
from cs_lib.report.tables.reconciliation_table import Reconciliation, Reconciliations
from cs_lib.report.text.formatting import Formatter

EVIL = "<script>alert(1)</script>"


def test_a_sentence_is_a_paragraph_and_a_line():
    bundle = Sentence(f"Churn {EVIL}.")._repr_mimebundle_()
    assert (
        bundle["text/html"] == '<p class="finding">Churn &lt;script&gt;alert(1)&lt;/script&gt;.</p>'
    )
    assert bundle["text/plain"] == f"Churn {EVIL}."
    assert (Sentence("One.") + Sentence("Two.")).text == "One. Two."


def test_what_is_left_out_says_what_and_why():
    bundle = LeftOut("NPS", f"needs answers {EVIL}.")._repr_mimebundle_()
    assert bundle["application/vnd.cs-kit.left-out+json"] == {
        "what": "NPS",
        "reason": f"needs answers {EVIL}.",
    }
    assert bundle["text/plain"] == f"Left out: NPS: needs answers {EVIL}."
    assert "<script" not in bundle["text/html"]


def test_a_figure_carries_its_text_and_its_digest():
    figure = ReportFigure(b"png", "A chart.", "abc123", 691)
    data, metadata = figure._repr_mimebundle_()
    assert base64.b64decode(data["image/png"]) == b"png"
    assert data["text/plain"] == "A chart.\n[figure abc123]"
    assert metadata == {"image/png": {"alt": "A chart.", "width": 691}}


def test_a_table_shows_html_and_text():
    table = ReportTable("<table></table>", "text", pd.DataFrame())
    assert table._repr_mimebundle_() == {"text/html": "<table></table>", "text/plain": "text"}


def test_checks_hold_only_when_there_is_one_and_all_do():
    good, bad = (
        Reconciliation("opening + movements = closing", True, "12 cells"),
        Reconciliation(EVIL, False),
    )
    assert (
        Reconciliations([good]).hold
        and not Reconciliations([good, bad]).hold
        and not Reconciliations([]).hold
    )
    assert Reconciliations([good, bad]).failed == (bad,)
    shown = Reconciliations([good, bad])._repr_mimebundle_()
    assert shown["text/plain"].splitlines() == [
        "1 of 2 checks of these figures fail",
        "",
        "Check                          Result   Detail",
        "-" * 48,
        "opening + movements = closing  ✓ holds  12 cells",
        f"{EVIL}      ✗ fails",
    ]
    assert "<script" not in shown["text/html"]
    assert "<summary>1 of 2 checks of these figures fail.</summary>" in shown["text/html"]
    assert Reconciliations([good, good]).summary == "All 2 checks of these figures hold"
    assert str(Reconciliations([])).startswith("No reconciliation applies")


@pytest.fixture
def edition(tmp_path):
    return Edition(
        name="acme",
        path=tmp_path / "acme.yaml",
        company="Acme",
        tables={"subscriptions": "subscriptions.csv"},
        segments=("plan",),
        definitions=Choices(
            ces=CesRule(scale=(1, 5), direction="lower", easy=(1, 2)), gross_margin=0.78
        ),
        targets={"customer_churn_rate": {"all": 0.025, "plan=Pro": 0.02}, "ces": 2.5},
    )


def test_a_definition_prints_the_declaration_and_the_editions_choices(edition, catalogue):
    card = definitions([catalogue("ces")], Formatter(), edition).text
    assert card.splitlines()[0] == "CES"
    assert (
        "In this edition: scale 1 to 5; lower is better; easy means 1 to 2; target at most 2.5"
        in card
    )
    churn = definitions(
        [catalogue("customer_churn_rate")],
        Formatter(),
        edition,
        used={"customer_churn_rate": {"snapshot"}},
    ).text
    assert "Stripe" not in churn.split("Source")[0]
    assert "target at most 2.5% a month; target for plan=Pro at most 2% a month" in churn
    value = definitions([catalogue("cltv")], Formatter(), edition).text
    assert "gross margin 78%" in value and "Where it is undefined: no churn observed" in value


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("response_rate", "response window 14 days (the default)"),
        ("paying_customers", "active window 3 months (the default)"),
        ("expected_lifetime", "horizon 24 months (the default)"),
        ("cac", "costs of 1 period before in the lagged rule (the default)"),
        ("paying_customers", "a customer counts in each segment in which it pays"),
        (
            "active_customer_rate",
            "a customer counts in each segment in which it pays at the end",
        ),
        ("net_revenue_retention", "money follows the segment of the start"),
        ("nps", "an answer counts in the segment"),
    ],
)
def test_a_card_states_defaults_and_the_rule_of_segments(edition, catalogue, name, says):
    assert says in definitions([catalogue(name)], Formatter(), edition).text


def test_a_setting_that_the_edition_states_is_no_default(edition, catalogue):
    stated = edition.definitions.model_copy(update={"response_window": 21})
    changed = edition.model_copy(update={"definitions": stated})
    card = definitions([catalogue("response_rate")], Formatter(), changed).text
    assert "response window 21 days" in card and "21 days (the default)" not in card


def test_a_division_reads_one_way_only(catalogue):
    card = definitions([catalogue("nps"), catalogue("cac_payback")], Formatter()).text
    assert "100 × (promoters (9 and above) less detractors (below 7)) ÷ answers." in card
    assert (
        "CAC of the period ÷ (ARPA of the period's new customers × the edition's gross margin)."
        in card
    )
    lines = [definition_list.in_a_line(catalogue(name)) for name in ("nps", "mrr")]
    assert lines == [
        "100 × (promoters (9 and above) less detractors (below 7)) ÷ answers.",
        "Monthly recurring revenue just before the period's end.",
    ], "the board book says it as the card does"


def test_of_what_is_lost_more_is_not_better(catalogue):
    """Amounts lost stand below zero, and "higher is better" beside them was read the wrong way."""
    card = definitions([catalogue("churned_mrr"), catalogue("mrr")], Formatter("USD")).text
    assert "money in USD; a loss, below zero: nearer to zero is better" in card
    assert card.count("higher is better") == 1


@pytest.mark.parametrize("metric", CATALOGUE, ids=lambda metric: metric.name)
def test_every_metric_has_a_card(metric, edition):
    shown = definitions([metric], Formatter("EUR", "de_DE"), edition)
    assert shown.text.startswith(f"{metric.title}\n  Reads as: ")
    assert "None" not in shown.text and "nan" not in shown.text.split()
    assert shown.html.count("<dt>") == shown.html.count("<dd>") >= 4
