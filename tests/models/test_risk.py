"""What was known of customers, month by month, and what is said of who may leave."""

import numpy as np
import pandas as pd
import pytest
from drawn import context
from known_hazard import company

from cs_lib.data.facts.risk_facts import prepare_risk
from cs_lib.metrics.models.hazard import BANDS, banded, risk_of
from cs_lib.metrics.models.logistic import chance
from cs_lib.metrics.models.risk_words import NO_BETTER, RANKS_NOT, TOO_FEW

AS_OF = "2026-07-01"
SUBSCRIPTIONS = """
    customer_id | start_date | end_date   | mrr | interval_months | term_ends_on | plan
    ada         | 2025-01-10 |            | 50  | 12              |              | Pro
    ben         | 2025-11-03 | 2026-05-20 | 60  | 1               |              | Pro
    cyd         | 2025-03-01 |            | 70  | 12              | 2026-06-15   | Solo
    dan         | 2026-02-01 | 2026-04-01 | 80  |                 |              | Solo
"""
USE = """
    customer_id | occurred_at | feature
    old         | 2026-01-20  | book
    ada         | 2026-03-02  | book
    ada         | 2026-03-03  | book
    ada         | 2026-03-04  | report
    ada         | 2026-03-05  | remind
    ada         | 2026-03-06  | book
    ada         | 2026-03-07  | book
    ada         | 2026-04-07  | book
    cyd         | 2026-04-01  | book
"""
CUSTOMERS = """
    customer_id | region
    ada         | EMEA
    ben         | EMEA
    cyd         | APAC
    dan         | APAC
"""
ANSWERS = """
    instrument | score | responded_at | customer_id | respondent_id
    csat       | 4     | 2025-01-04   | ada         | a
    nps        | 7     | 2025-02-04   | old         | o
    nps        | 10    | 2025-12-30   | ada         | a
    nps        | 3     | 2026-04-30   | ada         | a
    csat       | 1     | 2026-03-01   | cyd         | c
"""
TABLES = {"subscriptions": SUBSCRIPTIONS, "usage_events": USE, "survey_responses": ANSWERS}


def known(engine, tables=TABLES, as_of=AS_OF):
    """customer, month → what was known at the month's end, and whether the customer left in the next."""
    ready = context(engine, as_of, tables, segments=("plan",))
    table = prepare_risk(ready)
    rows = told(table, engine)
    months = {number: period.label for number, period in table.months.items()}
    rows = rows.assign(month=rows["period"].map(months)).drop(columns="period")
    return rows.set_index(["customer_id", "month"]).sort_index()


def told(table, engine):
    """The rows with the labels that their kinds stand for, and the customers' ids."""
    rows = engine.collect(table.rows.join(table.members, on="member", how="inner"))
    kinds = table.kinds(rows["kind"].unique())
    return rows[rows.columns.difference(table.features)].merge(kinds, on="kind")


@pytest.fixture(scope="module")
def rows(engine):
    return known(engine)


def test_only_who_pays_at_the_months_end_is_there(rows):
    assert sorted(rows.loc[("ben",)].index) == [
        f"{each}" for each in pd.period_range("2025-11", "2026-04", freq="M")
    ]
    assert sorted(rows.loc[("dan",)].index) == ["2026-02", "2026-03"]


def test_who_leaves_in_the_month_that_follows_has_left(rows):
    assert rows.loc[("ben", "2026-04"), "left"] == 1 and rows.loc[("ben", "2026-03"), "left"] == 0
    assert rows.loc[("dan", "2026-03"), "left"] == 1, "the first of April is a day of April"
    assert rows["left"].sum() == 2


def test_a_term_ends_by_its_interval_or_as_given(rows):
    assert rows.loc[("ada", "2025-12"), "term"] == "term ends"
    assert rows.loc[("ada", "2026-01"), "term"] == "term runs on"
    assert rows.loc[("cyd", "2026-05"), "term"] == "term ends", "term_ends_on lies in June"
    assert rows.loc[("cyd", "2025-05"), "term"] == "term ends", "and did a year before"
    assert rows.loc[("cyd", "2026-02"), "term"] == "term runs on"
    assert rows.loc[("ben", "2026-02"), "term"] == "monthly"
    assert rows.loc[("dan", "2026-02"), "term"] == "no term known"


def test_use_its_trend_and_its_breadth_are_of_the_month(rows):
    ada = rows.loc[("ada",)]
    assert ada.loc["2026-03", ["use", "trend", "breadth"]].tolist() == [
        "5 to 9 days",
        "rose",
        "3 or 4 features",
    ]
    assert ada.loc["2026-04", ["use", "trend", "breadth"]].tolist() == [
        "1 to 4 days",
        "fell",
        "up to 2 features",
    ]
    assert ada.loc["2026-05", ["use", "trend"]].tolist() == ["0 days", "fell"]
    assert ada.loc["2026-06", "trend"] == "steady"


