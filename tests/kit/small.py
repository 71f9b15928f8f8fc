"""Editions with little data, the sample company, and the notebooks run cell by cell in this process."""

import ast
import json
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cs_lib.edition import find_root, read_edition
from cs_lib.judgement.judgement import Judgement
from cs_lib.kit.kit import Kit
from cs_lib.kit.selection import Selection
from cs_lib.metrics.audit.cache import compute, load_measures
from cs_lib.metrics.measures import Measures
from cs_lib.period import Period, Segment

ALL = "all"
SUBSCRIPTIONS = """customer_id,start_date,end_date,mrr,plan
ada,2026-06-01,,100,Pro
ben,2026-06-03,,50,Pro
cyd,2026-06-10,2026-06-25,80,Pro
dan,2026-06-12,,60,Pro
"""
SURVEYS = """response_id,customer_id,instrument,score,sent_at,responded_at
1,ada,nps,10,2026-06-02,2026-06-03
2,ben,nps,4,2026-06-02,2026-06-04
3,cyd,csat,5,2026-06-09,2026-06-09
4,dan,nps,,2026-06-10,
"""
ORDERS = """order_id,customer_id,ordered_at,amount
1,ada,2026-06-02,40
2,ada,2026-06-20,35.5
3,ben,2026-06-05,120
4,cyd,2026-06-28,15
"""
GONE = """customer_id,start_date,end_date,mrr,plan
ada,2025-11-01,,100,Pro
ben,2025-12-03,,50,Pro
cyd,2026-01-10,2026-03-25,80,Old
dan,2026-01-12,2026-04-20,60,Old
"""
CUSTOMERS = """customer_id,signed_up_on
ada,2026-06-02
ben,2026-06-05
"""
COSTS = """month,amount
2026-05,400
2026-06,500
"""
USE = """customer_id,occurred_at,feature
ada,2026-06-02,export
ben,2026-06-05,export
"""
SETTINGS = """company: "Tiny & <Sons>"
as_of: 2026-07-01
data: data
segments: [{segments}]
min_n: 1
tables: {{{table}: {table}.csv}}
definitions: {{gross_margin: 0.8, ces: {{scale: [1, 7], direction: higher, easy: [5, 7]}}}}
{more}
"""
NEW = "targets: {customer_churn_rate: 0.02, nps: 40, csat: 0.8}"


@cache
def sample_measures() -> Measures:
    """The measures of the shipped company."""
    return load_measures(read_edition("sample"), root=find_root())


@cache
def sample_judgement(period: str = "2026-06") -> Judgement:
    """What is judged of the shipped company in a period, worked out once for all tests."""
    return Judgement(read_edition("sample"), sample_measures(), Period.parse(period))


@dataclass(frozen=True)
class Small:
    """An edition of one table, and the segment its reports are about."""

    table: str
    rows: str
    segments: str = ""
    segment: str = ALL
    more: str = NEW

    def write(self, root: Path) -> None:
        for folder in ("params", "data"):
            (root / folder).mkdir(parents=True, exist_ok=True)
        (root / "data" / f"{self.table}.csv").write_text(self.rows, encoding="utf-8")
        text = SETTINGS.format(table=self.table, segments=self.segments, more=self.more)
        (root / "params" / "small.yaml").write_text(text, encoding="utf-8")


SMALL = {
    "four customers of one month": Small("subscriptions", SUBSCRIPTIONS, "plan"),
    "four answers": Small("survey_responses", SURVEYS),
    "three customers who ordered": Small("orders", ORDERS),
    "a segment that nobody is in any more": Small("subscriptions", GONE, "plan", "plan=Old"),
}
#: editions of one table that gives few figures, or none
SPARSE = {
    "two customers who only signed up": Small("customers", CUSTOMERS),
    "two months of costs": Small("acquisition_costs", COSTS),
    "use by two customers": Small("usage_events", USE),
}


def kit_of(small: Small, root: Path, period: str = "2026-06") -> Kit:
    """The kit of a small edition, measured from its files."""
    small.write(root)
    edition = read_edition("small", root=root)
    measures = compute(edition, root=root)
    return Kit(Selection(edition, measures, Period.parse(period), Segment.parse(small.segment)))


def notebooks(table: str) -> list[str]:
    """The shipped notebooks that apply to an edition with this table alone."""
    folder = find_root() / "notebooks"
    return [
        path.stem
        for path in sorted(folder.glob("*.ipynb"))
        if table in json.loads(path.read_text("utf-8"))["metadata"]["cs_kit"]["reads_any"]
    ]


def catch_display(monkeypatch, show) -> None:
    """Hand to `show` what the kit's methods display, whichever file of the kit they stand in."""
    for module in {sys.modules[each.__module__] for each in Kit.__mro__}:
        if hasattr(module, "display"):
            monkeypatch.setattr(module, "display", show)


def shown(notebook: str, kit: Kit, monkeypatch) -> dict[str, list]:
    """What each section of a notebook shows with this kit, by its heading.

    The cells run as a kernel runs them: what `display` is given, and the value of a last expression.
    """
    found: dict[str, list] = {}
    into: list = []
    catch_display(monkeypatch, lambda *parts: into.extend(parts))
    names = {"kit": kit}
    cells = json.loads((find_root() / "notebooks" / f"{notebook}.ipynb").read_text("utf-8"))
    for cell in cells["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            into = found.setdefault(source.splitlines()[0].lstrip("# "), [])
        elif "open_kit" not in source and "parameters" not in cell["metadata"].get("tags", ()):
            _run(source, names, into)
    return found


def _run(source: str, names: dict, into: list) -> None:
    for statement in ast.parse(source).body:
        if not isinstance(statement, ast.Expr):
            exec(compile(ast.Module([statement], []), "cell", "exec"), names)
        elif (
            value := eval(compile(ast.Expression(statement.value), "cell", "eval"), names)
        ) is not None:
            into.append(value)
