"""Sentences are true for any data and claim no more than the intervals support."""

import math
import re
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cs_lib.judgement.comparisons import Apart
from cs_lib.judgement.standing import share_interval
from cs_lib.period import Period
from cs_lib.report.tables.scorecard_table import signals_sentence
from cs_lib.report.text import segment_sentences
from cs_lib.report.text.churn_in_money import money_not_kept, money_of_churn
from cs_lib.report.text.cohort_sentences import cohort_sentence
from cs_lib.report.text.formatting import Formatter
from cs_lib.report.text.movement_sentences import (
    ltv_to_cac_sentence,
    movement_sentence,
    payback_sentence,
)
from cs_lib.report.text.segment_sentences import segment_sentence
from cs_lib.report.text.sentences import metric_sentence
from cs_lib.vocabulary import MONEY, PERCENT

US = Formatter()
LOCALES = (US, Formatter("GBP", "en_GB"), Formatter("EUR", "de_DE"), Formatter("NGN", "en_NG"))
STATUSES = ("undefined", "immature", "suppressed")
quietly = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def counts():
    return st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@quietly
@given(
    counts(),
    counts(),
    st.sampled_from([True, False, None]),
    st.sampled_from(LOCALES),
    st.none() | st.floats(0, 1),
)
def test_a_rate_claims_only_what_is_distinguishable(
    made, catalogue, now, before, sure, formatter, target
):
    metric = catalogue("customer_churn_rate")
    text = made.said_well(
        metric_sentence(
            metric,
            made.share(*now),
            made.share(*before, period="2026-05"),
            formatter=formatter,
            distinguishable=sure,
            standing=made.standing(metric, made.share(*now), target),
        )
    )
    new, old = now[0] / now[1], before[0] / before[1]
    assert (", up " in text) <= (new > old)
    assert (", down " in text) <= (new < old)
    assert ("improvement" in text) <= (new < old and sure is True), "lower churn is better"
    assert (", worse" in text) <= (new > old and sure is True)
    if sure is False:
        assert not re.search(", (up|down) ", text), "a change that may be chance is not claimed"
        assert (
            "unchanged from May 2026" in text or f", after {formatter.percent(old)} in May" in text
        )
    low, high = (float(end) for end in share_interval(*now, 0.95))
    known = target is not None and now[1] >= 10
    assert ("was met" in text) == (known and high <= target)
    assert ("was missed" in text) == (known and low > target)
    assert ("too close to call" in text) == (known and low <= target < high)
    assert ("too few stand behind" in text) == (target is not None and not known)


def test_segments_at_the_ends_are_told_with_their_column_unless_they_are_places(made, catalogue):
    """ "LTV:CAC: highest for Referral" left it to the reader what Referral is."""

    def said(name, by, **values):
        rows = [
            made.row(name, catalogue(name).canonical, "2026-06", by, f"{by}={each}", value=value)
            | {"low": 0.9 * value, "high": 1.1 * value}
            for each, value in values.items()
        ]
        return segment_sentence(catalogue(name), made.frame(*rows), formatter=US).text

    assert said("ltv_to_cac", "channel", Referral=9.0, Events=1.4).startswith(
        "LTV:CAC (by the formula) by channel in June 2026: highest for Referral (9.0×)"
    )
    assert said("new_customers", "plan", Solo=20.0, Network=9.0).startswith(
        "New customers by plan in June 2026: most for Solo (20), fewest for Network (9)"
    )
    assert said("new_customers", "region", EMEA=20.0, APAC=9.0).startswith(
        "New customers in June 2026: most for EMEA (20)"
    )


