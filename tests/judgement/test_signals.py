"""What is looked at for signals is declared, so that the front page counts the same whatever else is measured."""

from dataclasses import replace

import pytest

from cs_lib.judgement.series import LEVELS
from cs_lib.judgement.signals import WATCHED, has_limits
from cs_lib.metrics import catalogue
from cs_lib.metrics.catalogue import CATALOGUE, metric
from cs_lib.period import Segment
from cs_lib.vocabulary import FRONT_HEADLINES, HEADLINES, INDEX_HEADLINES, SEGMENT_HEADLINES

ALL = Segment()
SHOWN = [name for section in HEADLINES.values() for name in section]


def test_a_metric_that_is_added_changes_no_count_of_the_front_page(drawn, monkeypatch):
    """A figure like any other, measured and outside its limits, but neither shown nor watched."""
    rows = drawn.shares("customer_churn_rate", [*[(20, 1000)] * 23, (90, 1000)])
    before = drawn.judgement(rows).signals(ALL)
    added = replace(metric("customer_churn_rate"), name="another_rate")
    monkeypatch.setitem(catalogue._BY_NAME, added.name, added)
    rows += [{**row, "metric": added.name} for row in rows]
    judged = drawn.judgement(rows)
    after = judged.signals(ALL)
    assert before["metric"].tolist() == after["metric"].tolist() == ["customer_churn_rate"]
    assert judged.limits(added.name)["signal"].tolist() == [True]
    assert [each.metric for each in judged.findings(ALL)] == ["customer_churn_rate"]


def test_every_watched_metric_has_limits_in_whatever_way_it_is_measured():
    for name in WATCHED:
        declared = metric(name)
        for fact in {rule.fact for rule in declared.rules}:
            assert has_limits(declared.over([fact])), (name, fact)


def test_a_metric_that_is_shown_and_can_have_limits_is_watched():
    unwatched = {name for name in SHOWN if has_limits(metric(name))} - {*WATCHED}
    assert unwatched == set()
    assert not {*WATCHED} & {*LEVELS}


@pytest.mark.parametrize("chosen", (SEGMENT_HEADLINES, INDEX_HEADLINES, FRONT_HEADLINES))
def test_what_is_shown_elsewhere_is_a_choice_among_the_headline_metrics(chosen):
    assert {*chosen} <= {*SHOWN}
    assert len({*SHOWN}) == len(SHOWN)
    assert {*SHOWN} <= {each.name for each in CATALOGUE}
