"""Scores that grow the wrong way are said, and the key that is offered turns those alone."""

from collections import Counter

from offers import offers

from tests.data.test_odd_answers import opened, said, scores

RULE = "scores turned"
#: as satisfied customers answer on 1 to 5
GOOD = [5, 4, 5, 4, 5, 3, 4, 5, 2, 4]
CES = {"definitions": {"ces": {"scale": [1, 7], "direction": "higher", "easy": [5, 7]}}}


def rows(turned, instrument="csat", more=0, further=lambda month, n: ""):
    """Thirty answers a month, those from the other end where `turned` says so; on a scale with so many steps more."""
    return [
        f"{instrument},{6 - given if turned(month, n) else given + more},2026-0{month}-{1 + n % 28:02d}{further(month, n)}"
        for month in range(1, 7)
        for n, given in enumerate(GOOD * 3)
    ]


def never(month, n):
    return False


def test_marks_of_which_one_is_the_best(workshop):
    given = rows(lambda month, n: True)
    [says] = said(opened(workshop, given), RULE)
    assert "the mean of 180 answers of csat is 1.9, where 5 is the best and 1 the worst" in says
    right = opened(workshop, given, source=offers(says)[0])
    assert not said(right, RULE)
    assert Counter(scores(right)) == Counter(GOOD * 18)
    assert not said(opened(workshop, rows(never)), RULE)
    assert not said(opened(workshop, given[:19]), RULE)


def test_a_scale_turned_from_a_month_on(workshop):
    given = rows(lambda month, n: month >= 4)
    [says] = said(opened(workshop, given), RULE)
    assert "the mean of 90 answers of csat from 2026-04 on is 1.9, that of all others 4.1" in says
    right = opened(workshop, given, source=offers(says)[0])
    assert not said(right, RULE)
    assert Counter(scores(right)) == Counter(GOOD * 18)
    [before] = said(opened(workshop, rows(lambda month, n: month < 3)), RULE)
    assert "answers of csat before 2026-03" in before


def test_a_touchpoint_that_asks_the_other_way(workshop):
    def by_chat(month, n):
        return n >= 20

    given = rows(by_chat, "ces", 2, lambda month, n: ",chat" if by_chat(month, n) else ",mail")
    [says] = said(opened(workshop, given, "touchpoint", **CES), RULE)
    assert "the mean of 60 answers of ces at chat is 1.9, that of all others 6.1" in says
    right = opened(workshop, given, "touchpoint", offers(says)[0], **CES)
    assert not said(right, RULE)
    assert Counter(scores(right)) == Counter([each + 2 for each in GOOD * 18])


def test_poor_answers_that_are_no_mirror_of_the_good(workshop):
    """Those who leave are asked too: they answer all over the scale."""
    given = rows(never, further=lambda month, n: ",ticket")
    given += [f"csat,{1 + n % 4},2026-0{1 + n % 6}-05,leaving" for n in range(60)]
    assert not said(opened(workshop, given, "touchpoint"), RULE)


def test_a_month_that_is_poor_and_passes(workshop):
    assert not said(opened(workshop, rows(lambda month, n: month == 3)), RULE)
