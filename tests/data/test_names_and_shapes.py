"""Files whose names or whole shape speak against the way in which they are read: said, with a key that works."""

import pytest

from tests.data.test_unread_columns import key, write

AS_OF = {"as_of": "2026-07-01"}


def said(data, rule):
    return [each.says for each in data.findings if each.rule == rule]


def mrr(data):
    return sorted(data.engine.collect(data.tables["subscriptions"])["mrr"] / 1e6)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ARR", "Annual value", "yearly_price", "Deal - ACV"])
def test_a_price_whose_name_speaks_of_a_year_is_said(workshop, name):
    write(workshop, f"customer_id,start_date,{name}", "a,2026-01-05,120")
    source = {"path": "rows.csv", "columns": {"mrr": name}}
    [says] = said(
        workshop.open({"subscriptions": source}, **AS_OF), "yearly amount read as monthly"
    )
    told = {"path": "rows.csv", **key(says, "columns"), **key(says, "values")}
    data = workshop.open({"subscriptions": told}, **AS_OF)
    assert mrr(data) == [10] and not said(data, "yearly amount read as monthly")


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["Carrier fee", "Monthly price", "Percent paid", "arrears", "centsus"]
)
def test_a_name_that_only_has_the_letters_is_not_said(workshop, name):
    write(workshop, f"customer_id,start_date,{name}", "a,2026-01-05,120")
    source = {"path": "rows.csv", "columns": {"mrr": name}}
    assert workshop.open({"subscriptions": source}, **AS_OF).findings == ()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["amount_in_cents", "unitAmountCents", "Amount (minor units)"])
def test_an_amount_whose_name_speaks_of_cents_is_said(workshop, name):
    write(workshop, f"customer_id,ordered_at,{name}", "a,2026-01-05,12000")
    source = {"path": "rows.csv", "columns": {"amount": name}}
    [says] = said(workshop.open({"orders": source}, **AS_OF), "cents read as whole amounts")
    assert "say cents: [amount]" in says
    data = workshop.open({"orders": {**source, "cents": ["amount"]}}, **AS_OF)
    assert data.engine.collect(data.tables["orders"])["amount"][0] == 120_000_000
    assert not said(data, "cents read as whole amounts")


def test_an_amount_whose_name_speaks_of_thousands_is_said(workshop):
    write(workshop, "month,Cost (in thousands)", "2026-01,12")
    source = {"path": "rows.csv", "columns": {"amount": "Cost (in thousands)"}}
    [says] = said(workshop.open({"acquisition_costs": source}, **AS_OF), "thousands read as units")
    data = workshop.open(
        {"acquisition_costs": {"path": "rows.csv", **key(says, "columns")}}, **AS_OF
    )
    assert data.engine.collect(data.tables["acquisition_costs"])["amount"][0] == 12_000_000_000
    assert data.findings == ()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["Amount (EUR)", "cost_eur", "Spend EUR"])
def test_an_amount_whose_name_speaks_of_another_currency_is_said(workshop, name):
    write(workshop, f"month,{name}", "2026-01,12")
    source = {"path": "rows.csv", "columns": {"amount": name}}
    keys = {**AS_OF, "rates": {"EUR": 2}}
    [says] = said(workshop.open({"acquisition_costs": source}, **keys), "currency not read")
    assert "values: {currency: EUR}" in says and "values: {currency: USD}" in says
    for currency, amount in (("EUR", 24), ("USD", 12)):
        told = {**source, "values": {"currency": currency}}
        data = workshop.open({"acquisition_costs": told}, **keys)
        assert data.engine.collect(data.tables["acquisition_costs"])["amount"][0] == amount * 10**6
        assert data.findings == ()


def test_a_quantity_that_nobody_spoke_of_is_said_and_either_key_settles_it(workshop):
    header = "customer_id,start_date,amount,interval_months,Quantity"
    write(workshop, header, "a,2026-01-05,100,1,2", "b,2026-01-05,50,1,1")
    [says] = said(workshop.open({"subscriptions": "rows.csv"}, **AS_OF), "amount times quantity")
    assert "1 row, the first in rows.csv, line 2" in says
    for keys, left in ((key(says, "columns"), [50, 200]), ({"values": {"quantity": 1}}, [50, 100])):
        data = workshop.open({"subscriptions": {"path": "rows.csv", **keys}}, **AS_OF)
        assert mrr(data) == left and data.findings == ()


