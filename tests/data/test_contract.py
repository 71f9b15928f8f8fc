"""Every rule of the input contract, with the words in which it is said."""

from typing import get_args

import pytest

from cs_lib.data.contract.tables import TABLES
from cs_lib.edition.schema import TableName

SUBSCRIPTIONS = {"subscriptions": "subs.csv"}
ORDERS = {"orders": "orders.csv"}
SURVEY = {"survey_responses": "survey.csv"}
CES = {"ces": {"scale": [1, 7], "direction": "higher", "easy": [5, 7]}}
OWN = "for this table if its amounts are in the edition's currency, or correct the export."
WAY_ON = "Or go on without these rows with --allow-rejects: every report will say so."


def said(workshop, tables, name, text, **keys):
    """What is said of a file, without the last line, which offers to go on."""
    workshop.write(name, text)
    lines = workshop.refused(tables, **keys)
    return lines[:-1] if lines[-1] == WAY_ON else lines


def warned(workshop, tables, files, **keys):
    for name, text in files.items():
        workshop.write(name, text)
    return [each.says for each in workshop.open(tables, **keys).findings]


def test_an_edition_may_name_the_tables_of_the_contract_and_no_others():
    assert sorted(get_args(TableName)) == sorted(table.name for table in TABLES)


def test_a_number_with_a_decimal_comma(workshop):
    text = 'customer_id,start_date,mrr\na,2026-01-01,10\nb,2026-01-01,"1.200,00"\n'
    assert said(workshop, SUBSCRIPTIONS, "subs.csv", text) == [
        'subs.csv, line 3, column mrr: "1.200,00" is not a number. '
        'Set decimal: "," for this table, or correct the export.'
    ]


@pytest.mark.parametrize(
    ("value", "remedy"),
    [
        ("1 200.00", 'Set thousands: " " for this table, or correct the export.'),
        ('"1,200.00"', 'Set thousands: "," for this table, or correct the export.'),
        ("$1200", 'Set currency_sign: "$" for this table, or correct the export.'),
        ("¤1200", f'Set currency_sign: "¤" {OWN}'),
        (
            "12.5 €",
            'Set currency_sign: "€" and values: {currency: EUR} for this table, with the rate of EUR under rates; '
            "without values if its amounts are in USD, or correct the export.",
        ),
        ("abc", "Correct the export."),
        ("1_000", "Correct the export."),
        ("NaN", "Correct the export."),
    ],
)
def test_what_is_not_a_number_is_said_with_a_remedy(workshop, value, remedy):
    shown = value.strip('"')
    text = f"customer_id,start_date,mrr\na,2026-01-01,{value}\n"
    assert said(workshop, SUBSCRIPTIONS, "subs.csv", text) == [
        f'subs.csv, line 2, column mrr: "{shown}" is not a number. {remedy}'
    ]


@pytest.mark.parametrize(
    ("value", "remedy"),
    [
        ("31.01.2026", 'Set date_format: [iso, "%d.%m.%Y"] for this table, or correct the export.'),
        ("01/31/2026", 'Set date_format: [iso, "%m/%d/%Y"] for this table, or correct the export.'),
        ("20260131", 'Set date_format: [iso, "%Y%m%d"] for this table, or correct the export.'),
        ("2026-02-30", "Write it as 2026-06-30, or set date_format for this table."),
        ("infinity", "Correct the export."),
        ("epoch", "Correct the export."),
        ("soon", "Correct the export."),
    ],
)
def test_what_is_not_a_date_is_said_with_a_remedy(workshop, value, remedy):
    text = f"customer_id,start_date,mrr\na,{value},10\nb,2026-01-01,10\n"
    assert said(workshop, SUBSCRIPTIONS, "subs.csv", text) == [
        f'subs.csv, line 2, column start_date: "{value}" is not a date. {remedy}'
    ]


