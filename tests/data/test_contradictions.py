"""What a file contradicts is said, with count, place and a remedy; each remedy, applied, ends it."""

import itertools
from datetime import date, timedelta

import pandas as pd
import pytest
from drawn import figure, only

from cs_lib.data.facts.context import Context
from cs_lib.errors import EditionError
from cs_lib.metrics.catalogue import metric
from cs_lib.metrics.compute.compute_measures import measure

pytestmark = pytest.mark.slow

AS_OF = {"as_of": "2026-01-01"}
INCLUSIVE = {"subscriptions": {"path": "subs.csv", "end_date": "inclusive"}}


class Trial:
    """Files beside an edition: what is said of them, and what figures they give."""

    def __init__(self, workshop, table: str, head: str, *rows: str, **keys):
        self.workshop, self.table, self.keys = workshop, table, {**AS_OF, **keys}
        self.write(head, *rows)

    def write(self, head: str, *rows: str) -> None:
        self.workshop.write("table.csv", "\n".join([head, *rows, ""]))

    def open(self, keys, **source):
        tables = {self.table: {"path": "table.csv", **source}}
        return self.workshop.open(tables, **{**self.keys, **keys})

    def said(self, keys=None, **source) -> list[tuple[str, str]]:
        found = self.open(keys or {}, **source).findings
        return [(each.rule, each.says) for each in found]

    def figures(self, name: str, period: str, keys=None, **source) -> dict[str, float]:
        """variant → value of a metric in a month."""
        data = self.open(keys or {}, **source)
        with only([name, *[each.metric for rule in metric(name).rules for each in rule.made_of]]):
            found = measure(Context.of(data, self.workshop_edition)).measures
        rows = found[
            (found["metric"] == name)
            & (found["grain"] == "month")
            & (found["segment"] == "all")
            & (found["period_start"] == pd.Timestamp(f"{period}-01"))
        ]
        return {row.variant: figure(row.value) for row in rows.itertuples()}

    @property
    def workshop_edition(self):
        from cs_lib.edition import read_edition

        return read_edition("acme", root=self.workshop.root)


@pytest.fixture
def trial(workshop):
    def of(table, head, *rows, **keys):
        return Trial(workshop, table, head, *rows, **{"min_n": 1, **keys})

    return of


# ---------------------------------------------------------------- subscriptions

SUBS = "customer_id,start_date,end_date,mrr"
MONTHLY = (
    "a,2025-01-01,2025-01-31,100",
    "a,2025-02-01,2025-02-28,100",
    "a,2025-03-01,2025-03-31,100",
    "b,2025-01-01,2025-01-31,50",
    "b,2025-02-01,,50",
    "c,2025-01-01,2025-01-31,70",
    "c,2025-02-01,2025-02-28,70",
)


def test_follow_on_rows_a_day_later_are_said_and_inclusive_ends_cure_them(trial):
    subs = trial("subscriptions", SUBS, *MONTHLY)
    [(rule, says)] = subs.said()
    assert rule == "inclusive end dates"
    assert says.startswith(
        "subscriptions: 4 of 4 rows that follow on an earlier one of the same customer start exactly "
        "one day after it ends, the first in table.csv, line 3."
    )
    assert subs.figures("mrr", "2025-02") == {"standard": 50}
    assert subs.said(end_date="inclusive") == []
    assert subs.figures("mrr", "2025-02", end_date="inclusive") == {"standard": 220}
    churn = subs.figures("customer_churn_rate", "2025-03", end_date="inclusive")
    assert churn["snapshot"] == churn["events"] == pytest.approx(1 / 3)


def test_the_convention_may_be_confirmed(trial):
    assert trial("subscriptions", SUBS, *MONTHLY).said(end_date="exclusive") == []


def test_inclusive_ends_in_the_middle_of_the_month(trial):
    days = [date(2025, 1, 5), date(2025, 2, 5), date(2025, 3, 5), date(2025, 4, 5)]
    rows = [
        f"{who},{start},{end - timedelta(days=1)},10"
        for who in "ab"
        for start, end in itertools.pairwise(days)
    ]
    subs = trial("subscriptions", SUBS, *rows, *(f"{who},{days[-1]},,10" for who in "ab"))
    assert [rule for rule, _ in subs.said()] == ["inclusive end dates"]
    assert subs.figures("customer_churn_rate", "2025-03")["events"] == 1
    assert subs.figures("customer_churn_rate", "2025-03", end_date="inclusive")["events"] == 0


def test_rows_that_follow_on_the_same_day_are_not_suspected(trial):
    starts = ["2025-01-01", "2025-02-01", "2025-03-01", "2025-04-01", "2025-05-01"]
    rows = [f"a,{one},{two},10" for one, two in itertools.pairwise(starts)]
    late = [f"{who},2025-01-01,2025-02-01,5\n{who},2025-02-02,,5" for who in "bcd"]
    assert trial("subscriptions", SUBS, *rows, *late, "a,2025-05-01,,10").said() == []


