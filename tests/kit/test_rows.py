"""The customers behind a figure: they add up to it, and no published report can hold them."""

import nbformat
import numpy as np
import pandas as pd
import pytest
from small import Small

from cs_lib.data.facts.context import Context
from cs_lib.data.open_data import open_data
from cs_lib.errors import EditionError
from cs_lib.kit.kit import open_kit
from cs_lib.metrics.catalogue import CATALOGUE
from cs_lib.metrics.compute.customers_behind import customers_behind

SUBSCRIPTIONS = """customer_id,start_date,end_date,mrr,plan
ada,2025-11-01,,100,Pro
ben,2025-12-03,2026-06-09,50,Pro
cyd,2026-01-10,2026-06-25,80,Lite
dan,2026-01-12,,60,Lite
eve,2026-06-02,,20,Lite
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project of five customers, of whom two left in June."""
    root = tmp_path_factory.mktemp("project")
    (root / "notebooks").mkdir()
    Small("subscriptions", SUBSCRIPTIONS, "plan", more="").write(root)
    return root


@pytest.fixture
def opened(project, monkeypatch):
    """`opened(segment)`: the project's kit; the first call measures, for all tests."""
    monkeypatch.chdir(project)
    return lambda segment="all": open_kit("small", "2026-06", segment)


@pytest.mark.slow
def test_the_customers_behind_a_figure_are_named(opened):
    lost = opened().rows("churned_customers")
    assert lost.to_numpy().tolist() == [["ben", "Pro", 1.0], ["cyd", "Lite", 1.0]]
    assert [*lost] == ["customer_id", "plan", "numerator"]
    assert [*opened("plan=Lite").rows("churned_customers")["customer_id"]] == ["cyd"]
    rate = opened().rows("customer_churn_rate").set_index("customer_id")
    assert rate["denominator"].to_dict() == dict.fromkeys(("ada", "ben", "cyd", "dan"), 1.0)
    mrr = opened().rows("mrr").set_index("customer_id")["numerator"]
    assert mrr.to_dict() == {"ada": 100.0, "dan": 60.0, "eve": 20.0}


@pytest.mark.slow
def test_the_customers_of_every_rule_add_up_to_its_figure(opened, project):
    kit, asked = opened(), 0
    selection = kit.selection
    with open_data(selection.edition, root=project) as data:
        context = Context.of(data, selection.edition)
        for metric in CATALOGUE:
            for rule in metric.rules:
                figure = kit.frame(metric.name, variant=rule.variant)
                if figure.empty or rule.fact != "movements" or rule.only_split:
                    continue
                asked += 1
                found = customers_behind(context, metric, rule, selection.period, selection.segment)
                for part in {"numerator", "denominator"} & {*found}:
                    whole = figure[part].iloc[0]
                    assert np.isnan(whole) or np.isclose(found[part].sum(), whole), metric.name
    assert asked > 12


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("churned_customer", "Did you mean churned_customers?"),
        ("cltv", "cltv is not added up over customers. Ask for what it is made of: "),
    ],
)
def test_what_has_no_customers_behind_it_is_refused(sample, name, said):
    with pytest.raises(EditionError) as caught:
        sample().rows(name)
    assert said.lower() in str(caught.value).lower()


@pytest.mark.slow
def test_files_that_changed_since_are_said_and_not_mixed(opened, project):
    kit, path = opened(), project / "data" / "subscriptions.csv"
    path.write_text(SUBSCRIPTIONS.replace("ben,2025-12-03,2026-06-09", "ben,2025-12-03,"))
    with pytest.raises(EditionError, match="run the notebook from its first cell on"):
        kit.rows("churned_customers")
    path.write_text(SUBSCRIPTIONS)


@pytest.mark.parametrize("name", ["CS_KIT_MEASURES", "CS_KIT_STORED"])
def test_rows_are_refused_where_what_is_shown_is_kept(sample, monkeypatch, name):
    kit = sample()
    monkeypatch.setenv(name, "/nowhere")
    with pytest.raises(EditionError, match="no published report or stored output may hold them"):
        kit.rows("churned_customers")


CELLS = (
    'kit.rows("churned_customers")',
    'found = kit.rows("churned_customers")\nprint(found)',
    'print(type(kit)(kit.selection).rows("churned_customers"))',
)
OPEN = "from cs_lib import open_kit\nkit = open_kit(edition, period, segment)"


@pytest.mark.slow
def test_no_report_of_a_run_holds_a_customer(opened, project, publish):
    parameters = 'edition: str = "small"\nperiod: str = ""\nsegment: str = "all"'
    for number, cell in enumerate(CELLS):
        cells = [nbformat.v4.new_code_cell(text) for text in (parameters, OPEN, cell)]
        cells[0].metadata["tags"] = ["parameters"]
        book = nbformat.v4.new_notebook(cells=cells)
        book.metadata |= {"cs_kit": {"title": f"Rows {number}", "reads_any": ["subscriptions"]}}
        book.metadata["kernelspec"] = {
            "name": "python3",
            "display_name": "Python",
            "language": "python",
        }
        nbformat.write(book, project / "notebooks" / f"rows_{number}.ipynb")
    made = publish(project, "small", period="2026-06")
    assert [entry.status for entry in made.entries] == ["failed"] * len(CELLS)
    assert all("kit.rows shows customers by name" in entry.error for entry in made.entries)
    written = [
        each
        for each in made.paths.pack.rglob("*")
        if each.suffix in (".html", ".ipynb", ".json", ".csv")
    ]
    assert len(written) > len(CELLS)
    assert not [each.name for each in written if "cyd" in each.read_text(encoding="utf-8")]
    assert "cyd" not in pd.read_parquet(made.paths.pack / "measures.parquet").to_csv()
