"""What starting costs: the command line against Python alone, and a kernel warm against cold, by turns.

The report has two cells and imports what every report does.

    python tests/bench/startup.py
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import nbformat

from cs_lib.pack.kernels.execute import run_notebook
from cs_lib.pack.kernels.fork_server import Helper

ROUNDS = 7
TOOLS = "import pandas, seaborn\nfrom cs_lib import open_kit"


def main() -> None:
    show("--help", help_of_the_kit, "python -c pass", nothing)
    with tempfile.TemporaryDirectory() as folder, Helper() as helper:
        notebook = written(Path(folder))
        report(notebook, helper.address)  # from here on the helper has its tools
        show(
            "cold report",
            lambda: report(notebook, ""),
            "warm report",
            lambda: report(notebook, helper.address),
        )


def show(one: str, first, other: str, second) -> None:
    """The medians of both, run by turns, and the median of the ratios of each turn."""
    times = [(timed(first), timed(second)) for _ in range(ROUNDS)]
    for name, own in zip((one, other), zip(*times, strict=True), strict=True):
        print(f"{name:16}{median(own):8.3f} s")
    print(f"{one} ÷ {other}: {median(a / b for a, b in times):.2f}", flush=True)


def timed(work) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def help_of_the_kit() -> None:
    command = [sys.executable, "-m", "cs_lib", "--help"]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)


def nothing() -> None:
    subprocess.run([sys.executable, "-c", "pass"], check=True)


def written(folder: Path) -> Path:
    code = nbformat.v4.new_code_cell
    cells = [code('x: str = ""', metadata={"tags": ["parameters"]}), code(TOOLS)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "tools.ipynb")
    return folder / "tools.ipynb"


def report(notebook: Path, helper: str) -> None:
    folder = notebook.parent
    _, trouble = run_notebook(
        notebook, {}, root=folder, scratch=folder, env={}, helper=helper, limit=60
    )
    assert trouble is None, trouble


if __name__ == "__main__":
    main()