def test_ends_on_the_last_day_of_months_are_said(trial):
    lasts = ["2025-02-28", "2025-03-31", "2025-04-30", "2025-06-30", "2025-08-31"]
    rows = [f"c{n},2025-01-01,{last},10" for n, last in enumerate(lasts)]
    subs = trial("subscriptions", SUBS, *rows, "z,2025-01-01,,10")
    [(rule, says)] = subs.said()
    assert rule == "inclusive end dates"
    assert says.startswith("subscriptions: 5 of 5 end_dates lie on the last day of a month")
    assert subs.said(end_date="inclusive") == []
    assert subs.figures("churned_customers", "2025-03", end_date="inclusive") == {"standard": 1}


def test_an_inclusive_end_is_open_where_it_is_never_and_is_told_as_written(workshop):
    rows = "a,2025-01-01,9999-12-31,10\nb,2025-03-10,2025-03-09,10\nc,2025-03-10,2025-03-08,10\n"
    workshop.write("subs.csv", f"{SUBS}\n{rows}")
    [says, *_] = workshop.refused(INCLUSIVE, **AS_OF)
    assert says.startswith(
        'subs.csv, line 4, column end_date: "2025-03-08" lies before its start_date 2025-03-10.'
    )
    workshop.write("subs.csv", f"{SUBS}\na,2025-01-01,9999-12-31,10\nb,2025-03-10,2025-03-31,10\n")
    ends = workshop.rows(INCLUSIVE, **AS_OF)
    assert [row[2] for row in ends] == [None, pd.Timestamp("2025-04-01")]


def test_only_subscriptions_take_a_convention_of_ends(workshop):
    with pytest.raises(EditionError, match="orders has no end_date"):
        workshop.edition({"orders": {"path": "o.csv", "end_date": "inclusive"}})


def many(number: int, end: str = "", start: str = "2025-01") -> list[str]:
    return [f"{start}{end}-{n},{start}-{n % 28 + 1:02},{end},10" for n in range(number)]


@pytest.mark.parametrize(
    ("end", "says"), [("", "no subscription ever ends"), ("2026-12-31", "no customer ever leaves")]
)
def test_an_export_of_active_customers_only_is_suspected(trial, end, says):
    subs = trial("subscriptions", SUBS, *many(20, end))
    [(rule, words)] = subs.said()
    assert rule == "nobody leaves"
    assert words.startswith(f"subscriptions: {says}, of 20 customers over 12 months.")
    subs.write(SUBS, *many(20, end), "gone,2025-01-01,2025-05-20,10")
    assert subs.said() == []


def test_a_young_or_small_company_may_keep_everybody(trial):
    assert trial("subscriptions", SUBS, *many(19)).said() == []
    assert trial("subscriptions", SUBS, *many(20, start="2025-08")).said() == []


def test_many_customers_who_end_on_one_day_are_said(trial):
    few = [f"x{n},2025-01-01,2025-0{n + 2}-15,10" for n in range(3)]
    subs = trial("subscriptions", SUBS, *many(20), *many(10, "2025-06-10"), *few)
    [(rule, says)] = subs.said()
    assert rule == "many end on one day"
    assert says.startswith(
        "subscriptions: 10 of the 30 customers paying before 2025-06-10 end on that one day (33%; on "
        "no other day more than 1)."
    )
    subs.write(SUBS, *many(30), *few)
    assert subs.said() == []


def test_customers_who_usually_end_in_such_numbers_are_not_said(trial):
    ends = [each for month in ("04", "07", "10") for each in many(8, f"2025-{month}-01")]
    assert trial("subscriptions", SUBS, *many(20), *ends).said() == []


# ---------------------------------------------------------------- orders

ORDERS = "customer_id,ordered_at,amount,order_id"
ZERO = {"definitions": {"zero_orders": "count"}}


@pytest.mark.parametrize("ids", [("1", "2", "3"), ("", "", "")])
def test_orders_of_nothing_are_said_and_may_be_counted(trial, ids):
    one, two, three = ids
    orders = trial(
        "orders",
        ORDERS,
        f"a,2025-12-01,10,{one}",
        f"a,2025-12-09,0,{two}",
        f"b,2025-12-05,0,{three}",
    )
    [(rule, says)] = orders.said()
    assert rule == "orders of 0"
    assert says.startswith(
        "orders: 2 of 3 rows have an amount of 0, the first in table.csv, line 3."
    )
    assert orders.said(ZERO) == []
    assert orders.figures("orders", "2025-12") == {"standard": 1}
    assert orders.figures("orders", "2025-12", ZERO) == {"standard": 3}
    assert orders.figures("ordering_customers", "2025-12", ZERO) == {"standard": 2}


def test_a_line_of_nothing_in_an_order_is_no_order_of_nothing(trial):
    assert trial("orders", ORDERS, "a,2025-12-31,10,1", "a,2025-12-31,0,1").said() == []


# ---------------------------------------------------------------- moments in the wrong order

SIGNED = "customer_id,signed_up_on,first_value_on"


