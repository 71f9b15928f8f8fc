"""One company in every form that can be read: the same tables row by row, and the same figures."""

from contextlib import closing

import company_forms as forms
import pandas as pd
import pytest
from drawn import only

from cs_lib.data.engines.duckdb_engine import DuckDBEngine
from cs_lib.data.facts.context import Context
from cs_lib.data.open_data import open_data
from cs_lib.data.sources.load_table import stage
from cs_lib.edition import Edition, Source, find_root, read_edition
from cs_lib.edition.schema import Reports
from cs_lib.metrics.compute.compute_measures import measure

ROOT = find_root()
pytestmark = pytest.mark.slow

METRICS = ("customer_churn_rate", "nps")
HOLDERS = {
    "zip": forms.in_zip,
    "SQLite": forms.in_sqlite,
    "DuckDB": forms.in_duckdb,
    "Excel": forms.in_excel,
}


@pytest.fixture(scope="module")
def company() -> forms.Company:
    return forms.company()


@pytest.fixture(scope="module")
def files(company, tmp_path_factory) -> dict[str, dict]:
    return forms.in_files(company, tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="module")
def of_files(company, files):
    """The rows of the plain files."""
    found = held(files)
    assert {name: len(rows) for name, rows in found.items()} == {
        name: len(rows) for name, (_, rows) in company.items()
    }
    return found


def edition(tables: dict[str, dict]) -> Edition:
    told = {name: Source(**keys) for name, keys in tables.items()}
    less = {"segments": (), "grains": ("month",), "reports": Reports()}
    return read_edition("sample").model_copy(update={"tables": told, **less})


def held(tables: dict[str, dict]) -> dict[str, list[tuple]]:
    """What is held of each table, typed and in its order: all that is checked and measured."""
    asked, found = edition(tables), {}
    with closing(DuckDBEngine(memory_limit="1GB", spill_dir=None, timezone="UTC")) as engine:
        for name, source in asked.tables.items():
            staged = stage(engine, name, source, edition=asked, folder=ROOT, root=ROOT)
            columns = ", ".join(f'"{each}"' for each in sorted(staged.given))
            found[name] = engine.rows(
                f"SELECT {columns}, _unparsed FROM {staged.name} ORDER BY rowid"
            )
    return found


def measured(tables: dict[str, dict]) -> pd.DataFrame:
    asked = edition(tables)
    with open_data(asked) as data, only(METRICS):
        return measure(Context.of(data, asked)).measures


def assert_alike(found: dict[str, list[tuple]], expected: dict[str, list[tuple]]) -> None:
    for table, rows in expected.items():
        assert found[table] == rows, table


@pytest.mark.parametrize("form", forms.TEXTS)
def test_text_as_offices_write_it(form, company, tmp_path, of_files):
    assert_alike(held(forms.in_text(form, company, tmp_path)), of_files)


@pytest.mark.parametrize("holder", HOLDERS)
def test_files_that_hold_tables(holder, company, tmp_path, of_files):
    assert_alike(held(HOLDERS[holder](company, tmp_path)), of_files)


def test_a_database_server(company, server, monkeypatch, of_files):
    server.run(forms.postgres_sql(company))
    monkeypatch.setenv("ACME_DB", server.address)
    tables = {name: {"connection": "env:ACME_DB", "table": f'"{name}"'} for name in company}
    found = {name: sorted(rows, key=repr) for name, rows in held(tables).items()}
    assert_alike(found, {name: sorted(rows, key=repr) for name, rows in of_files.items()})


def test_the_figures_of_tables_in_two_other_forms(company, files, tmp_path):
    names = ("subscriptions", "survey_responses")
    other = {
        "subscriptions": forms.in_text("decimal comma", company, tmp_path)["subscriptions"],
        "survey_responses": forms.in_sqlite(company, tmp_path)["survey_responses"],
    }
    expected = measured({name: files[name] for name in names})
    assert expected["value"].notna().sum() > 100
    pd.testing.assert_frame_equal(measured(other), expected, rtol=1e-10, atol=1e-10)
