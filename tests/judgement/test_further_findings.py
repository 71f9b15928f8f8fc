"""What is to come, what was said and who holds much: told beyond chance alone, with what is at stake worked out again."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cs_lib.judgement import voice_findings
from cs_lib.judgement.judgement import Judgement
from cs_lib.judgement.leaving import reasons
from cs_lib.judgement.noted_figures import figure_of
from cs_lib.judgement.score_drivers import Drivers, drivers
from cs_lib.judgement.series import Figures
from cs_lib.metrics.frame_columns import LEAVERS
from cs_lib.metrics.measures import Measures
from cs_lib.period import Period, Segment
from cs_lib.vocabulary import OK, SUPPRESSED

CHURN, ALL, JUNE = "customer_churn_rate", Segment(), Period.parse("2026-06")


def of_kind(found, kind):
    return [each for each in found if each.kind == kind]


def company(drawn, *rows, risk=None, due=None, period="2026-06"):
    """1,000 customers who pay 100,000 a month and leave at 2 % a month."""
    every = [
        *drawn.shares(CHURN, [(20, 1000)] * 24),
        *drawn.total("mrr", [100_000.0] * 24),
        *drawn.total("paying_customers", [1000.0] * 24),
        *rows,
    ]
    judged = drawn.judgement(every, period=period)
    data = {"renewals_ahead": due or []}
    more = {} if risk is None else {"risk": risk}
    return Judgement(judged.edition, replace(judged.measures, data=data, **more), judged.period)


# --- at risk ----------------------------------------------------------------------------------------


def bands(expected, *, status=OK):
    """Four bands of the 1,000: expected losses of each, of customers who pay 100."""
    many = {"low": 500, "usual": 400, "raised": 60, "high": 40}
    rows = [
        (pd.Timestamp("2026-07-01"), "all", "all", band, n, 100.0 * n, lost, 100.0 * lost, status)
        for (band, n), lost in zip(many.items(), expected, strict=True)
    ]
    columns = ["month", "segment_by", "segment", "band", "customers", "mrr"]
    columns += ["expected_customers", "expected_mrr", "status"]
    return pd.DataFrame(rows, columns=columns)


def test_customers_at_risk_are_told_with_what_they_are_expected_to_lose(drawn):
    judged = company(drawn, risk=bands([1, 9, 5, 7]))
    [found] = of_kind(judged.findings(ALL), "at risk")
    assert stats.poisson.ppf(0.025, 12) >= 5
    assert (found.ahead.many, found.ahead.mrr) == (100, 10_000)
    assert (found.ahead.gone, found.ahead.lost) == (12, 1200)
    assert found.ahead.until == date(2026, 7, 31)
    assert (found.value, found.reference) == (pytest.approx(0.022), pytest.approx(0.02))
    assert found.stake.money == pytest.approx(12 * 1200)
    assert found.side == "neutral" and found.first.label == "2026-07"


@pytest.mark.parametrize("lost", [0.0, 3.0, 8.0, 11.0])
def test_few_who_may_leave_are_no_finding(drawn, lost):
    """As many as chance would bring of hardly any: scipy's quantile is the second opinion."""
    found = of_kind(company(drawn, risk=bands([1, 9, lost, 0])).findings(ALL), "at risk")
    least = stats.poisson.ppf(0.025, lost) if lost else 0
    assert bool(found) == (least >= 5)


@pytest.mark.parametrize(("many", "side"), [(20, "neutral"), (33, "neutral"), (35, "bad")])
def test_only_more_than_usual_beyond_doubt_are_bad_news(drawn, many, side):
    judged = company(drawn, risk=bands([0, many - 14, 7, 7]))
    [found] = of_kind(judged.findings(ALL), "at risk")
    usual = judged.year_figure(CHURN).high * 1000
    assert found.side == side == ("bad" if stats.poisson.ppf(0.025, many) > usual else "neutral")


def test_nothing_is_said_of_bands_that_are_hidden_or_of_another_month(drawn):
    hidden = company(drawn, risk=bands([1, 9, 15, 17], status=SUPPRESSED))
    other = company(drawn, risk=bands([1, 9, 15, 17]), period="2026-05")
    assert not of_kind([*hidden.findings(ALL), *other.findings(ALL)], "at risk")


