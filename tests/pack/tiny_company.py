"""A small company with plans that look like formulas, measured from its own files."""

from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from cs_lib.edition import read_edition
from cs_lib.metrics.audit.cache import compute
from cs_lib.pack.workbook import write_workbook
from cs_lib.period import Period

PERIOD = Period.parse("2026-06")
PLANS = ('=HYPERLINK("http://x","y")', "+Pro", "-1", "@SUM(A1)")
EDITION = """
company: "=Tiny & Sons"
as_of: 2026-07-01
history_starts: 2025-01-01
data: data
tables: {tables}
grains: [{grains}]
segments: [plan]
definitions: {{gross_margin: 0.8, ces: {{scale: [1, 7], direction: higher, easy: [5, 7]}}}}
targets: {{customer_churn_rate: 0.02, nps: 30, cac: 100}}
"""
TABLES = {
    "subscriptions": "subscriptions.csv",
    "survey_responses": "surveys.csv",
    "acquisition_costs": "costs.csv",
    "orders": "orders.csv",
}


# ---------------------------------------------------------------- a small company


def subscriptions() -> pd.DataFrame:
    """Sixty customers who join month by month; some leave, some return, some pay more or move."""
    rows = []
    for i in range(60):
        start = pd.Timestamp("2025-01-01") + pd.DateOffset(months=i % 17)
        end = start + pd.DateOffset(months=3 + i % 5) if i % 3 == 0 else None
        plan, mrr = PLANS[i % 4], 20 + 7 * (i % 6) + 0.25
        rows.append((f"c{i}", start, end, mrr, plan))
        if i % 6 == 0:
            rows.append((f"c{i}", end + pd.DateOffset(months=2), None, mrr + 5, PLANS[(i + 1) % 4]))
        if i % 7 == 0:
            rows.append((f"c{i}", start + pd.DateOffset(months=2), None, 10, plan))
    frame = pd.DataFrame(rows, columns=["customer_id", "start_date", "end_date", "mrr", "plan"])
    return frame[frame["start_date"] < "2026-07-01"]


def surveys() -> pd.DataFrame:
    scales = {"nps": (0, 11), "csat": (1, 5), "ces": (1, 7)}
    rows = [
        (f"c{i}", f"r{i}", instrument, low + (i * 7 % 11 * (i % 3 + 1)) % many, when)
        for instrument, (low, many) in scales.items()
        for i in range(45)
        for when in ("2026-05-10", "2026-06-12")
    ]
    rows.append(("c1", "r99", "nps", 6.5, "2026-06-12"))
    columns = ["customer_id", "respondent_id", "instrument", "score", "responded_at"]
    return pd.DataFrame(rows, columns=columns)


def costs() -> pd.DataFrame:
    months = pd.date_range("2025-01-01", "2026-06-01", freq="MS")
    spent = [400 + 13 * i for i in range(len(months))]
    return pd.DataFrame({"month": months, "amount": spent, "category": "marketing"})


def orders() -> pd.DataFrame:
    rows = [
        (
            f"c{i}",
            pd.Timestamp("2025-02-03") + pd.DateOffset(months=(i + k) % 17),
            30 + i,
            f"{i}-{k}",
        )
        for i in range(40)
        for k in range(1 + i % 4)
    ]
    return pd.DataFrame(rows, columns=["customer_id", "ordered_at", "amount", "order_id"])


FRAMES = {
    "subscriptions": subscriptions,
    "survey_responses": surveys,
    "acquisition_costs": costs,
    "orders": orders,
}


@dataclass(frozen=True)
class Company:
    """An edition in a folder, with its measures."""

    edition: object
    measures: object
    root: Path

    def after_a_pack(self) -> "Company":
        """The same with what a pack published before said otherwise."""
        last, nan = pd.Timestamp("2026-05-01"), float("nan")
        keys = {"variant": "standard", "grain": "month", "segment_by": "all", "segment": "all"}
        churn = {"metric": "customer_churn_rate", "variant": "snapshot", "unit": "percent"}
        mrr = {"metric": "mrr", "unit": "money", "old": 100.0, "new": 150.25}
        plan = {"segment_by": "plan", "segment": f"plan={PLANS[0]}"}
        rows = [
            {**keys, **churn, "period_start": last - pd.DateOffset(months=1), "old": 0.1, "new": 0.2},
            {**keys, **mrr, "period_start": last},
            {**keys, **mrr, **plan, "period_start": last, "new": 99.0},
            {**keys, "metric": "sunk_metric", "variant": "old_rule", "unit": "count", "old": 3.0,
             "new": nan, "period_start": last},
        ]  # fmt: skip
        changed = pd.DataFrame(rows).assign(cause="late rows (1 in x)")
        told = replace(self.measures, restated=changed, restated_since="2026-05")
        return replace(self, measures=told)

    def workbook(self, name: str = "pack.xlsx") -> Path:
        write_workbook(self.root / name, self.measures, self.edition, PERIOD)
        return self.root / name


def company(root: Path, *tables: str, grains: str = "month") -> Company:
    (root / "params").mkdir(parents=True)
    (root / "data").mkdir()
    for name in tables:
        FRAMES[name]().to_csv(root / "data" / TABLES[name], index=False)
    given = ", ".join(f"{name}: {TABLES[name]}" for name in tables)
    text = EDITION.format(tables="{" + given + "}", grains=grains)
    if "subscriptions" not in tables:
        text = text.replace("segments: [plan]\n", "")
    (root / "params" / "tiny.yaml").write_text(text)
    edition = read_edition("tiny", root=root)
    return Company(edition, compute(edition, root=root), root)