def test_the_last_answer_of_the_year_before_is_known(rows):
    ada = rows.loc[("ada",), "score"]
    assert ada["2025-11"] == "no answer" and ada["2025-12"] == "promoter"
    assert ada["2026-03"] == "promoter" and ada["2026-04"] == "detractor"
    assert set(rows.loc[("cyd",), "score"]) == {"no answer"}, "a score of another kind"


def test_who_changes_the_plan_has_one_row_a_month_and_the_plan_that_started_last(engine):
    given = """
        customer_id | start_date | end_date   | mrr | plan
        ada         | 2025-01-10 | 2025-03-31 | 50  | Solo
        ada         | 2025-03-20 |            | 60  | Pro
        ada         | 2025-03-25 |            | 5   | Solo
        ada         | 2025-06-01 |            | 5   | Pro
    """
    plans = known(engine, {"subscriptions": given}).loc[("ada",), "segment: plan"]
    assert list(plans["2025-01":"2025-07"]) == ["Solo"] * 5 + ["Pro"] * 2
    assert plans.index.is_unique and len(plans) == 18


@pytest.mark.parametrize(("given", "last"), [
    ("2023-03-01", "2024-01"),  # by 1 March 2024 366 days have gone by
    ("2023-03-02", "2024-02"),
    ("2024-03-01", "2025-02"),
    ("2024-01-01", "2024-11"),
    ("2024-01-31", "2024-12"),
])  # fmt: skip
def test_an_answer_is_known_for_365_days(engine, given, last):
    tables = {
        "subscriptions": """
            customer_id | start_date | end_date | mrr | plan
            ada         | 2023-01-10 |          | 50  | Pro
        """,
        "survey_responses": f"""
            instrument | score | responded_at | customer_id | respondent_id
            nps        | 9     | {given}      | ada         | a
        """,
    }
    scores = known(engine, tables).loc[("ada",), "score"]
    assert scores[scores == "promoter"].index.max() == last
    assert scores[scores == "promoter"].index.min() == given[:7]


def test_tenure_counts_from_the_first_payment(rows):
    assert rows.loc[("ada", "2025-03"), "tenure"] == "up to 3 months"
    assert rows.loc[("ada", "2025-04"), "tenure"] == "4 to 6 months"
    assert rows.loc[("ada", "2026-02"), "tenure"] == "1 to 2 years"


def test_moving_the_future_changes_nothing_that_was_known(engine, rows):
    """Whatever comes after April 2026 is changed: ends, use, answers, further subscriptions, plans."""
    before, moved = (
        rows,
        {
            "subscriptions": SUBSCRIPTIONS.replace("2026-05-20", "          ").replace(
                "ada         | 2025-01-10 |            | 50",
                "ada         | 2025-01-10 | 2026-05-03 | 50",
            )
            + "    cyd         | 2026-05-02 |            | 900 | 1               |              | Pro\n",
            "usage_events": USE
            + "    ben         | 2026-05-01  | book\n    ada         | 2026-06-01  | book\n",
            "survey_responses": ANSWERS + "    nps | 0 | 2026-05-01 | ben | b\n",
        },
    )
    after = known(engine, moved)
    then = [at for at in before.index if at[1] <= "2026-04"]
    features = [each for each in before.columns if each not in ("left", "grew", "member", "kind")]
    assert len(then) > 20
    pd.testing.assert_frame_equal(before.loc[then, features], after.loc[then, features])
    early = [at for at in then if at[1] < "2026-04"]
    assert before.loc[early, "left"].equals(after.loc[early, "left"])


def test_what_customers_says_today_is_not_known_before(engine):
    """A status that `customers` gives is today's: former or active."""
    found = []
    for status in (CUSTOMERS, CUSTOMERS.replace("EMEA", "former")):
        ready = context(engine, AS_OF, TABLES | {"customers": status}, segments=("plan", "region"))
        table = prepare_risk(ready)
        rows = told(table, engine).sort_values(["customer_id", "period"], ignore_index=True)
        found.append(rows[["customer_id", "period", *table.features, "amount", "left"]])
    assert len(found[0]) > 20
    pd.testing.assert_frame_equal(*found)


def test_an_end_of_a_term_without_a_length_is_not_known_before(engine):
    bare = SUBSCRIPTIONS.replace("70  | 12 ", "70  |    ")
    assert bare != SUBSCRIPTIONS
    assert set(known(engine, TABLES | {"subscriptions": bare}).loc[("cyd",), "term"]) == {
        "no term known"
    }


def test_a_term_in_weeks_is_one_of_the_nearest_months(engine):
    given = """
        customer_id | start_date | end_date   | mrr | interval_weeks | plan
        ada         | 2025-01-10 |            | 50  | 52             | Pro
        ben         | 2025-01-10 |            | 50  | 4              | Pro
    """
    rows = known(engine, {"subscriptions": given})
    assert rows.loc[("ada", "2025-12"), "term"] == "term ends"
    assert rows.loc[("ada", "2026-01"), "term"] == "term runs on"
    assert set(rows.loc[("ben",), "term"]) == {"monthly"}