def test_a_value_against_the_date_format(workshop):
    tables = {"orders": {"path": "orders.csv", "date_format": "%d.%m.%Y"}}
    text = "customer_id,ordered_at,amount\na,31.01.2026,5\na,2026-02-01,5\n"
    assert said(workshop, tables, "orders.csv", text) == [
        'orders.csv, line 3, column ordered_at: "2026-02-01" is not a date. Set '
        'date_format: ["%d.%m.%Y", iso] for this table, or correct the export.'
    ]


def test_a_month_and_a_whole_number(workshop):
    costs = {"acquisition_costs": "costs.csv"}
    assert said(workshop, costs, "costs.csv", "month,amount\nJune,5\n", as_of="2026-07-01") == [
        'costs.csv, line 2, column month: "June" is not a month such as 2026-06. '
        "Correct the export."
    ]
    text = "customer_id,start_date,amount,interval_months\na,2026-01-01,120,1.5\n"
    assert said(workshop, SUBSCRIPTIONS, "subs.csv", text) == [
        'subs.csv, line 2, column interval_months: "1.5" is not a whole number. Correct the export.'
    ]


def test_a_missing_value(workshop):
    text = "customer_id,start_date,mrr\n ,2026-01-01,10\nb,2026-01-01,\n"
    assert said(workshop, SUBSCRIPTIONS, "subs.csv", text) == [
        "subs.csv, line 2, column customer_id: the value is missing, and every row needs one. "
        "Correct the export.",
        "subs.csv, line 3, column mrr: the value is missing, and every row needs one. "
        "Correct the export.",
    ]


def test_a_missing_column_suggests_the_nearest(workshop):
    text = "customer_no,start_date,mrr\na,2026-01-01,10\n"
    assert said(workshop, SUBSCRIPTIONS, "subs.csv", text) == [
        "subs.csv: there is no column customer_id, which subscriptions needs. Did you mean "
        "customer_no? Name it in the edition: columns: {customer_id: …}."
    ]


def test_subscriptions_without_any_price(workshop):
    text = "customer_id,start_date,price\na,2026-01-01,10\n"
    assert said(workshop, SUBSCRIPTIONS, "subs.csv", text) == [
        "subs.csv: there is no column mrr, nor amount and interval_months, which subscriptions "
        "needs. Known: customer_id, price, start_date. Name it in the edition: columns: {mrr: …}."
    ]


def test_every_table_s_faults_are_said_at_once(workshop):
    workshop.write("subs.csv", "customer_id,mrr\na,10\n")
    workshop.write("orders.csv", "customer_id,ordered_at\na,2026-01-01\n")
    lines = workshop.refused({**SUBSCRIPTIONS, **ORDERS})
    assert [line.split(":")[0] for line in lines] == ["orders.csv", "subs.csv"]


def test_a_renamed_column_is_called_by_its_own_name(workshop):
    tables = {"subscriptions": {"path": "subs.csv", "columns": {"mrr": "Monthly amount"}}}
    text = "customer_id,start_date,Monthly amount\na,2026-01-01,ten\n"
    assert said(workshop, tables, "subs.csv", text) == [
        'subs.csv, line 2, column Monthly amount: "ten" is not a number. Correct the export.'
    ]


def test_columns_of_the_edition_that_do_not_exist(workshop):
    tables = {"orders": {"path": "orders.csv", "columns": {"amount": "totl"}}}
    text = "customer_id,ordered_at,total\na,2026-01-01,10\n"
    assert said(workshop, tables, "orders.csv", text) == [
        "tables.orders.columns.amount: totl is not a column of orders.csv. Did you mean total?"
    ]
    tables["orders"]["columns"]["amount"] = "total / 100"
    [line] = said(workshop, tables, "orders.csv", text)
    assert line.startswith("tables.orders.columns.amount: total / 100 cannot be computed: ")
    tables["orders"]["columns"]["amount"] = "row_number() OVER ()) --"
    [line] = said(workshop, tables, "orders.csv", text)
    assert "row_number() OVER ()) -- cannot be computed: " in line


