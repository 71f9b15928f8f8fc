"""A company of twelve customers in a project of its own, with an edition for each engine."""

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EDITION = """
company: Acme
engine: {engine}
as_of: 2026-07-01
history_starts: 2026-01-01
grains: [month]
data: data
tables: {{{tables}}}
segments: [plan, region]
reports: {{notebooks: [scorecard]}}
checkpoint_dir: checkpoints
definitions: {{gross_margin: 0.8, ces: {{scale: [1, 7], direction: higher, easy: [5, 7]}}}}
"""
TABLES = {
    "customers": "customers.csv",
    "subscriptions": "subscriptions.csv",
    "survey_responses": "surveys.csv",
    "acquisition_costs": "costs.csv",
    "usage_events": "usage.csv",
}


def edition(engine: str, *tables: str) -> str:
    named = ", ".join(f"{name}: {TABLES[name]}" for name in tables or TABLES)
    return EDITION.format(engine=engine, tables=named)


def write_company(root: Path) -> None:
    """Twelve customers over six months, in each table that a business with subscriptions has.

    Three leave and say why, one moves to the other plan and pays more, some pay by terms that end, and surveys of each
    kind are sent to everybody and answered by most.
    """
    months = range(1, 7)
    ends = {1: "2026-04-01,price", 5: "2026-05-15,rival", 9: "2026-06-01,price", 2: "2026-05-01,"}
    terms = {n: f"3,2026-0{4 + n % 4}-01" for n in range(0, 12, 3)}
    scores = {"nps": (0, 11), "csat": (1, 5), "ces": (1, 7)}
    tables = {
        "customers": ["customer_id,signed_up_on,first_value_on,region"]
        + [f"c{n},2026-01-{1 + n:02d},2026-02-{1 + n:02d},R{n % 3 // 2}" for n in range(12)],
        "subscriptions": ["customer_id,start_date,end_date,end_reason,mrr,plan,interval_months,term_ends_on"]
        + [f"c{n},2026-0{1 + n % 4}-01,{ends.get(n, ',')},{10 * (1 + n)},P{n % 2},{terms.get(n, '1,')}" for n in range(12)]
        + ["c2,2026-05-01,,,45,P1,1,"],
        "surveys": ["customer_id,instrument,score,sent_at,responded_at"]
        + [f"c{n},{kind},{low + (n * month) % many},2026-0{month}-0{1 + n % 9},2026-0{month}-1{n % 10}"
           if (n + month) % 5 else f"c{n},{kind},,2026-0{month}-0{1 + n % 9},"
           for n in range(12) for month in months for kind, (low, many) in scores.items()],
        "costs": ["month,amount,category"] + [f"2026-0{m}-01,{100 * m},marketing" for m in months],
        "usage": ["customer_id,occurred_at,feature,user_id"]
        + [f"c{n},2026-0{m}-0{1 + n % 9} 10:30:00,invoices,u{n}-{m % 2}" for n in range(12) for m in months],
    }  # fmt: skip
    for name, lines in tables.items():
        path = root / "data" / f"{name}.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join([*lines, ""]))
    for folder in ("params", "notebooks"):
        (root / folder).mkdir(exist_ok=True)
    shutil.copy2(ROOT / "notebooks" / "scorecard.ipynb", root / "notebooks")
