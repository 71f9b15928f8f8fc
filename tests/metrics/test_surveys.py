"""Named traps of surveys, on every engine."""

import pytest

from cs_lib.metrics.compute import intervals

NPS = ("nps", "nps_promoters", "nps_passives", "nps_detractors", "nps_answers")


def _answers(counts, instrument="nps"):
    rows = [
        f"{instrument} | {score} | 2026-04-10"
        for score, count in counts.items()
        for _ in range(count)
    ]
    return "instrument | score | responded_at\n" + "\n".join(rows)


def test_six_and_a_half_is_a_detractor_and_nothing_falls_between_buckets(find):
    found = find(*NPS, survey_responses=_answers({6.5: 1, 6: 1, 7: 1, 8.9: 1, 9: 1, 10: 1, 0: 1}))
    assert [found(name, "2026-04") for name in NPS[1:4]] == [
        pytest.approx(n / 7) for n in (2, 2, 3)
    ]
    assert found.parts("nps", "2026-04") == (-1, 7)
    assert found("nps_answers", "2026-04", segment="score=6.5") == 1
    assert found("nps_answers", "2026-04", segment="score=7") == 1


def test_an_invitation_without_an_answer_is_no_answer(find):
    found = find(
        "nps",
        "response_rate",
        survey_responses="""
        instrument | score | sent_at    | responded_at
        nps        | 9     | 2026-04-01 | 2026-04-03
        nps        |       | 2026-04-01 |
    """,
    )
    assert found.parts("nps", "2026-04") == (1, 1)
    assert found("response_rate", "2026-04") == 0.5


def test_the_latest_answer_of_a_respondent_and_period_counts(find):
    found = find(
        "nps",
        "csat",
        survey_responses="""
        instrument | score | responded_at        | respondent_id | touchpoint
        nps        | 3     | 2026-04-01          | ada           | onboarding
        nps        | 9     | 2026-04-20 10:00:00 | ada           | onboarding
        nps        | 2     | 2026-04-20 09:00:00 | ada           | onboarding
        nps        | 5     | 2026-04-25          | ada           | support
        nps        | 5     | 2026-05-02          | ada           | onboarding
        nps        | 10    | 2026-04-02          | bob           |
        nps        | 1     | 2026-04-01          | bob           |
        csat       | 1     | 2026-04-28          | ada           | onboarding
    """,
    )
    assert found.parts("nps", "2026-04") == (1, 3)
    assert found("nps", "2026-04", segment="touchpoint=onboarding") == 100
    assert found("nps", "2026-05") == -100


def test_the_latest_of_a_quarter_is_one_answer(find_quickly):
    found = find_quickly(
        "nps",
        grains=("month", "quarter"),
        survey_responses="""
        instrument | score | responded_at | respondent_id
        nps        | 10    | 2026-04-01   | ada
        nps        | 3     | 2026-05-01   | ada
    """,
    )
    assert found.parts("nps", "2026-Q2") == (-1, 1)


def test_rows_without_a_respondent_each_stand_for_themselves(find):
    found = find(
        "nps",
        survey_responses="""
        instrument | score | responded_at | respondent_id | response_id
        nps        | 10    | 2026-04-01   |               | r1
        nps        | 10    | 2026-04-01   |               | r2
        nps        | 3     | 2026-04-02   | ada           | r3
    """,
    )
    assert found.parts("nps", "2026-04") == (1, 3)


def test_an_answer_without_a_response_id_still_counts(find):
    found = find(
        "nps",
        survey_responses="""
        instrument | score | responded_at | respondent_id | response_id
        nps        | 3     | 2026-04-01   | ada           |
        nps        | 10    | 2026-04-02   | bob           | r2
        nps        | 9     | 2026-04-02   | bob           |
    """,
    )
    assert found("nps", "2026-04", None) is not None
    assert found.parts("nps", "2026-04")[1] == 2


def test_two_answers_at_one_moment_give_one(find):
    found = find(
        "nps",
        survey_responses="""
        instrument | score | responded_at | respondent_id | response_id
        nps        | 3     | 2026-04-01   | ada           | r1
        nps        | 10    | 2026-04-01   | ada           | r2
    """,
    )
    assert found.parts("nps", "2026-04") == (1, 1)


def test_satisfied_is_what_the_edition_says(find):
    counts = {5: 4, 4.5: 1, 4: 2, 3: 2, 1: 1}
    found = find("csat", survey_responses=_answers(counts, "csat"))
    assert found("csat", "2026-04") == 0.7
    assert found("csat", "2026-04", "top_box") == 0.4
    assert found("csat", "2026-04", "mean") == 3.95
    wider = find(
        "csat",
        survey_responses=_answers(counts, "csat"),
        csat={"scale": (1, 7), "satisfied": (3, 7)},
    )
    assert wider("csat", "2026-04") == 0.9
    assert wider("csat", "2026-04", "top_box") == 0


