"""The parameter contract: what papermill would let pass with a warning, or silently."""

import pytest

from cs_lib.errors import EditionError
from cs_lib.pack.run.notebook_parameters import check_parameters, read_notebook

PASSED = {"edition": "tiny", "period": "2026-05", "segment": "all"}


@pytest.fixture
def refusal(project):
    """The message with which a notebook is refused."""

    def of(*cells, passed=PASSED, **parameters) -> str:
        path = project.notebook("report", *cells, **parameters)
        with pytest.raises(EditionError) as caught:
            check_parameters(read_notebook(path, root=project.root), passed)
        return str(caught.value)

    return of


def with_line(project, line: str) -> str:
    return f"{project.parameters}\n{line}"


def test_an_ordinary_notebook_passes(project):
    extra = "top: int = 5\nshare: float = 1\nnote: str | None = None\nall_plans: bool = False"
    path = project.notebook("report", parameters=with_line(project, extra))
    check_parameters(read_notebook(path, root=project.root), PASSED)


def test_no_tagged_cell(refusal):
    assert refusal("x = 1", parameters=None).startswith(
        "notebooks/report.ipynb: no cell is tagged parameters, so a run would make the report of "
        "its default values."
    )


def test_two_tagged_cells(refusal):
    assert refusal(('period: str = "2026-06"', "parameters")) == (
        "notebooks/report.ipynb: cells 2 and 3 are both tagged parameters. Keep the tag on one."
    )


def test_a_cell_left_by_an_earlier_run(refusal):
    assert "cell 3: this cell was put in by an earlier run" in refusal(
        ('period = "2026-05"', "injected-parameters")
    )


def test_a_tagged_cell_of_prose(refusal):
    assert "is a tag for a code cell" in refusal(("# prose", "parameters"), parameters=None)


def test_a_misspelt_parameter(project, refusal):
    assert refusal(parameters=project.parameters.replace("segment", "segmnet")) == (
        "notebooks/report.ipynb, cell 2: a run passes segment, and the parameters cell does not "
        "name it. Did you mean segmnet?"
    )


def test_a_value_of_another_type(project, refusal):
    said = refusal(
        parameters=project.parameters.replace('period: str = "2026-05"', "period: int = 5")
    )
    assert said == (
        "notebooks/report.ipynb, cell 2: period is declared as int, and the run passes '2026-05'."
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("top: int = 5.0", "top is declared as int; its default is 5.0."),
        ("top: int = True", "top is declared as int; its default is True."),
        ("top: int = len('abc')", "the default of top must be a literal, not len('abc')."),
        ("top = 5", "top has no type. Write it like"),
        ("top: list = []", "top is declared as list. A parameter is one of str, int, float, bool."),
        ("top: int", "may hold only lines like"),
        ("import os", "may hold only lines like"),
        ("top: int = ", "the parameters cell is not Python"),
        ('period: str = "2026-04"', "period is there twice."),
    ],
)
def test_a_line_that_is_no_typed_literal(project, refusal, line, said):
    assert said in refusal(parameters=with_line(project, line))


@pytest.mark.parametrize(
    "cell", ['period = "2026-04"', "for segment in (1, 2): pass", "edition, x = 1, 2"]
)
def test_a_later_cell_that_sets_a_parameter_again(refusal, cell):
    assert "cell 3 sets" in refusal(cell)


def test_a_later_cell_may_read_parameters_and_use_magics(project):
    path = project.notebook("report", "p = period", "%matplotlib inline\nperiod")
    check_parameters(read_notebook(path, root=project.root), PASSED)
