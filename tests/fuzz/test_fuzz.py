"""Seeded mutations in the ordinary tests, and whether the fuzzer sees what it looks for.

Thousands: python tests/fuzz/fuzz.py --count 5000 --seed 1
"""

import sys
from pathlib import Path
from random import Random

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

import fuzz
import fuzz_answers
from fuzz_case import LYING, MUTATIONS, Case
from fuzz_catalogue import blank_case, case_of
from fuzz_judge import MISSING, PLACED, SAME, TRACEBACK, WRONG, Judge

pytestmark = pytest.mark.slow

SEED = 12


def test_no_mutation_gives_a_wrong_number_or_a_traceback():
    """Each mutation there is, once."""
    results = fuzz.run(fuzz.Asked(SEED, quick=True), range(len(MUTATIONS)))
    assert len({each.name for each in results}) == len(MUTATIONS)
    assert not fuzz.bad(results), "\n".join(
        fuzz.described(each, SEED) for each in fuzz.bad(results)
    )


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda each: each.name)
def test_a_mutation_makes_the_same_case_of_a_seed(mutation):
    for table in mutation.tables:
        made = []
        for _ in range(2):
            made.append(blank_case(mutation, table))
            mutation.change(made[-1], Random(f"{table} 5"))
        first, again = (case.finished() for case in made)
        assert (first.files, first.settings) == (again.files, again.settings)


def test_a_seed_and_a_number_make_one_case():
    assert case_of(3, 14).files == case_of(3, 14).files
    assert {case_of(3, n).name for n in range(40)} > {case_of(3, 14).name}


def changed(**columns) -> Case:
    """A clean company's usage, with these values in its first row."""
    case = Case.clean("usage_events", LYING)
    case.rows[0].update(columns)
    case.at(2)
    return case.finished()


def test_a_figure_that_is_not_as_it_should_be_is_a_wrong_number():
    assert Judge().judge(changed()).kind == WRONG  # nothing is known to be right
    case = changed()
    case.right = [case.tables]
    assert Judge().judge(case).kind == SAME
    case = changed(occurred_at="2025-10-05 10:00:00")
    case.right = [case.tables]
    assert Judge().judge(case).kind == WRONG


def test_a_row_gone_in_silence_is_missed():
    case = Case.clean("usage_events", LYING)
    del case.rows[3]
    case.right = [case.tables]
    assert Judge().judge(case.finished()).kind == MISSING


@pytest.mark.parametrize(("line", "verdict"), [(2, PLACED), (3, "REFUSED WITHOUT PLACE")])
def test_a_refusal_names_the_line_that_was_changed(line, verdict):
    case = changed(occurred_at="soon")
    case.places = [(case.file, line)]
    assert Judge().judge(case).kind == verdict


def test_what_the_kit_does_not_expect_is_a_traceback(monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("unexpected")

    monkeypatch.setattr(fuzz_answers, "open_data", broken)
    assert Judge().judge(changed()).kind == TRACEBACK


def test_a_process_that_gives_no_answer_is_a_hang():
    worker = fuzz.Worker(fuzz.Asked(SEED))
    worker.process.kill()
    assert worker.ask(0) is None
    worker.stop()
    assert fuzz.lost(fuzz.Asked(SEED), 0).verdict == fuzz.HANG
