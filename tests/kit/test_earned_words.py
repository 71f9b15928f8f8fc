"""What is said of earned growth: the part it is of all growth, what an unknown origin leaves open, and for whom."""

from dataclasses import replace

import pytest

from cs_lib.judgement.earned_growth import EarnedGrowth, earned_growth
from cs_lib.kit.kit import Kit
from cs_lib.metrics.catalogue import metric
from cs_lib.period import Period
from cs_lib.report.display import LeftOut
from cs_lib.report.text.earned_sentences import earned_sentence
from cs_lib.report.text.formatting import Formatter

NAN = float("nan")
PUBLISHED = EarnedGrowth(
    0.10, 0.02, 0.18, 0.10, before=100, kept=85, referred=25, new=45, unknown=0
)


def said(found, **keys) -> str:
    return str(earned_sentence(found, Period.parse("2026-06"), Formatter(), **keys))


def test_the_published_part_of_all_growth():
    """METRICS §6, after Reichheld and others (2021): a rate of 10 %, and a ratio of 33 % of the growth from 100 to 130."""
    assert PUBLISHED.growth == pytest.approx(0.3) and PUBLISHED.of_growth == pytest.approx(1 / 3)
    assert said(PUBLISHED) == (
        "Earned growth was 10.0% over the twelve months to the end of June 2026 (95% interval 2.0% to 18.0%): customers "
        "of a year before pay 85.0% of what they paid then, and those who have come by referral since add 25.0%. "
        "Earned growth is 33% of all growth (30.0%); the rest came with other new customers."
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"rate": -0.05, "referred": 10},
        {"rate": 0.05, "kept": 70, "referred": 35, "new": 30},
    ],
)
def test_no_part_is_told_where_nothing_was_earned_or_nothing_grew(changed):
    assert "of all growth" not in said(PUBLISHED._replace(**changed))


def test_all_of_it_and_more_leaves_no_rest_to_tell():
    found = PUBLISHED._replace(rate=0.2, kept=95, referred=25, new=25)
    assert "Earned growth is 100% of all growth (20.0%)." in said(found)


def test_a_few_of_unknown_origin_leave_a_bound():
    text = said(PUBLISHED._replace(unknown=9, at_most=0.19))
    assert text.endswith(
        "New customers of whom no origin is known (20.0% of what new ones pay) count as not referred; had all of them "
        "been, it would be 19.0%."
    )


def test_it_is_unknown_where_less_than_half_has_an_origin():
    assert PUBLISHED._replace(unknown=22.5).is_known
    text = said(PUBLISHED._replace(unknown=30), where="region APAC")
    assert text == (
        "How much growth was earned is unknown for region APAC: 66.7% of what new customers pay comes from those of "
        "whom no origin is known."
    )


def test_the_samples_figures_are_those_of_its_retention_and_growth(sample):
    kit = sample()
    found = kit.selection.judgement.found(earned_growth, kit.selection.segment)
    frame = kit.frame("net_revenue_retention", "mrr_growth_rate", variant="*").set_index("variant")
    assert found.kept / found.before == frame.loc["12_months", "value"]
    assert found.growth == pytest.approx(frame.loc["year_over_year", "value"])
    assert found.rate == pytest.approx((found.kept + found.referred) / found.before - 1)
    assert found.low < found.rate < found.high
    assert "earned_growth_rate" in kit.selection.used or not str(
        kit.say_earned_growth()
    ).startswith("Left")


def test_what_is_left_out_says_why(sample):
    early = sample("2024-03").say_earned_growth()
    assert isinstance(early, LeftOut) and "twelve months before is not known" in str(early)
    by_plan = sample(segment="plan=Solo").say_earned_growth()
    assert isinstance(by_plan, LeftOut) and "plan Solo" in str(by_plan)
    selection = sample().selection
    measures = replace(
        selection.measures, left_out={"earned_growth_rate": "needs definitions.referrals"}
    )
    bare = Kit(replace(selection, measures=measures)).say_earned_growth()
    assert isinstance(bare, LeftOut) and "definitions.referrals" in str(bare)


def test_its_card_says_by_what_referrals_are_known(sample):
    kit = sample()
    kit.say_earned_growth()
    assert metric("earned_growth_rate").title in kit.definitions().text
    assert "came by referral: channel Referral" in kit.definitions().text
