"""Actual against plan: what was expected, the variance, and a split that adds up."""

import pytest
from drawn import only

from cs_lib.edition import read_edition
from cs_lib.errors import DataError
from cs_lib.judgement.plan_variance import volume_and_price
from cs_lib.metrics.audit.cache import compute
from cs_lib.pack.run.check_command import check_edition
from cs_lib.period import Segment

ALL = Segment()


def planned(month, metric, value, segment="all"):
    return {"month": f"{month}-01", "metric": metric, "value": value, "segment": segment}


def with_plan(drawn, rows, plan, **options):
    judged = drawn.judgement(rows, **options)
    judged.measures.data["plan"] = plan
    return judged


def test_the_split_of_the_definitions_example():
    """Plan 100 × 50, actual 110 × 48: +280 = volume +490, price −210."""
    assert volume_and_price(110, 48, 100, 50) == (490, -210)


def test_a_total_is_split_where_its_number_was_planned_too(drawn):
    from cs_lib.judgement.plan_variance import splits

    rows = [*drawn.total("mrr", [5280.0]), *drawn.total("paying_customers", [110.0])]
    plan = [planned("2026-06", "mrr", 5000.0), planned("2026-06", "paying_customers", 100.0)]
    found = with_plan(drawn, rows, plan).plan(ALL)
    assert [(each.metric, each.difference) for each in found] == [
        ("mrr", 280.0),
        ("paying_customers", 10.0),
    ]
    [split] = splits(found)
    assert (split.volume, split.price) == pytest.approx((490, -210))


def test_a_quarter_adds_totals_up_and_takes_levels_at_its_end(drawn):
    rows = [
        *drawn.total("new_mrr", [330.0], last="2026-Q2"),
        *drawn.total("mrr", [900.0], last="2026-Q2"),
        *drawn.shares("customer_churn_rate", [(10, 1000), (20, 1000), (30, 1000)]),
    ]
    months = ("2026-04", "2026-05", "2026-06")
    plan = [
        planned(month, metric, value)
        for month, level in zip(months, (700.0, 800.0, 1000.0), strict=True)
        for metric, value in (("new_mrr", 100.0), ("mrr", level), ("customer_churn_rate", 0.01))
    ]
    found = with_plan(drawn, rows, plan, period="2026-Q2").plan(ALL)
    told = {each.metric: (each.actual, each.planned) for each in found}
    assert told["new_mrr"] == (330.0, 300.0)
    assert told["mrr"] == (900.0, 1000.0)
    assert told["customer_churn_rate"] == pytest.approx((0.02, 0.01))


def test_a_quarter_of_which_a_month_is_not_planned_has_no_plan(drawn):
    rows = drawn.total("new_mrr", [330.0], last="2026-Q2")
    judged = with_plan(drawn, rows, [planned("2026-06", "new_mrr", 1.0)], period="2026-Q2")
    assert judged.plan(ALL) == []


SUBSCRIPTIONS = "customer_id,start_date,end_date,mrr\nada,2026-01-01,,100\nben,2026-02-01,,50\n"
EDITION = """company: Acme
as_of: 2026-07-01
grains: [month]
data: data
tables: {subscriptions: subs.csv, plan: plan.csv}
"""


def written(tmp_path, plan):
    for folder in ("params", "data"):
        (tmp_path / folder).mkdir()
    (tmp_path / "params" / "acme.yaml").write_text(EDITION)
    (tmp_path / "data" / "subs.csv").write_text(SUBSCRIPTIONS)
    (tmp_path / "data" / "plan.csv").write_text(plan)
    with only(("mrr",)):
        return compute(read_edition("acme", root=tmp_path), root=tmp_path)


def test_the_plan_is_read_as_a_table(tmp_path):
    measures = written(tmp_path, "month,metric,value\n2026-06,mrr,140.5\n2026-08,mrr,200\n")
    assert measures.data["plan"] == [
        planned("2026-06", "mrr", 140.5),
        planned("2026-08", "mrr", 200.0),
    ]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("2026-06,mmr,1\n", "plan: mmr is not a metric. Did you mean mrr?"),
        ("2026-06,customer_churn_rate,5\n", "plan: customer_churn_rate of 2026-06: 5 is 500%."),
        ("2026-06,mrr,1\n2026-06,mrr,2\n", "mrr is planned twice for 2026-06, all"),
        ("2026-06,mrr,much\n", "plan.csv, line 2, column value"),
    ],
)
def test_a_plan_that_cannot_be_meant_is_refused(tmp_path, rows, said):
    with pytest.raises(DataError, match=said.replace("?", r"\?")):
        written(tmp_path, f"month,metric,value\n{rows}")
    with pytest.raises(DataError, match=said.replace("?", r"\?")):
        check_edition("acme", root=tmp_path, say=lambda _: None)
