"""Kills runs at random moments, and counts what that does to the last good pack, processes and temporary folders.

python tests/bench/kills.py --kills 100
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
EDITION = """
company: Killed
as_of: 2026-05-01
tables: {subscriptions: s.csv}
segments: [plan]
reports: {segments: [all, 'plan=*']}
"""
ROWS = ["customer_id,start_date,end_date,mrr,plan"] + [
    f"c{n},2026-0{1 + n % 4}-01,,{10 + n},P{n % 3}" for n in range(40)
]
CELLS = [
    'edition: str = "t"\nperiod: str = ""\nsegment: str = "all"',
    "from cs_lib import open_kit\nkit = open_kit(edition, period, segment)\nkit.table('mrr')",
]
#: seconds that what a killed run started may take to end
PATIENCE = 60


def write_project(root: Path) -> None:
    for name in ("params", "notebooks"):
        (root / name).mkdir()
    (root / "params" / "t.yaml").write_text(EDITION)
    (root / "s.csv").write_text("\n".join([*ROWS, ""]))
    cells = [
        {"cell_type": "code", "id": f"c{number}", "source": source, "outputs": [],
         "execution_count": None, "metadata": {"tags": [] if number else ["parameters"]}}
        for number, source in enumerate(CELLS)
    ]  # fmt: skip
    kernel = {"kernelspec": {"name": "python3", "display_name": "x", "language": "python"}}
    written = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    for name in ("one", "two"):
        (root / "notebooks" / f"{name}.ipynb").write_text(json.dumps(written))


def start(root: Path, temporary: Path) -> subprocess.Popen:
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", ""))))
    return subprocess.Popen(
        [sys.executable, "-m", "cs_lib", "run", "t", "--force", "--jobs", "2"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": path, "TMPDIR": str(temporary)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def orphans(temporary: Path) -> list[int]:
    """Living processes that a run with this temporary folder started."""
    found = []
    for process in psutil.process_iter():
        try:
            mine = process.environ().get("TMPDIR") == str(temporary)
            if mine and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


def is_whole(pack: Path) -> bool:
    """Whether a pack holds every file that it says it holds."""
    try:
        manifest = json.loads((pack / "manifest.json").read_text())
    except (OSError, ValueError):
        return False
    names = ["index.html", "definitions.html", *manifest["downloads"]]
    names += [f"{each['slug']}.html" for each in manifest["reports"]]
    return len(manifest["reports"]) == 8 and all((pack / name).stat().st_size for name in names)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=100)
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args()
    draw, counts = random.Random(asked.seed), Counter()
    with tempfile.TemporaryDirectory(prefix="k") as folder:
        root, temporary = Path(folder, "p"), Path(folder, "t")
        root.mkdir()
        temporary.mkdir()
        write_project(root)
        pack = root / "reports" / "t" / "2026-04"
        for _ in range(2):  # the second is as long as those that are killed
            began = time.monotonic()
            run = start(root, temporary)
            assert run.wait() == 0, run.stderr.read()
            usual = time.monotonic() - began
        assert is_whole(pack)
        counts["left by a run that was not killed"] = len(list(temporary.iterdir()))
        for _ in range(asked.kills):
            run = start(root, temporary)
            time.sleep(draw.uniform(0, usual))
            ended = run.poll() is not None
            run.send_signal(signal.SIGKILL)
            run.wait()
            counts["ended before the kill" if ended else "killed"] += 1
            until = time.monotonic() + PATIENCE
            while orphans(temporary) and time.monotonic() < until:
                time.sleep(0.1)
            counts["processes left"] += len(orphans(temporary))
            counts["pack whole at once"] += is_whole(pack)
            counts["temporary folders seen after a kill"] += len(list(temporary.iterdir()))
            print(dict(counts), file=sys.stderr)
        last = start(root, temporary)
        assert last.wait() == 0, last.stderr.read()
        counts["pack whole after the next run"] += is_whole(pack)
        left = sorted(path.name for path in temporary.iterdir())
        counts["left in the temporary folder"] += len(left)
        counts["left half-built"] += len(list(root.glob("reports/**/.*building*")))
        counts["left half-built"] += len(list(root.glob(".cache/**/.building*")))
    for name, count in counts.items():
        print(f"{name:<40} {count}")
    if (
        counts["processes left"]
        or counts["left in the temporary folder"]
        or counts["left half-built"]
    ):
        sys.exit(f"something was left {left}")
    if counts["pack whole at once"] < asked.kills or not counts["pack whole after the next run"]:
        sys.exit("a kill broke the last good pack")


if __name__ == "__main__":
    main()
