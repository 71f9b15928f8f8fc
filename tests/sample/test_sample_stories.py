"""Each story is plain in the raw data, by arithmetic that shares nothing with the kit."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sample_company.story import STORIES, Slice

MARGIN = 0.78
BOUNDARIES = pd.date_range("2023-07-01", "2026-07-01", freq="MS")
SIGNS = [(story.name, sign) for story in STORIES for sign in story.signs]


@pytest.fixture(scope="module")
def company(sample):
    """MRR of customers by boundary, in total and by plan, with first paying days."""
    rows = sample.subscriptions[sample.subscriptions.mrr > 0]
    paying = rows[rows.start_date != rows.end_date]
    customers = sample.customers.set_index("customer_id")
    customers["pays_from"] = paying.groupby("customer_id").start_date.min()

    def state(own):
        before = {
            day: own[(own.start_date < day) & ~(own.end_date < day)]
            .groupby("customer_id")
            .mrr.sum()
            for day in BOUNDARIES
        }
        return pd.DataFrame(before).reindex(customers.index).fillna(0.0)

    plans = {plan: state(paying[paying.plan == plan]) for plan in paying.plan.unique()}
    return SimpleNamespace(customers=customers, mrr=state(paying), plans=plans, sample=sample)


def days(seen: Slice):
    """First day, and the first day after."""
    return pd.Timestamp(seen.first), pd.Timestamp(seen.last) + pd.offsets.MonthBegin(1)


def members(company, segment):
    """The customers of `all`, `region=APAC` or `region!=APAC`."""
    if segment == "all":
        return company.customers
    column, name = segment.replace("!", "").split("=")
    same = company.customers[column] == name
    return company.customers[~same if "!" in segment else same]


def pairs(company, seen):
    """(at the opening in the segment, overall at the opening, overall at the closing) by month."""
    if seen.segment.startswith("plan="):
        inside = company.plans[seen.segment.removeprefix("plan=")]
        everyone = company.mrr
    else:
        everyone = inside = company.mrr.loc[members(company, seen.segment).index]
    first, after = days(seen)
    opening = BOUNDARIES[(first <= BOUNDARIES) & (after > BOUNDARIES)]
    for day in opening:
        yield inside[day], everyone[day], everyone[day + pd.offsets.MonthBegin(1)]


def customer_churn_rate(company, seen):
    lost = at_risk = 0
    for inside, _, closing in pairs(company, seen):
        at_risk += (inside > 0).sum()
        lost += ((inside > 0) & (closing == 0)).sum()
    return lost / at_risk


def expansion_mrr_rate(company, seen):
    gained = base = 0.0
    for inside, opening, closing in pairs(company, seen):
        base += opening[inside > 0].sum()
        gained += (closing - opening)[inside > 0].clip(lower=0).sum()
    return gained / base


def contraction_mrr(company, seen):
    """A month, among those of the segment who stayed."""
    lost = [
        (opening - closing)[(inside > 0) & (closing > 0)].clip(lower=0).sum()
        for inside, opening, closing in pairs(company, seen)
    ]
    return float(np.mean(lost))


def cohort_retention(company, seen):
    """Share of the customers first paying in the slice who pay six months after their first."""
    first, after = days(seen)
    joined = company.customers[company.customers.pays_from.between(first, after, inclusive="left")]
    closing = joined.pays_from.dt.to_period("M").dt.to_timestamp() + pd.DateOffset(months=7)
    there = [company.mrr.at[name, day] > 0 for name, day in closing.items()]
    return float(np.mean(there))


def time_to_value(company, seen):
    """Median days over all who signed up, those who never got there included."""
    first, after = days(seen)
    customers = company.customers
    joined = customers[customers.signed_up_on.between(first, after, inclusive="left")]
    return (joined.first_value_on - joined.signed_up_on).dt.days.fillna(10_000).median()


def scores(company, seen, instrument):
    surveys, (first, after) = company.sample.surveys, days(seen)
    asked = surveys.instrument == instrument
    if seen.segment != "all":
        asked &= surveys.touchpoint == seen.segment.removeprefix("touchpoint=")
    return surveys.score[asked & surveys.responded_at.between(first, after, inclusive="left")]


def ces(company, seen):
    return scores(company, seen, "ces").mean()


def csat(company, seen):
    return (scores(company, seen, "csat") >= 4).mean()


def follow_up_rate(company, seen):
    """Of answers below 7, 4 or 5 on their scales, those followed up by the seventh day."""
    surveys, (first, after) = company.sample.surveys, days(seen)
    critical = surveys.score < surveys.instrument.map({"nps": 7, "csat": 4, "ces": 5})
    if seen.segment != "all":
        critical &= surveys.touchpoint == seen.segment.removeprefix("touchpoint=")
    own = surveys[critical & surveys.responded_at.between(first, after, inclusive="left")]
    return ((own.followed_up_on - own.responded_at.dt.normalize()).dt.days <= 7).mean()


def nps(company, seen):
    answers = scores(company, seen, "nps")
    return 100 * ((answers >= 9).mean() - (answers < 7).mean())


def cac(company, seen):
    first, after = days(seen)
    own, costs = members(company, seen.segment), company.sample.costs
    spent = costs[costs.month.between(first, after, inclusive="left")]
    if seen.segment != "all":
        spent = spent[spent.channel.isin(own.channel.unique())]
    return spent.amount.sum() / own.pays_from.between(first, after, inclusive="left").sum()


def ltv_to_cac(company, seen):
    closing = company.mrr.loc[members(company, seen.segment).index, days(seen)[1]]
    arpa = closing.sum() / (closing > 0).sum()
    return arpa * MARGIN / customer_churn_rate(company, seen) / cac(company, seen)


def feature_adoption(company, seen):
    usage, (first, after) = company.sample.usage, days(seen)
    events = usage[usage.occurred_at.between(first, after, inclusive="left")]
    month = events.occurred_at.dt.to_period("M")
    using = events.feature == seen.segment.removeprefix("feature=")
    active = events.groupby(month).customer_id.nunique().sum()
    return events[using].groupby(month[using]).customer_id.nunique().sum() / active


MEASURES = {
    measure.__name__: measure
    for measure in (
        customer_churn_rate,
        expansion_mrr_rate,
        contraction_mrr,
        cohort_retention,
        time_to_value,
        ces,
        csat,
        follow_up_rate,
        cac,
        ltv_to_cac,
        feature_adoption,
    )
}


@pytest.mark.parametrize(
    ("story", "sign"),
    SIGNS,
    ids=[f"{story} {sign.metric} {sign.direction}" for story, sign in SIGNS],
)
def test_a_story_shows(company, story, sign):
    measure = MEASURES[sign.metric]
    ratio = measure(company, sign.seen) / measure(company, sign.against)
    assert ratio > sign.ratio > 1 if sign.direction == "up" else ratio < sign.ratio < 1


def test_regions_were_alike_before_the_rival(company):
    before = ("2024-01", "2025-06")
    apac, others = (
        customer_churn_rate(company, Slice(segment, *before))
        for segment in ("region=APAC", "region!=APAC")
    )
    assert 0.75 < apac / others < 1.3


def test_prices_upset_solo_only(company):
    during, before = ("2025-11", "2026-01"), ("2025-08", "2025-10")
    for plan in ("Practice", "Network"):
        lost = customer_churn_rate(company, Slice(f"plan={plan}", *during))
        assert lost < 0.03
        assert lost < customer_churn_rate(company, Slice("plan=Solo", *during)) / 1.8
    assert customer_churn_rate(company, Slice("plan=Solo", *before)) < 0.04


def test_onboarding_alone_became_easier(company):
    for touchpoint in ("activation", "adding a module", "adding an integration"):
        before, since = (
            ces(company, Slice(f"touchpoint={touchpoint}", *when))
            for when in (("2024-01", "2024-12"), ("2025-02", "2025-11"))
        )
        assert abs(since - before) < 0.35


def test_only_events_fails_to_earn_three_times_its_cost(company):
    year = ("2025-07", "2026-06")
    ratio = {
        channel: ltv_to_cac(company, Slice(f"channel={channel}", *year))
        for channel in company.customers.channel.unique()
    }
    assert ratio.pop("Events") < 2.5
    assert len(ratio) == 4
    assert min(ratio.values()) > 3.5


def test_the_company_is_a_believable_one(company):
    year, june = Slice("all", "2025-07", "2026-06"), Slice("all", "2026-06", "2026-06")
    opening, closing = (company.mrr[pd.Timestamp(day)] for day in ("2025-07-01", "2026-07-01"))
    kept = np.minimum(opening, closing).sum() / opening.sum()
    new = company.customers.pays_from.between(*days(year), inclusive="left")
    arpa_of_new = closing[new & (closing > 0)].mean()
    assert 900 < (closing > 0).sum() < 1050
    assert 200_000 < closing.sum() < 300_000
    assert 0.018 < customer_churn_rate(company, year) < 0.03
    assert 0.75 < kept < 0.85
    assert 0.95 < closing[opening > 0].sum() / opening.sum() < 1.08
    assert 30 < nps(company, june) < 45
    assert 0.75 < csat(company, june) < 0.86
    assert 3 < ltv_to_cac(company, year) < 5
    assert 8 < cac(company, year) / (arpa_of_new * MARGIN) < 16
    assert company.customers.pays_from.notna().sum() > 1300


def test_last_month_is_no_cliff(company):
    year = customer_churn_rate(company, Slice("all", "2025-07", "2026-06"))
    assert customer_churn_rate(company, Slice("all", "2026-06", "2026-06")) < 1.5 * year
