"""What is told first is what is at stake; what is small, or undecided, is not told at all."""

import pandas as pd
import pytest

from cs_lib.judgement.finding import frame_of
from cs_lib.period import Segment

CHURN, ALL = "customer_churn_rate", Segment()


def company(drawn, churn, *, mrr=100_000.0, customers=1000.0, **more):
    rows = [
        *drawn.shares(CHURN, [churn] * 24),
        *drawn.total("mrr", [mrr] * 24),
        *drawn.total("paying_customers", [customers] * 24),
    ]
    return drawn.judgement([*rows, *more.pop("rows", [])], **more)


def test_a_missed_target_comes_first_with_its_money(drawn):
    csat = drawn.shares("csat", [(700, 1000)] * 24)
    judged = company(drawn, (40, 1000), rows=csat, targets={"csat": 0.85, CHURN: 0.02, "nps": 40})
    found = judged.findings(ALL)
    assert [(each.kind, each.metric, each.side) for each in found[:2]] == [
        ("target", CHURN, "bad"),
        ("target", "csat", "bad"),
    ]
    assert found[0].stake.money == pytest.approx(0.02 * 12 * 12 * 100_000)
    assert found[0].stake.customers == pytest.approx(0.02 * 12 * 1000)


def test_a_gap_of_a_quarter_is_lost_four_times_a_year(drawn):
    rows = [
        *drawn.shares(CHURN, [(120, 1000)] * 8, last="2026-Q2"),
        *drawn.total("mrr", [100_000.0] * 24),
        *drawn.total("paying_customers", [1000.0] * 24),
    ]
    goal = {CHURN: {"value": 0.06, "grain": "quarter"}}
    [found] = drawn.judgement(rows, targets=goal).findings(ALL)
    assert found.stake.money == pytest.approx(0.06 * 4 * 12 * 100_000)
    assert found.stake.customers == pytest.approx(0.06 * 4 * 1000)


def test_no_more_is_at_stake_than_there_is(drawn):
    [found] = company(drawn, (400, 1000), targets={CHURN: 0.02}).findings(ALL)
    assert (found.stake.money, found.stake.customers) == (12 * 100_000, 1000)


def test_what_is_too_close_to_call_is_no_finding(drawn):
    judged = company(drawn, (21, 1000), targets={CHURN: 0.02})
    assert judged.standing(CHURN).verdict == "too close to call"
    assert judged.findings(ALL) == []


def test_small_change_is_no_finding(drawn):
    """0.02 points of churn in a company of a thousand: beyond doubt, and two customers a year."""
    big = company(drawn, (20_200, 1_000_000), targets={CHURN: 0.02}, customers=10.0)
    assert big.standing(CHURN).verdict == "missed"
    assert big.findings(ALL) == []


def test_one_event_is_one_finding(drawn):
    usual = [1000.0, 1100.0, 950.0, 1050.0] * 6
    rows = [
        *drawn.total("expansion_mrr", [*usual, 9000.0]),
        *drawn.total("net_new_mrr", [*usual, 9000.0]),
        *drawn.total("new_mrr", usual),
    ]
    found = drawn.judgement(rows).findings(ALL)
    assert [each.kind for each in found] == ["signal"]
    assert {found[0].metric, *found[0].also} == {"expansion_mrr", "net_new_mrr"}


def test_one_event_is_named_after_its_headline(drawn):
    """What moved farthest is no headline metric: the event would be told nowhere."""
    usual = [1000.0, 1100.0, 950.0, 1050.0] * 6
    rows = [
        *drawn.total("churned_mrr", [*usual, 19_000.0]),
        *drawn.total("net_new_mrr", [*usual, 9000.0]),
    ]
    judged = drawn.judgement(rows)
    [found] = judged.findings(ALL)
    assert (found.metric, found.also) == ("net_new_mrr", ("churned_mrr",))
    assert [each.first.metric for each in judged.front(ALL).stories] == ["net_new_mrr"]


def test_a_segment_is_one_finding_however_many_figures_set_it_apart(drawn):
    rows = []
    for name, bad, good in ((CHURN, 60, 15), ("csat", 500, 800)):
        for segment, x in (("A", bad), ("B", good), ("C", good)):
            rows += drawn.shares(name, [(x, 1000)] * 12, by="plan", segment=f"plan={segment}")
    found = drawn.judgement(rows).findings(ALL)
    assert [(each.segment, each.side) for each in found] == [("plan=A", "bad")]
    assert {found[0].metric, *found[0].also} == {CHURN, "csat"}


def test_the_findings_of_june(sample):
    found = sample().findings(ALL)
    told = [(each.kind, each.metric, each.segment) for each in found]
    assert told[:4] == [
        ("segment apart", "cac", "channel=Events"),
        ("target", CHURN, "all"),
        ("segment apart", CHURN, "region=APAC"),
        ("target", "gross_revenue_retention", "all"),
    ]
    assert {
        ("lasting change", "time_to_value", "all"),
        ("lasting change", "cohort_retention", "all"),
        ("target", "ltv_to_cac", "channel=Events"),
        ("recovery", "csat", "all"),
        ("take-up", "feature_adoption", "feature=Waitlist"),
    } <= {*told}
    assert [each.rank for each in found] == sorted(each.rank for each in found)


def test_a_finding_has_a_key_of_its_own(sample):
    keys = [each.key for each in sample().findings(ALL)]
    assert f"target: {CHURN}" in keys
    assert f"segment apart: {CHURN}, region=APAC" in keys
    assert len({*keys}) == len(keys)


def test_findings_are_published_as_values(sample):
    found = sample().findings(ALL)
    frame = frame_of(found)
    assert list(frame["rank"]) == list(range(1, len(found) + 1))
    assert set(frame["side"]) <= {"good", "bad", "neutral"}
    money = frame.loc[frame["metric"] == CHURN, "money_a_year"]
    assert money.notna().all() and pd.api.types.is_float_dtype(money)


@pytest.mark.parametrize(
    ("columns", "split"), [(("plan",), "feature"), (("plan", "feature"), "feature (split)")]
)
def test_a_feature_taken_up_is_told_whatever_the_edition_calls_that_split(drawn, columns, split):
    """A segment column may bear the name `feature`; the metric's own split then has another."""
    parts, used = [(0, 500)] * 15 + [(175, 500)] * 9, "feature_adoption"
    solo = {"by": f"plan,{split}", "segment": f"plan=Solo,{split}=Waitlist"}
    rows = [
        *drawn.shares(used, parts, by=split, segment=f"{split}=Waitlist"),
        *drawn.shares(used, parts, **solo),
        *drawn.shares(CHURN, [(20, 1000)] * 24, by="plan", segment="plan=Solo"),
    ]
    judged = company(drawn, (20, 1000), rows=rows, segments=columns)
    for page, label in ((ALL, f"{split}=Waitlist"), (Segment.parse("plan=Solo"), solo["segment"])):
        [story] = [each for each in judged.front(page).stories if each.of_kind("take-up")]
        assert story.first.segment == label and story.side == "good"
