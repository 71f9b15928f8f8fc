"""Every remedy that the contract offers is applied as it stands, and the values are read rightly.

A case is a file that lies and what is right. Whatever the message about it tells to set is set, each way
by itself; where it tells to mend the file, the mended file is read.
"""

import ast
import inspect
import re
from dataclasses import dataclass, field

import pytest
from offers import combined, offers, set_in

from cs_lib.data import remedies, tables
from cs_lib.errors import KitError

SUBS, ORDERS, COSTS = "subscriptions", "orders", "acquisition_costs"
SURVEY, CUSTOMERS = "survey_responses", "customers"
HEADS = {
    SUBS: "customer_id,start_date,end_date,mrr",
    ORDERS: "customer_id,ordered_at,amount",
    SURVEY: "instrument,score,responded_at",
    COSTS: "month,amount",
    CUSTOMERS: "customer_id,signed_up_on",
}
#: a way that leads to another refusal: never to a wrong value
REFUSED = None


@dataclass(frozen=True)
class Case:
    """Rows of one table; what each way out gives (one for all where alike); and the mended rows."""

    table: str
    rows: str
    right: str | tuple[str | None, ...] = ""
    head: str = ""
    see: str = ""
    source: dict = field(default_factory=dict)
    keys: dict = field(default_factory=dict)
    by_hand: dict = field(default_factory=dict)
    mended: str = ""

    def text(self, rows: str) -> str:
        lines = (line.strip() for line in (self.head or HEADS[self.table], *rows.split("\n")))
        return "\n".join(lines) + "\n"


def subs(rows, right="", **more):
    return Case(SUBS, rows, right, **more)


def orders(rows, right="", **more):
    return Case(ORDERS, rows, right, **more)


def survey(rows, right="", **more):
    return Case(SURVEY, rows, right, **more)


