"""A segment's column and its values may bear any name: its figures are those it has as `plan`."""

import ast
from pathlib import Path

import pandas as pd
import pytest
from drawn import DuckDBEngine, PandasEngine, context, only, typed

import cs_lib
from cs_lib.data.contract import tables as contract
from cs_lib.errors import DataError
from cs_lib.metrics.coded_words import worded
from cs_lib.metrics.compute.compute_measures import measure
from cs_lib.metrics.frame_columns import KEY

pytestmark = pytest.mark.slow

PACKAGE = Path(cs_lib.__file__).parent
#: words of the code, and what a query could stumble over
NAMES = (
    "unit",
    "expansion",
    "begins",
    "cohort",
    "value",
    "a.b",
    'a"`b',
    "segment: plan",
    "_row",
    "é" * 99,
)
#: what one metric of each fact shows, quickly
METRICS = ("mrr", "expansion_mrr", "churned_mrr_by_reason", "nps", "acquisition_cost", "active_rate",
           "cohort_retention")  # fmt: skip


CUSTOMERS = ("ada", "bob", "cyd", "dan", "eve", "fay")
PLANS = ("Basic", "Pro", "Basic", "Pro", "all", "(not given)")


def company() -> dict[str, pd.DataFrame]:
    """Six customers with every table; `plan` is a column of subscriptions, and bob changes his."""
    paid = [
        *(
            (who, f"2026-0{1 + n % 2}-01", None, 50 + n, PLANS[n])
            for n, who in enumerate(CUSTOMERS)
        ),
        ("bob", "2026-03-10", None, 25, "Basic"),
    ]
    paid[0] = ("ada", "2026-01-01", "2026-03-20", 50, "Basic")
    tables = {
        "customers": pd.DataFrame(
            [(who, "2026-01-01", "2026-01-09") for who in CUSTOMERS],
            columns=["customer_id", "signed_up_on", "first_value_on"],
        ),
        "subscriptions": pd.DataFrame(
            paid, columns=["customer_id", "start_date", "end_date", "mrr", "plan"]
        ).assign(end_reason="too dear"),
        "orders": pd.DataFrame(
            [(who, f"2026-0{m}-05", 10 * m, f"{who}{m}") for who in CUSTOMERS for m in (1, 2, 3)],
            columns=["customer_id", "ordered_at", "amount", "order_id"],
        ),
        "survey_responses": pd.DataFrame(
            [(who, "nps", 5 + n, "2026-02-10", "2026-02-01") for n, who in enumerate(CUSTOMERS)],
            columns=["customer_id", "instrument", "score", "responded_at", "sent_at"],
        ).assign(touchpoint="renewal", respondent_id=[f"r{each}" for each in CUSTOMERS]),
        "acquisition_costs": pd.DataFrame(
            [("2026-01-01", 100), ("2026-02-01", 70)], columns=["month", "amount"]
        ).assign(category="marketing"),
        "usage_events": pd.DataFrame(
            [(who, f"2026-0{m}-07", "Invoices", f"u{who}") for who in CUSTOMERS for m in (1, 2)],
            columns=["customer_id", "occurred_at", "feature", "user_id"],
        ),
    }
    return {
        name: typed(frame).astype(dict.fromkeys(set(frame) & {"plan"}, "str"))
        for name, frame in tables.items()
    }


def named(table: str, names: tuple[str, ...]) -> dict[str, pd.DataFrame]:
    """The company with the plans under these names too, in the table itself or with its customers."""
    tables = company()
    plans = tables["subscriptions"].drop_duplicates("customer_id")["plan"]
    if table == "customers":
        tables["customers"]["plan"] = plans.to_numpy()
        tables["subscriptions"] = tables["subscriptions"].drop(columns="plan")
    copies = {each: tables[table]["plan"] for each in names}
    tables[table] = pd.concat([tables[table], pd.DataFrame(copies)], axis=1)
    return tables


def found_in(tables: dict[str, pd.DataFrame], *names: str, engine=PandasEngine):
    engine = engine()
    try:
        with only(METRICS):
            return measure(context(engine, "2026-05-01", tables, segments=names))
    finally:
        engine.close()


def as_plan(found, name: str) -> list[pd.DataFrame]:
    """The figures by a segment, as if it were called `plan`."""
    frames = []
    for rows in (found.measures, found.cohorts, found.curves):
        mine = rows[rows["segment_by"] == name]
        assert mine["segment"].str.startswith(f"{name}=").all()
        labels = "plan=" + mine["segment"].str.slice(len(name) + 1)
        frames.append(mine.assign(segment_by="plan", segment=labels).reset_index(drop=True))
    return frames


