"""Every mutant of tests/mutation still finds the text that it changes: a fault that is not seeded shows nothing."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "mutation"))
from mutants import MUTANTS  # noqa: E402


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_finds_its_place(mutant):
    path = mutant.place(ROOT)
    assert path is not None, f"{mutant.file} no longer holds {mutant.old!r}"
    assert mutant.old != mutant.new


def test_no_two_mutants_have_one_name():
    names = [mutant.name for mutant in MUTANTS]
    assert sorted({*names}) == sorted(names)


def test_no_mutant_is_killed_by_whoever_looks_for_its_text():
    """A test that reads the seeded text fails of every mutant: where mutants run it, none lives."""
    for place in {test for mutant in MUTANTS for test in mutant.tests}:
        at = ROOT / place
        for file in [at] if at.is_file() else at.rglob("*.py"):
            assert "import MUTANTS" not in file.read_text(encoding="utf-8"), file