# ---------------------------------------------------------------- shapes


def test_one_row_a_month_is_no_row_for_ever(workshop):
    """Three customers at 10 a month, of whom one stops in April: MRR of June is 20, and not 150."""
    rows = [f"{who},2026-0{m}-01,10" for who in "abc" for m in range(1, 7) if who != "c" or m < 4]
    write(workshop, "customer_id,month,mrr", *rows)
    source = {"path": "rows.csv", "columns": {"start_date": "month"}}
    [says] = said(workshop.open({"subscriptions": source}, **AS_OF), "one row a month")
    assert "3 of 3 customers" in says
    columns = {**source["columns"], **key(says, "columns")["columns"]}
    data = workshop.open({"subscriptions": {"path": "rows.csv", "columns": columns}}, **AS_OF)
    found = data.engine.collect(data.tables["subscriptions"])
    june = found[(found["start_date"] < "2026-07-01") & (found["end_date"] >= "2026-07-01")]
    assert june["mrr"].sum() == 20_000_000 and not said(data, "one row a month")


def test_several_subscriptions_of_a_customer_are_no_months(workshop):
    rows = [f"{who},20{year}-03-01,10" for who in "abc" for year in (22, 24, 26)]
    write(workshop, "customer_id,start_date,mrr", *rows)
    assert not said(workshop.open({"subscriptions": "rows.csv"}, **AS_OF), "one row a month")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("table", "header", "row", "total", "footer"),
    [
        ("orders", "customer_id,ordered_at,amount", "a,2026-06-05,10", "Grand Total,2026-06-30,10", True),
        ("acquisition_costs", "month,amount,channel", "2026-01,10,ads", "2026-01,10,Total", True),
        ("acquisition_costs", "month,amount,Campaign name", "2026-01,10,ads", "2026-01,10,Total for ads", True),
        ("orders", "customer_id,ordered_at,amount", "Total Wine,2026-06-05,10", "Totally,2026-06-30,10", False),
    ],
)  # fmt: skip
def test_a_total_among_the_rows_is_said_and_left_out_by_footer(
    workshop, table, header, row, total, footer
):
    write(workshop, header, row, total)
    found = said(workshop.open({table: "rows.csv"}, **AS_OF), "a total among the rows")
    assert len(found) == footer
    if footer:
        assert "rows.csv, line 3" in found[0] and "footer: 1" in found[0]
        data = workshop.open({table: {"path": "rows.csv", "footer": 1}}, **AS_OF)
        assert not said(data, "a total among the rows") and data.inputs[0].rows == 1


def test_totals_of_groups_are_said_and_left_out_by_where(workshop):
    """As accounting writes them: each group's total below it, the whole one at the end."""
    rows = ("Bo Wien,30,30", "Bo Graz,10,", "Total Bo,40,30", "Ada,5,5", "TOTAL,45,35")
    write(workshop, "customer_id,2026-05,2026-06", *rows)
    told = {"path": "rows.csv", "months": "columns"}
    [says] = said(workshop.open({"subscriptions": told}, **AS_OF), "a total among the rows")
    assert "4 rows are called a total in customer_id, the first in rows.csv, line 4" in says
    assert "Bo" not in says  # whose totals they are stands on no page
    assert key(says, "where") == {"where": {"customer_id": {"not": ["Total*", "TOTAL"]}}}
    data = workshop.open({"subscriptions": {**told, **key(says, "where")}}, **AS_OF)
    assert not said(data, "a total among the rows") and data.inputs[0].rows == 5
    many = {"customer_id": {"not": ["total*", "bo graz"]}}
    assert workshop.open({"subscriptions": {**told, "where": many}}, **AS_OF).inputs[0].rows == 4
    assert "(customer_id: not 2 of its words)" in says_of_where(data)


def says_of_where(data):
    return next(each.says for each in data.findings if "where keeps" in each.says)


@pytest.mark.parametrize(
    "total", ["Summe", "Subtotal Ada", "Gesamt", "TOTAL GÉNÉRAL", "Sous-total"]
)
def test_totals_are_known_in_other_words(workshop, total):
    write(workshop, "customer_id,ordered_at,amount", "Ada,2026-06-05,1", f"{total},2026-06-30,1")
    [says] = said(workshop.open({"orders": "rows.csv"}, **AS_OF), "a total among the rows")
    assert "footer: 1" in says


