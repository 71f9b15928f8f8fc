"""The whole pack of a scorecard a segment, end to end: processor time a report, its growth, and memory.

    python tests/bench/scale_pack.py --segments 35,200,1000

The measures and the first report are made before, in a run of their own, so that what is timed are the other
reports, the files of figures and the index. Memory is the most that the run's processes together held, shared
pages counted once (PSS), looked at every half second.
"""

import argparse
import math
import os
import resource
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

import psutil
from scale import PERIOD, ROOT, written

NOTEBOOK = "scorecard"
RUN = [sys.executable, "-m", "cs_lib", "run"]


@dataclass(frozen=True)
class Used:
    """Seconds of the processors, and the most memory that all its processes held together."""

    busy: float
    peak_gb: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--segments", default="35,200,1000")
    parser.add_argument("--notebook", default=NOTEBOOK)
    parser.add_argument("--keep", type=Path, help="a folder in which the projects stay")
    asked = parser.parse_args()
    sizes, busy = [], []
    for count in (int(each) for each in asked.segments.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            root = written((asked.keep or Path(folder)) / str(count), count)
            first = ran(root, "many", asked.notebook, "--segment", "all")
            print(f"{count} segments: measures and one report {shown(first)}", flush=True)
            rest = ran(root, "many", asked.notebook)
        sizes.append(count)
        busy.append(rest.busy)
        print(f"  {count} reports {shown(rest)}, {rest.busy / count:.3f} s each", flush=True)
        if len(sizes) > 1:
            power = math.log(busy[-1] / busy[-2]) / math.log(sizes[-1] / sizes[-2])
            print(f"  grown by the power {power:.3f} of the segments", flush=True)


def shown(used: Used) -> str:
    return f"{used.busy:.1f} s of the processors, {used.peak_gb:.2f} GB"


def ran(root: Path, edition: str, notebook: str, *more: str) -> Used:
    """Run the kit in a project, and look at all its processes meanwhile."""
    told = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [*RUN, edition, "--period", PERIOD, "--notebook", notebook, *more]
    before = children()
    child = subprocess.Popen(command, cwd=root, env=told, stdout=subprocess.DEVNULL)
    most, over = [0.0], threading.Event()

    def look() -> None:
        while not over.wait(0.5):
            most[0] = max(most[0], held(child.pid))

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    status = child.wait()
    over.set()
    looking.join()
    if status:
        raise SystemExit(f"{' '.join(command)} ended with {status}")
    return Used(children() - before, most[0])


def children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def held(number: int) -> float:
    """What a process and all that it started hold, in GB."""
    try:
        family = [parent := psutil.Process(number), *parent.children(recursive=True)]
    except psutil.Error:
        return 0.0
    return sum(map(_proportional, family)) / 1024**3


def _proportional(process: psutil.Process) -> float:
    try:
        return process.memory_full_info().pss
    except psutil.Error:
        return 0.0


if __name__ == "__main__":
    main()
