"""What the kit no longer says: none of it stands in any text that it can write."""

import ast
import json
import re
from pathlib import Path

import pytest
from old_phrases import OLD, found_in, seen

ROOT = Path(__file__).parents[2]
#: what is no page: programs' own messages, and files beside the pages
NO_PAGE = ("data", "edition", "kernels", "engines", "__main__", "audit", "run")


def strings(path: Path) -> list[str]:
    """The strings of a program, docstrings left out; a gap where one is put together."""
    tree = ast.parse(path.read_text("utf-8"))
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = [each.value if isinstance(each, ast.Constant) else "{}" for each in node.values]
            found.append("".join(map(str, parts)))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found += [] if id(node) in docs else [node.value]
    return found


def written() -> dict[str, list[str]]:
    """Every text that the package's pages and the shipped notebooks' prose may hold, by file."""
    found = {}
    for path in sorted((ROOT / "cs_lib").rglob("*.py")):
        inside = path.relative_to(ROOT / "cs_lib").with_suffix("").parts
        if not set(inside) & set(NO_PAGE):
            found[str(path.relative_to(ROOT))] = strings(path)
    for path in sorted((ROOT / "cs_lib/metrics/catalogue").glob("*.py")):
        found[str(path.relative_to(ROOT))] = strings(path)
    for path in sorted((ROOT / "cs_lib/pack/pages/template").glob("*.j2")):
        found[path.name] = [path.read_text("utf-8")]
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text("utf-8"))["cells"]
        found[path.name] = [
            "".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"
        ]
    return found


@pytest.fixture(scope="module")
def texts():
    found = written()
    assert len(found) > 60 and sum(map(len, found.values())) > 1000
    return found


@pytest.mark.parametrize("phrase", OLD)
def test_no_text_holds_an_old_phrase(texts, phrase):
    held = [(name, text) for name, own in texts.items() for text in own if re.search(phrase, text)]
    assert not held, held


@pytest.mark.parametrize(
    "path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem
)
def test_no_stored_output_holds_an_old_phrase(path):
    shown = [
        "".join(output["data"]["text/html"])
        for cell in json.loads(path.read_text("utf-8"))["cells"]
        for output in cell.get("outputs", ())
        if "text/html" in output.get("data", ())
    ]
    assert [each for markup in shown for each in found_in(seen(markup))] == []


def test_an_old_phrase_would_be_found():
    assert any(re.search(phrase, "17 of 963 customers paying at the opening") for phrase in OLD)
    assert "data" in strings(Path(__file__)), "strings are read"


def test_no_notebook_names_a_segment_column_of_its_own():
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            source = "".join(cell["source"])
            if cell["cell_type"] == "code" and "open_kit" not in source:
                assert not re.search(r"\"(plan|region|channel)\b", source), (path.name, source)