@pytest.mark.parametrize(("table", "names"), [("subscriptions", NAMES[:4]), ("customers", NAMES)])
def test_a_segment_may_bear_any_name(table, names):
    found = found_in(named(table, names), "plan", *names, engine=DuckDBEngine)
    assert not found.measures.duplicated(KEY).any()
    for name in names:
        for mine, plans in zip(as_plan(found, name), as_plan(found, "plan"), strict=True):
            pd.testing.assert_frame_equal(mine, plans, obj=name)


def test_facts_see_no_other_names_than_the_contracts_and_the_segments():
    """So no word of the code can meet a segment's: they all begin as nothing else does."""
    tables = named("customers", ("unit", "bucket", "x"))
    engine = DuckDBEngine()
    seen = context(engine, "2026-05-01", tables, segments=("plan", "unit")).tables
    for name, frame in seen.items():
        columns = frame.collect_schema().names()
        own = {each.name for each in contract.table(name).columns}
        assert set(columns) - own <= {"segment: plan", "segment: unit"}
    engine.close()
    words = (
        node.value
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    assert {each for each in words if each.startswith("segment: ")} == {"segment: "}


def test_a_column_of_the_contract_is_a_segment_beside_what_it_is():
    """Blank touchpoints stay those of nobody; the split by touchpoint has a name of its own then."""
    tables = company()
    tables["survey_responses"]["touchpoint"] = [
        "renewal",
        "renewal",
        "support",
        "support",
        None,
        "all",
    ]
    tables["subscriptions"]["interval_months"] = pd.array([1, 12] * 3 + [1], dtype="Int64")
    plain = worded(found_in(tables, "plan").measures)
    columns = ("touchpoint", "category", "end_reason", "interval_months", "first_value_on")
    both = worded(found_in(tables, "plan", *columns).measures)
    assert not both.duplicated(KEY).any()
    for column, metric in {
        "touchpoint": "nps",
        "category": "acquisition_cost",
        "end_reason": "churned_mrr_by_reason",
    }.items():
        own = plain[(plain["metric"] == metric) & (plain["segment_by"] == column)]
        split = both[(both["metric"] == metric) & (both["segment_by"] == f"{column} (split)")]
        assert len(own)
        assert own["segment"].str.replace("=", " (split)=").tolist() == split["segment"].tolist()
        assert own["value"].fillna(-1).tolist() == split["value"].fillna(-1).tolist()
    nps = both[(both["metric"] == "nps") & (both["segment_by"] == "touchpoint")]
    assert set(nps["segment"]) == {
        f"touchpoint={each}" for each in ("renewal", "support", "all", "(not given)")
    }
    assert {"interval_months=1", "interval_months=12"} <= set(both["segment"])
    assert "first_value_on=2026-01-09" in set(both["segment"])
    same = both[both["segment_by"].isin(["all", "plan"])].reset_index(drop=True)
    whole = plain[plain["segment_by"].isin(["all", "plan"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(same, whole)


def test_values_may_be_anything():
    """As in `plan`, whose values they stand for one by one."""
    odd = (
        "all",
        "(not given)",
        "a,b=c",
        '"',
        "line\nbreak",
        "x" * 300,
        "👩‍👩",
        "plan=Pro",
        "'; --",
        "*",
    )
    tables = company()
    tables["customers"]["odd"] = odd[:6]
    tables["customers"]["strange"] = odd[4:]
    tables["customers"]["plain"] = list("abcdef")
    rows = worded(found_in(tables, "odd", "strange", "plain").measures)
    by = {name: rows[rows["segment_by"] == name] for name in ("odd", "strange", "plain")}
    for name, values in (("odd", odd[:6]), ("strange", odd[4:])):
        names = {f"plain={p}": f"{name}={v}" for p, v in zip("abcdef", values, strict=True)}
        wanted = by["plain"].assign(segment_by=name, segment=by["plain"]["segment"].map(names))
        given = by[name].set_index(KEY).sort_index()
        pd.testing.assert_frame_equal(given, wanted.set_index(KEY).sort_index())


def test_two_segments_of_one_text_are_refused():
    tables = company()
    tables["customers"]["a"] = ["x", "x,b=y", "1", "1", "1", "1"]
    tables["customers"]["b"] = ["y,b=z", "z", "1", "1", "1", "1"]
    engine = DuckDBEngine()
    crossed = {"segments": ("a", "b"), "reports": {"segments": ("a=*,b=*",)}}
    with only(METRICS), pytest.raises(DataError, match="are both written a=x,b=y,b=z: a value"):
        measure(context(engine, "2026-05-01", tables, **crossed))
    engine.close()