@quietly
@given(st.floats(1, 1e9), st.floats(0.001, 1.2), st.integers(1, 5000))
def test_a_figure_is_that_of_the_amounts_printed_beside_it(made, catalogue, whole, share, many):
    """Of "$115K of $143K" a reader makes 80.4%; the sentence said 80.5%."""

    def amount(text):
        return float(text.rstrip("KMB").replace(",", "")) * {"K": 1e3, "M": 1e6, "B": 1e9}.get(
            text[-1], 1
        )

    metric = catalogue("gross_revenue_retention")
    part = min(share, 1.0) * whole
    row = made.row("gross_revenue_retention", metric.canonical, value=part / whole, n=10)
    row |= {"numerator": part, "denominator": whole}
    text = metric_sentence(metric, row, formatter=US).text
    over, under = re.search(r"\(\$([\d.,]+\w?) of \$([\d.,]+\w?)[;)]", text).groups()
    if whole > 5000:  # below it a whole dollar is more than the last digit of the share
        assert US.percent(amount(over) / amount(under)) == US.percent(part / whole)


def test_one_cohort_is_told_by_its_name(made):
    """A share of the one cohort of March was told as that of customers."""
    cells = made.cohorts()
    first = cells["cohort"].min()
    alone = cells[cells["cohort"].isna() | cells["cohort"].eq(first)]
    text = cohort_sentence(alone, 6, formatter=US, ordered=False).text
    assert "who joined in" in text and "alone;" in text and "1 cohort" not in text
    assert not re.search("newer|Best|worst", text)


def test_the_sentence_of_a_rate_in_full(made, catalogue):
    text = metric_sentence(
        catalogue("customer_churn_rate"),
        made.share(31, 1004),
        made.share(27, 998, period="2026-05"),
        formatter=US,
        standing=made.standing(catalogue("customer_churn_rate"), made.share(31, 1004), 0.025),
        distinguishable=False,
    ).text
    assert text == (
        "Customer churn rate was 3.1% in June 2026 (31 of 1,004 customers paying at the start of June; "
        "95% interval 2.2% to 4.3%), after 2.7% in May 2026. The target of at most 2.5% a month is too "
        "close to call: 3.09%, about 31% a year at this rate."
    )


def test_a_figure_without_an_interval_claims_no_change(made, catalogue):
    """A median of eight customers: that it fell from 13 days to 6 may be chance."""
    days = {"metric": "time_to_value", "variant": "standard"}
    now, before = (
        made.row(value=value, n=8, low=float("nan"), high=float("nan"), period=period, **days)
        for value, period in ((6.0, "2026-06"), (13.0, "2026-05"))
    )
    text = metric_sentence(catalogue("time_to_value"), now, before, formatter=US).text
    assert "after 13 days in May 2026" in text and "down" not in text


def test_a_figure_that_was_told_is_not_told_again_beside_its_verdict(made, catalogue):
    row = made.share(2206, 2688, metric="csat", variant="standard")
    standing = made.standing(catalogue("csat"), row, 0.8)
    text = metric_sentence(catalogue("csat"), row, formatter=US, standing=standing).text
    assert text.endswith("95% interval 80.6% to 83.5%). The target of at least 80% was met.")


def test_customers_who_order_are_not_lost_by_not_ordering_in_a_month(made, catalogue):
    """Nor does a rate of those who pause come to one of a year."""
    churn = catalogue("customer_churn_rate")
    of_orders = churn.over(("activity",))
    row = made.share(140, 1000)
    standing = made.standing(churn, row, 0.25)
    for metric, said in ((churn, "met: about 84% a year"), (of_orders, "")):
        text = metric_sentence(metric, row, formatter=US, standing=standing).text
        assert (said in text) and ("a year" in text) is bool(said)
    text = cohort_sentence(made.cohorts(), 6, formatter=US, ordered=True, by_orders=True).text
    assert text.startswith("After 6 months 74.9% of customers order in that month (7 cohorts;")
    assert "still here" not in text


def test_one_customer_is_not_one_customers(made, catalogue):
    text = metric_sentence(catalogue("customer_churn_rate"), made.share(1, 1), formatter=US).text
    assert "(1 of 1 customer paying at the start of June;" in text


