"""What is said of a sum beside its expression holds in every row."""

from pathlib import Path

import drawn
import narwhals as nw
import pytest

from cs_lib.data.facts import FACTS
from cs_lib.data.facts.context import Context
from cs_lib.data.open_data import open_data
from cs_lib.edition import read_edition
from cs_lib.metrics.catalogue import CATALOGUE
from cs_lib.metrics.catalogue.sums import Sum

ROOT = Path(__file__).parents[2]


def sums_of(fact: str) -> list[Sum]:
    rules = [rule for metric in CATALOGUE for rule in metric.rules]
    rules = [rule for rule in rules if rule.fact == fact]
    parts = [vars(rule).get(each) for rule in rules for each in ("numerator", "denominator", "n")]
    parts += [vars(rule).get("total") for rule in rules]
    return [part for part in parts if isinstance(part, Sum)]


ORDERS = """
    customer_id | ordered_at | amount
    ada         | 2026-01-10 | 30
    ada         | 2026-01-20 | 20
    ada         | 2026-03-02 | 10
    bob         | 2026-02-11 | 40
    cy          | 2026-03-11 | 0
"""


@pytest.fixture(scope="module")
def sample():
    edition = read_edition("sample", root=ROOT)
    with open_data(edition, root=ROOT) as data:
        yield Context.of(data, edition)


@pytest.fixture(scope="module")
def shop():
    engine = drawn.DuckDBEngine()
    yield drawn.context(engine, "2026-04-01", {"orders": ORDERS})
    engine.close()


@pytest.mark.parametrize(("company", "fact"), [("sample", "movements"), ("shop", "activity")])
def test_flags_are_flags_and_columns_add_up_to_the_expression(company, fact, request):
    context = request.getfixturevalue(company)
    rows, parts = FACTS[fact].prepare(context).at(()), sums_of(fact)
    flags = [part for part in parts if part.flag]
    made = [part for part in parts if part.times and len(part.times) > 1]
    assert flags and made
    asked = {}
    for number, part in enumerate(flags):
        whole = part.expr.cast(nw.Int64)
        asked |= {f"low {number}": whole.min(), f"high {number}": whole.max()}
    for number, part in enumerate(made):
        asked[f"sum {number}"] = part.expr.sum()
        asked |= {f"{number} {name}": nw.col(name).cast(nw.Int64).sum() for name in part.times}
    found = context.engine.collect(rows.select(**asked)).iloc[0]
    for number, part in enumerate(flags):
        assert 0 <= found[f"low {number}"] <= found[f"high {number}"] <= 1, part.says
    for number, part in enumerate(made):
        columns = sum(times * found[f"{number} {name}"] for name, times in part.times.items())
        assert columns == found[f"sum {number}"], part.says