TERMS = "customer_id,start_date,amount,interval_months"
CASES = {
    # dates
    "two-digit years": subs(
        "a,25-01-02,,5\nb,25-01-15,25-03-10,7",
        ("a 2025-01-02 - 5\nb 2025-01-15 2025-03-10 7", REFUSED),
    ),
    "days first": orders('a,15/01/2025,1\nb,"02/01/2025",2', "a 2025-01-15 1\nb 2025-01-02 2"),
    "dates of two kinds": orders("a,2025-01-15,1\nb,20250116,2", "a 2025-01-15 1\nb 2025-01-16 2"),
    "unix seconds": subs(
        "a,1736899200,,5\nb,1737331200,1741132800,7", "a 2025-01-15 - 5\nb 2025-01-20 2025-03-05 7"
    ),
    "days since 1900": orders("a,45672,1", "a 2025-01-15 1"),
    "a format that does not fit": orders(
        "a,15.01.2025,1", "a 2025-01-15 1", source={"date_format": "%d/%m/%Y"}
    ),
    "no date of any format": orders(
        "a,mid-January,1",
        "a 2025-01-15 1",
        source={"date_format": "%d/%m/%Y"},
        mended="a,15/01/2025,1",
    ),
    "no date at all": orders("a,20225-03-01,1", mended="a,2025-03-01,1", right="a 2025-03-01 1"),
    "a zone that is several": orders("a,2025-01-15 10:00 IST,1", "a 2025-01-15 04:30 1"),
    "a word that may be a zone": orders("a,2025-01-15 10:00 XYZ,1", "a 2025-01-15 09:00 1"),
    "a year outside": orders("a,1955-01-15,1", "a 1955-01-15 1"),
    "a year that may be none": subs("a,2025-01-15,1900-01-01,5", ("a 2025-01-15 - 5", REFUSED)),
    # words for nothing, numbers
    "words for nothing": subs(
        r"a,2025-01-15,NULL,5" "\n" r"b,2025-01-15,\N,7", "a 2025-01-15 - 5\nb 2025-01-15 - 7"
    ),
    "thousands": orders('a,2025-01-15,"1,234.50"', "a 2025-01-15 1234.5"),
    "a decimal comma and blanks": orders('a,2025-01-15,"1 234,50"', "a 2025-01-15 1234.5"),
    "a sign": orders("a,2025-01-15,€12.50", "a 2025-01-15 12.5"),
    "parentheses": orders("a,2025-01-15,(12.50)", "a 2025-01-15 -12.5"),
    "a point in a table of commas": orders(
        "a,2025-01-15,12.50", "a 2025-01-15 12.5", source={"decimal": ","}
    ),
    "a share": orders("a,2025-01-15,12%", mended="a,2025-01-15,12", right="a 2025-01-15 12"),
    "no number": orders("a,2025-01-15,many", mended="a,2025-01-15,12", right="a 2025-01-15 12"),
    "one amount too large": orders("a,2025-01-15,12000000000000", "a 2025-01-15 12000000000"),
    "quarters of a month": Case(
        SUBS,
        "a,2025-01-05,10,0.25\nb,2025-01-05,120,12",
        "a 43.333333\nb 10",
        head=TERMS,
        see="customer_id mrr",
    ),
    "half a term": Case(
        SUBS,
        "a,2025-01-05,20,1.5",
        "a 10",
        head=TERMS,
        see="customer_id mrr",
        mended="a,2025-01-05,20,2",
    ),
    # rules of a row
    "a currency without a rate": Case(
        ORDERS,
        "a,2025-01-15,10,EUR",
        "a 11",
        head=HEADS[ORDERS] + ",currency",
        see="customer_id amount",
        by_hand={"rates": {"EUR": 1.1}},
    ),
    "a word for a currency": Case(
        ORDERS,
        "a,2025-01-15,10,euro",
        "a 11",
        head=HEADS[ORDERS] + ",currency",
        see="customer_id amount",
        mended="a,2025-01-15,10,EUR",
        by_hand={"rates": {"EUR": 1.1}},
    ),
    "satisfaction up to ten": survey("csat,10,2025-01-15", "csat 10 2025-01-15"),
    "nps off its scale": survey("nps,11,2025-01-15", "nps 9 2025-01-15", mended="nps,9,2025-01-15"),
    "nps from zero": survey(
        "nps,0,2025-01-15", "nps 0 2025-01-15", keys={"definitions": {"nps": {"scale": [1, 10]}}}
    ),
    "effort off its scale": survey(
        "ces,9,2025-01-15",
        "ces 9 2025-01-15",
        keys={"definitions": {"ces": {"scale": [1, 7], "direction": "higher", "easy": [5, 7]}}},
        by_hand={"ces": {"scale": [1, 10], "direction": "higher", "easy": [8, 10]}},
    ),
    "another instrument": survey(
        "enps,9,2025-01-15", mended="nps,9,2025-01-15", right="nps 9 2025-01-15"
    ),
    "an answer without its time": survey(
        "nps,9,", mended="nps,9,2025-01-15", right="nps 9 2025-01-15"
    ),
    "a negative price": subs(
        "a,2025-01-15,,-5", mended="a,2025-01-15,,5", right="a 2025-01-15 - 5"
    ),
    "an end before its start": subs(
        "a,2025-01-15,2025-01-10,5",
        mended="a,2025-01-15,2025-02-10,5",
        right="a 2025-01-15 2025-02-10 5",
    ),
    "a term of no months": Case(
        SUBS,
        "a,2025-01-05,10,0",
        "a 10",
        head=TERMS,
        see="customer_id mrr",
        mended="a,2025-01-05,10,1",
    ),
    "a term of no weeks": Case(
        SUBS,
        "a,2025-01-05,12,0",
        "a 13",
        head="customer_id,start_date,amount,interval_weeks",
        see="customer_id mrr",
        mended="a,2025-01-05,12,4",
    ),
    "two intervals": Case(
        SUBS,
        "a,2025-01-05,12,4,1",
        "a 13",
        head="customer_id,start_date,amount,interval_weeks,interval_months",
        see="customer_id mrr",
        mended="a,2025-01-05,12,4,",
    ),
    "a negative quantity": Case(
        SUBS,
        "a,2025-01-05,12,1,-2",
        "a 24",
        head=TERMS + ",quantity",
        see="customer_id mrr",
        mended="a,2025-01-05,12,1,2",
    ),
    "a negative weight": Case(
        SURVEY,
        "nps,9,2025-01-15,-1",
        "nps 9 2025-01-15 2",
        head=HEADS[SURVEY] + ",weight",
        mended="nps,9,2025-01-15,2",
    ),
    "an invitation without its time": Case(
        SURVEY,
        "nps,,,\nnps,9,2025-01-15,2025-01-14",
        "nps - - 2025-01-14\nnps 9 2025-01-15 2025-01-14",
        head=HEADS[SURVEY] + ",sent_at",
        mended="nps,,,2025-01-14\nnps,9,2025-01-15,2025-01-14",
    ),
    "after the extract": orders(
        "a,2025-01-15,1",
        "a 2025-01-15 1",
        keys={"as_of": "2025-01-10"},
        by_hand={"as_of": "2025-01-16"},
    ),
}
SOURCE, GAP = inspect.getsource(remedies), "\0"
TO_DO = re.compile(r"\b(set|leave|write|correct|export|add|state|widen|net|say)\b", re.IGNORECASE)