def test_several_things_were_and_one_thing_was(made, catalogue):
    for name, verb in (
        ("paying_customers", "numbered"),
        ("nps_promoters", "were"),
        ("mrr", "was"),
        ("nps", "was"),
        ("ordering_customers", "numbered"),
    ):
        metric = catalogue(name)
        text = metric_sentence(
            metric, made.row(name, metric.canonical, value=12.0), formatter=US
        ).text
        assert text.startswith(f"{metric.title} {verb} "), text


@pytest.mark.parametrize("status", STATUSES)
def test_a_figure_that_is_not_there_is_said_to_be_missing(made, catalogue, status):
    metric = catalogue("customer_churn_rate")
    gone, here = made.row(status=status), made.share(3, 100)
    made.said_well(metric_sentence(metric, gone, here, formatter=US, distinguishable=True))
    text = made.said_well(metric_sentence(metric, here, gone, formatter=US))
    assert "There is no figure for June 2026 to compare with" in text


def test_an_amount_may_improve_without_an_interval(made, catalogue):
    text = metric_sentence(
        catalogue("mrr"),
        made.row("mrr", "standard", value=1_240_000),
        made.row("mrr", "standard", period="2026-05", value=1_200_000),
        formatter=US,
        standing=made.standing(
            catalogue("mrr"), made.row("mrr", "standard", value=1_240_000), 1_300_000
        ),
    ).text
    assert text == (
        "MRR was $1.24M in June 2026, up 3.3% from May 2026 ($1.20M). "
        "The target of at least $1.3M was missed."
    )


def test_nothing_is_claimed_of_a_change_that_was_not_tested(made, catalogue):
    now, before = (
        made.row("quick_ratio", "standard", period, value=value)
        for period, value in (("2026-06", 2.0), ("2026-05", 4.0))
    )
    text = metric_sentence(catalogue("quick_ratio"), now, before, formatter=US).text
    assert text == (
        "Quick ratio was 2.0× in June 2026, down 2.0× from May 2026 (4.0×): higher is better."
    ), "which side is the better is said, and no more"


def test_a_ratio_of_gains_to_losses_says_what_it_rests_on(made, catalogue):
    """37.2× is much gained beside $30 lost, and the reader sees it."""
    row = made.row(
        "quick_ratio", "standard", "2026-06", value=37.2, numerator=1_116.0, denominator=30.0
    )
    assert "was 37.2× in June 2026 ($1,116 gained, $30 lost" in str(
        metric_sentence(catalogue("quick_ratio"), row, formatter=US)
    )
    frame = pd.DataFrame([row]).assign(centre=6.1, limit_low=0.0, limit_high=18.0)
    found = {"quick_ratio": catalogue("quick_ratio")}
    said = signals_sentence(frame, found, 281, Period.parse("2026-06"), formatter=US)
    assert "37.2×, where the trend was 6.1× ($1,116 gained, $30 lost)" in str(said)


@pytest.mark.parametrize(
    ("by", "segment", "said"),
    [
        ("language", "Chinese", "Language Chinese has NPS of"),
        ("region", "APAC", "APAC has NPS of"),
        ("touchpoint", "adding a module", "Adding a module has NPS of"),
        ("plan", "Plan B", "Plan B has NPS of"),
        ("age_group", "65+", "Age group 65+ has NPS of"),
    ],
)
def test_a_segment_says_what_kind_of_customers_it_is(catalogue, by, segment, said):
    found = apart_of(
        catalogue("nps"),
        (segment, -3.5, 41.2, True),
        ("x", 41.2, -3.5, False),
        ("y", 41.2, -3.5, False),
    )
    found.rows["segment_by"] = by
    found.rows["segment"] = [f"{by}={each}" for each in (segment, "x", "y")]
    assert segment_sentences.apart_words(found, catalogue("nps"), US).startswith(said)


