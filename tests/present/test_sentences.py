"""Sentences are true for any data and claim no more than the intervals support."""

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cs_lib.metrics.intervals import wilson
from cs_lib.present.findings import (
    cohort_sentence,
    ltv_to_cac_sentence,
    movement_sentence,
    payback_sentence,
    touchpoint_sentence,
)
from cs_lib.present.segments import segment_sentence
from cs_lib.present.sentences import metric_sentence
from cs_lib.present.wording import Words

US = Words()
LOCALES = (US, Words("GBP", "en_GB"), Words("EUR", "de_DE"), Words("NGN", "en_NG"))
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
    made, catalogue, now, before, sure, words, target
):
    metric = catalogue("customer_churn_rate")
    text = made.said_well(
        metric_sentence(
            metric,
            made.share(*now),
            made.share(*before, period="2026-05"),
            words=words,
            distinguishable=sure,
            target=target,
        )
    )
    new, old = now[0] / now[1], before[0] / before[1]
    assert (", up " in text) <= (new > old)
    assert (", down " in text) <= (new < old)
    assert ("improvement" in text) <= (new < old and sure is True), "lower churn is better"
    assert ("deterioration" in text) <= (new > old and sure is True)
    if sure is False and "unchanged" not in text and new != old:
        assert "cannot be told from chance" in text
    low, high = (float(end) for end in wilson(*now))
    assert ("was met" in text) <= (target is not None and high <= target)
    assert ("was missed" in text) <= (target is not None and low > target)
    assert ("neither met nor missed" in text) == (target is not None and low <= target < high)


def test_the_sentence_of_a_rate_in_full(made, catalogue):
    text = metric_sentence(
        catalogue("customer_churn_rate"),
        made.share(31, 1004),
        made.share(27, 998, period="2026-05"),
        words=US,
        target=0.025,
        distinguishable=False,
    ).text
    assert text == (
        "Customer churn rate was 3.1% in June 2026 (31 of 1,004 customers paying at the opening; "
        "95% interval 2.2% to 4.3%), up 0.4 percentage points from May 2026 (2.7%), a change that "
        "cannot be told from chance. The target of at most 2.5% lies within the interval, so it can "
        "be called neither met nor missed."
    )


def test_one_customer_is_not_one_customers(made, catalogue):
    text = metric_sentence(catalogue("customer_churn_rate"), made.share(1, 1), words=US).text
    assert "(1 of 1 customer paying at the opening;" in text


def test_several_things_were_and_one_thing_was(made, catalogue):
    for name, verb in (
        ("paying_customers", "numbered"),
        ("nps_promoters", "were"),
        ("mrr", "was"),
        ("nps", "was"),
        ("ordering_customers", "numbered"),
    ):
        metric = catalogue(name)
        text = metric_sentence(metric, made.row(name, metric.canonical, value=12.0), words=US).text
        assert text.startswith(f"{metric.title} {verb} "), text


@pytest.mark.parametrize("status", STATUSES)
def test_a_figure_that_is_not_there_is_said_to_be_missing(made, catalogue, status):
    metric = catalogue("customer_churn_rate")
    gone, here = made.row(status=status), made.share(3, 100)
    made.said_well(metric_sentence(metric, gone, here, words=US, target=0.1, distinguishable=True))
    text = made.said_well(metric_sentence(metric, here, gone, words=US))
    assert "There is no figure for June 2026 to compare with" in text


def test_an_amount_may_improve_without_an_interval(made, catalogue):
    text = metric_sentence(
        catalogue("mrr"),
        made.row("mrr", "standard", value=1_240_000),
        made.row("mrr", "standard", period="2026-05", value=1_200_000),
        words=US,
        target=1_300_000,
    ).text
    assert text == (
        "MRR was $1.24M in June 2026, up 3.3% from May 2026 ($1.20M), an improvement. "
        "The target of at least $1.30M was missed."
    )


def test_nothing_is_claimed_of_a_change_that_was_not_tested(made, catalogue):
    now, before = (
        made.row("quick_ratio", "standard", period, value=value)
        for period, value in (("2026-06", 2.0), ("2026-05", 4.0))
    )
    text = metric_sentence(catalogue("quick_ratio"), now, before, words=US).text
    assert text == "Quick ratio was 2.0× in June 2026, down 2.0× from May 2026 (4.0×)."