def test_a_duplicate_key(workshop):
    text = "customer_id,plan\na,x\nb,y\na,z\na,w\n"
    workshop.write("subs.csv", "customer_id,start_date,mrr\na,2026-01-01,10\n")
    tables = {"customers": "customers.csv", **SUBSCRIPTIONS}
    assert said(workshop, tables, "customers.csv", text) == [
        'customers.csv, line 4, column customer_id: "a" stands already in customers.csv, line 2. '
        "Keep one row for each, or correct the export. (2 rows, then line 5)"
    ]


def test_a_duplicate_response(workshop):
    text = "response_id,instrument,score,responded_at\n1,nps,9,2026-01-01\n1,nps,9,2026-01-01\n"
    [line] = said(workshop, SURVEY, "survey.csv", text)
    assert line.startswith(
        'survey.csv, line 3, column response_id: "1" stands already in survey.csv, line 2.'
    )


def test_a_blank_response_id_is_no_key(workshop):
    text = "response_id,instrument,score,responded_at\n,nps,9,2026-01-01\n,nps,9,2026-01-01\n"
    workshop.write("survey.csv", text)
    assert len(workshop.rows(SURVEY)) == 2


def test_a_subscription_that_overlaps_itself(workshop):
    head = "subscription_id,customer_id,start_date,end_date,mrr\n"
    text = head + "s1,a,2026-02-01,,20\ns1,a,2026-01-01,2026-02-02,10\ns2,a,2026-01-01,,5\n"
    assert said(workshop, SUBSCRIPTIONS, "subs.csv", text) == [
        'subs.csv, line 2, column subscription_id: "s1" is still running in an earlier row when '
        "this one starts: it would be counted twice. End the earlier row where this one starts, "
        "or give it an id of its own."
    ]


def test_a_subscription_inside_a_longer_row_of_itself(workshop):
    """The second row ends before the third starts, but the first runs over both."""
    text = (
        "subscription_id,customer_id,start_date,end_date,mrr\n"
        "s1,a,2026-01-01,2026-12-01,9\ns1,a,2026-02-01,2026-03-01,9\ns1,a,2026-05-01,,9\n"
    )
    [line] = said(workshop, SUBSCRIPTIONS, "subs.csv", text)
    assert line.endswith("(2 rows, then line 4)")


def test_subscriptions_of_which_no_start_can_be_read_are_refused_by_line(workshop):
    head = "subscription_id,customer_id,start_date,mrr\n"
    [line] = said(workshop, SUBSCRIPTIONS, "subs.csv", f"{head}s1,a,soon,5\ns1,a,later,5\n")
    assert line.startswith("subs.csv, line 2, column start_date") and line.endswith("then line 3)")


def test_rows_of_one_subscription_that_touch_do_not_overlap(workshop):
    workshop.write(
        "subs.csv",
        "subscription_id,customer_id,start_date,end_date,mrr\n"
        "s1,a,2026-01-01,2026-02-01,10\ns1,a,2026-02-01,,20\n",
    )
    assert len(workshop.rows(SUBSCRIPTIONS)) == 2


def test_an_unknown_customer_is_a_warning_that_names_nobody(workshop):
    files = {
        "customers.csv": "customer_id\na\n",
        "orders.csv": "customer_id,ordered_at,amount\na,2026-01-30,1\nzoe,2026-01-31,1\n",
    }
    says = warned(workshop, {"customers": "customers.csv", **ORDERS}, files)
    assert says == [
        "orders: 1 row of 1 customer that the customers table does not have, the first in "
        "orders.csv, line 3. They count, but without the columns of customers. Add them there, or "
        "correct the export."
    ]


def test_a_score_off_its_scale(workshop):
    text = (
        "instrument,score,responded_at\nnps,11,2026-01-31\ncsat,0,2026-01-31\nnps,10,2026-01-31\n"
    )
    assert said(workshop, SURVEY, "survey.csv", text) == [
        'survey.csv, line 2, column score: "11" is off the nps scale of 0 to 10. Leave a code for '
        "no answer blank; answers on any other scale than 0 to 10 or 1 to 10 are of the instrument "
        "csat. (2 rows, then line 3)"
    ]


