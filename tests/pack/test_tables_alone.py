"""Each table alone, and each pair, is an edition that runs; and what `check` passes, a run computes."""

from itertools import combinations
from pathlib import Path

import pytest

from cs_lib.edition import find_root, read_edition
from cs_lib.errors import EditionError
from cs_lib.metrics.audit.cache import compute
from cs_lib.pack.run.check_command import check_edition
from cs_lib.pack.run.plan import make_plan
from cs_lib.pack.run.request import RunRequest

pytestmark = pytest.mark.slow

FILES = {
    "customers": "customer_id,signed_up_on,first_value_on\nada,2026-05-01,2026-05-05\nben,2026-05-03,\n",
    "subscriptions": "customer_id,start_date,mrr,plan\nada,2026-05-01,100,Pro\nben,2026-05-03,0,Free\n",
    "orders": "customer_id,ordered_at,amount\nada,2026-05-02,40\nben,2026-06-05,120\n",
    "survey_responses": "instrument,score,responded_at\nnps,10,2026-06-03\nnps,4,2026-06-04\n",
    "acquisition_costs": "month,amount\n2026-05,100\n2026-06,70\n",
    "usage_events": "customer_id,occurred_at,feature\nada,2026-05-04,export\nada,2026-06-04,export\n",
}
USAGE = {"usage_frequency", "stickiness", "feature_adoption"}
EDITIONS = [tables for size in (1, 2) for tables in combinations(FILES, size)]


def shown(tables) -> str:
    return "-".join(tables)


@pytest.fixture
def edition(tmp_path):
    """A project with the shipped notebooks and an edition of these tables."""
    (tmp_path / "notebooks").symlink_to(find_root() / "notebooks")
    (tmp_path / "params").mkdir()

    def write(*tables: str, more: str = "") -> Path:
        for table in tables:
            (tmp_path / f"{table}.csv").write_text(FILES[table], encoding="utf-8")
        named = ", ".join(f"{table}: {table}.csv" for table in tables)
        text = f"company: Tiny\nas_of: 2026-07-01\nmin_n: 1\ngrains: [month]\ntables: {{{named}}}\n"
        (tmp_path / "params" / "tiny.yaml").write_text(text + more, encoding="utf-8")
        return tmp_path

    return write


def checked(root: Path) -> str:
    said = []
    check_edition("tiny", root=root, say=said.append)
    return "\n".join(said)


@pytest.mark.parametrize("tables", EDITIONS, ids=shown)
def test_each_table_alone_and_each_pair_is_checked_and_has_a_report_to_make(edition, tables):
    assert "last complete period  2026-06" in checked(edition(*tables))


@pytest.mark.parametrize("table", FILES)
def test_each_table_alone_gives_figures(edition, table):
    root = edition(table)
    tiny = read_edition("tiny", root=root)
    measures = compute(tiny, root=root)
    assert (measures.measures["status"] == "ok").any()
    assert make_plan(tiny, measures, RunRequest(), root=root, passed_as="tiny").reports


def test_usage_needs_no_subscriptions(edition):
    root = edition("usage_events")
    found = compute(read_edition("tiny", root=root), root=root)
    assert set(found.measures["metric"]) == USAGE
    assert found.left_out["active_customer_rate"] == (
        "needs subscriptions, which this edition does not give"
    )


def refused(root: Path) -> str:
    with pytest.raises(EditionError) as caught:
        checked(root)
    with pytest.raises(EditionError) as run:
        tiny = read_edition("tiny", root=root)
        make_plan(tiny, compute(tiny, root=root), RunRequest(), root=root, passed_as="tiny")
    assert str(run.value) == str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (
            "segments: [plan]\ntargets: {mrr: {plan=Old: 5}}\n",
            "params/tiny.yaml: targets.mrr: segment plan=Old: no customer has plan Old.",
        ),
        (
            "segments: [plan]\nreports: {segments: [plan=Free]}\n",
            "segment plan=Free: no customer has plan Free.",
        ),
        ("reports: {notebooks: [scorcard]}\n", "tiny: reports.notebooks: there is no notebook"),
    ],
)
def test_check_refuses_what_a_run_would_refuse(edition, more, says):
    assert refused(edition("subscriptions", more=more)).startswith(says)


def test_check_passes_every_segment_that_a_run_knows(edition):
    root = edition("subscriptions", more="segments: [plan]\nreports: {segments: [all, plan=*]}\n")
    assert "no finding" in checked(root)


def test_check_refuses_data_without_a_complete_month(edition):
    root = edition("orders")
    (root / "orders.csv").write_text("customer_id,ordered_at,amount\na,2026-07-02,1\n")
    text = (root / "params" / "tiny.yaml").read_text().replace("2026-07-01", "2026-07-03")
    (root / "params" / "tiny.yaml").write_text(text)
    assert refused(root).startswith(
        "tiny: the data hold no complete month: they begin on 2026-07-02"
    )
