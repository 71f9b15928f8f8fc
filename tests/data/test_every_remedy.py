"""Every remedy that the contract offers is applied as it stands, and the values are read rightly.

A case is a file that lies and what is right. Whatever the message about it tells to set is set, each way
by itself; where it tells to mend the file, the mended file is read.
"""

import ast
import inspect
import re

import pytest
from offers import combined, offers, set_in
from remedy_cases import CASES, HEADS, REFUSED, Case

from cs_lib.data.contract import (
    completeness,
    contradictions,
    edition_keys,
    likeness,
    magnitude,
    number_remedies,
    overlaps,
    remedies,
    repeats,
    rule_remedies,
    subscription_ends,
    tables,
)
from cs_lib.data.sources import headers, text_files
from cs_lib.errors import KitError

pytestmark = pytest.mark.slow

GAP = "\0"
OTHERS = (
    repeats,
    overlaps,
    headers,
    text_files,
    likeness,
    magnitude,
    contradictions,
    completeness,
    subscription_ends,
)
OFFERED = re.compile(r"\b([Ss]et|[Ss]ay|with|such as)\b[^.]* [a-z_]+(: | to )")
TO_DO = re.compile(r"\b(set|leave|write|correct|export|add|state|widen|net|say)\b", re.IGNORECASE)


def shown(value) -> str:
    if value is None or value != value:
        return "-"
    if hasattr(value, "strftime"):
        return value.strftime("%Y-%m-%d %H:%M").removesuffix(" 00:00")
    return f"{value / 1e6:.15g}" if isinstance(value, int | float) else str(value)


def read(workshop, case: Case, rows: str, source: dict, keys: dict):
    """Why the file is refused, or what is said of it that offers a key; and its rows."""
    for number, part in enumerate((rows, case.second), 1):
        if part:
            workshop.write(f"file_{number}.csv", case.text(part).encode(case.encoding))
    keys = {"as_of": "2026-01-01", **keys}
    try:
        data = workshop.open({case.table: {"path": "file_1.csv", **source}}, **keys)
    except KitError as refusal:
        return str(refusal).splitlines(), [], ""
    columns = case.see.split() or (case.head or HEADS[case.table]).split(",")
    frame = data.engine.collect(data.tables[case.table].select(*columns)).astype(object)
    frame = frame.where(frame.notna(), None)
    cells = [" ".join(map(shown, row)) for row in frame.itertuples(index=False)]
    return [], [each.says for each in data.findings if offers(each.says)], "\n".join(sorted(cells))


_SAID: dict[str, tuple[list[str], list[str]]] = {}


def said(workshop, name: str) -> tuple[list[str], list[str]]:
    """What is said of a case as it comes: refusals, and findings."""
    if name not in _SAID:
        case = CASES[name]
        _SAID[name] = read(workshop, case, case.rows, case.source, case.keys)[:2]
    return _SAID[name]


@pytest.mark.parametrize("name", CASES)
def test_a_remedy_applied_gives_what_is_right(workshop, name):
    case, (refusals, findings) = CASES[name], said(workshop, name)
    lines = refusals or findings
    assert lines, "nothing is wrong with the file"
    ways = [] if case.by_hand else combined([offers(line) for line in lines])
    trials = [(case.rows, *set_in(way, case.source, case.keys)) for way in ways]
    if case.by_hand or case.mended:
        own = set_in(case.by_hand, case.source, case.keys)
        trials.append((case.mended or case.rows, *own))
    assert trials, lines
    rights = case.right if isinstance(case.right, tuple) else (case.right,) * len(trials)
    for trial, right in zip(trials, rights, strict=True):
        refused, found, rows = read(workshop, case, *trial)
        assert refusals or not found, trial
        assert (bool(refused), rows) == (right is REFUSED, right or ""), (trial, refused)


def remedies_of_the_contract() -> list[str]:
    """A pattern for each text that tells what to do: of the rules for a row, and of what is not read."""
    rules = [
        each.remedy for table in tables.TABLES for each in table.rules if each.level == "error"
    ]
    texts = (
        [re.sub(r"{\w+}", GAP, each) for each in rules]
        + texts_of(remedies)
        + texts_of(rule_remedies)
        + texts_of(edition_keys)
        + texts_of(number_remedies)
    )
    texts += [each for room in OTHERS for each in texts_of(room) if OFFERED.search(each)]
    return [
        "".join(".*" if part == GAP else re.escape(part) for part in re.split(f"({GAP})", each))
        for each in dict.fromkeys(texts)
        if TO_DO.search(each)
    ]


def texts_of(module) -> list[str]:
    """The texts of a module, with a gap where a value stands; no docstrings."""
    found, known = [], set()
    for each in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant):
            known.add(id(each.value))
        elif isinstance(each, ast.JoinedStr):
            known |= {id(part) for part in each.values}
            parts = (part.value if isinstance(part, ast.Constant) else GAP for part in each.values)
            found.append("".join(parts))
        elif (
            isinstance(each, ast.Constant) and isinstance(each.value, str) and id(each) not in known
        ):
            found.append(each.value)
    return found


def test_every_remedy_is_applied(workshop):
    told = "\n".join(line for name in CASES for lines in said(workshop, name) for line in lines)
    missing = [each for each in remedies_of_the_contract() if not re.search(each, told)]
    assert missing == []