def test_the_scale_is_the_edition_s(workshop):
    text = "instrument,score,responded_at\nnps,0,2026-01-31\nces,7,2026-01-31\nces,8,2026-01-31\n"
    definitions = {"nps": {"scale": [1, 10]}, **CES}
    [line] = said(workshop, SURVEY, "survey.csv", text, definitions=definitions)
    assert 'line 2, column score: "0" is off the nps scale of 1 to 10' in line
    assert line.endswith("(2 rows, then line 4)")


def test_a_fractional_score_is_kept_with_a_warning(workshop):
    files = {"survey.csv": "instrument,score,responded_at\nnps,6.5,2026-01-31\n"}
    assert warned(workshop, SURVEY, files) == [
        'survey.csv, line 2, column score: "6.5" is not a whole number. '
        "It is kept as it is: a 6.5 counts as a detractor."
    ]


def test_an_unknown_instrument(workshop):
    text = (
        "instrument,score,responded_at\nNPS,9,2026-01-31\nhappiness,9,2026-01-31\n"
        "gross_margin,9,2026-01-31\n"
    )
    assert said(workshop, SURVEY, "survey.csv", text) == [
        'survey.csv, line 3, column instrument: "happiness" is not an instrument. '
        "Write nps, csat or ces. (2 rows, then line 4)"
    ]


def test_ces_needs_its_definition(workshop):
    text = "instrument,score,responded_at\nces,5,2026-01-31\n"
    workshop.write("survey.csv", text)
    refusal = (
        "definitions.ces is missing, and survey_responses holds 1 row of ces. There is no "
        "default: state scale, direction (higher or lower is better) and easy (the scores that "
        "count as easy), for example {scale: [1, 7], direction: higher, easy: [5, 7]}."
    )
    assert workshop.refused(SURVEY) == [refusal]
    assert workshop.refused(SURVEY, allow_rejects=True) == [refusal]
    assert len(workshop.rows(SURVEY, definitions=CES)) == 1


def test_an_answer_without_its_time(workshop):
    text = "instrument,score,responded_at\nnps,9,\nnps,9,2026-01-31\n"
    assert said(workshop, SURVEY, "survey.csv", text) == [
        "survey.csv, line 2, column responded_at: the value is blank although there is a score. "
        "An answer belongs to the period in which it was given."
    ]


def test_an_invitation_needs_its_time_and_nothing_else(workshop):
    head = "instrument,score,responded_at,sent_at\n"
    workshop.write("survey.csv", head + "nps,,,2026-01-31\n")
    assert len(workshop.rows(SURVEY)) == 1
    text = head + "nps,,,\nnps,9,2026-01-31,2026-01-30\n"
    assert said(workshop, SURVEY, "survey.csv", text) == [
        "survey.csv, line 2, column sent_at: the value is blank, and so are responded_at and "
        "score. An invitation belongs to the period in which it was sent."
    ]


def test_a_negative_weight(workshop):
    text = "instrument,score,responded_at,weight\nnps,9,2026-01-31,-0.5\n"
    assert said(workshop, SURVEY, "survey.csv", text) == [
        'survey.csv, line 2, column weight: "-0.5" is below zero. '
        "A weight says how many people an answer stands for."
    ]


def test_an_end_before_its_start(workshop):
    text = "customer_id,start_date,end_date,mrr\na,2026-02-01,2026-01-01,10\nb,2026-01-01,2026-01-01,1\n"
    assert said(workshop, SUBSCRIPTIONS, "subs.csv", text) == [
        'subs.csv, line 2, column end_date: "2026-01-01" lies before its start_date 2026-02-01. '
        "Correct the export; an end_date is the first day no longer paid for."
    ]