def test_what_is_counted_is_told_beside_a_year_before(made, catalogue):
    rows = [
        made.row("mrr", "standard", period, value=value)
        for period, value in (("2026-06", 254_900), ("2026-05", 243_700), ("2025-06", 143_400))
    ]
    text = metric_sentence(catalogue("mrr"), rows[0], rows[1], year_ago=rows[2], formatter=US).text
    assert text == (
        "MRR was $254.9K in June 2026, up 4.6% from May 2026 ($243.7K); up 77.8% on June 2025 ($143.4K)."
    )


def test_customers_stand_behind_a_figure_by_their_name(made, catalogue):
    for name, variant, n, noun in (
        ("cac", "12_months", 561, "561 new customers"),
        ("cltv", "ratio", 1, "1 customer"),
        ("cltv", "purchases", 40, "40 orders"),
        ("nps", "standard", 241, "241 answers"),
        ("stickiness", "standard", 975, ""),
    ):
        row = made.row(name, variant, value=5.0, low=4.0, high=6.0, n=n)
        text = made.said_well(metric_sentence(catalogue(name), row, formatter=US))
        assert f"({noun}{'; ' if noun else ''}95% interval" in text
        assert "n =" not in text


@quietly
@given(st.floats(0, 1e5), st.floats(0, 1e7))
def test_churn_is_told_in_money(made, lost, opening):
    rows = [
        made.row(name, "standard", value=value)
        for name, value in (("churned_mrr", -lost), ("opening_mrr", opening))
    ]
    text = str(money_of_churn("customer_churn_rate", *rows, US))
    assert bool(text) == (opening > 0)
    assert ("Those who left paid" in text) == (lost > 0 and opening > 0)
    if text:
        made.said_well(text)
        assert text.endswith(f"is about {US.alike((lost, opening / 100), MONEY)[1]}.")
    assert not str(money_of_churn("customer_churn_rate", None, rows[1], US))


def test_what_is_gone_is_told_in_money(made):
    row = made.row(
        "gross_revenue_retention", "12_months", value=0.8, numerator=115e3, denominator=143e3
    )
    assert str(money_not_kept(row, US)) == "What is gone came to $28.0K of MRR."
    assert not str(money_not_kept({**row, "numerator": 143e3}, US))


def test_the_trend_is_told_of_a_signal(made, catalogue):
    text = metric_sentence(
        catalogue("customer_churn_rate"), made.share(61, 1000), formatter=US, usual=0.03
    ).text
    assert text.endswith("That is above the trend (3.0%).")


@quietly
@given(st.lists(counts(), min_size=1, max_size=6), st.sampled_from(LOCALES))
@example([(0, 1), (3, 3), (0, 5)], US)
@example([(0, 5), (3, 3), (0, 1)], US)
def test_segments_name_the_ends_only_where_their_intervals_do_not_meet(
    made, catalogue, parts, formatter
):
    rows = [made.share(*part, by="plan", segment=f"plan=P{i}") for i, part in enumerate(parts)]
    text = made.said_well(
        segment_sentence(catalogue("customer_churn_rate"), made.frame(*rows), formatter=formatter)
    )
    shown = formatter.alike([row["value"] for row in rows], PERCENT)
    highest, lowest = (
        [row for row, text in zip(rows, shown, strict=True) if text == shown[at]]
        for end in (max, min)
        for at in [rows.index(end(rows, key=lambda row: row["value"]))]
    )
    apart = min(row["low"] for row in highest) > max(row["high"] for row in lowest)
    assert ("highest for" in text) == (apart and 1 < len(rows) <= segment_sentences.FEW_SEGMENTS)
    if "highest for" in text:
        named = re.search(r"highest for (.*?) \(.*lowest for (.*?) \(", text).groups()
        for names, ends in zip(named, (highest, lowest), strict=True):
            for end in ends:
                assert end["segment"].removeprefix("plan=") in names or "more" in names
    assert "best" not in text and "worst" not in text