def test_what_was_not_recorded_yet_is_not_known(rows):
    """Use is recorded from January 2026 on, NPS from February 2025 on."""
    ada = rows.loc[("ada",)]
    assert ada.loc["2025-12", ["use", "breadth"]].tolist() == ["not known", "not known"]
    assert ada.loc["2026-01", ["use", "breadth"]].tolist() == ["0 days", "up to 2 features"]
    assert ada.loc[["2026-01", "2026-02", "2026-03"], "trend"].tolist() == [
        "not known",
        "not known",
        "rose",
    ]
    assert ada.loc[["2025-01", "2025-02"], "score"].tolist() == ["not known", "no answer"]


# --- what is said of it ----------------------------------------------------------------------------


def hazard_of(engine, tables, as_of=AS_OF):
    return risk_of(context(engine, as_of, tables, segments=("plan",)), 1e9)


@pytest.mark.slow
def test_too_few_losses_are_refused(engine):
    risk = hazard_of(engine, TABLES)
    assert {each["status"] for each in risk.records.values()} == {TOO_FEW}
    assert risk.bands.empty and risk.accounts.empty


def test_nothing_is_prepared_where_too_few_ever_left(engine):
    assert risk_of(context(engine, AS_OF, TABLES), 99).records == {}


def test_bands_are_multiples_of_the_mean():
    p = np.array([0.0, 0.0099, 0.01, 0.029, 0.03, 0.0599, 0.06, 1.0])
    names = [BANDS[each][0] for each in banded(p, 0.02)]
    assert names == ["low", "low", "usual", "usual", "raised", "raised", "high", "high"]


def by_plan_and_tenure(tenure, solo, ends, days):
    return chance(-4.2 + 1.0 * solo + 1.2 * (tenure <= 6))


def by_use(tenure, solo, ends, days):
    return chance(-4.4 + 1.9 * (days == 0) + 1.1 * ((days >= 1) & (days < 5)) - 0.8 * (days >= 10))


def by_term(tenure, solo, ends, days):
    return chance(-4.6 + 3.0 * ends + 0.9 * (days < 5) + 0.4 * solo)


@pytest.mark.slow
@pytest.mark.parametrize("truth", [by_plan_and_tenure, by_use, by_term])
def test_a_hazard_that_is_known_is_found(engine, truth):
    """Over twelve months the chances add up, are as far apart as the true ones, and rank as well."""
    tables = company(truth, seed=7)
    record = hazard_of(engine, tables).records[AS_OF]
    assert record["status"] == "ok", record
    assert record["slope_low"] <= 1 <= record["slope_high"]
    assert record["ratio_low"] <= 1 <= record["ratio_high"]
    inside = [each["low"] <= each["expected"] <= each["high"] for each in record["tenths"]]
    assert sum(inside) >= 8


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_where_leaving_is_chance_it_says_that_it_cannot_tell(engine, seed):
    tables = company(lambda tenure, solo, ends, days: np.full(len(solo), 0.025), seed=seed)
    risk = hazard_of(engine, tables)
    assert risk.records[AS_OF]["status"] in (RANKS_NOT, NO_BETTER)
    assert risk.bands[risk.bands["month"] == AS_OF].empty and risk.accounts.empty


@pytest.mark.slow
def test_moving_a_future_changes_no_chance(engine):
    """Whoever stays or leaves in the newest months, what was said before stands to the last digit."""
    tables = company(by_use, seed=11)
    known_then = hazard_of(engine, tables)
    moved = dict(tables)
    late = moved["subscriptions"]["end_date"] >= "2026-04-01"
    moved["subscriptions"] = moved["subscriptions"].assign(
        end_date=moved["subscriptions"]["end_date"].where(~late)
    )
    events = moved["usage_events"]
    moved["usage_events"] = events[events["occurred_at"] < "2026-04-01"]
    known_now = hazard_of(engine, moved)
    assert late.sum() > 50
    assert known_then.records["2026-04-01"] == known_now.records["2026-04-01"]
    columns = ["segment", "band", "customers", "mrr", "expected_customers", "expected_mrr"]
    then, now = (
        each.bands.loc[each.bands["month"] == "2026-04-01", columns]
        for each in (known_then, known_now)
    )
    assert len(then) and then.reset_index(drop=True).equals(now.reset_index(drop=True))


def test_who_pays_more_in_the_month_that_follows_has_grown(engine):
    more = SUBSCRIPTIONS + "    ada | 2026-03-05 | | 5 | 1 | | Pro\n"
    rows = known(engine, TABLES | {"subscriptions": more})
    grew = rows[rows["grew"] == 1]
    assert grew.index.tolist() == [("ada", "2026-02")] and grew["left"].tolist() == [0]
