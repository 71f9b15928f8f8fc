"""Ids that are not what they seem: said by where they stand, and gone once they are written right."""

import pytest
from offers import offers

from tests.data.test_unread_columns import key, write

AS_OF = {"as_of": "2026-07-01"}
HEAD = "customer_id,ordered_at,amount"
ORDERS = {"orders": "rows.csv"}


def said(data, rule):
    return [each.says for each in data.findings if each.rule == rule]


def orders(workshop, *ids, day="2026-06-05"):
    write(workshop, HEAD, *(f"{each},{day},{number}" for number, each in enumerate(ids, 1)))
    return workshop.open(ORDERS, **AS_OF)


@pytest.mark.parametrize(
    ("one", "other", "ways"),
    [
        ("Ada", "ada", "case"),
        ("x y", "x\u00a0y", "blanks or signs that nobody sees"),
        ("ada", "a\u200bda", "blanks or signs that nobody sees"),
        ("123.0", "123", "a .0 behind"),
        ("00123", "123", "zeros before"),
        ("AC-0004", "AC-4", "zeros before"),
        ("cus_0040", "cus_40", "zeros before"),
        ("Ada B", "adab", "case or blanks or signs that nobody sees or a .0 behind or zeros before"),
    ],
)  # fmt: skip
def test_one_customer_under_two_ids(workshop, one, other, ways):
    [says] = said(orders(workshop, "bo", one, "cy", other), "one customer under several ids")
    assert says.startswith(f"orders: 1 id of customers differs from another only by {ways}, the first in rows.csv, line 3,")  # fmt: skip
    if ways in ("case", "zeros before"):
        told = {"orders": {"path": "rows.csv", **key(says, "columns")}}
        data = workshop.open(told, **AS_OF)
        assert not said(data, "one customer under several ids")
        assert data.engine.collect(data.tables["orders"])["customer_id"].nunique() == 3


def test_ids_that_differ_otherwise_are_several_customers(workshop):
    found = orders(workshop, "a1", "a01", "10", "100", "1.5", "15", "0", "ä", "a", "1E5x", "latest", "attest")  # fmt: skip
    assert not found.findings


def test_ids_that_only_two_tables_spell_otherwise(workshop):
    write(workshop, "customer_id,occurred_at,feature", "ADA,2026-06-05,x", name="use.csv")
    write(workshop, HEAD, "Ada,2026-06-05,1", "bo,2026-06-05,1")
    tables = {**ORDERS, "usage_events": "use.csv"}
    [says] = said(workshop.open(tables, **AS_OF), "one customer under several ids")
    assert says.startswith("orders and usage_events: 1 id of customers in one of them differs from an id in another only by case:")  # fmt: skip
    write(workshop, "customer_id,occurred_at,feature", "AC-4,2026-06-05,x", name="use.csv")
    write(workshop, HEAD, "AC-0004,2026-06-05,1", "bo,2026-06-05,1")
    [says] = said(workshop.open(tables, **AS_OF), "one customer under several ids")
    assert "differs from an id in another only by zeros before:" in says


@pytest.mark.parametrize("word", ["1.23E+11", "1,23E+11", "4E+15", "9.9e+12"])
def test_a_long_number_that_a_spreadsheet_has_cut(workshop, word):
    write(workshop, HEAD.replace(",", ";"), f"{word};2026-06-05;1", f"{word};2026-06-06;1")
    [says] = said(workshop.open(ORDERS, **AS_OF), "ids cut by a spreadsheet")
    assert says.startswith(
        "orders: 2 rows have an id such as 1.23E+11, the first in rows.csv, line 2:"
    )


def test_rows_of_nobody_are_left_out_by_the_key(workshop):
    data = orders(workshop, "ada", "NULL", "N/A", "bo", "undefined")
    [says] = said(data, "nobody's id")
    assert says.startswith("orders: 3 rows have an id that stands for nobody, the first in rows.csv, line 3:")  # fmt: skip
    data = workshop.open({"orders": {"path": "rows.csv", **key(says, "where")}}, **AS_OF)
    assert data.inputs[0].rows == 2 and not said(data, "nobody's id")


@pytest.mark.parametrize("name", ["dummy", "Test Account 2", "demo@acme.com", "ada@example.com"])
def test_rows_of_a_test_are_said_without_whose_they_are(workshop, name):
    [says] = said(orders(workshop, "ada", name), "a test among the customers")
    assert "rows.csv, line 3" in says and name not in says
    told = {"path": "rows.csv", "where": {"customer_id": {"not": [name]}}}
    assert not said(workshop.open({"orders": told}, **AS_OF), "a test among the customers")


def test_letters_written_in_two_ways_are_one_customer(workshop):
    """José with its accent apart, and José: the same on every screen."""
    data = orders(workshop, "bo", "Jos\u00e9", "Jose\u0301", "Zoe\u0308")
    [says] = said(data, "one customer under several ids")
    assert says.startswith("orders: 1 id of customers differs from another only by how a letter is written (é as one sign or two, full width), the first in rows.csv, line 4,")  # fmt: skip
    data = workshop.open({"orders": {"path": "rows.csv", **key(says, "columns")}}, **AS_OF)
    assert data.engine.collect(data.tables["orders"])["customer_id"].nunique() == 3
    assert not said(data, "one customer under several ids")


@pytest.mark.parametrize(
    ("other", "told"),
    [("\u0410C-1", True), ("AC\u20131", True), ("\u0410\u0421\u20111", True), ("\u0416C-1", False)],
)
def test_signs_that_look_alike_are_one_customer(workshop, other, told):
    """A Cyrillic letter that looks like a Latin one, an en dash for a hyphen; not a letter that looks like none."""
    found = said(
        orders(workshop, "AC-1", other, "\u041c\u043e\u0441"), "one customer under several ids"
    )
    assert bool(found) == told
    if told:
        assert (
            "1 id of customers differs" in found[0]
            and "(a letter of another script, another dash)" in found[0]
        )
        assert found[0].endswith("If they are the same, spell them alike in the export.")


