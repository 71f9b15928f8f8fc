"""Who left, by reason and month of joining; and the incidence of causes that compete."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from drawn import find

from cs_lib.metrics.compute import survival
from cs_lib.metrics.compute.competing_causes import incidence
from cs_lib.metrics.compute.leavers import joiners, leavers

#: ada pays a month, ben two, cyd goes on after three, dan four and eve four
COMPANY = """
    customer_id | start_date | end_date   | mrr | plan | end_reason
    ada         | 2026-01-01 | 2026-02-01 | 50  | Solo | price
    ben         | 2026-01-01 | 2026-03-01 | 60  | Solo | competitor
    dan         | 2026-01-01 | 2026-05-01 | 70  | Pro  | price
    eve         | 2026-01-01 | 2026-05-01 | 80  | Pro  |
    cyd         | 2026-04-01 |            | 90  | Pro  |
"""


ASKED = ("churned_customers_by_reason", "expected_lifetime", "mrr", "survival", "left_by_reason")


@pytest.fixture
def found(engine):
    return _found(engine, COMPANY)


def _found(engine, subscriptions):
    keys = {"segments": ("plan",), "lifetime_horizon": 6, "subscriptions": subscriptions}
    return find(engine, *ASKED, as_of="2026-07-01", **keys)


def rows(frame, segment="all"):
    mine = frame[frame["segment"] == segment]
    return mine.assign(month=mine["month"].dt.strftime("%Y-%m")).reset_index(drop=True)


def test_each_customer_who_left_stands_once_with_reason_joining_and_money(found):
    left = rows(found.leavers)
    told = left[["month", "end_reason", "customers", "money"]].to_numpy().tolist()
    assert told == [
        ["2026-02", "price", 1, 50],
        ["2026-03", "competitor", 1, 60],
        ["2026-05", "(not given)", 1, 80],
        ["2026-05", "price", 1, 70],
    ]
    assert (left["joined"] == pd.Timestamp("2026-01-01")).all()
    assert rows(found.leavers, "plan=Solo")["money"].tolist() == [50, 60]


def test_those_who_left_are_those_lost_in_the_months_they_left(found):
    lost = rows(found.joiners)
    assert lost.groupby("month")["lost"].sum().loc[lambda each: each > 0].to_dict() == {
        "2026-02": 1,
        "2026-03": 1,
        "2026-05": 2,
    }
    may = lost[lost["month"] == "2026-05"].set_index("joined")
    assert may["customers"].tolist() == [2, 1]  # of January and of April
    assert may[["opening", "closing"]].to_numpy().tolist() == [[150, 0], [90, 90]]


def test_the_incidence_of_causes_by_hand(found):
    """Five followed; survival 4/5, 3/5 and, with cyd followed for three months alone, 0 after four."""
    curves = found.curves[found.curves["curve"] == "left_by_reason"]
    points = curves[curves["segment_by"] == "end_reason"].set_index(["segment", "t"])["value"]
    price = [points["end_reason=price", t] for t in (0, 1, 2, 3, 4)]
    assert price == pytest.approx([0, 1 / 5, 1 / 5, 1 / 5, 1 / 5 + 3 / 5 / 2])
    assert points["end_reason=competitor", 4] == pytest.approx(1 / 5)
    assert points["end_reason=(not given)", 4] == pytest.approx(3 / 5 / 2)


def test_the_causes_add_up_to_all_who_left(found):
    curves = found.curves.set_index("curve")
    alive = curves.loc["survival"].set_index(["segment", "t"])["value"]
    gone = curves.loc["left_by_reason"]
    whose = gone["segment"].str.rpartition("end_reason=")[0].str.rstrip(",").replace("", "all")
    summed = gone.groupby([whose, "t"])["value"].sum()
    assert {segment for segment, _ in summed.index} == {"all", "plan=Solo", "plan=Pro"}
    assert (summed + alive.reindex(summed.index)).to_numpy() == pytest.approx(1.0, abs=1e-12)


def test_causes_go_on_where_older_customers_come_in(find_quickly):
    """One alone is followed at three and four months; three from before the history come in at five."""
    company = """
        customer_id | start_date | end_date   | mrr | plan | end_reason
        ada         | 2026-01-01 | 2026-02-01 | 50  | Solo | price
        ben         | 2026-01-01 | 2026-03-01 | 60  | Solo | price
        cyd         | 2026-01-01 |            | 90  | Solo |
        dan         | 2025-08-01 |            | 70  | Solo |
        eve         | 2025-08-01 |            | 70  | Solo |
        fay         | 2025-08-01 | 2026-02-01 | 70  | Solo | price
    """
    keys = {"segments": ("plan",), "lifetime_horizon": 6, "min_n": 2}
    keys |= {"history_starts": date(2026, 1, 1)}
    found = find_quickly(*ASKED, as_of="2026-07-01", subscriptions=company, **keys)
    solo = found.curves[found.curves["segment"].str.startswith("plan=Solo")].set_index("curve")
    alive, gone = (
        solo.loc[each].set_index("t")["value"] for each in ("survival", "left_by_reason")
    )
    assert alive.index.tolist() == gone.index.tolist() == [0, 1, 2, 5, 6]
    assert (alive + gone).to_numpy() == pytest.approx(1.0)


def test_an_edition_without_reasons_says_that_it_has_none(engine):
    without = "\n".join(line.rpartition("|")[0] for line in COMPANY.strip().splitlines())
    found = _found(engine, without)
    assert found.leavers.empty and found.joiners.empty
    assert "left_by_reason" in found.left_out and "survival" not in found.left_out


def _curve(ages, followed, reached):
    return survival.kaplan_meier(np.array(ages), np.array(followed), np.array(reached))


def test_with_one_cause_the_band_is_greenwoods():
    ages, followed, reached = [1, 2, 3, 5], [3, 4, 2, 6], [2, 1, 2, 3]
    curve = _curve(ages, followed, reached)
    found = incidence(curve, curve.events)
    assert found.value == pytest.approx(1 - curve.value)
    greenwood = curve.value**2 * np.cumsum(
        curve.events / (curve.at_risk * (curve.at_risk - curve.events))
    )
    z = 1.959963984540054
    away = np.exp(z * np.sqrt(greenwood) / (found.value * np.log(found.value)))
    assert found.low == pytest.approx(np.minimum(found.value**away, found.value ** (1 / away)))


def test_without_anybody_still_there_the_variance_is_the_binomials():
    """Of 20 all of whom left in the end, 7 for one cause: 7/20, and 7/20 × 13/20 ÷ 20."""
    curve = _curve([1, 2, 3, 4], [5, 5, 5, 5], [5, 5, 5, 5])
    found = incidence(curve, np.array([3.0, 2, 1, 1]))
    assert found.value[-1] == pytest.approx(0.35)
    z, error = 1.959963984540054, np.sqrt(0.35 * 0.65 / 20)
    low = 0.35 ** np.exp(-z * error / (0.35 * np.log(0.35)))
    assert found.low[-1] == pytest.approx(low)


def test_causes_that_compete_add_up_whatever_is_censored():
    rng = np.random.default_rng(5)
    lasted, cause = rng.integers(1, 30, 400), rng.integers(0, 4, 400)  # cause 0: still there
    ages = np.unique(lasted)
    counts = [
        np.array([((lasted == age) & (cause == each)).sum() for age in ages]) for each in range(4)
    ]
    curve = survival.kaplan_meier(ages, sum(counts), sum(counts[1:]))
    together = sum(incidence(curve, each[: len(curve.ages)]).value for each in counts[1:])
    assert together == pytest.approx(1 - curve.value, abs=1e-12)
    assert _by_hand(lasted, cause, 2) == pytest.approx(incidence(curve, counts[2]).value[-1])


def _by_hand(lasted, cause, of):
    """Customer by customer: nothing shared with the code above but the definition."""
    alive, gone = 1.0, 0.0
    for age in sorted(set(lasted)):
        there = sum(each >= age for each in lasted)
        left = [c for each, c in zip(lasted, cause, strict=True) if each == age and c]
        gone += alive * left.count(of) / there
        alive *= 1 - len(left) / there
    return gone


def test_facts_that_are_not_asked_for_give_no_rows():
    assert leavers({}, None).empty and joiners({}, None).empty