def shown(value) -> str:
    if value is None or value != value:
        return "-"
    if hasattr(value, "strftime"):
        return value.strftime("%Y-%m-%d %H:%M").removesuffix(" 00:00")
    return f"{value / 1e6:.15g}" if isinstance(value, int | float) else str(value)


def read(workshop, case: Case, rows: str, source: dict, keys: dict) -> tuple[list[str], str]:
    """What is said of the file, and its rows where it is read."""
    workshop.write("file.csv", case.text(rows))
    keys = {"as_of": "2026-01-01", **keys}
    try:
        data = workshop.open({case.table: {"path": "file.csv", **source}}, **keys)
    except KitError as refusal:
        return str(refusal).splitlines(), ""
    columns = case.see.split() or (case.head or HEADS[case.table]).split(",")
    frame = data.engine.collect(data.tables[case.table].select(*columns)).astype(object)
    frame = frame.where(frame.notna(), None)
    cells = [" ".join(map(shown, row)) for row in frame.itertuples(index=False)]
    return [], "\n".join(sorted(cells))


_SAID: dict[str, list[str]] = {}


def said(workshop, name: str) -> list[str]:
    if name not in _SAID:
        case = CASES[name]
        _SAID[name], _ = read(workshop, case, case.rows, case.source, case.keys)
    return _SAID[name]


@pytest.mark.parametrize("name", CASES)
def test_a_remedy_applied_gives_what_is_right(workshop, name):
    case, lines = CASES[name], said(workshop, name)
    assert lines, "nothing is wrong with the file"
    ways = [] if case.by_hand else combined([offers(line) for line in lines])
    trials = [(case.rows, *set_in(way, case.source, case.keys)) for way in ways]
    if case.by_hand or case.mended:
        own = set_in(case.by_hand, case.source, case.keys)
        trials.append((case.mended or case.rows, *own))
    assert trials, lines
    rights = case.right if isinstance(case.right, tuple) else (case.right,) * len(trials)
    for trial, right in zip(trials, rights, strict=True):
        refused, rows = read(workshop, case, *trial)
        assert (bool(refused), rows) == (right is REFUSED, right or ""), (trial, refused)


def remedies_of_the_contract() -> list[str]:
    """A pattern for each text that tells what to do: of the rules for a row, and of what is not read."""
    rules = [
        each.remedy for table in tables.TABLES for each in table.rules if each.level == "error"
    ]
    texts = [re.sub(r"{\w+}", GAP, each) for each in rules] + _texts(ast.parse(SOURCE))
    return [
        "".join(".*" if part == GAP else re.escape(part) for part in re.split(f"({GAP})", each))
        for each in dict.fromkeys(texts)
        if TO_DO.search(each)
    ]


def _texts(tree: ast.AST) -> list[str]:
    """The texts of a module, with a gap where a value stands; no docstrings."""
    found, known = [], set()
    for each in ast.walk(tree):
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
    told = "\n".join(line for name in CASES for line in said(workshop, name))
    missing = [each for each in remedies_of_the_contract() if not re.search(each, told)]
    assert missing == []
