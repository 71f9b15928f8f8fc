"""What starting costs: the command line, and a kernel with its tools, warm and cold."""

import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

from cs_lib.pack.execute import run_notebook
from cs_lib.pack.warm import Helper, can_fork

TOOLS = "import pandas, seaborn, great_tables\nfrom cs_lib import open_kit"


@pytest.fixture
def notebook(tmp_path):
    code = nbformat.v4.new_code_cell
    cells = [code('x: str = ""', metadata={"tags": ["parameters"]}), code(TOOLS)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "tools.ipynb")
    return tmp_path / "tools.ipynb"


def test_help(benchmark):
    command = [sys.executable, "-m", "cs_lib", "--help"]
    benchmark.pedantic(subprocess.run, (command,), {"stdout": subprocess.DEVNULL}, rounds=5)


@pytest.mark.parametrize("cold", [False, True])
def test_a_report_of_two_cells(benchmark, notebook, tmp_path, cold):
    if not (cold or can_fork()):
        pytest.skip("this system cannot fork kernels safely")
    with Helper() as helper:

        def report():
            return run_notebook(
                notebook,
                {},
                root=Path(tmp_path),
                scratch=Path(tmp_path),
                env={},
                helper="" if cold else helper.address,
                limit=60,
            )

        report()  # the helper has its tools from here on
        time.sleep(0.1)
        _, trouble = benchmark.pedantic(report, rounds=5)
        assert trouble is None