def test_the_samples_customers_at_risk(sample):
    [found] = of_kind(sample().findings(ALL), "at risk")
    rows = sample().measures.risk
    rows = rows[rows["segment"].eq("all") & rows["month"].eq("2026-07-01")]
    watched = rows[rows["band"].isin(["raised", "high"])]
    assert found.ahead.many == watched["customers"].sum() == 182
    assert found.stake.money == pytest.approx(12 * watched["expected_mrr"].sum())
    assert found.side == "neutral"


# --- renewals ---------------------------------------------------------------------------------------


def due(mrr, *, rate=0.8, hidden=False, quarter=0):
    row = {"quarter": quarter, "segment": "all", "terms": 40, "rate": rate, "hidden": hidden}
    return {**row, "first": "2026-07-01", "last": "2026-09-30", "due": mrr, "expected": rate * mrr}


def renewing(drawn, mrr, *, kept=400, months=12, period="2026-06", **more):
    rows = drawn.shares("renewal_rate", [(kept, 500)] * months)
    return company(drawn, *rows, due=[due(mrr, **more), due(9e9, quarter=1)], period=period)


def test_what_is_due_is_told_with_what_would_be_lost_of_it(drawn):
    [found] = of_kind(renewing(drawn, 20_000).findings(ALL), "renewals due")
    assert (found.ahead.mrr, found.ahead.lost) == (20_000, pytest.approx(4000))
    assert (found.value, found.n) == (pytest.approx(0.8), 40)
    assert found.stake.money == pytest.approx(12 * 4000)
    assert (found.first.label, found.last.label) == ("2026-07", "2026-09")
    assert (found.ahead.until, found.side) == (date(2026, 9, 30), "neutral")


def test_what_is_due_is_judged_by_the_end_of_the_rates_interval_that_is_kind(drawn):
    """At the point 5 % of MRR is lost, and at the high end of the interval just more, or just less, than 1 %."""
    high = stats.binomtest(4800, 6000).proportion_ci(method="wilson").high
    least = 1000 / (1 - high)
    assert not of_kind(renewing(drawn, 0.99 * least).findings(ALL), "renewals due")
    assert of_kind(renewing(drawn, 1.01 * least).findings(ALL), "renewals due")


def test_what_is_due_is_not_told_where_it_is_not_known(drawn):
    cases = [
        renewing(drawn, 20_000, hidden=True),
        renewing(drawn, 20_000, months=11),
        renewing(drawn, 20_000, period="2026-05"),
        renewing(drawn, 20_000, kept=500),
    ]
    assert not [each for judged in cases for each in of_kind(judged.findings(ALL), "renewals due")]


def test_the_samples_renewals_are_those_of_its_measures(sample):
    """Twelve months whose grace days are over, added up again by plan; the quarter as the notebook shows it."""
    judged = sample()
    [found] = of_kind(judged.findings(ALL), "renewals due")
    rows = judged.measures.measures
    rows = rows[rows["segment_by"].eq("plan") & rows["grain"].eq("month")]
    rows = rows[rows["period_start"].between("2025-06-01", "2026-05-01")]
    sums = rows.pivot_table(index="segment", columns="metric", values="value", aggfunc="sum")
    lost = 1 - sums["renewals_kept"] / sums["renewals_due"]
    due = {
        each["segment"]: each["due"]
        for each in judged.measures.data["renewals_ahead"]
        if each["segment_by"] == "plan" and each["quarter"] == 0
    }
    assert found.ahead.mrr == sum(due.values()) == 25_261
    expected = sum(due[plan] * lost[plan] for plan in due)
    assert found.ahead.lost == pytest.approx(expected) == pytest.approx(4571, abs=50)
    assert found.stake.money == pytest.approx(12 * expected)
    assert found.value == pytest.approx(1 - expected / 25_261)


# --- what was said ----------------------------------------------------------------------------------


def test_the_samples_detractors_are_told_to_name_the_price(sample):
    [found] = of_kind(sample().findings(ALL), "theme apart")
    cell = found.cell
    assert (cell.word, cell.k, cell.n, cell.rest_k, cell.rest_n) == ("price", 16, 65, 18, 344)
    p = stats.fisher_exact([[16, 49], [18, 326]], alternative="greater").pvalue
    assert float(found.certainty) == pytest.approx(-np.log10(2 * p), rel=1e-4)
    assert found.key == "theme apart: nps, theme=price" and found.whose == ("all", "all")
    assert not of_kind(sample("2025-10").findings(ALL), "theme apart")


