"""Who came back to the critical, and how soon: named traps, on every engine."""

import drawn
import pytest

from cs_lib.data.facts.follow_up_facts import with_waiting

RATE, TIME = "follow_up_rate", "time_to_follow_up"
HEAD = "instrument | score | responded_at | followed_up_on | touchpoint\n"
#: a follow-up a year before, so that all that follows is on record
RECORD = "\n".join(f"{each} | 1 | 2025-01-01 | 2025-01-02 |" for each in ("nps", "csat", "ces"))


def _table(*rows):
    return "\n".join([HEAD.strip(), RECORD, *rows])


def test_a_follow_up_counts_up_to_the_seventh_day_after_the_answer(find):
    found = find(
        RATE,
        survey_responses=_table(
            "nps | 3 | 2026-04-10 18:00:00 | 2026-04-10 |",
            "nps | 6 | 2026-04-10 00:00:00 | 2026-04-17 |",
            "nps | 6 | 2026-04-10 23:59:00 | 2026-04-18 |",
            "nps | 6 | 2026-04-30 23:59:00 | 2026-05-07 |",
            "nps | 0 | 2026-04-10 | |",
        ),
    )
    assert found.parts(RATE, "2026-04") == (3, 5)


def test_only_the_critical_are_to_be_followed_up(find):
    found = find(
        RATE,
        survey_responses=_table(
            "nps  | 7 | 2026-04-10 | 2026-04-11 | year",
            "nps  | 6 | 2026-04-10 | 2026-04-11 | year",
            "csat | 4 | 2026-04-10 | 2026-04-11 | support",
            "csat | 3 | 2026-04-10 | 2026-04-11 | support",
            "csat | 1 | 2026-04-10 |            | support",
            "ces  | 5 | 2026-04-10 | 2026-04-11 | set-up",
            "ces  | 4 | 2026-04-10 |            | set-up",
            "nps  |   |            | 2026-04-11 | year",
        ),
        ces={"scale": [1, 7], "direction": "higher", "easy": [5, 7]},
    )
    assert found.parts(RATE, "2026-04") == (2, 4)
    assert found(RATE, "2026-04", segment="instrument=nps") == 1
    assert found(RATE, "2026-04", segment="instrument=csat") == 0.5
    assert found(RATE, "2026-04", segment="instrument=ces") == 0
    assert found(RATE, "2026-04", segment="touchpoint=support") == 0.5


def test_a_follow_up_before_its_answer_says_nothing_of_either(find):
    rows = _table(
        "nps | 3 | 2026-04-10 | 2026-04-09 |",
        "nps | 3 | 2026-04-10 | 2026-04-12 |",
        "nps | 3 | 2026-04-10 | |",
    )
    assert find(RATE, survey_responses=rows).parts(RATE, "2026-04") == (1, 2)


def test_of_answers_before_the_first_follow_up_a_blank_does_not_say_that_nobody_came(find):
    found = find(
        RATE,
        survey_responses="""
        instrument | score | responded_at | followed_up_on
        nps        | 3     | 2026-02-10   |
        nps        | 3     | 2026-03-10   |
        nps        | 3     | 2026-03-20   | 2026-03-31
        nps        | 3     | 2026-04-10   | 2026-04-11
        nps        | 3     | 2026-04-10   |
        csat       | 1     | 2026-04-10   |
    """,
    )
    assert [found(RATE, month) for month in ("2026-02", "2026-03")] == ["undefined"] * 2
    assert found.parts(RATE, "2026-04") == (1, 2)
    assert found(RATE, "2026-04", segment="instrument=csat") is None


@pytest.mark.parametrize(("as_of", "told"), [("2026-05-07", "immature"), ("2026-05-08", 1)])
def test_a_month_is_told_once_its_last_answers_have_had_their_week(find_quickly, as_of, told):
    found = find_quickly(
        RATE, as_of=as_of, survey_responses=_table("nps | 3 | 2026-04-30 | 2026-05-01 |")
    )
    assert found(RATE, "2026-04") == told


def test_the_window_is_the_editions(find_quickly):
    rows = _table("nps | 3 | 2026-04-10 | 2026-04-12 |", "nps | 3 | 2026-04-10 | 2026-04-13 |")
    found = find_quickly(RATE, survey_responses=rows, follow_up_window=2)
    assert found.parts(RATE, "2026-04") == (1, 2)


def test_the_median_counts_those_who_still_wait(find):
    """Followed up after 1, 2 and 3 days, two never: half of the five had it by the third day."""
    days = ("2026-04-11", "2026-04-12", "2026-04-13", "", "")
    rows = _table(*(f"nps | 3 | 2026-04-10 | {day} |" for day in days))
    found = find(TIME, survey_responses=rows)
    assert found(TIME, "2026-04") == 3
    rows = _table(*(f"nps | 3 | 2026-04-10 | {day} |" for day in days[2:]))
    found = find(TIME, survey_responses=rows)
    assert found(TIME, "2026-04") == "undefined"


def test_answers_of_one_customer_tell_less_than_those_of_many(find_quickly):
    """Ten customers with ten answers each, all or none of them followed up: ten units, not a hundred."""

    def width(who):
        rows = [
            f"nps | 3 | 2026-04-10 | {'2026-04-11' if n < 5 else ''} | {who(n, m)}"
            for n in range(10)
            for m in range(10)
        ]
        table = HEAD.replace("touchpoint", "customer_id") + RECORD + "\n" + "\n".join(rows)
        row = find_quickly(RATE, survey_responses=table).row(RATE, "2026-04")
        return row["high"] - row["low"]

    alone, together = width(lambda n, m: f"c{n}-{m}"), width(lambda n, m: f"c{n}")
    assert together > 2.5 * alone


def test_without_the_column_nothing_is_said(find_quickly):
    rows = "instrument | score | responded_at\nnps | 3 | 2026-04-10"
    assert find_quickly("nps", RATE, TIME, survey_responses=rows).left_out == dict.fromkeys(
        (RATE, TIME), "needs followed_up_on of survey_responses, which this edition does not give"
    )


def test_who_waits_is_known_to_the_day_of_the_oldest_critical_answer_that_nobody_followed_up(
    engine,
):
    """Not of one that is older than a year, or has still its week, or was followed up late; nor of a contented one."""
    rows = """
        instrument | score | responded_at        | followed_up_on | customer_id
        nps        | 3     | 2025-01-01          | 2025-01-02     |
        nps        | 3     | 2025-06-30          |                | ada
        nps        | 3     | 2026-04-10 09:00:00 |                | ada
        nps        | 2     | 2026-05-10          |                | ada
        nps        | 3     | 2026-04-01          | 2026-06-01     | ben
        nps        | 3     | 2026-06-24          |                | cyd
        nps        | 9     | 2026-04-01          |                | dan
        nps        | 3     | 2026-06-23          |                | eve
    """
    tables = {"survey_responses": rows}
    ready = drawn.context(engine, "2026-07-01", tables)
    customers = ready.tables["survey_responses"].select("customer_id")
    found = engine.collect(with_waiting(customers, ready)).dropna().drop_duplicates()
    assert {(row.customer_id, f"{row.waits_since:%Y-%m-%d}") for row in found.itertuples()} == {
        ("ada", "2026-04-10"),
        ("eve", "2026-06-23"),
    }
