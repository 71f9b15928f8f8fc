"""Answers asked on another scale in part, scores turned against their words, and exports of answers alone."""

from offers import offers

from tests.data.test_unread_columns import write

AS_OF = {"as_of": "2026-07-01"}
HEAD = "instrument,score,responded_at"
RULE = "answers on another scale"


def said(data, rule):
    return [each.says for each in data.findings if each.rule == rule]


def answers(workshop, *rows, head=HEAD, **keys):
    write(workshop, head, *rows)
    return workshop.open({"survey_responses": {"path": "rows.csv", **keys}}, **AS_OF)


def test_a_touchpoint_asked_on_five_steps(workshop):
    """NPS by mail on 1 to 5: all of them would be detractors."""
    rows = [f"nps,{n % 11},2026-06-{1 + n % 28:02d},app" for n in range(33)]
    rows += [f"nps,{1 + n % 5},2026-06-{1 + n % 28:02d},mail" for n in range(25)]
    [says] = said(answers(workshop, *rows, head=f"{HEAD},touchpoint"), RULE)
    assert "of 25 answers of nps at mail none is better than 5, on a scale of 0 to 10" in says
    data = answers(workshop, *rows, head=f"{HEAD},touchpoint", **offers(says)[0])
    assert data.inputs[0].rows == 33 and not said(data, RULE)
    assert not said(answers(workshop, *rows[:-6], head=f"{HEAD},touchpoint"), RULE)  # too few


def test_a_scale_that_changed_in_a_month(workshop):
    early = [f"nps,{1 + n % 5},2026-0{1 + n % 3}-{1 + n % 28:02d}" for n in range(30)]
    later = [f"nps,{n % 11},2026-0{4 + n % 3}-{1 + n % 28:02d}" for n in range(33)]
    [says] = said(answers(workshop, *early, *later), RULE)
    assert "of 30 answers of nps up to 2026-03 none is better than 5" in says
    back = [each.replace("-01-", "-07-").replace("-02-", "-08-").replace("-03-", "-09-") for each in early]  # fmt: skip
    write(workshop, HEAD, *later, *back)
    data = workshop.open({"survey_responses": "rows.csv"}, as_of="2026-10-01")
    [says] = said(data, RULE)
    assert "from 2026-07 on none is better than 5" in says


def test_a_poor_month_is_no_other_scale(workshop):
    rows = [f"nps,{n % 11},2026-0{1 + n % 6}-{1 + n % 28:02d}" for n in range(66)]
    rows += [f"nps,{n % 6},2026-01-{1 + n:02d}" for n in range(12)]
    assert not said(answers(workshop, *rows), RULE)


def test_scores_turned_against_their_words(workshop):
    words = ("Very satisfied", "Satisfied", "Neutral", "Dissatisfied", "Very dissatisfied")
    rows = [f"csat,{1 + n % 5},2026-06-{1 + n % 28:02d},{words[n % 5]}" for n in range(28)]
    [says] = said(answers(workshop, *rows, head=f"{HEAD},Answer"), "scores turned")
    data = answers(workshop, *rows, head=f"{HEAD},Answer", **offers(says)[0])
    assert not said(data, "scores turned")
    found = data.engine.collect(data.tables["survey_responses"])["score"] / 1e6
    assert found.value_counts().to_dict() == {5: 6, 4: 6, 3: 6, 2: 5, 1: 5}


def test_invitations_that_are_all_answered(workshop):
    rows = [f"nps,{n % 11},2026-06-{1 + n:02d},2026-06-{1 + n:02d}" for n in range(22)]
    [says] = said(answers(workshop, *rows, head=f"{HEAD},sent_at"), "everybody answers")
    told = offers(says)[0]
    assert not said(answers(workshop, *rows, head=f"{HEAD},sent_at", **told), "everybody answers")
    silent = [*rows, "nps,,,2026-06-20"]
    assert not said(answers(workshop, *silent, head=f"{HEAD},sent_at"), "everybody answers")


def test_zeros_where_nobody_answered(workshop):
    """Far more than all other poor scores; as many as these are people who would not recommend it."""
    rows = [f"nps,{0 if n % 3 == 0 else 5 + n % 6},2026-05-{1 + n % 28:02d}" for n in range(60)]
    workshop.write("rows.csv", "\n".join(["instrument,score,responded_at", *rows, ""]))
    tables = {"survey_responses": {"path": "rows.csv"}}
    data = workshop.open(tables, as_of="2026-07-01")
    [says] = [each.says for each in data.findings if each.rule == "zeros for no answer"]
    assert "20 of 60 answers of nps are 0, and only 0 are 1 to 4." in says
    tables["survey_responses"] |= {"map": {"score": {"0": None}}}
    assert "say map: {score: {'0': null}} for this table" in says
    data = workshop.open(tables, as_of="2026-07-01")
    assert data.engine.collect(data.tables["survey_responses"])["score"].count() == 40
    assert all(each.rule != "zeros for no answer" for each in data.findings)