def test_full_width_is_the_same_letters(workshop):
    [says] = said(orders(workshop, "AB1", "ＡＢ１"), "one customer under several ids")
    assert says.endswith("If they are the same, spell them alike in the export.")


def test_long_numbers_that_all_end_in_zeros_have_lost_their_digits(workshop):
    ids = ("123456789012345000", "123456789012346000", "1234567890123470", "7")
    [says] = said(orders(workshop, *ids), "ids cut by a spreadsheet")
    assert says.startswith("orders: 3 rows have an id such as 123456789012345000, the first in rows.csv, line 2:")  # fmt: skip
    assert not orders(workshop, *ids, "123456789012345678").findings
    assert not orders(workshop, "123456789012345000", "7").findings


def test_a_header_that_stands_again_is_nobody(workshop):
    write(workshop, "Account,region", "a,EU", "Account,region", "b,US", name="who.csv")
    told = {"path": "who.csv", "columns": {"customer_id": "Account"}}
    [says] = said(workshop.open({"customers": told}, **AS_OF), "nobody's id")
    assert "who.csv, line 3" in says and key(says, "where") == {
        "where": {"Account": {"not": ["Account"]}}
    }


def test_answers_of_nobody_count_and_are_no_ones(workshop):
    head = "instrument,score,responded_at,respondent_id"
    rows = [f"nps,{n},2026-06-{1 + n:02d},anonymous" for n in range(3)]
    write(workshop, head, *rows, "nps,9,2026-06-20,ada")
    [says] = said(workshop.open({"survey_responses": "rows.csv"}, **AS_OF), "nobody's id")
    assert says.startswith("survey_responses: 3 rows have a respondent_id that stands for nobody,")
    told = {"path": "rows.csv", "map": {"respondent_id": {"anonymous": None}}}
    assert "Say map: {respondent_id: {'anonymous': null}}" in says
    data = workshop.open({"survey_responses": told}, **AS_OF)
    assert not data.findings
    assert data.engine.collect(data.tables["survey_responses"])["respondent_id"].count() == 1


def test_customers_who_are_called_a_test(workshop):
    write(
        workshop, "customer_id,name", "1,Acme", "2,Test Customer", "3,Testa Rossa", name="who.csv"
    )
    [says] = said(workshop.open({"customers": "who.csv"}, **AS_OF), "a test among the customers")
    assert says.startswith("customers: 1 row has what seems a test's name, the first in who.csv, line 3.")  # fmt: skip
    assert "Test Customer" not in says
    mails = [f"{n},c{n}@example.com" for n in range(6)]
    write(workshop, "customer_id,Email", *mails, name="who.csv")
    assert not workshop.open({"customers": "who.csv"}, **AS_OF).findings


def test_a_number_that_many_rows_have_is_nobody(workshop):
    """0 as the guest of a shop; a customer of that number is one."""
    [says] = said(orders(workshop, *["0"] * 6, *map(str, range(1, 20))), "nobody's id")
    assert "6 rows have an id that stands for nobody, the first in rows.csv, line 2" in says
    kept = {"orders": {"path": "rows.csv", **key(says, "where")}}
    assert workshop.open(kept, **AS_OF).inputs[0].rows == 19
    assert not orders(workshop, *map(str, range(30))).findings


@pytest.mark.parametrize("shared", ["0", "service", "anonymous"])
def test_a_user_of_everybody_is_no_user(workshop, shared):
    head = "customer_id,occurred_at,feature,user_id"
    rows = (f"c{n % 30},2026-06-{1 + n % 28:02d},x,{shared if n % 2 else f'u{n}'}" for n in range(60))  # fmt: skip
    write(workshop, head, *rows)
    [says] = said(workshop.open({"usage_events": "rows.csv"}, **AS_OF), "nobody's id")
    assert says.startswith("usage_events: 30 rows have a user_id that stands for nobody, the first in rows.csv, line 3")  # fmt: skip
    data = workshop.open({"usage_events": {"path": "rows.csv", **offers(says)[0]}}, **AS_OF)  # fmt: skip
    assert not said(data, "nobody's id")


@pytest.mark.parametrize("day", ["5-Mar", "Mar-05", "2026-03-05 00:00:00"])
def test_ids_of_which_a_spreadsheet_made_days(workshop, day):
    [says] = said(orders(workshop, day, "3-6", "7-12"), "ids made days")
    assert says.startswith("orders: 1 row has an id such as 5-Mar, the first in rows.csv, line 2")
    assert not said(orders(workshop, "2026-03-05", "2026-03-06"), "ids made days")


@pytest.mark.parametrize(("email", "told"), [("qa@example.com", True), ("ada@acme.com", False)])
def test_answers_of_a_test_are_said_by_their_address(workshop, email, told):
    lines = [
        "instrument,score,responded_at,Email",
        f"nps,9,2026-06-05,{email}",
        "nps,9,2026-06-05,bo@acme.com",
        "nps,8,2026-06-05,cy@acme.com",
    ]
    workshop.write("rows.csv", "\n".join(lines) + "\n")
    found = said(
        workshop.open({"survey_responses": "rows.csv"}, **AS_OF), "a test among the customers"
    )
    assert bool(found) == told
    if told:
        assert "where: {Email: {not: […]}}" in found[0] and email not in found[0]
        source = {"path": "rows.csv", "where": {"Email": {"not": [email]}}}
        assert not said(
            workshop.open({"survey_responses": source}, **AS_OF), "a test among the customers"
        )
