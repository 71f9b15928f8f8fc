"""The words of a front page fit what is told: its own stake, its own side, its own segment, actions still open."""

from dataclasses import replace

import pytest

from cs_lib.edition.notes import Note
from cs_lib.judgement.finding import Finding
from cs_lib.judgement.judgement import Judgement
from cs_lib.judgement.noted_figures import figure_of
from cs_lib.judgement.stakes import Stake
from cs_lib.judgement.stories import Story
from cs_lib.metrics.catalogue import metric
from cs_lib.period import Period
from cs_lib.report.text import front_words, story_sentences

JUNE = Period.parse("2026-06")
CHURN, KEPT = "customer_churn_rate", "gross_revenue_retention"


def found(kind, name, *, money=float("nan"), value=0.04, reference=0.02, side="bad"):
    return Finding(kind, name, "all", "all", JUNE, JUNE, value, reference, side, Stake(money))


def judged_anew(sample):
    """June's judgement of the sample, of which nothing is worked out yet."""
    known = sample().selection
    return Judgement(known.edition, known.measures, known.period)


def told(sample, story):
    """A story in the words of June's page."""
    chosen = sample().selection
    front = chosen.judgement.front(chosen.segment)
    return story_sentences.story_text(story, front, chosen.metric, chosen.formatter)


def test_what_is_at_stake_is_that_of_what_is_told(sample):
    dear = found("target", KEPT, money=900_000.0, value=0.7, reference=0.8)
    cheap = found("target", CHURN, money=100_000.0)
    story = Story("loss", (dear, cheap), "bad", (cheap,))
    assert told(sample, story).so_what == "Beyond target: about $100K a year."
    other = replace(story, findings=(dear, replace(cheap, stake=Stake())))
    other = replace(other, told=other.findings[1:])
    assert told(sample, other).so_what == (
        "Revenue kept before upgrades short of target: about $900K a year."
    )


def test_a_lasting_change_is_held_against_its_level_before(sample):
    change = found("lasting change", CHURN, money=100_000.0)
    story = Story("loss", (change,), "bad", (change,))
    assert told(sample, story).so_what == "Beyond its level before: about $100K a year."


@pytest.mark.parametrize(
    ("update", "do", "due"),
    [
        ({"due": "2026-07-15"}, "Call them.", "15 July"),
        ({"due": "2026-05-15"}, "Call them.", "15 May, overdue"),
        ({"status": "done", "closed": "2026-06", "due": "2026-05-15"}, "", ""),
    ],
)
def test_an_action_is_asked_while_it_is_open(sample, update, do, due):
    target = found("target", CHURN)
    asked = {"finding": target.key, "since": "2026-05", "why": "A rival.", "do": "Call them."}
    note = Note.model_validate({**asked, "owner": "CSM", **update})
    text = told(sample, Story("loss", (target,), "bad", (target,), note))
    assert (text.why, text.do, text.due) == ("A rival.", do, due)
    assert text.owner == ("CSM" if do else "")


def test_a_segments_report_speaks_of_its_segment(sample):
    said = front_words.struck_clause(
        found("signal", CHURN), metric(CHURN), "", JUNE, sample().selection.formatter, "APAC"
    )
    assert said.startswith("APAC lost 4.0% of its customers")


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        (KEPT, "revenue kept before upgrades is "),
        (CHURN, "customers lost a month are "),
        ("active_customer_rate", "active customer rate is "),
    ],
)
def test_a_name_takes_its_verb(sample, name, begins):
    goal = found("target", name)
    said = story_sentences._short_of_target(metric(name), goal, sample().selection.formatter)
    assert said.startswith(begins)


def test_a_feature_taken_up_is_compared_with_its_own_period(sample, monkeypatch):
    from cs_lib.judgement import noted_figures

    figures = judged_anew(sample).figures
    monkeypatch.setattr(noted_figures, "has_limits", lambda _: pytest.fail("looked for a run"))
    key = "take-up: feature_adoption, feature=Waitlist"
    assert figure_of(figures, key, JUNE) == pytest.approx(0.35, abs=0.05)


def test_a_place_that_is_shared_is_no_place(sample):
    tile = sample().selection.judgement.front(sample().selection.segment).tiles[0]
    assert replace(tile, line=(1.0, 2.0, 3.0)).place == (1, 3)
    assert replace(tile, line=(1.0, 3.0, 3.0)).place == (0, 3)
    assert replace(tile, line=(1.0, 3.0, float("nan"))).place == (0, 2)


def test_points_are_written_alike():
    from cs_lib.edition import read_edition
    from cs_lib.report.text.formatting import Formatter

    assert front_words.figure(38.3, metric("nps"), Formatter.of(read_edition("sample"))) == "38.3"


def test_a_story_with_good_news_in_it_is_good():
    from cs_lib.judgement.stories import joined
    from cs_lib.period import Segment

    both = [found("signal", "nps", side="neutral"), found("target", "nps", side="good")]
    assert [each.side for each in joined(both, Segment())] == ["good"]


def test_the_same_thing_is_one_finding(sample, monkeypatch):
    from cs_lib.judgement import findings

    twice = [found("segment apart", CHURN, money=9e6), found("segment apart", CHURN, money=9e6)]
    monkeypatch.setattr(findings, "_apart", lambda *_: twice)
    said = judged_anew(sample).findings(sample().selection.segment)
    assert [each.key for each in said].count(twice[0].key) == 1


def test_what_is_overdue_comes_before_what_is_closed(sample):
    from cs_lib.edition.notes import Notes
    from cs_lib.kit.kit_front import _earlier

    chosen = sample().selection
    asked = {"since": "2026-02", "why": "A rival.", "do": "Call them.", "due": "2026-03-01"}
    closed = {"status": "done", "closed": "2026-06", "outcome": "Called."}
    notes = [{"finding": "target: nps", **asked, **closed}, {"finding": "target: csat", **asked}]
    late = {**asked, "finding": "target: ces", "since": "2026-Q2"}  # asked in what is not over
    edition = chosen.edition.model_copy(
        update={"notes": Notes.model_validate({"notes": [*notes, late]})}
    )
    earlier = _earlier(type(chosen)(edition, chosen.measures, chosen.period, chosen.segment), set())
    assert [each.status for each in earlier] == ["overdue", "done"]


def test_a_scorecard_says_over_how_many_periods_it_judges():
    from types import SimpleNamespace

    from cs_lib.report.tables.scorecard_table import _spans

    def rows(*counts):
        return [SimpleNamespace(judged=SimpleNamespace(periods=n, first=JUNE)) for n in counts]

    assert _spans(rows(12, 12)) == "on twelve months"
    assert _spans(rows(1)) == "on 1 month"
    assert _spans(rows(7, 12)) == "on up to twelve months, as stated"
