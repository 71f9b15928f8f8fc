"""Figures are put together in pieces, and held with each word once: what they take does not grow with their words."""

import drawn
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from cs_lib.metrics.audit.reconciliation import proofs
from cs_lib.metrics.coded_words import coded, together, worded, words_in
from cs_lib.metrics.compute import assembly

#: six numbers, two days, and a byte or two for each of seven words
A_ROW = 6 * 8 + 2 * 8 + 7 * 2
WORDS = ["metric", "variant", "unit", "grain", "segment_by", "segment", "status"]
METRICS = ("nps", "nps_answers", "mrr", "arpa", "customer_churn_rate", "cohort_retention")
TABLES = {
    "customers": "customer_id | plan\n"
    + "\n".join(f"c{number} | {'ABC'[number % 3]}" for number in range(12)),
    "subscriptions": "customer_id | start_date | end_date | mrr | plan\n"
    + "\n".join(
        f"c{number} | 2025-0{1 + number % 4}-01 | {'2026-03-01' if number % 5 == 0 else ''} "
        f"| {20 + number} | {'ABC'[number % 3]}"
        for number in range(12)
    ),
    "survey_responses": "instrument | score | responded_at | respondent_id | customer_id\n"
    + "\n".join(
        f"nps | {number % 11} | 2026-0{1 + number % 3}-10 | c{number} | c{number}"
        for number in range(12)
    ),
}


@pytest.fixture
def measured(find_quickly, monkeypatch):
    def found(rows: int = assembly.ROWS):
        if rows != assembly.ROWS:
            monkeypatch.setattr(assembly, "ROWS", rows)
            monkeypatch.setattr(drawn, "_ASKED", {})
        return find_quickly(
            *METRICS, tables=TABLES, segments=("plan",), min_n=3, as_of="2026-07-01"
        )

    return found


@pytest.mark.slow
def test_a_piece_at_a_time_or_all_at_once_the_figures_are_the_same(measured):
    other, one = measured(), measured(rows=1)
    assert (other.measures["status"] == "suppressed").any()
    assert len(other.measures) > 500
    assert_frame_equal(one.measures, other.measures)


def test_a_figure_takes_its_numbers_and_no_words(measured):
    found = measured()
    assert words_in(found.measures) == WORDS
    assert words_in(found.cohorts) == ["measure", "segment_by", "segment", "status"]
    rows = found.measures.memory_usage(index=False)
    words = sum(found.measures[each].cat.categories.memory_usage(deep=True) for each in WORDS)
    assert rows.sum() - words <= A_ROW * len(found.measures) + 8 * 1024 * len(WORDS)
    for name in WORDS:
        assert found.measures[name].cat.categories.is_monotonic_increasing


def test_what_adds_up_does_so_in_words_and_in_codes(measured):
    found = measured()
    told = proofs(found.measures, found.cohorts)
    assert len(told) >= 4 and all(each.holds for each in told)
    assert told == proofs(worded(found.measures), worded(found.cohorts))


def test_words_that_one_frame_knows_and_another_does_not_are_put_in_order():
    one = coded(pd.DataFrame({"segment": ["b", "d"], "n": [1, 2]}))
    other = coded(pd.DataFrame({"segment": ["c", None, "a"], "n": [3, 4, 5]}))
    both = together([one, other])
    assert worded(both)["segment"].fillna("-").tolist() == ["b", "d", "c", "-", "a"]
    assert both.sort_values("segment")["n"].tolist() == [5, 1, 3, 2, 4]
