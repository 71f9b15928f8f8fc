"""A tiny project in a temporary folder, with notebooks of a few cells and measures made by hand."""

import contextlib
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from cs_lib.metrics import frame_columns
from cs_lib.metrics.measures import Measures

EDITION = """
company: Tiny & Sons
tables: {subscriptions: data/subscriptions.csv}
segments: [plan, region]
reports: {segments: [all]}
"""
PARAMETERS = """
edition: str = "tiny"  # a file in params/
period: str = "2026-05"  # month, quarter, week or year
segment: str = "all"  # all, or column=value
""".strip()
SAYS = "print(f'{edition} {period} {segment}')"
AS_OF = date(2026, 6, 10)
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def shows(data: dict, metadata: dict | None = None) -> str:
    """The source of a cell that displays this mime bundle."""
    return f"from IPython.display import display\ndisplay({data!r}, raw=True, metadata={metadata or {}!r})"


def leaves_out(what: str, reason: str) -> str:
    said = {"what": what, "reason": reason}
    return shows({"application/vnd.cs-kit.left-out+json": said, "text/plain": "left out"})


@dataclass
class Project:
    """The folder of a project; `notebook` and `edition` write its files."""

    root: Path
    parameters = PARAMETERS
    says = SAYS
    png = PNG
    shows = staticmethod(shows)
    leaves_out = staticmethod(leaves_out)

    @property
    def pack(self) -> Path:
        return self.root / "reports" / "tiny" / "2026-05"

    def html(self, slug: str = "scorecard--all") -> str:
        return (self.pack / f"{slug}.html").read_text()

    def edition(self, text: str, name: str = "tiny") -> None:
        path = self.root / "params" / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def notebook(self, name: str, *cells, parameters: str | None = PARAMETERS, **kit) -> Path:
        """A notebook: a cell that starts with a line `md` is Markdown, (source, tag) is tagged."""
        written = [_cell(0, "# " + name.title(), ())] if parameters is not None else []
        if parameters is not None:
            written.append(_cell(1, parameters, ("parameters",)))
        for number, cell in enumerate(cells, start=2):
            source, tags = cell if isinstance(cell, tuple) else (cell, ())
            written.append(_cell(number, source, (tags,) if isinstance(tags, str) else tags))
        path = self.root / "notebooks" / f"{name}.ipynb"
        path.parent.mkdir(exist_ok=True)
        metadata = {"kernelspec": {"name": "python3", "display_name": "x", "language": "python"}}
        if kit:
            metadata["cs_kit"] = kit
        path.write_text(
            json.dumps({"cells": written, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})
        )
        return path


def _cell(number: int, source: str, tags) -> dict:
    markdown = source.startswith(("#", "md\n"))
    cell = {
        "cell_type": "markdown" if markdown else "code",
        "id": f"cell-{number}",
        "metadata": {"tags": list(tags)} if tags else {},
        "source": source.removeprefix("md\n"),
    }
    return cell if markdown else {**cell, "outputs": [], "execution_count": None}


@pytest.fixture
def project(tmp_path, monkeypatch):
    made = Project(tmp_path)
    made.edition(EDITION)
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path)
    return made


def figure(metric, segment="all", value=0.1, *, period="2026-05", variant="snapshot", status="ok"):
    """One row of measures, for a month."""
    start = pd.Timestamp(f"{period}-01")
    by = "all" if segment == "all" else ",".join(p.split("=")[0] for p in segment.split(","))
    return {
        "metric": metric, "variant": variant, "unit": "percent", "grain": "month",
        "period_start": start, "period_end": start + pd.DateOffset(months=1), "segment_by": by,
        "segment": segment, "numerator": 3.0, "denominator": 30.0, "n": 30.0, "value": value,
        "low": 0.05, "high": 0.15, "status": status,
    }  # fmt: skip


def measures_of(*rows, warnings=(), rejects=(), first="2025-01-01", as_of=AS_OF) -> Measures:
    """Measures in the shape that the store gives, made by hand."""
    rows = rows or (
        figure("customer_churn_rate"),
        figure("customer_churn_rate", "plan=Pro"),
        figure("customer_churn_rate", "plan=Basic"),
        figure("customer_churn_rate", "plan=Legacy", period="2025-02"),
        figure("customer_churn_rate", "region=EMEA"),
    )
    return Measures(
        measures=pd.DataFrame(list(rows)),
        cohorts=pd.DataFrame(columns=frame_columns.COHORTS),
        curves=pd.DataFrame({"curve": [], "value": []}),
        left_out={"nps": "needs survey_responses, which this edition does not give"},
        as_of=as_of,
        data={
            "findings": [
                {
                    "level": "warning",
                    "table": "subscriptions",
                    "rule": rule,
                    "says": says,
                    "rows": n,
                }
                for rule, says, n in warnings
            ],
            "inputs": [
                {
                    "table": "subscriptions",
                    "source": "data/subscriptions.csv",
                    "rows": 1200,
                    "rejected": sum(n for _, n in rejects),
                    "fingerprint": "0123456789abcdef0123",
                    "first": first,
                    "last": "2026-06-09",
                    "files": ["subscriptions.csv"],
                    "columns": ["customer_id", "start_date", "end_date", "mrr", "plan"],
                }
            ],
            "ledger": {"subscriptions": {"kept": ["", ""], "days": {"2026-05": [1200, 0]}}},
            "rejects": [{"table": "subscriptions", "reason": r, "rows": n} for r, n in rejects],
        },
    )


@pytest.fixture
def measures():
    """`measures(figure, ...)` makes measures of `measures.figure(...)` rows; without, the usual ones."""

    def make(*rows, **state):
        return measures_of(*rows, **state)

    make.figure = figure
    return make


@pytest.fixture
def shared_pool(pool, monkeypatch):
    """Every run of a test, and every refresh, works in the shared processes."""
    for module in ("run", "refresh"):
        monkeypatch.setattr(
            f"cs_lib.pack.run.{module}.Pool", lambda *_, **__: contextlib.nullcontext(pool)
        )


@pytest.fixture
def run(project, measures, shared_pool, monkeypatch):
    """`run(measures, period=...)` publishes the tiny edition and gives what was published."""
    from cs_lib.pack.run.request import RunRequest
    from cs_lib.pack.run.run import run_packs

    def go(given=None, **asked):
        found = given or measures()
        monkeypatch.setattr(
            "cs_lib.pack.run.measured_edition._load_measures", lambda *_, **__: found
        )
        told = RunRequest(**{"jobs": 2, **asked})
        packs = run_packs(("tiny",), told, root=project.root, progress=lambda _: lambda _: None)
        return packs[0]

    return go
