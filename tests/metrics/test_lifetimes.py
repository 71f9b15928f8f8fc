"""Ages in months of the calendar, and the curves of drawn companies."""

from datetime import date

import narwhals as nw
import numpy as np
import pandas as pd
import pytest
from drawn import context_of, drawn, edition, find

from cs_lib.data.facts import FACTS
from cs_lib.data.facts.ages import MONTH_OF_AGE, Day, age
from cs_lib.metrics.compute import survival

DATES = [
    ("2025-01-01", "2025-02-01", 1),
    ("2025-01-31", "2025-02-28", 1),
    ("2024-01-31", "2024-02-29", 1),
    ("2024-02-29", "2025-02-28", 12),
    ("2025-02-28", "2025-03-28", 1),
    ("2023-12-31", "2024-02-29", 2),
    ("2025-04-30", "2025-05-30", 1),
    ("2025-04-30", "2027-04-30", 24),
    ("1900-01-31", "1900-02-28", 1),
]
BETWEEN = [
    ("2025-02-01", "2025-03-02", 1, 2),
    ("2025-01-01", "2025-01-31", 0, 1),
    ("2025-01-31", "2025-03-01", 1, 2),
    ("2024-02-01", "2024-04-15", 2, 3),
    ("2025-01-30", "2025-03-29", 1, 2),
    ("2025-01-05", "2025-01-06", 0, 1),
]


def test_a_month_of_age_ends_on_the_day_on_which_it_began(engine):
    spans = [(start, end) for start, end, *_ in (*DATES, *BETWEEN)]
    frame = pd.DataFrame(spans, columns=["start_date", "end_date"])
    frame = frame.apply(lambda days: pd.to_datetime(days).astype("datetime64[us]"))
    table = engine.table(frame.assign(row=range(len(spans))))
    aged = table.with_columns(age=age(Day.at(nw.col("start_date")), Day.at(nw.col("end_date"))))
    found = engine.collect(aged.sort("row"))["age"].to_numpy() / MONTH_OF_AGE
    assert found[: len(DATES)].tolist() == [months for *_, months in DATES]
    for months, (start, end, low, high) in zip(found[len(DATES) :], BETWEEN, strict=True):
        assert low < months < high, (start, end)
    days = (frame["end_date"] - frame["start_date"]).dt.days.to_numpy() / (365.25 / 12)
    assert np.abs(found - days).max() < 0.12


def followed(fact, engine):
    found = engine.collect(fact.at(())).merge(fact.calendar.cells, on="period")
    counts = ["started", "reached", "entered"]
    found = found.groupby(["period_start", "lasted"], as_index=False)[counts].sum()
    return {
        f"{month:%Y-%m}": [
            tuple(row) for row in rows.drop(columns="period_start").to_numpy().tolist()
        ]
        for month, rows in found.groupby("period_start")
    }


def test_a_spell_is_followed_up_to_its_end_or_to_the_end_of_the_period(engine):
    """A day is 16 steps of age, a month 487. Just before the period's end is one step less."""
    subscriptions = drawn("""
        customer_id | start_date | end_date   | mrr
        ada         | 2026-01-10 | 2026-02-20 | 50
        bob         | 2026-01-10 |            | 50
        cyd         | 2026-02-01 | 2026-03-01 | 50
        bea         | 2025-12-31 | 2026-03-05 | 50
        bea         | 2026-03-20 |            | 50
        old         | 2025-06-01 | 2025-12-31 | 50
        old         | 2026-02-01 |            | 50
    """)
    tables = {"subscriptions": subscriptions}
    given = edition(tables, history_starts="2026-01-01")
    fact = FACTS["lifetimes"].prepare(context_of(tables, engine, given, date(2026, 4, 1)))
    assert followed(fact, engine) == {
        "2026-01": [(15, 0, 0, 1), (22 * 16 - 1, 2, 0, 0), (32 * 16 - 1, 1, 0, 0)],
        "2026-02": [
            (15, 0, 0, 1),
            (487 - 1, 1, 0, 0),
            (41 * 16, 1, 1, 0),
            (50 * 16 - 1, 1, 0, 0),
            (2 * 487 + 1 - 1, 1, 0, 0),
        ],
        "2026-03": [
            (15, 0, 0, 1),
            (487, 1, 1, 0),
            (41 * 16, 1, 1, 0),
            (64 * 16, 1, 1, 0),
            (81 * 16 - 1, 1, 0, 0),
        ],
    }


def curve(engine, subscriptions, as_of, **keys):
    found = find(
        engine, "survival", "expected_lifetime", as_of=as_of, subscriptions=subscriptions, **keys
    )
    points = found.curves[found.curves["curve"] == "survival"]
    return points.set_index("t"), found


def test_a_spell_of_one_month_has_length_one_in_whatever_month(engine):
    """METRICS §6: thirty customers, of whom ten stay a month of 31 days, ten one of 30, and ten go on."""
    rows = [
        *(f"a{n} | 2025-01-01 | 2025-02-01 | 50" for n in range(10)),
        *(f"b{n} | 2025-04-01 | 2025-05-01 | 50" for n in range(10)),
        *(f"c{n} | 2025-01-01 | | 50" for n in range(10)),
    ]
    text = "customer_id | start_date | end_date | mrr\n" + "\n".join(rows)
    points, _ = curve(engine, text, "2025-07-01")
    assert points["value"].tolist() == pytest.approx([1] + [1 / 3] * 5)
    assert points["at_risk"].tolist() == [30, 30, 10, 10, 10, 10]


