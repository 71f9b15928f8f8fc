"""What holds the rooms together: imports go one way, and the shipped notebooks keep their anatomy."""

import ast
import json
import statistics
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "cs_lib"
ORDER = (
    "vocabulary",
    "errors",
    "scratch",
    "period",
    "params",
    "edition",
    "data",
    "metrics",
    "judgement",
    "report",
    "kit",
    "pack",
    "crash",
    "command_line",
    "__main__",
)
ONLY_IN = {
    "matplotlib": "report/figures",
    "seaborn": "report/figures",
    "papermill": "pack",
    "nbconvert": "pack",
    "duckdb": "data/engines",
    "pyspark": "data/engines",
}
MODULES = sorted(PACKAGE.rglob("*.py"))
DATA = [path for path in MODULES if "data" in path.relative_to(PACKAGE).parts]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MEDIAN_LINES, MOST_LINES = 3, 12


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def room(name):
    parts = name.split(".")
    return parts[1] if parts[0] == "cs_lib" and len(parts) > 1 else None


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_one_way(path):
    here = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if here == "__init__":
        return
    for name in imported(path):
        there = room(name)
        if there in ORDER and there != here:
            assert ORDER.index(there) < ORDER.index(here), f"{here} imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_heavy_libraries_have_one_home(path):
    place = path.relative_to(PACKAGE).as_posix()
    for name in imported(path):
        home = ONLY_IN.get(name.split(".")[0])
        assert home is None or place.startswith(home), f"{place} imports {name}"


@pytest.mark.parametrize("path", DATA, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_rows_are_told_apart_by_grouping(path):
    """`distinct`, not Narwhals' `unique`, for which an engine sorts and spills every raw row."""
    calls = (
        n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)
    )
    assert "unique" not in {getattr(call.func, "attr", None) for call in calls}


def test_file_names_are_unique():
    names = Counter(path.stem for path in MODULES if path.name != "__init__.py")
    assert [name for name, count in names.items() if count > 1] == []


def tracked() -> set[str]:
    """What git tracks at the top: an analyst's own folders beside it are theirs."""
    listed = subprocess.run(
        ["git", "ls-files"], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout
    return {line.partition("/")[0] for line in listed.splitlines()}


def code_cells(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


def source(cell):
    return "".join(cell["source"])


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return request.param


def test_there_are_notebooks():
    assert len(NOTEBOOKS) >= 3


def test_a_notebook_communicates_and_computes_nothing(notebook):
    for cell in code_cells(notebook):
        tree = ast.parse(source(cell))
        assert not any(
            isinstance(n, ast.FunctionDef | ast.ClassDef | ast.Lambda) for n in ast.walk(tree)
        )
        called = {
            n.attr if isinstance(n, ast.Attribute) else n.id
            for n in ast.walk(tree)
            if isinstance(n, ast.Attribute | ast.Name)
        }
        assert not called & {"groupby", "open", "read_csv", "read_parquet", "merge", "path"}


def test_a_notebook_imports_the_kit_and_nothing_beneath_it(notebook):
    for cell in code_cells(notebook):
        for node in ast.walk(ast.parse(source(cell))):
            if isinstance(node, ast.ImportFrom):
                assert node.module == "cs_lib" and [a.name for a in node.names] == ["open_kit"]
            assert not isinstance(node, ast.Import)


def test_cells_are_short(notebook):
    lines = [
        sum(bool(line.strip()) for line in source(cell).splitlines())
        for cell in code_cells(notebook)
    ]
    assert statistics.median(lines) <= MEDIAN_LINES
    assert max(lines) <= MOST_LINES


def test_there_is_one_parameters_cell_of_commented_literals(notebook):
    tagged = [c for c in code_cells(notebook) if "parameters" in c["metadata"].get("tags", [])]
    assert len(tagged) == 1
    for line in source(tagged[0]).splitlines():
        statement = ast.parse(line).body[0]
        assert isinstance(statement, ast.AnnAssign) and "#" in line
        ast.literal_eval(statement.value)


def test_outputs_are_stored_so_that_nbval_compares_something(notebook):
    counts = [cell["execution_count"] for cell in code_cells(notebook)]
    assert counts == list(range(1, len(counts) + 1))
    shown = [cell for cell in code_cells(notebook) if "kit." in source(cell)]
    assert shown and all(cell["outputs"] for cell in shown)
    assert not any(
        out["output_type"] in ("error", "stream") for cell in shown for out in cell["outputs"]
    )


def test_the_last_cells_prove_and_define(notebook):
    assert [source(cell) for cell in code_cells(notebook)[-2:]] == [
        "kit.checks()",
        "kit.definitions()",
    ]


def test_the_top_level_holds_what_it_should_and_no_more():
    allowed = {
        "README.md",
        "requirements.txt",
        "notebooks",
        "cs_lib",
        "params",
        "reports",
        "tests",
        "pyproject.toml",
        "LICENSE",
        "CHANGELOG.md",
    }
    assert {name for name in tracked() if not name.startswith(".")} == allowed


def test_the_command_line_starts_without_the_heavy_libraries():
    code = "import sys; import cs_lib.__main__; print(sorted(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout
    for heavy in ("pandas", "duckdb", "matplotlib", "papermill", "nbconvert", "scipy", "narwhals"):
        assert f"'{heavy}'" not in loaded


def test_whoever_reads_figures_does_not_import_what_draws_a_heat_map():
    code = "import sys; import cs_lib.kit; print([n for n in ('seaborn', 'scipy.stats') if n in sys.modules])"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout
    assert loaded.strip() == "[]"