def test_first_value_before_sign_up_is_said_with_its_line_and_left_out(trial):
    customers = trial(
        "customers",
        SIGNED,
        "a,2025-02-10,2025-02-12",
        "b,2025-02-10,2025-01-02",
        "c,2025-02-11,2025-02-19",
        "d,2025-02-12,",
    )
    [(rule, says)] = customers.said()
    assert rule == "first value before sign-up"
    assert says == (
        'table.csv, line 3, column first_value_on: "2025-01-02" lies before signed_up_on 2025-02-10. '
        "Correct one of them. Until then time to value leaves the customer out."
    )
    found = customers.figures("time_to_value", "2025-02")
    assert (found["standard"], found["completers_mean"]) == (8, 5)


def test_use_before_sign_up_is_said_and_left_out(workshop, trial):
    use = "customer_id,occurred_at,feature\na,2025-01-20,send\nb,2025-02-15 09:00:00,send\n"
    workshop.write("use.csv", use)
    customers = trial(
        "customers",
        "customer_id,signed_up_on",
        "a,2025-02-10",
        "b,2025-02-10",
        definitions={"first_value_feature": "send"},
    )
    tables = {"customers": "table.csv", "usage_events": "use.csv"}
    data = workshop.open(tables, **customers.keys)
    said = [each.says for each in data.findings if each.rule == "first value before sign-up"]
    assert said == [
        "customers: 1 customer used send before signed_up_on, the first in table.csv, line 2. Correct "
        "one of the days. Until then time to value leaves them out."
    ]
    with only(["time_to_value"]):
        found = measure(Context.of(data, customers.workshop_edition)).measures
    february = found[(found["variant"] == "standard") & found["value"].notna()]
    assert set(february["value"]) == {5}


SURVEY = "instrument,score,responded_at,sent_at,followed_up_on"


def test_an_answer_before_its_invitation_is_said_and_left_out_of_the_response_rate(trial):
    survey = trial(
        "survey_responses",
        SURVEY,
        "nps,9,2025-11-03 10:00:00,2025-11-03 09:00:00,",
        "nps,9,2025-11-02 10:00:00,2025-11-03 09:00:00,",
        "nps,9,2025-11-03,2025-11-03 09:00:00,2025-11-01",
        "nps,,,2025-11-03 09:00:00,",
    )
    said = survey.said()
    assert [rule for rule, _ in said] == [
        "answer before its invitation",
        "follow-up before its answer",
    ]
    assert said[0][1].startswith(
        'table.csv, line 3, column responded_at: "2025-11-02 10:00:00" lies before sent_at 2025-11-03 '
        "09:00:00."
    )
    assert survey.figures("response_rate", "2025-11") == {
        "standard": pytest.approx(2 / 3, abs=1e-9)
    }


# ---------------------------------------------------------------- who answered

INVITED = "instrument,score,responded_at,sent_at,respondent_id"


def test_reminders_are_said_and_people_are_counted_beside(trial):
    survey = trial(
        "survey_responses",
        INVITED,
        "nps,,,2025-03-01,p1",
        "nps,9,2025-03-09,2025-03-08,p1",
        "nps,,,2025-03-01,p2",
        "nps,7,2025-03-08,2025-03-08,p2",
        "nps,7,2025-03-02,2025-03-01,p3",
        "nps,,,2025-03-01,p4",
        "nps,,,2025-03-01,",
    )
    [(rule, says)] = survey.said()
    assert rule == "invited again"
    assert says.startswith(
        "survey_responses: 2 invitations to 2 respondents whose invitation of up to 14 days before was "
        "not answered, the first in table.csv, line 3."
    )
    found = survey.figures("response_rate", "2025-03")
    assert found == {"standard": figure(3 / 7), "by_respondent": figure(3 / 5)}


def test_a_new_occasion_is_no_reminder(trial):
    asked = [f"csat,,,2025-03-{n + 1:02},p{n}" for n in range(10)]
    survey = trial(
        "survey_responses", INVITED, *asked, "csat,,,2025-03-06,p0", "csat,,,2025-09-01,p1"
    )
    assert survey.said() == []


def test_answers_that_one_person_may_have_given_are_said_and_may_be_told_apart(trial):
    survey = trial(
        "survey_responses",
        "instrument,score,responded_at,customer_id",
        "nps,0,2025-03-01 09:00:00,c1",
        "nps,0,2025-03-01 09:01:00,c1",
        "nps,10,2025-03-01 09:02:00,c1",
        "nps,10,2025-03-05 09:02:00,c2",
    )
    [(rule, says)] = survey.said()
    assert rule == "several answers a day"
    assert says.startswith(
        "survey_responses: 3 answers stand with another of the same customer, survey and day, the "
        "first in table.csv, line 2."
    )
    assert survey.figures("nps", "2025-03")["standard"] == 0
    cured = {"columns": {"respondent_id": "customer_id"}}
    assert survey.said(**cured) == []
    assert survey.figures("nps", "2025-03", **cured)["standard"] == 100


def test_rows_that_are_neither_answers_nor_invitations_are_said(trial):
    survey = trial("survey_responses", "instrument,score,responded_at", "nps,9,2025-12-31", "nps,,")
    [(rule, says)] = survey.said()
    assert rule == "neither score nor invitation"
    assert says.startswith(
        "survey_responses: 1 row without score, responded_at and sent_at, the first in"
    )