def test_the_curve_of_a_segment_leaves_out_where_few_are_followed(find_quickly):
    """Six customers of a plan, of whom two stay: the steps of the two are left out, but not those of all."""
    rows = [f"c{n} | Solo | 2025-01-01 | {'2025-03-01' if n < 4 else ''} | 50" for n in range(6)]
    text = "customer_id | plan | start_date | end_date | mrr\n" + "\n".join(rows)
    found = find_quickly(
        "survival",
        "expected_lifetime",
        as_of="2025-07-01",
        subscriptions=text,
        segments=["plan"],
        min_n=5,
    )
    steps = found.curves.groupby("segment")["t"].max()
    assert steps.to_dict() == {"all": 5, "plan=Solo": 2}
    assert found.curves.query("segment == 'plan=Solo'")["at_risk"].min() == 6


#: Fader & Hardie 2007, table 1 ("regular"), survivors of 1,000, read as months of subscriptions that end on
#: the day on which they began
REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241, 223, 207, 194, 183, 173]


def test_the_sbg_of_monthly_subscriptions_that_end_on_the_anniversary(find_quickly):
    """All twelve: α 0.697, β 1.169; survival(1) is .631, survival(12) .173."""
    lost = -np.diff(REGULAR)
    ends = [month for month, count in enumerate(lost, 1) for _ in range(count)]
    first = pd.Timestamp("2024-01-31")
    rows = [
        f"c{n} | {first:%Y-%m-%d} | {first + pd.DateOffset(months=each):%Y-%m-%d} | 50"
        for n, each in enumerate(ends)
    ]
    rows += [f"s{n} | {first:%Y-%m-%d} | | 50" for n in range(REGULAR[-1])]
    text = "customer_id | start_date | end_date | mrr\n" + "\n".join(rows)
    found = find_quickly(
        "survival", "expected_lifetime", as_of="2025-02-01", subscriptions=text, lifetime_horizon=12
    )
    points = found.curves.set_index("t")["value"]
    assert points.tolist() == pytest.approx([each / 1000 for each in REGULAR])
    fit = survival.fit_sbg(lost, REGULAR[1:])
    assert (round(fit.alpha, 3), round(fit.beta, 3)) == (0.697, 1.169)
    expected = fit.survival(11).sum()
    assert found("expected_lifetime", "2025-01", "sbg") == pytest.approx(expected)


OLD_AND_NEW = "customer_id | start_date | end_date | mrr\n" + "\n".join(
    [
        *(f"old{n} | 2015-03-{n + 1:02d} | | 100" for n in range(10)),
        *(f"new{n} | 2024-02-{n + 1:02d} | 2024-04-15 | 100" for n in range(8)),
        *(f"new{n} | 2024-02-{n + 1:02d} | | 100" for n in range(8, 10)),
    ]
)


def test_customers_from_before_the_history_say_nothing_of_young_ages(engine):
    """Ten of 2015 are there because they stayed: of the ten who joined in the history, eight left."""
    keys = {"history_starts": "2024-01-01", "lifetime_horizon": 6}
    points, found = curve(engine, OLD_AND_NEW, "2024-08-01", **keys)
    assert points["value"].tolist() == pytest.approx([1, 1, 1, 0.2, 0.2, 0.2])
    assert points["at_risk"].tolist() == [10, 10, 10, 2, 2, 2]
    lifetime = (sum(range(67, 75)) / (365.25 / 12) + 2 * 6) / 10
    assert found("expected_lifetime", "2024-07") == pytest.approx(lifetime)
    assert round(lifetime, 2) == 3.05
    assert found("expected_lifetime", "2024-05") == "undefined"


def test_without_a_stated_beginning_all_are_followed_from_their_first_day(engine):
    points, _ = curve(engine, OLD_AND_NEW, "2024-08-01")
    assert points.loc[3, ["value", "at_risk"]].tolist() == pytest.approx([0.6, 12])


def test_at_one_month_survival_is_the_mean_of_the_cohorts(find_quickly):
    """Where subscriptions end on the day of the month on which they began; later, cohorts count returns."""
    text = """
        customer_id | start_date | end_date   | mrr
        ada         | 2025-01-01 | 2025-02-01 | 50
        ada         | 2025-03-01 |            | 50
        bob         | 2025-01-31 | 2025-02-28 | 50
        cyd         | 2025-01-15 | 2025-03-15 | 50
        dan         | 2025-02-10 |            | 50
        eve         | 2025-03-31 | 2025-04-30 | 50
        fay         | 2025-04-30 |            | 50
        gus         | 2025-05-01 |            | 50
    """
    names = ("survival", "expected_lifetime", "cohort_retention")
    found = find_quickly(*names, as_of="2025-06-01", subscriptions=text)
    points = found.curves.set_index("t")["value"]
    assert points[1] == pytest.approx(found.cohort("customers", None, 1)) == pytest.approx(3 / 6)
    assert points[2] == pytest.approx(3 / 6 * 1 / 2)
    assert found.cohort("customers", None, 2) == pytest.approx(2 / 5)