def test_a_customer_who_is_called_total_is_no_total(workshop):
    write(workshop, "customer_id,ordered_at,amount", "Total Wine,2026-06-05,1", "Ada,2026-06-30,1")
    assert not said(workshop.open({"orders": "rows.csv"}, **AS_OF), "a total among the rows")


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ({"plan": {"without": ["x"]}}, "write the words of rows that count, or {not: ["),
        ({"plan": {"not": []}}, "write one word or a list of them"),
        ({"plan": [["x"]]}, "write one word or a list of them"),
    ],
)
def test_a_where_that_cannot_be_meant_is_refused(workshop, where, says):
    assert says in "".join(workshop.refused({"orders": {"path": "rows.csv", "where": where}}))


def test_a_where_that_leaves_out_all_says_what_is_there(workshop):
    write(workshop, "customer_id,ordered_at,amount", "Total a,2026-06-05,1")
    told = {"path": "rows.csv", "where": {"customer_id": {"not": ["Total*"]}}}
    [says] = workshop.refused({"orders": told}, **AS_OF)
    assert 'customer_id is "Total a", and where leaves out "Total*".' in says


def test_all_lines_below_the_rows_are_counted_in_the_key(workshop):
    """A total and a remark that is no row at all: one key for both, whichever the check meets."""
    remark = "©2026 Some Corporation. All rights reserved."
    write(workshop, "month,amount,campaign,clicks", "2026-05,10,a,3", "Total,10,,3", "", remark)
    for says in workshop.refused({"acquisition_costs": "rows.csv"}, **AS_OF)[:2]:
        assert "footer: 2" in says
    told = {"path": "rows.csv", "footer": 2, "values": {"category": "marketing"}}
    assert workshop.open({"acquisition_costs": told}, **AS_OF).inputs[0].rows == 1


def test_columns_of_months_with_a_total_below_are_said(workshop):
    write(workshop, "customer_id,2026-05,2026-06", "a,10,10", "b,20,20", "Total,30,30")
    told = {"subscriptions": {"path": "rows.csv", "months": "columns"}}
    [says] = said(workshop.open(told, **AS_OF), "a total among the rows")
    assert "rows.csv, line 4" in says


@pytest.mark.slow
@pytest.mark.parametrize(
    ("instrument", "low", "high", "definitions", "is_said"),
    [
        ("nps", 1, 5, {}, True),
        ("nps", 1, 7, {}, True),
        ("nps", 0, 10, {}, False),
        ("nps", 0, 8, {}, False),
        ("csat", 1, 3, {}, True),
        ("csat", 1, 2, {}, True),
        ("csat", 1, 4, {}, False),
        ("csat", 1, 5, {"csat": {"scale": [1, 10], "satisfied": [9, 10]}}, True),
        ("csat", 3, 5, {"csat": {"scale": [1, 5], "satisfied": [1, 2]}}, True),
        ("csat", 1, 3, {"csat": {"scale": [1, 5], "satisfied": [1, 2]}}, False),
        ("ces", 1, 5, {"ces": {"scale": [1, 7], "direction": "higher", "easy": [5, 7]}}, True),
        ("ces", 1, 5, {"ces": {"scale": [1, 7], "direction": "lower", "easy": [1, 3]}}, False),
    ],
)  # fmt: skip
def test_a_scale_of_which_nobody_reaches_the_best_is_said(
    workshop, instrument, low, high, definitions, is_said
):
    scores = [low + n % (high - low + 1) for n in range(24)]
    rows = [f"{instrument},{score},2026-06-{1 + n:02d}" for n, score in enumerate(scores)]
    write(workshop, "instrument,score,responded_at", *rows)
    data = workshop.open({"survey_responses": "rows.csv"}, **AS_OF, definitions=definitions)
    assert bool(said(data, "a scale that nobody reaches")) == is_said


def test_a_few_poor_answers_are_no_other_scale(workshop):
    rows = [f"nps,{n % 6},2026-06-{1 + n:02d}" for n in range(19)]
    write(workshop, "instrument,score,responded_at", *rows)
    data = workshop.open({"survey_responses": "rows.csv"}, **AS_OF)
    assert not said(data, "a scale that nobody reaches")
