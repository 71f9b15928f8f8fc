"""Reminders as rows of their own, answers that stand with both, and many answers at once are said, with a key that works."""

from datetime import date, timedelta

from offers import offers

from tests.data.test_odd_answers import opened, said

AGAIN, TWICE, BURST = "invited again", "an answer to two invitations", "answers all at once"
SENT = "sent_at,Customer ID"


def invited(people, again_after, answered=lambda n: False):
    """Everybody is invited, and again after so many days where nobody answered, or with the same answer."""
    rows = []
    for n in range(people):
        first = date(2026, 3, 1) + timedelta(n % 20)
        second = first + timedelta(again_after(n))
        answer = f"{n % 11},{first + timedelta(1)}" if answered(n) else ","
        rows += [f"nps,{answer},{first},c{n}", f"nps,{answer},{second},c{n}"]
    return rows


def test_reminders_to_customers_are_said(workshop):
    rows = invited(30, lambda n: 7)
    [says] = said(opened(workshop, rows, SENT), AGAIN)
    assert "30 invitations to 30 customers whose invitation of up to 14 days before" in says
    assert offers(says) == [{"columns": {"respondent_id": '"Customer ID"'}}]
    right = opened(workshop, rows, SENT, offers(says)[0])
    assert "30 invitations to 30 respondents" in said(right, AGAIN)[0]
    assert not said(opened(workshop, rows[:18], SENT), AGAIN)


def test_occasions_of_a_customer_are_no_reminders(workshop):
    """A ticket today, another in some days: at no one distance."""
    assert not said(opened(workshop, invited(30, lambda n: 1 + n % 12), SENT), AGAIN)
    assert not said(opened(workshop, invited(30, lambda n: 0), SENT), AGAIN)


def test_an_answer_that_stands_with_its_reminder_too(workshop):
    rows = invited(20, lambda n: 7, answered=lambda n: n % 2)
    [says] = said(opened(workshop, rows, SENT), TWICE)
    assert "10 answers of 20 stand with the same score and moment beside an earlier invitation of the same customer, the first in rows.csv, line 5" in says  # fmt: skip
    [way] = offers(says)
    [says] = said(opened(workshop, rows, SENT, way), TWICE)
    assert "both invitations count as answered" in says
    later = [row.replace("2026-03", "2026-04", 1) if n % 2 else row for n, row in enumerate(rows)]
    assert not said(opened(workshop, later, SENT), TWICE), "the same score, given again"
    other = [row for row in rows if ",," not in row][::2]
    assert not said(opened(workshop, other, SENT), TWICE)


def answered(extra=(), months=range(1, 7)):
    rows = [f"nps,{(n * 7) % 11},2026-0{m}-{1 + n % 28:02d} 09:{n:02d},10.1.{m}.{n}" for m in months for n in range(25)]  # fmt: skip
    return [*rows, *extra]


def test_many_answers_within_an_hour(workshop):
    burst = [f"nps,10,2026-05-15 10:{n:02d},10.0.0.1" for n in range(40)]
    [says] = said(opened(workshop, answered(burst), "ip"), BURST)
    assert "40 answers of nps that are 10 came on 2026-05-15 between 10:00 and 10:59, the first in rows.csv, line 152" in says  # fmt: skip
    right = opened(workshop, answered(burst), "ip", offers(says)[0])
    assert not said(right, BURST)
    assert right.inputs[0].rows == 150
    assert not said(opened(workshop, answered(burst[:19]), "ip"), BURST)
    assert not said(opened(workshop, answered(), "ip"), BURST)


def test_a_wave_of_answers_is_no_burst(workshop):
    """All are asked on one day in May: as they answer at any time."""
    wave = [f"nps,{(n * 7) % 11},2026-05-15 10:{n % 60:02d},10.9.0.{n}" for n in range(200)]
    assert not said(opened(workshop, answered(wave), "ip"), BURST)


def test_a_day_on_which_most_were_content(workshop):
    event = [f"nps,{10 if n % 4 else n % 10},2026-05-15 {10 + n % 3}:{n % 60:02d},10.9.0.{n}" for n in range(80)]  # fmt: skip
    assert not said(opened(workshop, answered(event), "ip"), BURST)


def test_many_answers_on_a_day(workshop):
    burst = [f"nps,0,2026-05-15,10.0.0.{n}" for n in range(40)]
    [says] = said(opened(workshop, answered(burst), "ip"), BURST)
    assert "came on 2026-05-15, the first in" in says and offers(says) == []
