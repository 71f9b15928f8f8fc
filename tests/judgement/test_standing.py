"""Verdicts: on the pooled months, in the target's grain, and only where enough stands behind them."""

import pytest

CHURN = "customer_churn_rate"


def verdict(judgement, name=CHURN, segment="all", by="all"):
    found = judgement.standing(name, by, segment)
    return found.verdict if found else None


def test_twelve_months_decide_what_one_month_cannot(drawn):
    """7 of 194 in each month: one month alone cannot be told from 2 %, twelve can."""
    one = drawn.judgement(drawn.shares(CHURN, [(7, 194)]), targets={CHURN: 0.02})
    year = drawn.judgement(drawn.shares(CHURN, [(7, 194)] * 12), targets={CHURN: 0.02})
    assert (verdict(one), verdict(year)) == ("too close to call", "missed")
    figure = year.standing(CHURN).figure
    assert (figure.numerator, figure.denominator, figure.periods) == (84, 2328, 12)


@pytest.mark.parametrize(
    ("parts", "target", "said"),
    [
        ([(1, 6)], 0.02, "too few to judge"),
        ([(1, 6), *[(0, 6)] * 11], 0.02, "too close to call"),
        ([(0, 4)], 0.02, "too few to judge"),
        ([(5, 1000)], 0.02, "met"),
        ([(60, 1000)], 0.02, "missed"),
        ([(0, 0)], 0.02, None),
    ],
)
def test_a_verdict_needs_units_and_a_whole_interval(drawn, parts, target, said):
    judged = drawn.judgement(drawn.shares(CHURN, parts), targets={CHURN: target})
    assert verdict(judged) == said


def test_few_units_are_judged_by_the_exact_interval(drawn):
    """0 of 20: Wilson's upper end is 16.1 %, the exact one 16.8 %."""
    rows = drawn.shares(CHURN, [(0, 20)])
    assert verdict(drawn.judgement(rows, targets={CHURN: 0.165})) == "too close to call"
    assert verdict(drawn.judgement(rows, targets={CHURN: 0.169})) == "met"


def test_nothing_is_met_by_a_figure_without_an_interval(drawn):
    [row] = drawn.shares("net_revenue_retention", [(900, 800)])
    judged = drawn.judgement([row], targets={"net_revenue_retention": 1.0})
    assert verdict(judged, "net_revenue_retention") == "not judged"


def test_a_total_is_counted_and_compared_as_it_stands(drawn):
    rows = drawn.total("mrr", [90.0, 120.0])
    assert verdict(drawn.judgement(rows, targets={"mrr": 100}), "mrr") == "met"
    assert verdict(drawn.judgement(rows, targets={"mrr": 130}), "mrr") == "missed"


def test_a_quarter_is_judged_by_the_months_and_not_by_its_own_rate(drawn):
    """2 % a month is 5.88 % a quarter: 4.5 % lost in a quarter is well within it."""
    months = drawn.shares(CHURN, [(15, 1000)] * 12)
    quarters = drawn.shares(CHURN, [(45, 1000)] * 4, last="2026-Q2")
    found = {
        period: drawn.judgement([*months, *quarters], targets={CHURN: 0.02}, period=period)
        for period in ("2026-06", "2026-Q2")
    }
    assert {verdict(each) for each in found.values()} == {"met"}
    assert found["2026-Q2"].standing(CHURN).figure == found["2026-06"].standing(CHURN).figure
    assert found["2026-Q2"].goal(CHURN) is None, "no monthly target is drawn among quarters"


def test_a_target_may_be_judged_over_other_months(drawn):
    """90 of 1,000 lost a month until half a year ago, 2 of 1,000 since."""
    rows = drawn.shares(CHURN, [(90, 1000)] * 6 + [(2, 1000)] * 6)
    assert verdict(drawn.judgement(rows, targets={CHURN: 0.02})) == "missed"
    six = drawn.judgement(rows, targets={CHURN: {"value": 0.02, "over": 6}})
    assert verdict(six) == "met" and six.standing(CHURN).figure.periods == 6


def test_a_target_may_be_meant_for_quarters(drawn):
    quarters = drawn.shares(CHURN, [(90, 1000)] * 4, last="2026-Q2")
    goal = {CHURN: {"value": 0.06, "grain": "quarter"}}
    judged = drawn.judgement(quarters, targets=goal, period="2026-Q2")
    assert verdict(judged) == "missed" and judged.standing(CHURN).figure.periods == 4


