"""Sentences are true for any data and claim no more than the intervals support."""

import math
import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cs_lib.judgement import Finding
from cs_lib.judgement.standing import share_interval
from cs_lib.period import Period
from cs_lib.report.text import segment_sentences
from cs_lib.report.text.formatting import Formatter
from cs_lib.report.text.movement_sentences import (
    cohort_sentence,
    ltv_to_cac_sentence,
    movement_sentence,
    payback_sentence,
    touchpoint_sentence,
)
from cs_lib.report.text.segment_sentences import segment_sentence
from cs_lib.report.text.sentences import metric_sentence
from cs_lib.vocabulary import APART, BAD

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
    if sure is False and "unchanged" not in text and new != old:
        assert "within normal variation" in text or "almost unchanged" in text
    low, high = (float(end) for end in share_interval(*now, 0.95))
    known = target is not None and now[1] >= 10
    assert ("was met" in text) == (known and high <= target)
    assert ("was missed" in text) == (known and low > target)
    assert ("too close to call" in text) == (known and low <= target < high)
    assert ("too few stand behind" in text) == (target is not None and not known)


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
        "Customer churn rate was 3.1% in June 2026 (31 of 1,004 customers paying at the opening; "
        "95% interval 2.2% to 4.3%), up 0.4 percentage points from May 2026 (2.7%), within normal "
        "variation. The target of at most 2.5% a month is too close to call: 3.09% a month over 1 "
        "month (2.18% to 4.35%)."
    )


def test_one_customer_is_not_one_customers(made, catalogue):
    text = metric_sentence(catalogue("customer_churn_rate"), made.share(1, 1), formatter=US).text
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
        "MRR was $1.24M in June 2026, up 3.3% from May 2026 ($1.20M), an improvement. "
        "The target of at least $1.3M was missed."
    )


def test_nothing_is_claimed_of_a_change_that_was_not_tested(made, catalogue):
    now, before = (
        made.row("quick_ratio", "standard", period, value=value)
        for period, value in (("2026-06", 2.0), ("2026-05", 4.0))
    )
    text = metric_sentence(catalogue("quick_ratio"), now, before, formatter=US).text
    assert text == "Quick ratio was 2.0× in June 2026, down 2.0× from May 2026 (4.0×)."


def test_what_was_usual_is_told_of_a_signal(made, catalogue):
    text = metric_sentence(
        catalogue("customer_churn_rate"), made.share(61, 1000), formatter=US, usual=0.03
    ).text
    assert text.endswith(
        "That is above the limits of normal variation: 3.0% was to be expected from the months before."
    )


@quietly
@given(st.lists(counts(), min_size=1, max_size=6), st.sampled_from(LOCALES))
def test_segments_name_the_extremes(made, catalogue, parts, formatter):
    rows = [made.share(*part, by="plan", segment=f"plan=P{i}") for i, part in enumerate(parts)]
    text = made.said_well(
        segment_sentence(catalogue("customer_churn_rate"), made.frame(*rows), formatter=formatter)
    )
    values = [a / b for a, b in parts]
    if len(parts) > 1 and min(values) < max(values):
        low, high = (int(each) for each in re.findall(r"\(P(\d)", text)[:2])
        if values.count(min(values)) == values.count(max(values)) == 1:
            assert (values[low], values[high]) == (min(values), max(values))
        assert "best" not in text and "worst" not in text


def test_segments_without_figures_are_counted(made, catalogue):
    hidden = made.row(by="plan", segment="plan=Tiny", status="suppressed")
    metric = catalogue("customer_churn_rate")
    text = segment_sentence(
        metric, made.frame(made.share(1, 50, by="plan", segment="plan=Pro"), hidden), formatter=US
    ).text
    assert text.startswith("Only one plan has a figure") and text.endswith("1 of 2 has no figure.")
    assert segment_sentence(metric, made.frame(hidden), formatter=US).text == (
        "No plan has a figure for customer churn rate in June 2026."
    )
    made.said_well(segment_sentence(metric, made.frame(hidden).iloc[:0], formatter=US))


def test_effort_follows_the_direction_that_the_edition_states(made, catalogue):
    scores = made.scored({"onboarding": (2.1, 0.2, 80), "billing": (3.9, 0.3, 40)})
    effort = replace(catalogue("ces"), direction="lower")
    text = touchpoint_sentence(effort, scores, formatter=US, scale=(1, 5)).text
    assert "ran from 2.10 (onboarding) to 3.90 (billing)" in text
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


def test_a_cohort_sentence_names_best_and_worst(made):
    text = made.said_well(cohort_sentence(made.cohorts(), 6, formatter=US))
    assert text.startswith("74.9% of customers were still active 6 months after joining")
    assert "1 month after joining" in cohort_sentence(made.cohorts(), 1, formatter=US).text
    assert cohort_sentence(made.cohorts(), 40, formatter=US).text == (
        "No cohort has been observed 40 months after joining yet."
    )


@quietly
@given(st.floats(0.05, 20), st.floats(0.01, 5))
def test_three_to_one_is_claimed_only_by_the_whole_interval(made, catalogue, value, half):
    row = made.row("ltv_to_cac", "ratio", value=value, low=value - half, high=value + half, n=50)
    text = made.said_well(ltv_to_cac_sentence(catalogue("ltv_to_cac"), row, formatter=US))
    assert ("stands above" in text) == (value - half > 3)
    assert ("stands below" in text) == (value + half < 3)
    assert math.isfinite(value)


def test_payback_says_what_it_supposes(made, catalogue):
    row = made.row("cac_payback", "12_months", value=11.0)
    text = made.said_well(payback_sentence(catalogue("cac_payback"), row, formatter=US))
    assert text.endswith("after 11.0 months, provided they stay that long.")
    made.said_well(
        payback_sentence(
            catalogue("cac_payback"), made.row("cac_payback", "12_months"), formatter=US
        )
    )


def test_a_segment_apart_is_a_multiple_of_the_others_where_it_is_a_rate(catalogue):
    def said(name, value, rest):
        last = Period.parse("2026-06")
        found = Finding(APART, name, "region", "region=APAC", last, last, value, rest, BAD)
        return segment_sentences.apart_finding(found, catalogue(name), US)

    churn = "Region APAC: customer churn rate was {} in June 2026{} ({} for the others)"
    twice, near = ", about twice as much as elsewhere", ""
    assert said("customer_churn_rate", 0.04, 0.02) == churn.format("4.0%", twice, "2.0%")
    assert said("customer_churn_rate", 0.03, 0.02) == churn.format("3.0%", near, "2.0%")
    assert "elsewhere" not in said("nps", 60, 30)
