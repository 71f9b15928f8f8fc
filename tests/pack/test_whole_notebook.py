"""An executed notebook is whole when each of its cells ran to its end."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from cs_lib.pack.kernels.execute import what_is_missing


def ran(source="1 + 1", **cell):
    return new_code_cell(source, **{"execution_count": 1, **cell})


def stopped(name, value):
    return ran(outputs=[new_output("error", ename=name, evalue=value, traceback=[])])


NEVER_RAN, ALSO_NOT = new_code_cell("kit.front_page()"), new_code_cell("kit.checks()")


@pytest.mark.parametrize(
    ("cells", "missing"),
    [
        ((ran(), new_markdown_cell("# Churn"), ran()), None),
        ((ran(), NEVER_RAN, ran()), "cell 2 never ran."),
        ((ran(), new_markdown_cell("# Churn"), NEVER_RAN), "cell 3 never ran."),
        ((ran(), new_code_cell("  \n")), None),
        ((new_code_cell("x", metadata={"tags": ["skip-execution"]}), ran()), None),
        ((new_code_cell("x", metadata={"tags": ["injected-parameters"]}), ran()), None),
        ((ran(), stopped("KeyError", "'mrr'")), "cell 2: KeyError: 'mrr'"),
        (
            (stopped("SystemExit", "0"), new_markdown_cell("# Churn"), NEVER_RAN, ALSO_NOT),
            "cell 1 ended the notebook (SystemExit 0); 2 code cells after it never ran.",
        ),
    ],
)
def test_what_is_missing(cells, missing):
    assert what_is_missing(new_notebook(cells=list(cells))) == missing