def test_what_goes_with_a_score_is_told_where_it_stands_apart(sample, monkeypatch):
    [found] = of_kind(sample().findings(ALL), "driver")
    assert (found.metric, found.segment) == ("nps", "item=Value for money")
    [score] = sample().found(drivers, ALL)
    first, others = score.rows.iloc[0], score.rows.iloc[1:]
    assert found.value == first["mean"] and found.reference == pytest.approx(others["mean"].mean())

    def drawn(part_low, mean_high, status=OK):
        rows = score.rows.copy()
        rows.loc[0, ["low", "mean_high"]] = [part_low, mean_high]
        other = Drivers(**{**vars(score), "rows": rows, "status": status})
        monkeypatch.setattr(voice_findings, "drivers", lambda *_: [other])
        figures = Figures(sample().edition, sample().measures)
        return [*voice_findings.drivers_apart(figures, JUNE, ALL)]

    apart, kept = others["high"].max(), others["mean_low"].mean()
    assert drawn(apart + 0.001, kept - 0.001)
    assert not drawn(apart - 0.001, kept - 0.001)
    assert not drawn(apart + 0.001, kept + 0.001)
    assert not drawn(apart + 0.001, kept - 0.001, status="too few")


def test_a_reason_that_more_gave_than_the_year_before_is_told(sample):
    """The sample's Solo customers: 50 of 117 named the price, 18 of 86 before; Fisher's exact test agrees."""
    found = of_kind(sample().findings(Segment.parse("plan=Solo")), "reason risen")
    [risen] = found
    assert (risen.cell.k, risen.cell.n, risen.cell.rest_k, risen.cell.rest_n) == (50, 117, 18, 86)
    p = stats.fisher_exact([[50, 67], [18, 68]], alternative="greater").pvalue
    assert float(risen.certainty) == pytest.approx(-np.log10(2 * p), rel=1e-6)
    more = 50 - 117 * 18 / 86
    assert risen.stake.customers == pytest.approx(more)
    rows = sample().found(reasons, Segment.parse("plan=Solo")).rows.set_index("reason")
    assert risen.stake.money == pytest.approx(12 * rows.loc["price", "money"] * more / 50)
    assert not of_kind(sample().findings(ALL), "reason risen")


def left(sample, now, before):
    """Figures of customers who left, by reason, in twelve months and in the twelve before."""
    rows = [
        (pd.Timestamp(month), "all", "all", pd.Timestamp("2020-01-01"), why, float(n), n * 10.0)
        for month, counts in (("2026-03-01", now), ("2025-03-01", before), ("2024-07-01", {}))
        for why, n in counts.items()
    ]
    leavers = pd.DataFrame(rows, columns=LEAVERS)
    base = pd.DataFrame({"month": [pd.Timestamp("2024-07-01")]})
    measures = Measures(pd.DataFrame(), pd.DataFrame(), pd.DataFrame(), {}, date(2026, 7, 1))
    measures = replace(measures, leavers=leavers, joiners=base)
    edition = sample().edition.model_copy(update={"segments": (), "history_starts": None})
    return [*voice_findings.reasons_risen(Figures(edition, measures), JUNE, ALL)]


def test_what_fell_what_is_not_given_and_what_few_named_is_not_told(sample):
    many = {"price": 60, "rival": 40}
    assert [each.cell.word for each in left(sample, many, {"price": 20, "rival": 80})] == ["price"]
    assert not left(sample, {"(not given)": 60, "rival": 40}, {"(not given)": 20, "rival": 80})
    assert not left(sample, {"price": 4, "rival": 6}, {"price": 0, "rival": 400})
    assert not left(sample, many, {"price": 55, "rival": 45})


@pytest.mark.slow
def test_reasons_that_move_by_chance_are_told_less_often_than_the_level_allows(sample):
    """150 and 120 who left draw one of five reasons with the same chances in both years."""
    draw, reasons = np.random.default_rng(7), ["a", "b", "c", "d", "e"]
    told = 0
    for _ in range(150):
        now, before = (
            dict(zip(reasons, draw.multinomial(n, [0.3, 0.25, 0.2, 0.15, 0.1]), strict=True))
            for n in (150, 120)
        )
        told += bool(left(sample, now, before))
    assert told / 150 <= 0.05


# --- the base ---------------------------------------------------------------------------------------