def test_segments_without_figures_are_named(made, catalogue):
    hidden = made.row(by="plan", segment="plan=Tiny", status="suppressed")
    metric = catalogue("customer_churn_rate")
    text = segment_sentence(
        metric, made.frame(made.share(1, 50, by="plan", segment="plan=Pro"), hidden), formatter=US
    ).text
    assert text == (
        "Customer churn rate in June 2026: 2.0% for Pro, the only plan with a figure. Tiny: too few to say."
    )
    assert segment_sentence(metric, made.frame(hidden), formatter=US).text == (
        "No plan has a figure for customer churn rate in June 2026."
    )
    made.said_well(segment_sentence(metric, made.frame(hidden).iloc[:0], formatter=US))


def apart_of(metric, *found, first="2025-07"):
    """Segments against the rest: name → (value, rest, differs)."""
    rows = [
        {
            "segment_by": "plan",
            "segment": f"plan={name}",
            "value": value,
            "low": value - 0.01,
            "high": value + 0.01,
            "rest": rest,
            "differs": differs,
        }
        for name, value, rest, differs in found
    ]
    return Apart(metric, Period.parse(first), Period.parse("2026-06"), pd.DataFrame(rows))


def test_who_stands_apart_is_told_with_the_rate_elsewhere(catalogue):
    churn = catalogue("customer_churn_rate")
    apart = apart_of(
        churn, ("Pro", 0.008, 0.026, True), ("Solo", 0.04, 0.019, True), ("Max", 0.02, 0.02, False)
    )
    assert segment_sentences.apart_words(apart, churn, US) == (
        "Plan Solo loses 4.0% of its customers a month, twice the rate elsewhere (1.9%); Pro 0.8%, a third of "
        "the rate elsewhere (2.6%); all over the twelve months to June 2026."
    ), "bad news first"
    two = apart_of(churn, ("Pro", 0.02, 0.04, True), ("Solo", 0.04, 0.02, True))
    assert "Pro" not in segment_sentences.apart_words(two, churn, US), "its mirror image"


@quietly
@given(
    st.floats(0.001, 1),
    st.floats(0.001, 1),
    st.sampled_from(["customer_churn_rate", "csat", "nps", "arpa"]),
)
def test_a_multiple_is_told_only_of_one(made, catalogue, value, rest, name):
    metric = catalogue(name)
    text = segment_sentences.apart_words(
        apart_of(
            metric, ("Pro", value, rest, True), ("X", rest, value, False), ("Y", rest, value, False)
        ),
        metric,
        US,
    )
    made.said_well(text)
    assert text.startswith("Plan Pro ")
    for words, times in (("twice", 2), ("three times", 3), ("half", 1 / 2), ("a third of", 1 / 3)):
        if f"{words} t" in text:
            assert 0.85 < value / rest / times < 1.15
    if name == "nps":
        assert not re.search("twice|times|half|third", text), "a score has no ratio"


def test_a_split_that_is_an_order_names_its_ends(catalogue):
    use = catalogue("feature_adoption")
    apart = apart_of(
        use, ("Book", 0.886, 0.3, True), ("Rota", 0.24, 0.4, False), ("Reports", 0.1, 0.5, True)
    )
    assert segment_sentences.apart_words(apart, use, US) == (
        "Most used is Book (88.6%), least used Reports (10.0%), over the twelve months to June 2026."
    )


def test_few_customers_are_no_end_of_an_order(catalogue):
    """None of the 11 who were not there on any day left: that is not the least."""
    left, use = catalogue("churn_by_use"), catalogue("feature_adoption")
    found = ("some", 0.026, 0.009, True), ("none", 0.0, 0.016, False), ("many", 0.005, 0.02, False)
    apart = apart_of(left, *found)
    apart.rows.loc[1, ["low", "high"]] = 0.0, 0.28
    assert segment_sentences.apart_words(apart, left, US) == (
        "Of customers with some of use in a month 2.6% left in the next, of those with many 0.5%, over the "
        "twelve months to June 2026."
    )
    assert segment_sentences.apart_words(replace(apart, metric=use), use, US) == (
        "Plan some has a feature adoption of 2.6%, three times the rate elsewhere (0.9%), over the twelve "
        "months to June 2026."
    ), "least used is none, for all that is known"