def test_the_best_score_of_a_scale_that_runs_down_is_its_lowest(find_quickly):
    found = find_quickly(
        "csat",
        survey_responses=_answers({1: 3, 2: 2, 5: 5}, "csat"),
        csat={"scale": (1, 5), "satisfied": (1, 2)},
    )
    assert found("csat", "2026-04") == 0.5
    assert found("csat", "2026-04", "top_box") == 0.3


def test_ease_is_a_mean_and_a_share(find):
    found = find("ces", survey_responses=_answers({1: 1, 5: 2, 7: 1}, "ces"))
    assert found("ces", "2026-04") == 4.5
    assert found("ces", "2026-04", "share_easy") == 0.75


@pytest.mark.parametrize(
    ("responded", "answered"),
    [("2026-04-14 23:59:59", 1), ("2026-04-15 00:00:00", 0), ("2026-05-20", 0), ("", 0)],
)
def test_an_answer_after_the_window_came_too_late(find_quickly, responded, answered):
    """The window of 14 days ends before the moment it is full: sent on the 1st, until the 15th."""
    found = find_quickly(
        "response_rate",
        survey_responses=f"""
        instrument | score | sent_at    | responded_at
        nps        | {"9" if responded else ""} | 2026-04-01 | {responded}
        nps        | 9     | 2026-04-02 | 2026-04-03
    """,
    )
    assert found.parts("response_rate", "2026-04") == (1 + answered, 2)


def test_a_month_whose_window_is_still_open_is_immature(find_quickly):
    table = """
        instrument | score | sent_at    | responded_at
        nps        | 9     | 2026-03-01 | 2026-03-03
        nps        | 9     | 2026-04-01 | 2026-04-03
    """
    for as_of, judged in (("2026-05-14", "immature"), ("2026-05-15", 1)):
        found = find_quickly("response_rate", "nps", as_of=as_of, survey_responses=table)
        assert found("response_rate", "2026-04") == judged
        assert found("nps", "2026-04") == 100
        assert found("response_rate", "2026-03") == 1


def test_a_respondents_plan_is_the_one_begun_last_before_the_periods_end(find):
    found = find(
        "nps",
        segments=("plan",),
        subscriptions="""
        customer_id | start_date | end_date   | mrr | plan
        ada         | 2026-01-01 | 2026-03-10 | 10  | Basic
        ada         | 2026-03-10 |            | 20  | Pro
        ada         | 2026-05-01 |            | 20  | Max
        """,
        survey_responses="""
        instrument | score | responded_at | customer_id
        nps        | 9     | 2026-02-20   | ada
        nps        | 3     | 2026-03-01   | ada
        nps        | 9     | 2026-04-30   | ada
        nps        | 10    | 2026-04-30   |
    """,
    )
    assert found("nps", "2026-02", segment="plan=Basic") == 100
    assert found("nps", "2026-03", segment="plan=Pro") == -100
    assert found("nps", "2026-04", segment="plan=Pro") == 100
    assert found.parts("nps", "2026-04", segment="plan=(not given)") == (1, 1)


def test_the_answers_of_one_customer_are_one_cluster(find):
    """Six customers with two respondents who agree: twelve answers that tell as much as six at most."""
    rows = "\n".join(
        f"        csat | {score} | 2026-04-{day:02} | {who} | {who}-{day}"
        for who, score in zip("abcdef", (5, 5, 2, 4, 1, 5), strict=True)
        for day in (3, 9)
    )
    head = "        instrument | score | responded_at | customer_id | respondent_id\n"
    together = find("csat", survey_responses=head + rows).row("csat", "2026-04")
    alone = find("csat", survey_responses=head + rows.replace("-3", "").replace("-9", ""))
    alone = alone.row("csat", "2026-04")
    assert together["value"] == alone["value"] == pytest.approx(4 / 6)
    assert (together["n"], alone["n"]) == (12, 6)
    once = intervals.wilson(4, 6)
    assert (alone["low"], alone["high"]) == pytest.approx([float(end) for end in once])
    assert together["low"] < once[0] and together["high"] > once[1]


def test_an_answer_without_a_customer_or_respondent_stands_for_itself(find):
    found = find(
        "csat",
        survey_responses="""
        instrument | score | responded_at | customer_id | respondent_id
        csat       | 5     | 2026-04-03   |             |
        csat       | 5     | 2026-04-03   |             |
        csat       | 2     | 2026-04-04   |             |
        csat       | 4     | 2026-04-05   | ada         |
        """,
    )
    row = found.row("csat", "2026-04")
    expected = [float(end) for end in intervals.wilson(3, 4)]
    assert [row["low"], row["high"]] == pytest.approx(expected)


def test_the_interval_of_a_mean_score_keeps_to_the_scale(find):
    found = find(
        "csat",
        survey_responses="""
        instrument | score | responded_at
        csat       | 5     | 2026-04-03
        csat       | 5     | 2026-04-03
        csat       | 4     | 2026-04-04
        """,
    )
    assert found.row("csat", "2026-04", "mean")["high"] == 5
