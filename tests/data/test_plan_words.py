"""Names of plans that speak against the amounts beside them are said, with the key that mends it."""

from tests.data.test_unread_columns import key, write

AS_OF = {"as_of": "2026-07-01", "segments": ["plan"]}
HEAD = "customer_id,start_date,mrr,plan"


def said(data, rule):
    return [each.says for each in data.findings if each.rule == rule]


def opened(workshop, *rows, **keys):
    write(workshop, HEAD, *(f"c{n},2026-01-05,{each}" for n, each in enumerate(rows)))
    return workshop.open({"subscriptions": {"path": "rows.csv", **keys}}, **AS_OF)


def test_a_price_of_a_year_among_those_of_a_month(workshop):
    rows = ('49,Pro Monthly', '588,"Pro ""P"" Annual"', '49,"Pro ""P"" (monthly)"', "588,Pro - Yearly", "900,Scale annual", "1,Basic")  # fmt: skip
    [says] = said(opened(workshop, *rows), "a price of a year called MRR")
    assert "is 588.00 on average where a month costs 49.00 (2 rows, the first in rows.csv, line 3)" in says  # fmt: skip
    data = opened(workshop, *rows, **key(says, "columns"))
    assert not said(data, "a price of a year called MRR")
    found = data.engine.collect(data.tables["subscriptions"].sort("customer_id"))["mrr"]
    assert [each / 1e6 for each in found] == [49, 49, 49, 49, 900, 1]


def test_a_year_that_costs_less_than_so_many_months_is_a_months_price(workshop):
    """300 for a month of a larger plan, and 45 of a plan that is paid by the year."""
    data = opened(workshop, "49,Pro Monthly", "45,Pro Annual", "300,Scale Annual", "500,Annual")
    assert not data.findings


def test_trials_that_pay(workshop):
    rows = ("100,Pro", "100,Free trial", "0,Trial Solo", "100,Pro (trial)", "5,Trialled")
    [says] = said(opened(workshop, *rows), "a trial that pays")
    assert says.startswith("subscriptions: 2 rows pay for \"Free trial\" or \"Pro (trial)\" in plan, the first in rows.csv, line 3.")  # fmt: skip
    data = opened(workshop, *rows, **key(says, "where"))
    assert not said(data, "a trial that pays") and data.inputs[0].rows == 3


def test_plans_that_nobody_is_charged_for(workshop):
    rows = ("100,Pro", "100,Complimentary", "100,Partner NFR", "0,Staff", "100,Internal tools", "9,Sandbox Pro")  # fmt: skip
    [says] = said(opened(workshop, *rows), "a trial that pays")
    data = opened(workshop, *rows, **key(says, "where"))
    assert "2 rows pay for" in says and data.inputs[0].rows == 4


def test_a_plan_for_life_is_paid_once(workshop):
    [says] = said(opened(workshop, "100,Pro", "299,Lifetime Deal"), "paid once and counted monthly")
    data = opened(workshop, "100,Pro", "299,Lifetime Deal", **key(says, "where"))
    assert data.inputs[0].rows == 1 and not said(data, "paid once and counted monthly")


def test_plans_of_which_none_is_paid_for_otherwise_are_said_nothing_of(workshop):
    assert not said(opened(workshop, "1,Trial", "2,Trial long"), "a trial that pays")


def test_what_is_paid_once_or_by_use(workshop):
    rows = ("100,Pro", "5000,One-time setup fee", "20,Usage overage", "9,Onboarding Suite")
    [says] = said(opened(workshop, *rows), "paid once and counted monthly")
    assert says.startswith("subscriptions: 2 rows are paid once, or by use, as plan says, the first in rows.csv, line 3,")  # fmt: skip
    data = opened(workshop, *rows, **key(says, "where"))
    assert not said(data, "paid once and counted monthly") and data.inputs[0].rows == 2


def test_plans_of_several_currencies(workshop):
    rows = ("100,Pro (USD)", "50,Pro (EUR)", "7,Pro £")
    [says] = said(opened(workshop, *rows), "currency not read")
    assert says.startswith("subscriptions: plan speaks of USD and EUR and GBP")
    told = {"path": "rows.csv", **key(says, "columns")}
    data = workshop.open({"subscriptions": told}, rates={"EUR": 2, "GBP": 3}, **AS_OF)
    assert data.engine.collect(data.tables["subscriptions"])["mrr"].sum() == 221_000_000
    assert not said(data, "currency not read")


def test_keys_name_plans_as_the_export_does(workshop):
    """Before a plan is renamed: by what it is called now no key would find it."""
    rows = ("49,Pro Monthly", "588,Pro Annual", "100,Free trial", "5,Basic €", "5,Basic £", "50,Setup fee")  # fmt: skip
    new = {"Pro Annual": "Pro, yearly", "Free trial": "Trial", "Basic £": "Basic GBP", "Setup fee": "One-off"}  # fmt: skip
    source = {"columns": {"plan": "tier"}, "rename": {"plan": new}}
    head = HEAD.replace("plan", "tier")
    write(workshop, head, *(f"c{n},2026-01-05,{each}" for n, each in enumerate(rows)))

    def findings(**more):
        columns = {**source["columns"], **more.pop("columns", {})}
        return workshop.open({"subscriptions": {"path": "rows.csv", **source, **more, "columns": columns}}, **AS_OF, rates={"GBP": 2, "EUR": 2})  # fmt: skip

    for rule, name in (
        ("a price of a year called MRR", "columns"),
        ("a trial that pays", "where"),
        ("paid once and counted monthly", "where"),
        ("currency not read", "columns"),
    ):
        [says] = said(findings(), rule)
        assert not said(findings(**key(says, name)), rule)