def test_effort_follows_the_direction_that_the_edition_states(made, catalogue):
    scores = made.scored({"onboarding": (2.1, 0.2, 80), "billing": (3.9, 0.3, 40)})
    effort = replace(catalogue("ces"), direction="lower")
    text = segment_sentence(effort, scores, formatter=US, scale=(1, 5)).text
    assert "highest for billing (3.90), lowest for onboarding (2.10)" in text
    assert text.endswith("The scale runs from 1 to 5; lower is better.")


amounts = st.integers(-50_000, 50_000)


@quietly
@given(
    st.integers(0, 10**6),
    st.lists(st.integers(0, 50_000), min_size=4, max_size=4),
    st.sampled_from(LOCALES),
)
def test_a_movement_tells_where_it_went(made, opening, moved, formatter):
    new, expansion, contraction, churned = moved
    frame = made.movements(
        opening=opening,
        new=new,
        reactivation=0,
        expansion=expansion,
        contraction=-contraction,
        churned=-churned,
    )
    text = made.said_well(movement_sentence(frame, formatter=formatter))
    change = new + expansion - contraction - churned
    assert ("rose" in text, "fell" in text, "stayed" in text) == (
        change > 0,
        change < 0,
        change == 0,
    )
    assert ("nothing was gained or lost" in text) == (not any(moved))


def test_a_cohort_sentence_names_best_and_worst_where_the_order_is_more_than_chance(made):
    text = made.said_well(cohort_sentence(made.cohorts(), 6, formatter=US, ordered=True))
    assert text.startswith(
        "After 6 months 74.9% of customers are still here (7 cohorts; 95% interval"
    )
    assert "Best: customers who joined in" in text
    assert "Best" not in cohort_sentence(made.cohorts(), 6, formatter=US).text
    assert "After 1 month " in cohort_sentence(made.cohorts(), 1, formatter=US).text
    assert cohort_sentence(made.cohorts(), 40, formatter=US).text == (
        "No cohort has been followed for 40 months yet."
    )


@quietly
@given(st.floats(0.05, 20), st.floats(0.01, 5))
def test_three_to_one_is_claimed_only_by_the_whole_interval(made, catalogue, value, half):
    row = made.row("ltv_to_cac", "ratio", value=value, low=value - half, high=value + half, n=50)
    text = made.said_well(ltv_to_cac_sentence(catalogue("ltv_to_cac"), row, formatter=US))
    assert ("stands above" in text) == (value - half > 3)
    assert ("stands below" in text) == (value + half < 3)
    assert math.isfinite(value)


def test_three_to_one_is_left_to_the_target_where_there_is_one(made, catalogue):
    row, metric = (
        made.row("ltv_to_cac", "ratio", value=4.0, low=3.5, high=4.5, n=50),
        catalogue("ltv_to_cac"),
    )
    standing = made.standing(metric, row, 2.0)
    text = ltv_to_cac_sentence(metric, row, formatter=US, standing=standing).text
    assert "customary" not in text and "target of at least 2 was met" in text


def test_payback_says_what_it_supposes(made, catalogue):
    row = made.row("cac_payback", "12_months", value=11.0)
    text = made.said_well(payback_sentence(catalogue("cac_payback"), row, formatter=US))
    assert text.endswith("A new customer has to stay that long to repay the cost of winning them.")
    alone = made.row("cac_payback", "month", value=11.0)
    assert "has to stay" not in payback_sentence(catalogue("cac_payback"), alone, formatter=US).text
    made.said_well(
        payback_sentence(
            catalogue("cac_payback"), made.row("cac_payback", "12_months"), formatter=US
        )
    )
