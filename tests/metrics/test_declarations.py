"""Every metric is declared whole, and its worked examples come out as written."""

import math
from dataclasses import replace

import pytest
from drawn import edition

from cs_lib.errors import EditionError
from cs_lib.metrics.catalogue import CATALOGUE, check_metric_names, metric, metric_of, no_share
from cs_lib.metrics.catalogue.declaration import Example
from cs_lib.metrics.catalogue.rules import Amount, Derived, Ratio

ALL = [pytest.param(each, id=each.name) for each in CATALOGUE]


@pytest.mark.parametrize("declared", [each for each in ALL if each.values[0].examples])
def test_the_worked_examples_come_out(declared):
    rule = declared.rules[0]
    for example in declared.examples:
        if example.denominator in (0, None) or example.numerator is None:
            value = None
        else:
            value = rule.value(example.numerator, example.denominator)
        if example.value is None:
            assert value is None, example.what
        else:
            assert value == pytest.approx(example.value, rel=1e-12), example.what


@pytest.mark.parametrize("declared", ALL)
def test_the_examples_show_an_ordinary_a_boundary_and_an_undefined_figure(declared):
    rule = declared.rules[0]
    if isinstance(rule, Ratio | Derived):
        values = [example.value for example in declared.examples]
        assert None in values
        assert len([value for value in values if value is not None]) >= 2
        low, high = declared.bounds
        for value in values:
            if value is not None:
                assert (low is None or value >= low) and (high is None or value <= high)


@pytest.mark.parametrize("declared", ALL)
def test_every_sentence_is_there(declared):
    for text in (declared.title, declared.leaves_out, declared.source):
        assert text.strip() and text == text.strip()
    assert declared.reads
    for rule in declared.rules:
        says = (
            (
                [rule.numerator_says, rule.denominator_says]
                if isinstance(rule, Derived)
                else [rule.numerator.says]
                + ([rule.denominator.says] if isinstance(rule, Ratio) else [])
            )
            if isinstance(rule, Derived | Ratio | Amount)
            else ["a curve"]
        )
        assert all(sentence.strip() for sentence in says)


@pytest.mark.parametrize("declared", [each for each in ALL if len(each.values[0].rules) > 1])
def test_every_variant_but_the_first_has_a_label_of_its_own(declared):
    variants = {rule.variant: rule for rule in reversed(declared.rules)}
    labels = [rule.label for name, rule in variants.items() if name != declared.canonical]
    assert all(labels), declared.name
    assert len(set(labels)) == len(labels)


def test_there_is_one_metric_of_each_name():
    names = [each.name for each in CATALOGUE]
    assert len(set(names)) == len(names) > 40


#: The arrows of the catalogue
ARROWS = {
    "higher": [
        "customer_retention_rate",
        "gross_revenue_retention",
        "net_revenue_retention",
        "mrr",
        "arr",
        "net_new_mrr",
        "mrr_growth_rate",
        "revenue_growth_rate",
        "expansion_mrr_rate",
        "quick_ratio",
        "arpa",
        "nps",
        "csat",
        "response_rate",
        "follow_up_rate",
        "cltv",
        "ltv_to_cac",
    ],
    "lower": [
        "customer_churn_rate",
        "gross_revenue_churn_rate",
        "net_revenue_churn_rate",
        "churned_customers",
        "cac",
        "cac_payback",
    ],
}


@pytest.mark.parametrize("direction", ARROWS)
def test_the_directions_are_those_of_the_catalogue(direction):
    assert {name: metric(name).direction for name in ARROWS[direction]} == dict.fromkeys(
        ARROWS[direction], direction
    )


