"""Ids and segments that differ only in their spelling are said to be alike."""

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