def test_a_baseline_is_told_with_its_signal(made, catalogue):
    text = metric_sentence(
        catalogue("customer_churn_rate"), made.share(61, 1000), words=US, baseline=0.03, signal=True
    ).text
    assert text.endswith(
        "Its baseline over the twelve periods before is 3.0%; the figure lies outside its "
        "three-sigma control limits."
    )


@quietly
@given(st.lists(counts(), min_size=1, max_size=6), st.sampled_from(LOCALES))
def test_segments_name_the_extremes(made, catalogue, parts, words):
    rows = [made.share(*part, by="plan", segment=f"plan=P{i}") for i, part in enumerate(parts)]
    text = made.said_well(
        segment_sentence(catalogue("customer_churn_rate"), made.frame(*rows), words=words)
    )
    values = [a / b for a, b in parts]
    if len(parts) > 1 and min(values) < max(values):
        best = text.split("best in June 2026 for P")[1][0]
        assert values[int(best)] == min(values), "for churn the lowest is the best"
        lows, highs = ([r for r in rows if r["value"] == end(values)] for end in (min, max))
        apart = all(low["high"] < high["low"] for low in lows for high in highs)
        assert ("do not overlap" in text) == apart


def test_segments_without_figures_are_counted(made, catalogue):
    hidden = made.row(by="plan", segment="plan=Tiny", status="suppressed")
    metric = catalogue("customer_churn_rate")
    text = segment_sentence(
        metric, made.frame(made.share(1, 50, by="plan", segment="plan=Pro"), hidden), words=US
    ).text
    assert text.startswith("Only one plan has a figure") and text.endswith("1 of 2 has no figure.")
    assert segment_sentence(metric, made.frame(hidden), words=US).text == (
        "No plan has a figure for customer churn rate in June 2026."
    )
    made.said_well(segment_sentence(metric, made.frame(hidden).iloc[:0], words=US))


def test_effort_follows_the_direction_that_the_edition_states(made, catalogue):
    scores = made.scored({"onboarding": (2.1, 0.2, 80), "billing": (3.9, 0.3, 40)})
    text = touchpoint_sentence(
        catalogue("ces"), scores, words=US, direction="lower", scale=(1, 5)
    ).text
    assert "best in June 2026 for onboarding" in text and "worst for billing" in text
    assert text.endswith("The scale runs from 1 to 5; lower is better.")


amounts = st.integers(-50_000, 50_000)


@quietly
@given(
    st.integers(0, 10**6),
    st.lists(st.integers(0, 50_000), min_size=4, max_size=4),
    st.sampled_from(LOCALES),
)
def test_a_movement_tells_where_it_went(made, opening, moved, words):
    new, expansion, contraction, churned = moved
    frame = made.movements(
        opening=opening,
        new=new,
        reactivation=0,
        expansion=expansion,
        contraction=-contraction,
        churned=-churned,
    )
    text = made.said_well(movement_sentence(frame, words=words))
    change = new + expansion - contraction - churned
    assert ("rose" in text, "fell" in text, "stayed" in text) == (
        change > 0,
        change < 0,
        change == 0,
    )
    assert ("nothing was gained or lost" in text) == (not any(moved))


def test_a_cohort_sentence_names_best_and_worst(made):
    text = made.said_well(cohort_sentence(made.cohorts(), 6, words=US))
    assert text.startswith("74.9% of customers were still active 6 months after joining")
    assert "1 month after joining" in cohort_sentence(made.cohorts(), 1, words=US).text
    assert cohort_sentence(made.cohorts(), 40, words=US).text == (
        "No cohort has been observed 40 months after joining yet."
    )


@quietly
@given(st.floats(0.05, 20), st.floats(0.01, 5))
def test_three_to_one_is_claimed_only_by_the_whole_interval(made, catalogue, value, half):
    row = made.row("ltv_to_cac", "standard", value=value, low=value - half, high=value + half, n=50)
    text = made.said_well(ltv_to_cac_sentence(catalogue("ltv_to_cac"), row, words=US))
    assert ("whole interval lies above" in text) == (value - half > 3)
    assert ("whole interval lies below" in text) == (value + half < 3)
    assert math.isfinite(value)


def test_payback_says_what_it_supposes(made, catalogue):
    row = made.row("cac_payback", "standard", value=11.0)
    text = made.said_well(payback_sentence(catalogue("cac_payback"), row, words=US))
    assert text.endswith("after 11.0 months, provided they stay that long.")
    made.said_well(
        payback_sentence(catalogue("cac_payback"), made.row("cac_payback", "standard"), words=US)
    )