def test_negative_mrr_and_an_interval_below_one_month(workshop):
    text = "customer_id,start_date,amount,interval_months\na,2026-01-01,-10,1\nb,2026-01-01,10,0\n"
    assert said(workshop, SUBSCRIPTIONS, "subs.csv", text) == [
        'subs.csv, line 2, column mrr: "-10" is below zero. Net a discount into the '
        "subscription's own row, or leave a credit out.",
        'subs.csv, line 3, column interval_months: "0" is not a number of months. '
        "Write 1 for a monthly price and 12 for a yearly one.",
    ]


@pytest.mark.parametrize("table", ["subscriptions", "orders"])
def test_a_currency_without_a_rate(workshop, table):
    moment = {"subscriptions": "start_date,mrr", "orders": "ordered_at,amount"}[table]
    text = f"customer_id,{moment},currency\na,2026-01-31,10,USD\nb,2026-01-31,10,eur\n"
    tables = {table: "rows.csv"}
    assert said(workshop, tables, "rows.csv", text) == [
        'rows.csv, line 3, column currency: "EUR" is not USD, and the edition gives no rate for '
        "it. Add it under rates: one unit of it in USD."
    ]
    assert len(workshop.rows(tables, rates={"EUR": 1.08})) == 2


@pytest.mark.parametrize(
    ("table", "head", "row"),
    [
        ("orders", "customer_id,amount,ordered_at", "a,5,{}"),
        ("usage_events", "customer_id,feature,occurred_at", "a,x,{}"),
        ("survey_responses", "instrument,score,responded_at", "nps,9,{}"),
        ("survey_responses", "instrument,score,responded_at,sent_at", "nps,9,2026-06-01,{}"),
        ("customers", "customer_id,signed_up_on", "a,{}"),
        ("customers", "customer_id,first_value_on", "a,{}"),
    ],
)
def test_a_day_at_or_after_as_of(workshop, table, head, row):
    text = f"{head}\n{row.format('2026-07-01')}\n"
    column = head.split(",")[-1]
    assert said(workshop, {table: "rows.csv"}, "rows.csv", text, as_of="2026-07-01") == [
        f'rows.csv, line 2, column {column}: "2026-07-01" lies at or after as_of 2026-07-01. '
        "Correct the export, or set as_of to the day after the extract's last one."
    ]


def test_a_scheduled_start_is_a_warning(workshop):
    files = {"subs.csv": "customer_id,start_date,mrr\na,2026-07-01,10\nb,2026-06-01,10\n"}
    assert warned(workshop, SUBSCRIPTIONS, files, as_of="2026-07-01") == [
        'subs.csv, line 2, column start_date: "2026-07-01" lies at or after as_of 2026-07-01: a '
        "start that is only scheduled. It counts once a later as_of reaches it."
    ]


def test_a_table_without_rows(workshop):
    text = "customer_id,ordered_at,amount\n"
    assert said(workshop, ORDERS, "orders.csv", text, as_of="2026-07-01") == [
        "orders.csv: orders holds no rows. Correct the source, or leave the table out of the edition."
    ]


def test_a_segment_that_no_table_has(workshop):
    text = "customer_id,ordered_at,amount,region\na,2026-01-31,5,EMEA\n"
    assert said(workshop, ORDERS, "orders.csv", text, segments=["regin"]) == [
        "segments: regin is not a column of any table. Did you mean region?"
    ]


def test_examples_are_five_at_most(workshop):
    rows = "".join(f"a,2026-01-{day:02d},x\n" for day in range(1, 11))
    text = "customer_id,ordered_at,amount\n" + rows
    [line] = said(workshop, ORDERS, "orders.csv", text)
    assert line.endswith("(10 rows, then line 3, 4, 5, 6, …)")


def test_all_findings_are_said_and_not_the_first_alone(workshop):
    text = "customer_id,ordered_at,amount,currency\n,2026-01-31,x,EUR\n"
    lines = said(workshop, ORDERS, "orders.csv", text)
    assert [line.split(":")[0].split("column ")[1] for line in lines] == [
        "amount",
        "customer_id",
        "currency",
    ]
