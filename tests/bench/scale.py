"""What one report of a segment costs where there are few segments, and many: processor time and memory of its kernel.

    python tests/bench/scale.py --segments 4,200,1000

Every segment has as many customers as any other, so that a company of more segments is a larger one. The cells of a
report run in a process of their own, which has imported what a warm kernel has before its time is taken.
"""

import argparse
import json
import os
import resource
import shutil
import sys
import tempfile
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd
from paired import run

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ("scorecard", "cohort_retention")
CUSTOMERS, MONTHS, ROUNDS = 40, 36, 3
EDITION = """
company: Many
as_of: 2026-07-01
tables: {subscriptions: subscriptions.csv}
segments: [plan, region]
reports: {segments: [all, 'plan=*']}
"""
PERIOD, SEGMENT = "2026-06", "plan=P0001"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--segments", default="4,200,1000")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--report", help=argparse.SUPPRESS)
    parser.add_argument("--to", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        measure(asked.measure)
    elif asked.report:
        report(asked.report, asked.to)
    else:
        compare([int(each) for each in asked.segments.split(",")])


def compare(counts: list[int]) -> None:
    """A line for each number of segments; the ratios are those to the fewest."""
    first: dict[str, float] = {}
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            root = written(Path(folder), count)
            found = run([sys.argv[0], "--measure", str(root)])
            print(f"{count} segments: measured in {found.busy:.1f} s of the processors, ", end="")
            print(f"{found.peak_gb:.2f} GB at most", flush=True)
            for name in NOTEBOOKS:
                runs = [reported(name, root) for _ in range(ROUNDS)]
                seconds, peak = (median(each[key] for each in runs) for key in ("seconds", "mb"))
                ratio = seconds / first.setdefault(name, seconds)
                print(f"  {name:18}{seconds:6.2f} s, {peak:5.0f} MB, {ratio:.2f}", flush=True)


def written(root: Path, count: int) -> Path:
    """A project with the shipped notebooks, and a company of so many plans."""
    shutil.copytree(ROOT / "notebooks", root / "notebooks")
    (root / "params").mkdir()
    (root / "params" / "many.yaml").write_text(EDITION, encoding="utf-8")
    draw, rows = np.random.default_rng(1), count * CUSTOMERS
    starts = pd.Series(pd.to_datetime("2023-07-01"), index=range(rows)) + pd.to_timedelta(
        draw.integers(0, MONTHS * 30, rows), unit="D"
    )
    ends = starts + pd.to_timedelta(draw.integers(30, 1500, rows), unit="D")
    frame = {
        "customer_id": np.arange(rows),
        "start_date": starts.dt.date,
        "end_date": ends.where(ends < "2026-07-01").dt.date,
        "mrr": draw.integers(20, 400, rows),
        "plan": [f"P{number % count:04}" for number in range(rows)],
        "region": draw.choice(["AMER", "APAC", "EMEA"], rows),
    }
    pd.DataFrame(frame).to_csv(root / "subscriptions.csv", index=False)
    return root


def measure(root: Path) -> None:
    """Lay the measures out as a run does for its kernels."""
    from cs_lib.pack.run import measured_edition
    from cs_lib.pack.run.request import RunRequest

    (root / "scratch").mkdir()
    measured_edition.measure("many", RunRequest(), root=root, scratch=root / "scratch")


def reported(name: str, root: Path) -> dict[str, float]:
    told = root / "told.json"
    os.environ["CS_KIT_MEASURES"] = str(root / "scratch" / "measures")
    run([sys.argv[0], "--report", name, "--to", str(told)])
    return json.loads(told.read_text())


def report(name: str, told: Path) -> None:
    """Run the cells of a notebook for one segment, and tell what that took."""
    from importlib import import_module

    from cs_lib.pack.kernels import fork_server

    os.environ["MPLBACKEND"] = "agg"
    for tool in fork_server.TOOLS:
        import_module(tool)
    fork_server._rehearse()
    from IPython.core.interactiveshell import InteractiveShell

    os.chdir(told.parent)
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115
    shell = InteractiveShell.instance()
    before = busy()
    for cell in json.loads(Path(f"notebooks/{name}.ipynb").read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            shell.run_cell("".join(cell["source"])).raise_error()
            if "parameters" in cell["metadata"].get("tags", ()):
                shell.user_ns.update(edition="many", period=PERIOD, segment=SEGMENT)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told.write_text(json.dumps({"seconds": busy() - before, "mb": peak}))


def busy() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
