"""Answers that are none or not what they seem are said, and the key that is offered makes the figure right."""

import pytest
from offers import offers, set_in

from tests.data.test_unread_columns import write

AS_OF = {"as_of": "2026-07-01"}
HEAD = "instrument,score,responded_at"


def said(data, rule):
    return [each.says for each in data.findings if each.rule == rule]


def opened(workshop, rows, further="", source=(), **keys):
    write(workshop, HEAD + (further and f",{further}"), *rows)
    tables = {"survey_responses": {"path": "rows.csv", **dict(source)}}
    return workshop.open(tables, **{**AS_OF, **keys})


def scores(data):
    found = data.engine.collect(data.tables["survey_responses"])
    return sorted((found["score"].dropna() / 1e6).astype(int))


def answers(instrument, given, further=lambda n: ""):
    return [f"{instrument},{score},2026-0{1 + n % 6}-{1 + n % 28:02d}{further(n)}" for n, score in enumerate(given)]  # fmt: skip


def test_a_scale_that_the_edition_does_not_say(workshop):
    rows = answers("csat", [1 + n % 4 for n in range(40)])
    rule = "a scale that may end below"
    [says] = said(opened(workshop, rows), rule)
    assert "of 40 answers of csat none is 5, and 10 are 4" in says
    fewer, whole = (set_in(way, {}, {})[1] for way in offers(says))
    assert fewer["definitions"]["csat"] == {"scale": [1, 4], "satisfied": [3, 4]}
    assert whole["definitions"]["csat"] == {"scale": [1, 5], "satisfied": [4, 5]}
    for told in (fewer, whole):
        assert not opened(workshop, rows, **told).findings
    assert not said(opened(workshop, [*rows, "csat,5,2026-05-05"]), rule)
    assert not said(opened(workshop, rows[:19]), rule)


def test_a_slider_that_nobody_moved(workshop):
    rule, given = "a slider that nobody moved", [5 if n % 2 else n % 11 for n in range(66)]
    [says] = said(opened(workshop, answers("nps", given)), rule)
    assert "36 of 66 answers of nps are 5" in says
    data = opened(workshop, answers("nps", given), source=offers(says)[0])
    assert not said(data, rule) and scores(data) == sorted(each for each in given if each != 5)
    honest = [n % 11 for n in range(66)]
    assert not said(opened(workshop, answers("nps", honest)), rule)
    assert not said(opened(workshop, answers("csat", [1, 2, 3, 3, 3, 4, 5, 5] * 5)), rule)


def test_the_day_of_the_export(workshop):
    rows = [f"nps,{n % 11},2026-06-30,2026-0{1 + n % 6}-03" for n in range(22)]
    [says] = said(opened(workshop, rows, "given_on"), "answers of one day")
    assert "all 22 answers are of one day, 2026-06-30 in responded_at" in says
    right = {"columns": {"responded_at": "given_on"}}
    assert not said(opened(workshop, rows, "given_on", right), "answers of one day")
    assert not said(opened(workshop, rows[:19], "given_on"), "answers of one day")


def test_answers_to_try_it_out(workshop):
    rows = answers("nps", [n % 11 for n in range(22)], lambda n: ",Test" if n % 11 == 0 else ",the test went well")  # fmt: skip
    [says] = said(opened(workshop, rows, "comment"), "answers to try it out")
    assert '2 answers say "test" in comment, the first in rows.csv, line 2' in says
    data = opened(workshop, rows, "comment", offers(says)[0])
    assert not said(data, "answers to try it out") and 0 not in scores(data)


def test_several_surveys_in_one(workshop):
    rows = answers("nps", [n % 11 for n in range(22)], lambda n: f",{'Onboarding' if n % 3 else 'Relationship'}")  # fmt: skip
    [says] = said(opened(workshop, rows, "Survey name"), "several surveys in one")
    assert '"Onboarding" (14 answers) and "Relationship" (8 answers)' in says
    by_each, without = offers(says)
    data = opened(workshop, rows, "Survey name", by_each)
    found = data.engine.collect(data.tables["survey_responses"])
    assert found["touchpoint"].value_counts().to_dict() == {"Onboarding": 14, "Relationship": 8}
    assert not said(data, "several surveys in one")
    assert len(scores(opened(workshop, rows, "Survey name", without))) == 14
    data = opened(workshop, rows, "Survey name", {"columns": {"surveyname": '"Survey name"'}})
    assert not said(data, "several surveys in one")


@pytest.mark.parametrize("name", [lambda n: "2026 Q1" if n % 6 < 3 else "2026 Q2", lambda n: "NPS"])
def test_waves_of_one_survey_follow_each_other(workshop, name):
    rows = answers("nps", [n % 11 for n in range(22)], lambda n: f",{name(n)}")
    assert not said(opened(workshop, rows, "survey_name"), "several surveys in one")


def test_an_effort_of_which_the_words_say_the_other_end(workshop):
    words = ("Very easy", "Easy", "Neutral", "Difficult", "Very difficult")
    rows = answers("ces", [1 + n % 5 for n in range(28)], lambda n: f",{words[n % 5]}")
    rows += answers("csat", [5] * 3, lambda n: ",")
    keys = {"definitions": {"ces": {"scale": [1, 5], "direction": "higher", "easy": [4, 5]}}}
    [says] = said(opened(workshop, rows, "Answer", **keys), "scores turned")
    data = opened(workshop, rows, "Answer", offers(says)[0], **keys)
    assert not said(data, "scores turned")
    assert scores(data) == sorted([*(5 - n % 5 for n in range(28)), 5, 5, 5])
    keys["definitions"]["ces"] |= {"direction": "lower", "easy": [1, 2]}
    assert not said(opened(workshop, rows, "Answer", **keys), "scores turned")
