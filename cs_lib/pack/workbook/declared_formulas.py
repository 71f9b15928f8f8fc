"""Formulas of cells, and their values, as a metric's declaration adds up and divides columns of a fact."""

from collections.abc import Mapping
from dataclasses import dataclass

from cs_lib.metrics.catalogue.rules import Rule
from cs_lib.pack.workbook.cells import Formula

NOTHING = "–"


@dataclass(frozen=True)
class Term:
    """A cell that holds a column of a fact: its address, its value, and the sign with which it stands there."""

    cell: str
    value: float
    sign: int = 1


def declared_formula(rule: Rule, terms: Mapping[str, Term]) -> Formula:
    """The formula of a rule and its value, `NOTHING` where it would divide by 0.

    What stands above the line with all that stands below it is written as 1 and the rest: closing ÷ opening − 1.
    """
    over, under = (_of_cells(part.times or {}, terms) if part else {} for part in rule.sums)
    whole = 0
    for sign in (1, -1):
        if under and all(over.get(column) == sign * times for column, times in under.items()):
            whole = sign
            over = {column: times for column, times in over.items() if column not in under}
    sign = 1
    for side in (over, under):
        if side and all(times < 0 for times in side.values()):
            sign = -sign
            side.update({column: -times for column, times in side.items()})
    text = ("-" if sign < 0 else "") + _text(over, terms, bracket=bool(under))
    value = sign * _value(over, terms)
    if under:
        below = _value(under, terms)
        text += f"/{_text(under, terms, bracket=True)}"
        value = value / below if below else float("nan")
    text = f"1+{text}" if whole > 0 else f"{text}-1" if whole < 0 else text
    text = f'IFERROR({text},"{NOTHING}")'
    return Formula(text, value + whole if value == value else NOTHING)


def _of_cells(times: Mapping[str, float], terms: Mapping[str, Term]) -> dict[str, float]:
    """How many times each cell counts, where a column counts so many times."""
    return {column: many * terms[column].sign for column, many in times.items()}


def _text(times: Mapping[str, float], terms: Mapping[str, Term], *, bracket: bool) -> str:
    """What is added up in the sheet's order, what is taken away in that of the declaration."""
    added = all(many > 0 for many in times.values())
    text = ""
    for column in (each for each in (terms if added else times) if each in times):
        many = times[column]
        sign = "-" if many < 0 else "+" if text else ""
        text += sign + (f"{abs(many):g}*" if abs(many) != 1 else "") + terms[column].cell
    return f"({text})" if bracket and len(times) > 1 else text


def _value(times: Mapping[str, float], terms: Mapping[str, Term]) -> float:
    return sum(many * terms[column].value for column, many in times.items())
