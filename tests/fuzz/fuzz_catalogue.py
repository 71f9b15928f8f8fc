"""All mutations there are, and the case that a seed and a number make of them."""

from random import Random

import fuzz_cells
import fuzz_editions
import fuzz_files
import fuzz_lines
import fuzz_neutral
import fuzz_spellings
from fuzz_case import MUTATIONS, Case, Mutation

FAMILIES = (fuzz_neutral, fuzz_spellings, fuzz_cells, fuzz_files, fuzz_lines, fuzz_editions)


def case_of(seed: int, number: int, only: str = "") -> Case:
    """The case of a seed and a number: always the same. The mutations come in turn, so that none is left out."""
    draw = Random(f"{seed} {number}")
    wanted = [each for each in MUTATIONS if only in each.name]
    chosen = wanted[number % len(wanted)]
    case = blank_case(chosen, draw.choice(chosen.tables))
    chosen.change(case, draw)
    return case.finished()


def blank_case(mutation: Mutation, table: str) -> Case:
    """A clean company for a mutation to change."""
    return Case.clean(table, mutation.kind, mutation.name)
