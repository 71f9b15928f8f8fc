"""Refreshing notebooks in place: outputs as nbval expects them, and nothing that varies."""

import json

import pytest

from cs_lib.errors import ReportError
from cs_lib.pack.run.refresh import refresh

pytestmark = pytest.mark.slow


@pytest.fixture
def refreshed(project, shared_pool):
    def go(*names):
        return refresh(names, root=project.root, jobs=1, progress=lambda _: lambda _: None)

    return go


def test_outputs_and_counts_are_stored_and_nothing_else_changes(project, refreshed):
    path = project.notebook("scorecard", "## One", project.says, title="Score")
    assert refreshed() == ["scorecard"]
    text = path.read_text()
    stored = json.loads(text)
    assert text.endswith("}\n") and not text.endswith("\n\n")
    assert text == json.dumps(stored, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    assert [cell["id"] for cell in stored["cells"]] == [f"cell-{n}" for n in range(4)]
    assert stored["cells"][1]["metadata"] == {"tags": ["parameters"]}
    assert stored["cells"][3]["metadata"] == {}
    code = [cell for cell in stored["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == [1, 2]
    assert code[1]["outputs"][0]["text"] == ["tiny 2026-05 all\n"]
    assert set(stored["metadata"]) == {"cs_kit", "kernelspec", "language_info"}


def test_a_second_refresh_changes_nothing(project, refreshed):
    path = project.notebook("scorecard", project.says)
    refreshed()
    before = path.read_bytes()
    assert refreshed() == [] and path.read_bytes() == before


def test_only_the_notebook_asked_for_is_refreshed(project, refreshed):
    project.notebook("scorecard", project.says)
    other = project.notebook("other", project.says)
    before = other.read_bytes()
    assert refreshed("scorecard") == ["scorecard"] and other.read_bytes() == before


def test_a_notebook_that_fails_is_left_as_it_was(project, refreshed):
    path = project.notebook("broken", "1 / 0")
    before = path.read_bytes()
    with pytest.raises(ReportError, match=r"broken.ipynb: cell 3: ZeroDivisionError"):
        refreshed()
    assert path.read_bytes() == before
