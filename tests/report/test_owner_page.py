"""The page of one owner: what is expected, too few to judge, hidden, not known or not there is said in words."""

import pandas as pd
import pytest

from cs_lib.judgement.owner_books import AS_EXPECTED, FEWER, MORE, Books
from cs_lib.period import Period
from cs_lib.report.tables.owner_page import Held, owner_page
from cs_lib.report.text.formatting import Formatter
from cs_lib.vocabulary import NOT_GIVEN, TOO_FEW

NAN = float("nan")
USUAL = {
    "owner": "Ann Lee", "months": 12.0, "customers": 152.4, "mrr": 40_210.0, "lost": 55.0, "expected": 34.21,
    "ratio": 1.608, "low": 1.21, "high": 2.09, "verdict": MORE, "churned": -11_000.0, "expected_churned": -6_900.0,
    "expansion": 8_953.0, "contraction": -1_203.0, "due": 9_000.0, "open": 500.0, "renewed": 0.728, "cost": 73_200.0,
    "returned": 0.73,
}  # fmt: skip


def page(
    *, ahead=(22, 6_171.0), risky=(31, 5_088.0), whole=None, alike=("plan", "region"), **changed
):
    """The page of an owner, and what stands on it; `changed` differs from the usual row."""
    row = USUAL | changed
    rows = pd.DataFrame([row, USUAL | {"owner": "Bob"}])
    together = USUAL | {"renewed": 0.838, "returned": 1.03} | (whole or {})
    found = Books(Period.parse("2025-07"), Period.parse("2026-06"), rows, together, alike)
    return owner_page(found, row, Held(149, 41_020.0, ahead, risky), Formatter())


def tile(shown, name):
    [found] = [each for each in shown.tiles if each.name == name]
    return found


def test_what_left_is_held_against_what_was_expected_and_what_chance_gives():
    tag, said, verdict = page().headline
    assert tag == "More customers left than expected"
    assert said == (
        "From July 2025 to June 2026, 55 customers left, where 34 would have at the rate of all "
        "customers of the same plan and region; chance alone gives 23 to 46."
    )
    assert verdict == "That is beyond normal variation between owners."


@pytest.mark.parametrize(
    ("verdict", "mark"),
    [(MORE, "✗ more than expected"), (FEWER, "✓ fewer than expected"), (AS_EXPECTED, "as expected"), (TOO_FEW, TOO_FEW)],
)  # fmt: skip
def test_the_tile_bears_the_verdict_and_no_mark_where_there_is_none(verdict, mark):
    left = tile(page(verdict=verdict), "Customers who left")
    assert (left.value, left.verdict, left.target) == ("55", mark, "34 expected")


def test_too_few_are_called_that_and_nothing_else():
    shown = page(verdict=TOO_FEW, lost=4.0, expected=1.93, ratio=2.07, low=0.56, high=5.3)
    assert shown.headline[0] == "Too few to judge by who left"
    assert shown.headline[2] == "With fewer than 5 expected to leave, that is too few to judge."
    assert "variation" not in str(shown) and "✗" not in str(shown)


def test_nobody_who_left_is_said_as_well():
    shown = page(verdict=FEWER, lost=0.0, expected=7.5)
    assert "no customer left, where 7.5 would have" in shown.headline[1]
    assert shown.headline[1].endswith("chance alone gives 3 to 13.")


def test_what_chance_explains_is_said_to_be_that_and_what_it_may_bring_among_several_that():
    inside, outside = (page(verdict=AS_EXPECTED, lost=lost) for lost in (40.0, 50.0))
    assert inside.headline[2] == "Chance alone explains it."
    assert outside.headline[2] == "Of several owners one may lie so far off by chance."


def test_nobody_is_held_to_customers_without_an_owner():
    shown = page(owner=NOT_GIVEN, verdict=AS_EXPECTED, cost=NAN, returned=NAN)
    assert shown.headline[0] == "Customers without an owner"
    assert "55 customers left" in shown.headline[1]
    assert shown.headline[2] == "Nobody is held to it."
    assert tile(shown, "Customers who left").verdict == "" and "Cost" not in str(shown)


def test_months_in_which_there_were_no_customers_are_told():
    assert page(months=6.0).headline[-1] == "There were customers in 6 of these 12 months."
    assert len(page().headline) == 3


def test_money_is_what_left_was_expected_to_and_was_added():
    shown = page()
    left = tile(shown, "MRR that left")
    assert (left.value, left.target) == ("$11.0K", "$6.9K expected")
    added = tile(shown, "MRR from upgrades")
    assert (added.value, added.more) == ("$8,953", "$1,203 lost by downgrades")
    back = tile(shown, "Revenue added or saved per $1 of cost")
    assert (back.value, back.company) == ("$0.73", "all owners $1.03")
    renewed = tile(shown, "Renewed")
    assert (renewed.value, renewed.more) == ("72.8%", "of $8,500 MRR due")


def test_nothing_due_nothing_at_risk_and_hidden_are_three_things():
    some = page()
    assert (tile(some, "Due next quarter").value, tile(some, "Due next quarter").more) == (
        *("$6,171", "22 customers"),
    )
    none = page(ahead=(0, 0.0), risky=(0, 0.0))
    assert tile(none, "Due next quarter").more == "no term ends"
    assert tile(none, "At risk next month").more == "nobody"
    hidden = page(ahead=(NAN, NAN), risky=(NAN, NAN), renewed=NAN)
    for name in ("Due next quarter", "At risk next month", "Renewed"):
        assert (tile(hidden, name).value, tile(hidden, name).more) == ("–", "too few to tell")
    assert tile(page(renewed=NAN, due=0.0, open=0.0), "Renewed").more == "no term ended"


def test_what_an_edition_does_not_know_has_no_tile():
    names = {each.name for each in page(ahead=None, risky=None, whole={"renewed": NAN}).tiles}
    assert not names & {"Renewed", "Due next quarter", "At risk next month"}
    found = Books(
        Period.parse("2025-07"), Period.parse("2026-06"), pd.DataFrame([USUAL | {"cost": 0.0}]), USUAL, ()
    )  # fmt: skip
    free = owner_page(found, USUAL | {"cost": 0.0, "returned": NAN}, Held(1, 1), Formatter())
    assert "Cost" not in str(free) and "per $1" not in str(free)
    paid = page(cost=0.0, returned=NAN)
    assert tile(paid, "Cost of the work").more == "none is known"
    assert "per $1" not in str(paid)


def test_who_is_held_against_whom_is_said():
    assert "are alike here in plan and region and in nothing else:" in page().foot
    assert "Revenue added or saved per $1 of cost: a year" in page().foot
    assert "per $1" not in page(cost=0.0).foot
    alone = page(alike=())
    assert "at the rate of all customers; chance" in alone.headline[1]
    assert "Customers are not told apart here:" in alone.foot


def test_whose_figures_a_report_of_an_owner_gives_is_said():
    """Her rates of twelve months are those of today's customers, of whom another had most for six."""
    from cs_lib.period import Segment
    from cs_lib.report.text.owner_sentences import todays_customers

    assert todays_customers(Segment.parse("owner=Priya Nair")) == (
        "Of the customers who are Priya Nair's today, or were so when they left, "
        "whoever had them before; rates and scores only of months in which the book was the same."
    )
    assert "who have no owner today" in todays_customers(Segment.parse("owner=(not given)"))
    assert todays_customers(Segment()) == todays_customers(Segment.parse("plan=Solo")) == ""
