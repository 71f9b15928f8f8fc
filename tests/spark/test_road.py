"""The whole road on Spark: checked, measured, run in notebooks and published, as on DuckDB."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from cs_lib.__main__ import cli
from cs_lib.edition import read_edition
from cs_lib.metrics.audit.cache import load_measures

ROOT = Path(__file__).resolve().parents[2]
PUBLISHED = ("measures.csv", "cohorts.csv", "curves.csv", "risk.csv", "restated.csv")
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
definitions: {{gross_margin: 0.8, ces: {{scale: [1, 7], direction: higher, easy: [5, 7]}}}}
"""
COSTS = ("customers", "acquisition_costs")
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
    (root / "notebooks").mkdir()
    shutil.copy2(ROOT / "notebooks" / "scorecard.ipynb", root / "notebooks")


@pytest.fixture
def call(spark, tmp_path, monkeypatch):
    """Calls the command line in a project of its own, with an edition for each engine."""
    (tmp_path / "params").mkdir()
    for engine in ("duckdb", "spark"):
        (tmp_path / "params" / f"{engine}.yaml").write_text(edition(engine))
        (tmp_path / "params" / f"costs_{engine}.yaml").write_text(edition(engine, *COSTS))
    write_company(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("signal.signal", lambda *_: None)

    def of(*arguments: str) -> str:
        done = CliRunner().invoke(cli, list(arguments), catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout

    return of


def test_an_edition_is_checked(call):
    on_duckdb, on_spark = call("check", "costs_duckdb"), call("check", "costs_spark")
    assert on_spark == on_duckdb.replace("costs_duckdb", "costs_spark").replace(
        "(duckdb)", "(spark)"
    )


def test_an_edition_is_measured_run_and_published(call, tmp_path):
    for engine in ("duckdb", "spark"):
        assert "(1 made)" in call("run", engine, "--jobs", "1")
    packs = [tmp_path / "reports" / engine / "2026-06" for engine in ("duckdb", "spark")]
    for name in PUBLISHED:
        one, other = ((pack / name).read_text() for pack in packs)
        assert one == other, name
    assert (packs[0] / "measures.csv").read_text().count("\n") > 100
    manifests = [json.loads((pack / "manifest.json").read_text()) for pack in packs]
    assert manifests[0]["ledger"] == manifests[1]["ledger"]
    assert manifests[0]["inputs"] == manifests[1]["inputs"]
    kept = [load_measures(read_edition(engine), root=tmp_path) for engine in ("duckdb", "spark")]
    assert len(kept[0].leavers) > 4
    for name in ("leavers", "joiners"):
        pd.testing.assert_frame_equal(*(getattr(each, name) for each in kept))
    assert "(1 unchanged)" in call("run", "spark", "--jobs", "1")