#: The canonical variant, and those that must be there
VARIANTS = {
    "customer_churn_rate": ("snapshot", {"stripe", "events", "average_base", "begin_plus_adds"}),
    "customer_retention_rate": (None, {"end_over_start"}),
    "gross_revenue_retention": ("12_months", {"one_period"}),
    "net_revenue_retention": ("12_months", {"one_period", "with_reactivation", "end_less_new"}),
    "net_revenue_churn_rate": (None, {"net_with_reactivation"}),
    "quick_ratio": (None, {"without_reactivation"}),
    "csat": (None, {"top_box", "mean"}),
    "ces": (None, {"share_easy"}),
    "cac": ("12_months", {"month", "marketing_only", "lagged"}),
    "cac_payback": ("12_months", {"month", "aggregate"}),
    "cltv": ("ratio", {"survival", "sbg", "purchases", "revenue"}),
    "ltv_to_cac": ("ratio", {"survival"}),
    "expected_lifetime": ("standard", {"sbg", "ratio"}),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_the_variants_of_the_catalogue_are_there(name):
    canonical, others = VARIANTS[name]
    declared = metric(name)
    assert canonical in (None, declared.canonical)
    assert others <= {rule.variant for rule in declared.rules}


@pytest.mark.parametrize(
    "broken",
    [
        {"direction": "up"},
        {"unit": "furlongs"},
        {"title": " "},
        {"source": ""},
        {"leaves_out": ""},
        {"reads": ()},
        {"rules": ()},
        {"examples": ()},
        {"examples": (Example("one", 1, 1, 1.0),)},
    ],
    ids=str,
)
def test_a_declaration_with_a_piece_missing_is_refused(broken):
    with pytest.raises(TypeError):
        replace(metric("customer_churn_rate"), **broken)


def test_two_rules_of_one_variant_and_fact_are_refused():
    declared = metric("customer_churn_rate")
    with pytest.raises(TypeError, match="distinct variants"):
        replace(declared, rules=(declared.rules[0], declared.rules[0]))


def test_an_unknown_metric_is_named_with_the_nearest_one():
    with pytest.raises(
        EditionError, match=r"nett_revenue_retention is not a metric.*net_revenue_retention"
    ):
        metric("nett_revenue_retention")
    with pytest.raises(EditionError, match=r"targets\.npss.*nps"):
        check_metric_names(edition({"subscriptions": None}, targets={"npss": {"all": 30}}))


def test_a_ratio_times_and_less_what_it_says():
    rule = replace(metric("nps").rules[0], times=100, minus=1)
    assert math.isclose(rule.value(30, 100), 29)


def test_ces_points_where_the_edition_says_and_its_share_of_easy_always_up():
    effort = edition(
        {"survey_responses": None}, ces={"scale": (1, 5), "direction": "lower", "easy": (1, 2)}
    )
    ces = metric_of(effort, "ces", ("ces",))
    assert ces.direction_of() == "lower" and ces.direction_of("share_easy") == "higher"
    assert metric_of(effort, "nps", ("nps",)) == metric("nps").over(("nps",))


def test_a_rule_that_measures_another_unit_says_which_way_is_better():
    days = metric("time_to_value")
    assert days.direction_of() == "lower" and days.direction_of("within_30") == "higher"
    silent = [replace(rule, direction=None) for rule in days.rules]
    with pytest.raises(TypeError, match="time_to_value: the rule within_7 needs a direction"):
        replace(days, rules=tuple(silent))
    with pytest.raises(TypeError, match="direction 'up' is none of"):
        replace(days, rules=(replace(days.rules[0], direction="up"),))


def test_revenue_churn_cannot_lose_more_than_all():
    assert metric("gross_revenue_churn_rate").bounds == (0, 1)
    assert metric("net_revenue_churn_rate").bounds == (None, 1)


@pytest.mark.parametrize("declared", ALL)
def test_a_metric_can_be_cut_to_the_rules_that_any_one_fact_feeds(declared):
    """Whichever rule then comes first: time to value without its curve is a share."""
    for fact in {rule.fact for rule in declared.rules if rule.fact} | {"none"}:
        fed = [rule for rule in declared.rules if rule.fact in (None, fact)]
        cut = declared.over([fact])
        assert {rule.variant for rule in cut.rules} == {rule.variant for rule in fed or cut.rules}


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("customer_churn_rate", 5, "5 is 500%. Percentages are fractions: write 0.05 for 5%."),
        ("csat", 80, "80 is 8,000%. Percentages are fractions: write 0.8 for 80%."),
        ("net_revenue_retention", 103, "103 is 10,300%. Percentages are fractions: write 1.03 for 103%."),
        ("net_revenue_retention", 1.03, None),
        ("customer_churn_rate", 1, None),
        ("nps", 40, None),
        ("mrr", 5e6, None),
    ],
)  # fmt: skip
def test_a_percentage_in_hundredths_is_refused_where_a_target_or_a_plan_says_it(name, value, says):
    assert no_share(name, value) == says
    wanted = edition({"subscriptions": None}, targets={name: {"all": value}})
    if says is None:
        check_metric_names(wanted)
    else:
        with pytest.raises(EditionError, match=f"targets.{name}: {value} is "):
            check_metric_names(wanted)