def held(drawn, share, customers=1000.0):
    rows = [
        {**row, "variant": "top_1", "value": share}
        for row in drawn.total("concentration", [share] * 3)
    ]
    judged = drawn.judgement(
        [
            *drawn.shares(CHURN, [(20, 1000)] * 24),
            *drawn.total("mrr", [100_000.0] * 24),
            *drawn.total("paying_customers", [customers] * 24),
            *rows,
        ]
    )
    return of_kind(judged.findings(ALL), "concentration")


def test_a_customer_of_a_tenth_is_told_with_the_chance_that_one_leaves(drawn):
    [found] = held(drawn, 0.12)
    assert found.numerator == pytest.approx(0.12 * 1_200_000)
    assert found.stake.money == pytest.approx(0.12 * 1_200_000 * (1 - 0.98**12))
    assert (found.side, found.key) == ("neutral", "concentration: concentration")
    assert not held(drawn, 0.0999)
    assert [held(drawn, share)[0].side for share in (0.2499, 0.25)] == ["neutral", "bad"]


def test_the_largest_of_a_few_who_are_alike_is_no_finding(drawn):
    assert not held(drawn, 0.12, customers=10.0) and held(drawn, 0.2, customers=10.0)


def test_room_is_told_once_a_segment_and_is_no_news(sample):
    found = of_kind(sample().findings(ALL), "room to grow")
    [solo] = found
    assert (solo.segment, solo.side) == ("plan=Solo,feature=Reminders", "neutral")
    assert (solo.numerator, solo.n) == (145, 330)
    assert solo.reference == pytest.approx(383 / 645)
    assert not any(
        each in story.findings for story in sample().front(ALL).stories for each in found
    )


# --- notes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("segment", ["all", "plan=Solo"])
def test_the_figure_of_each_finding_is_found_again_by_its_key(sample, segment):
    judged = sample()
    for each in judged.findings(Segment.parse(segment)):
        if each.kind in ("reason risen", "theme apart", "room to grow"):
            assert figure_of(judged.figures, each.key, JUNE) == each.value, each.key


# --- what may be won --------------------------------------------------------------------------------

EFFECT = {"feature": "book", "effect": -0.01, "low": -0.015, "high": -0.005, "p": 1e-4, "n": 900.0}
NO_EFFECT = {
    "feature": "notes",
    "effect": 0.002,
    "low": -0.004,
    "high": 0.008,
    "p": 0.4,
    "n": 900.0,
}


def with_features(drawn, leaving, growing=(), *, used=400):
    """The 1,000 of whom so many use `book`; they have a rate of expansion, as far as it is asked for."""
    rows = [
        *drawn.shares("feature_adoption", [(used, 900)], by="feature", segment="feature=book"),
        *drawn.shares("expansion_mrr_rate", [(10, 1000)]),
    ]
    judged = company(drawn, *rows)
    record = {"features": [*leaving], "growth": {"features": [*growing]}}
    data = {"hazard": {"2026-07-01": record}}
    return Judgement(judged.edition, replace(judged.measures, data=data), judged.period)


def test_a_feature_that_goes_with_staying_is_told_with_what_it_comes_to(drawn):
    """600 of 1,000 do not use it; of them one in a hundred fewer would leave a month: 72 customers of 1,200 a year."""
    judged = with_features(drawn, [EFFECT, NO_EFFECT])
    [found] = of_kind(judged.findings(ALL), "feature effect")
    assert (found.key, found.side) == (
        "feature effect: customer_churn_rate, feature=book",
        "neutral",
    )
    assert (found.value, found.reference, found.n) == (-0.01, 0.0, 900)
    assert found.stake.customers == pytest.approx(72)
    assert found.stake.money == pytest.approx(72 * 1200)
    assert float(found.certainty) == pytest.approx(4)
    assert found.whose == ("all", "all")


def test_a_feature_that_goes_with_leaving_is_about_those_who_use_it(drawn):
    [found] = of_kind(
        with_features(drawn, [EFFECT | {"effect": 0.01}]).findings(ALL), "feature effect"
    )
    assert found.stake.customers == pytest.approx(48)


def test_a_feature_whose_users_pay_more_has_no_money_at_stake(drawn):
    judged = with_features(drawn, [NO_EFFECT], [EFFECT | {"effect": 0.01}])
    [found] = of_kind(judged.findings(ALL), "feature effect")
    assert found.metric == "expansion_mrr_rate" and np.isnan(found.stake.money)
    assert found.stake.customers == pytest.approx(72)


