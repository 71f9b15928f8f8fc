"""A semicolon at the end of a cell hides its value, whether the run keeps a history or not."""

import subprocess
import sys

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from cs_lib.edition import find_root
from cs_lib.kit import semicolon
from cs_lib.pack.run.refresh import refresh


@pytest.fixture
def shell(monkeypatch):
    made = InteractiveShell()
    monkeypatch.setattr(semicolon, "get_ipython", lambda: made)
    semicolon.let_semicolons_hide()
    semicolon.let_semicolons_hide()
    return made


@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("6 * 7", "42"),
        ("6 * 7;", ""),
        ("6 * 7;  # no number", ""),
        ("if 6:\n    seven = 7\nseven * 6;\n", ""),
        ("';'", "';'"),
        ("6 * 7;\n'shown'", "'shown'"),
    ],
)
def test_a_semicolon_hides_the_last_value(shell, cell, shown, kept):
    with capture_output() as caught:
        result = shell.run_cell(cell, store_history=kept)
    assert result.success and caught.stdout.strip().rpartition(": ")[2] == shown


def test_outside_a_notebook_nothing_is_set_up():
    assert semicolon.get_ipython() is None
    semicolon.let_semicolons_hide()


@pytest.mark.slow
def test_an_analysts_chart_passes_nbval_after_refresh(tmp_path):
    (tmp_path / "notebooks").mkdir()
    (find_root() / ".cache").mkdir(exist_ok=True)
    for name in ("params", "cs_lib", ".cache"):  # where measures are kept by their content
        (tmp_path / name).symlink_to(find_root() / name)
    cells = [
        ("edition = 'sample'\nperiod = '2026-06'\nsegment = 'all'", ["parameters"]),
        ("from cs_lib import open_kit\nkit = open_kit(edition, period, segment)", []),
        ("import seaborn as sns", []),
        ("sns.lineplot(kit.frame('mrr', periods=6), x='period_start', y='value');", []),
    ]
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(source, metadata={"tags": tags} if tags else {})
            for source, tags in cells
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "x", "language": "python"}},
    )
    path = tmp_path / "notebooks" / "mine.ipynb"
    nbformat.write(notebook, path)
    assert refresh((), root=tmp_path, jobs=1, progress=lambda _: lambda _: None) == ["mine"]
    outputs = nbformat.read(path, 4).cells[-1].outputs
    assert [output.output_type for output in outputs] == ["display_data"]
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "--nbval", path.name]
    done = subprocess.run(command, cwd=path.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
