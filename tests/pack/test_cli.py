"""The command line: one clear message and an exit status for each kind of trouble; quick help."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from cs_lib import errors
from cs_lib.__main__ import cli

HEAVY = (
    "pandas",
    "numpy",
    "duckdb",
    "narwhals",
    "papermill",
    "nbconvert",
    "matplotlib",
    "pydantic",
)


@pytest.fixture
def call(project, measures, shared_pool, monkeypatch):
    """Calls the command line in the project; gives status, stdout and stderr."""
    monkeypatch.setattr(
        "cs_lib.pack.run.measured_edition._load_measures", lambda *_, **__: measures()
    )
    monkeypatch.setattr("signal.signal", lambda *_: None)

    def of(*arguments):
        done = CliRunner().invoke(cli, list(arguments), catch_exceptions=False)
        return done.exit_code, done.stdout, done.stderr

    return of


def test_a_run_ends_with_the_path_of_its_index_and_the_time(project, call):
    project.notebook("scorecard", project.says)
    status, out, err = call("run", "tiny")
    assert status == 0
    where, took = out.splitlines()
    assert where == "reports/tiny/2026-05/index.html  (1 made)"
    assert took.endswith(" s") and float(took[:-2]) > 0
    assert err == ""


def test_a_run_with_a_failed_report_says_which_and_does_not_end_well(project, call):
    project.notebook("broken", "1 / 0")
    project.notebook("scorecard", project.says)
    status, out, err = call("run", "tiny")
    assert status == errors.ReportError.exit_status == 4
    assert "1 failed, 1 made" in out
    assert err == "broken--all failed: cell 3: ZeroDivisionError: division by zero\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "tinny"), "There is no edition tinny. Did you mean tiny?\n"),
        (
            ("run", "tiny", "--period", "2026-06"),
            "2026-06 is not complete: the data end on 2026-06-09. "
            "The last complete month is 2026-05.\n",
        ),
        (("check", "tinny"), "There is no edition tinny. Did you mean tiny?\n"),
        (
            ("refresh", "--notebook", "score"),
            "there is no notebook score. Did you mean scorecard?\n",
        ),
    ],
)
def test_a_refusal_is_one_message_without_a_traceback(project, call, arguments, said):
    project.notebook("scorecard", project.says)
    status, out, err = call(*arguments)
    assert (status, out, err) == (errors.EditionError.exit_status, "", said)


def test_broken_data_have_a_status_of_their_own(project, call, monkeypatch):
    def broken(*_, **__):
        raise errors.DataError('x.csv, line 2, column mrr: "a" is not a number.')

    monkeypatch.setattr("cs_lib.pack.run.measured_edition._load_measures", broken)
    project.notebook("scorecard", project.says)
    assert call("run", "tiny") == (3, "", 'x.csv, line 2, column mrr: "a" is not a number.\n')


def test_each_kind_of_error_has_its_own_status():
    kinds = (
        errors.EditionError,
        errors.DataError,
        errors.ReportError,
        errors.ReconciliationError,
    )
    assert len({errors.KitError.exit_status, *(kind.exit_status for kind in kinds)}) == 5


def test_check_says_what_the_data_hold(project, call):
    project.notebook("scorecard", project.says)
    (project.root / "data").mkdir()
    (project.root / "data" / "subscriptions.csv").write_text(
        "customer_id,start_date,end_date,mrr,plan,region\n"
        "ada,2026-01-01,,50,Pro,EMEA\n"
        "bob,2026-02-01,2026-06-30,20,Basic,EMEA\n"
    )
    status, out, err = call("check", "tiny")
    assert (status, err) == (0, "")
    assert "Tiny & Sons (tiny)" in out and "2 rows" in out
    assert "last complete period" in out


def test_metrics_lists_the_catalogue(call):
    status, out, err = call("metrics")
    lines = out.splitlines()
    assert (status, err) == (0, "")
    assert lines[0].split() == ["metric", "variants", "unit", "better", "reads"]
    [churn] = [line for line in lines if line.startswith("customer_churn_rate ")]
    assert "snapshot, stripe, events" in churn
    assert churn.split()[-4:] == ["percent", "lower", "subscriptions,", "orders"]
    assert len({line.index(" percent ") for line in lines if " percent " in line}) == 1


def test_metrics_tells_what_one_means(call):
    status, out, err = call("metrics", "customer_churn_rate")
    assert (status, err) == (0, "")
    assert out.startswith("Customer churn rate\n  Reads as: per cent")


def test_metrics_knows_the_nearest_name(call):
    assert call("metrics", "npss") == (2, "", "npss is not a metric. Did you mean nps?\n")


def test_check_refuses_a_target_that_is_no_metric(project, call):
    project.edition("company: T\ntables: {subscriptions: x.csv}\ntargets: {npss: 40}\n")
    status, _, err = call("check", "tiny")
    assert status == 2 and err.startswith("params/tiny.yaml: targets.npss is not a metric.")


def test_help_imports_nothing_heavy():
    loaded = f"[name for name in {HEAVY!r} if name in sys.modules]"
    code = (
        "import sys\nfrom cs_lib.__main__ import cli\n"
        "try:\n    cli(['run', '--help'])\nexcept SystemExit:\n    pass\n"
        f"print('heavy:', {loaded})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("heavy: []\n")