def test_a_changed_target_changes_no_past_verdict_and_is_told(drawn):
    rows = drawn.shares(CHURN, [(15, 1000)] * 24)
    history = [{"value": 0.02}, {"value": 0.01, "since": "2026-01"}]
    now = drawn.judgement(rows, targets={CHURN: history})
    then = drawn.judgement(rows, targets={CHURN: history}, period="2025-12")
    assert (verdict(then), verdict(now)) == ("met", "missed")
    assert now.standing(CHURN).figure.periods == 6, "judged since the target holds"
    assert then.standing(CHURN).before is None


def test_a_segment_is_held_against_its_own_target(drawn):
    rows = [
        *drawn.shares(CHURN, [(30, 1000)] * 12, by="plan", segment="plan=Solo"),
        *drawn.shares(CHURN, [(30, 1000)] * 12, by="plan", segment="plan=Pro"),
    ]
    judged = drawn.judgement(rows, targets={CHURN: {"all": 0.02, "plan=Solo": 0.04}})
    solo, pro = (judged.standing(CHURN, "plan", f"plan={each}") for each in ("Solo", "Pro"))
    assert (solo.verdict, solo.own, solo.target.value) == ("met", True, 0.04)
    assert (pro.verdict, pro.own, pro.target.value) == ("missed", False, 0.02)


def test_the_newest_months_that_can_be_judged_are_judged(drawn):
    rows = drawn.shares("response_rate", [(40, 100)] * 13)
    rows[-1] |= {"status": "immature", "value": float("nan")}
    found = drawn.judgement(rows, targets={"response_rate": 0.3}).standing("response_rate")
    assert (found.verdict, found.figure.last.label, found.figure.periods) == ("met", "2026-05", 12)


@pytest.mark.parametrize("period", ["2026-06", "2026-Q2"])
def test_the_sample_of_june(sample, period):
    """Figures given with the definitions: churn 222 of 9,553, CSAT 1,247 of 1,653."""
    judged = sample(period)
    churn, csat = judged.standing(CHURN), judged.standing("csat")
    assert (churn.verdict, csat.verdict) == ("missed", "missed")
    assert (churn.figure.numerator, churn.figure.denominator) == (222, 9553)
    assert (csat.figure.numerator, csat.figure.denominator) == (1247, 1653)
    assert (churn.figure.low, churn.figure.high) == pytest.approx((0.0204, 0.0265), abs=5e-5)


@pytest.mark.parametrize(
    ("period", "month"), [("2026-Q2", "2026-06"), ("2025", "2025-12"), ("2026-W26", "2026-05")]
)
def test_the_same_company_gets_the_same_verdict_at_every_grain(sample, period, month):
    found, by_month = sample(period).standing(CHURN), sample(month).standing(CHURN)
    assert (found.verdict, found.figure) == (by_month.verdict, by_month.figure)
    assert by_month.verdict == "missed"


def test_a_week_is_judged_by_the_months_before_its_end(drawn):
    months = drawn.shares(CHURN, [(30, 1000)] * 12, last="2026-05")
    week = drawn.shares(CHURN, [(1, 1000)], last="2026-W24")
    judged = drawn.judgement([*months, *week], targets={CHURN: 0.02}, period="2026-W24")
    assert verdict(judged) == "missed" and judged.standing(CHURN).figure.last.label == "2026-05"


@pytest.mark.parametrize(("last", "months"), [("2026-06", 12), ("2026-03", 9), ("2024-06", 0)])
def test_a_segment_that_is_gone_has_no_figure_of_this_year(drawn, last, months):
    whole = drawn.shares(CHURN, [(10, 500)] * 40)
    gone = drawn.shares(CHURN, [(2, 100)] * 14, last=last, segment="plan=Old", by="plan")
    year = drawn.judgement(whole + gone).year_figure(CHURN, "plan", "plan=Old")
    assert (year.periods if year else 0) == months


def test_a_quarter_stands_for_its_months_where_one_of_them_is_hidden(drawn):
    """Twelve months to June, of which May and June are hidden and the quarter is not: the year is whole. To May it is not."""
    rows = drawn.shares("csat", [(8, 10)] * 12, by="plan", segment="plan=A")
    rows += drawn.shares("csat", [(90, 100)] * 12)
    nothing = dict.fromkeys(("numerator", "denominator", "n", "value", "low", "high"), float("nan"))
    rows[10:12] = [row | nothing | {"status": "suppressed"} for row in rows[10:12]]
    rows += drawn.shares("csat", [(9, 16)], last="2026-Q2", by="plan", segment="plan=A")
    found = drawn.judgement(rows).year_figure("csat", "plan", "plan=A")
    assert (found.numerator, found.denominator) == (9 * 8 + 9, 9 * 10 + 16)
    assert (found.periods, found.first.label, found.last.label) == (12, "2025-07", "2026-06")
    earlier = drawn.judgement(rows, period="2026-05").year_figure("csat", "plan", "plan=A")
    assert (earlier.denominator, earlier.periods) == (100, 10)
