"""Ids and segments that differ only in their spelling are said to be alike."""

import pytest

HEAD = "customer_id,start_date,mrr,plan\n"


def said(workshop, rule, text, tables=None, **keys):
    workshop.write("subs.csv", text)
    data = workshop.open({"subscriptions": "subs.csv", **(tables or {})}, **keys)
    return [each.says for each in data.findings if each.rule == rule]


def test_unknown_customers_that_resemble_a_known_one(workshop):
    workshop.write("customers.csv", "customer_id\n00123\n124\nA-9\n77\n")
    text = HEAD + "".join(f"{own},2026-01-01,1,x\n" for own in ("123", "124.0", "a-9", "zz"))
    [says] = said(workshop, "unknown customer", text, {"customers": "customers.csv"})
    assert "of 4 customers" in says
    assert "3 of them differ from a customer there only by case, blanks, leading zeros" in says


def test_unknown_customers_that_resemble_nobody(workshop):
    workshop.write("customers.csv", "customer_id\n1\n")
    [says] = said(
        workshop, "unknown customer", HEAD + "2,2026-01-01,1,x\n", {"customers": "customers.csv"}
    )
    assert "differ" not in says


SPELLED = (
    HEAD + "a,2026-01-01,1,Pro\nb,2026-01-01,1,pro\nc,2026-01-01,1,Pro Plus\nd,2026-01-01,1,Pro\n"
)


def test_segments_that_differ_by_case_alone(workshop):
    [says] = said(workshop, "segment spelled otherwise", SPELLED, segments=["plan"])
    assert says.startswith(
        'subscriptions: "Pro" (2 rows) and "pro" (1 row) are different segments of plan'
    )


def test_the_remedies_for_segments_work(workshop):
    source = {"path": "subs.csv", "columns": {"plan": "upper(plan)"}}
    tables = {"subscriptions": source}
    assert said(workshop, "segment spelled otherwise", SPELLED, tables, segments=["plan"]) == []
    null = HEAD + "a,2026-01-01,1,Pro\nb,2026-01-01,1,NULL\n"
    [says] = said(workshop, "segment named nothing", null, segments=["plan"])
    assert says.endswith("set map: {plan: {'NULL': null}} for this table.")
    null = null.replace(",plan", ",Tarif")
    source = {"path": "subs.csv", "columns": {"plan": "Tarif"}, "map": {"plan": {"NULL": None}}}
    tables = {"subscriptions": source}
    assert said(workshop, "segment named nothing", null, tables, segments=["plan"]) == []


def test_segments_are_compared_whatever_the_column_is_called(workshop):
    text = SPELLED.replace(",plan\n", ",crm.plan\n", 1)
    [says] = said(workshop, "segment spelled otherwise", text, segments=["crm.plan"])
    assert "different segments of crm.plan" in says


PLANS = "customer_id,start_date,mrr,plan"


def plans(workshop, *names, **keys):
    rows = [f"c{n},2026-01-05,5,{name}" for n, name in enumerate(names)]
    workshop.write("subs.csv", "\n".join([PLANS, *rows]) + "\n")
    told = {"subscriptions": {"path": "subs.csv", **keys}}
    return workshop.open(told, as_of="2026-07-01", segments=["plan"])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Pro-Plus", "Pro–Plus"),
        ("pro_plus", "Pro Plus"),
        ("Caf\u00e9", "Cafe\u0301"),
        ("A1", "Ａ1"),
    ],
)
def test_segments_that_look_alike_are_said(workshop, one, other):
    [found] = plans(workshop, one, other, "Solo").findings
    assert found.rule == "segment spelled otherwise" and "dashes or how a letter is written" in found.says  # fmt: skip


def test_segments_that_differ_are_not(workshop):
    assert not plans(workshop, "Pro", "Pro+", "Pro*", "Größe", "Grosse", "São Paulo").findings


def test_a_segment_in_a_wrong_encoding_is_said_and_renamed(workshop):
    [found] = plans(workshop, "GrÃ¶ÃŸe", "Solo").findings
    assert found.says.startswith('subscriptions: "GrÃ¶ÃŸe" is a segment of plan (1 row in all such), and seems to be "Größe"')  # fmt: skip
    assert "rename: {plan: {'GrÃ¶ÃŸe': 'Größe'}}" in found.says
    assert not plans(workshop, "GrÃ¶ÃŸe", rename={"plan": {"GrÃ¶ÃŸe": "Größe"}}).findings