def test_features_that_do_not_stand_apart_are_no_findings(drawn):
    alike = [NO_EFFECT | {"feature": f"f{n}", "p": 0.02} for n in range(8)]
    assert not of_kind(with_features(drawn, alike, alike).findings(ALL), "feature effect")
    few = with_features(drawn, [EFFECT | {"effect": -0.0001}])
    assert not of_kind(few.findings(ALL), "feature effect"), "less than 0.25 % of a year's money"


def bought(drawn, pairs, *, arpa=(100.0, 250.0)):
    """Purchases of `Network` in twelve months: (product, customers, bought, who have it now and not the other)."""
    rows = []
    for product, many, took, now in pairs:
        key = ("subscriptions", "all", "all", product, "Network")
        rows.append((pd.Timestamp("2025-07-01"), *key, float(many), float(took)))
        rows.append((pd.Timestamp("2026-07-01"), *key, float(now), float("nan")))
    columns = ["month", "table", "segment_by", "segment", "product", "next", "customers", "bought"]
    more = drawn.total("expansion_mrr", [10.0] * 24)
    for plan, each in zip(("Solo", "Network"), arpa, strict=True):
        more += drawn.total("arpa", [each] * 3, by="plan", segment=f"plan={plan}")
    judged = company(drawn, *more)
    frame = pd.DataFrame(rows, columns=columns)
    measures = replace(judged.measures, purchases=frame)
    return Judgement(judged.edition, measures, judged.period)


def test_a_purchase_that_comes_more_often_than_elsewhere_is_told_with_what_it_would_bring(drawn):
    judged = bought(drawn, [("", 500, 35, 0), ("Solo", 200, 30, 180)])
    [found] = of_kind(judged.findings(ALL), "next purchase")
    cell = found.cell
    assert (cell.word, cell.k, cell.n, cell.rest_k, cell.rest_n) == ("Network", 30, 200, 5, 300)
    p = stats.fisher_exact([[30, 170], [5, 295]], alternative="greater").pvalue
    assert float(found.certainty) == pytest.approx(-np.log10(2 * p), rel=1e-6)
    assert found.key == "next purchase: expansion_mrr, product=Solo,next=Network"
    assert found.whose == ("all", "all")
    assert found.stake.customers == pytest.approx(0.15 * 180)
    assert found.stake.money == pytest.approx(0.15 * 180 * 150 * 12)
    cheaper = of_kind(
        bought(drawn, [("", 500, 35, 0), ("Solo", 200, 30, 180)], arpa=(250.0, 100.0)).findings(
            ALL
        ),
        "next purchase",
    )
    assert np.isnan(cheaper[0].stake.money), "the other does not bring more"


def test_purchases_within_chance_or_of_few_are_no_findings(drawn):
    for every, own in (((500, 50), (200, 22)), ((500, 4), (20, 4)), ((500, 90), (200, 10))):
        judged = bought(drawn, [("", *every, 0), ("Solo", *own, 180)])
        assert not of_kind(judged.findings(ALL), "next purchase"), (every, own)


@pytest.mark.slow
def test_purchases_that_come_by_chance_are_told_less_often_than_the_level_allows(drawn):
    """Three products whose customers buy the fourth at one rate."""
    draw, told = np.random.default_rng(5), 0
    for _ in range(200):
        many = draw.integers(60, 300, 3)
        took = draw.binomial(many, 0.08)
        pairs = [(name, n, k, 100) for name, n, k in zip("ABC", many, took, strict=True)]
        rest = draw.binomial(150, 0.08)
        judged = bought(drawn, [("", many.sum() + 150, took.sum() + rest, 0), *pairs])
        told += bool(of_kind(judged.findings(ALL), "next purchase"))
    assert told / 200 <= 0.05


def test_what_may_be_won_comes_after_what_is_lost_and_before_good_news(sample):
    """The sample's Practice customers: 14 of 317 took Network, and none of the 226 others who had not."""
    found = sample().findings(ALL)
    [won] = of_kind(found, "next purchase")
    cell = won.cell
    assert (cell.word, cell.k, cell.n, cell.rest_k, cell.rest_n) == ("Network", 14, 317, 0, 226)
    place = found.index(won)
    assert all(each.side != "good" for each in found[:place])
    assert all(each.side == "good" for each in found[place + 1 :])
    assert won.numerator == 486
