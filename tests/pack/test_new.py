"""`new`: a folder of exports becomes an edition, with a comment on each choice and nothing overwritten."""

import gzip
import shutil
import sqlite3
import zipfile
from collections import Counter
from contextlib import closing, suppress
from datetime import date
from pathlib import Path

import pytest
import yaml

from cs_lib.edition import read_edition
from cs_lib.edition.adapter_files import adapters
from cs_lib.errors import DataError, EditionError
from cs_lib.pack.new.edition_text import edition_text
from cs_lib.pack.new.first_look import Candidate, FirstLook, look_at
from cs_lib.pack.new.folder_files import files_in
from cs_lib.pack.new.new_command import new_edition
from cs_lib.pack.new.proposal import Proposal, chosen_tables

ROOT = Path(__file__).resolve().parents[2]
EXPORTS = ROOT / "tests" / "data" / "adapters"
STRIPE = (
    "id,Customer ID,Plan,Quantity,Currency,Interval,Amount,Status,Created (UTC),Start Date (UTC),"
    "Trial End (UTC),Canceled At (UTC),Ended At (UTC),Coupon,tier (metadata)"
)


@pytest.fixture
def folder(tmp_path):
    """A project with nothing but params/ and a folder of exports."""
    (tmp_path / "params").mkdir()
    (tmp_path / "exports").mkdir()
    return tmp_path / "exports"


def write(folder, name, *lines):
    (folder / name).write_text("\n".join(lines) + "\n")


def proposed(folder, **look):
    chosen, others = chosen_tables(files_in(folder, adapters(folder.parent)))
    return Proposal("acme", "exports", chosen, others, FirstLook(**look))


def company(folder):
    """Sixty customers in dollars, of whom every fifth has left; answers, and costs by month."""
    months = [f"{year}-{month:02d}" for year in (2025, 2026) for month in range(1, 13)][:18]
    rows = []
    for n in range(60):
        start = f"{months[n % 14]}-{5 + n % 20:02d} 10:00"
        end = f"{months[n % 14 + 4]}-20 09:00" if n % 5 == 0 else ""
        state, tier = ("canceled" if end else "active"), ("Gold", "Silver")[n % 2]
        rows.append(
            f'sub_{n},cus_{n},plan_{n % 3},1,usd,year,"1,{200 + 12 * n:03d}.00",{state},{start},{start},,'
            f"{end},{end},,{tier}"
        )
    write(folder, "stripe_subscriptions.csv", STRIPE, *rows)
    customers = [f"cus_{n},c{n}@example.com,Company {n},2025-01-02 08:00" for n in range(60)]
    write(folder, "stripe_customers.csv", "id,Email,Name,Created (UTC)", *customers)
    answers = [
        f"{n},{n},{(10, 9, 7, 3)[n % 4]},,nps,2026-{1 + n % 6:02d}-28 09:00:00 UTC"
        for n in range(80)
    ]
    write(
        folder,
        "delighted.csv",
        "Response ID,Person ID,Score,Comment,Survey type,Created at",
        *answers,
    )
    costs = [f'{month},Brand,USD,"1,{n:03d}.50"' for n, month in enumerate(months)]
    write(folder, "google_ads.csv", "Campaign report", "Month,Campaign,Currency code,Cost", *costs)


def test_files_are_known_by_their_headers(folder):
    for name in ("stripe_subscriptions", "stripe_customers", "delighted", "google_ads"):
        shutil.copy(EXPORTS / f"{name}.csv", folder / f"{name[::-1]}.csv")
    write(folder, "orders.csv", "customer_id,ordered_at,amount", "a,2026-01-01,5")
    write(folder, "till.csv", "Kunde,Datum,Betrag", "a,2026-01-01,5")
    (folder / "notes.md").write_text("hello")
    (folder / ".hidden.csv").write_text("customer_id,ordered_at,amount\n")
    chosen, others = chosen_tables(files_in(folder, adapters(folder.parent)))
    read_by = {table: each.adapter.name if each.adapter else None for table, each in chosen.items()}
    assert read_by == {
        "customers": "stripe_customers",
        "subscriptions": "stripe_subscriptions",
        "orders": None,
        "survey_responses": "delighted",
        "acquisition_costs": "google_ads",
    }
    assert [(each.path, each.names) for each in others] == [
        ("notes.md", ()),
        ("till.csv", ("Kunde", "Datum", "Betrag")),
    ]


def test_files_with_numbered_names_are_one_table_and_another_is_left(folder):
    head = "customer_id,ordered_at,amount"
    for month in ("01", "02"):
        write(folder, f"orders-2026-{month}.csv", head, f"a,2026-{month}-03,5")
    write(folder, "old.csv", head, "b,2025-01-01,4")
    found = proposed(folder)
    assert found.chosen["orders"].path == "orders-*-*.csv"
    text = edition_text(found)
    assert "# latest: file" in text
    assert (
        "# old.csv has the columns of orders as well. If both count, and no row is in both: orders: [orders-*-*.csv, old.csv]"
        in text
    )


def test_surveys_and_advertising_of_several_vendors_are_one_table_each(folder):
    """Delighted and Zendesk, Google and Meta: a list of sources. Two that may hold the same revenue are not."""
    for name in ("delighted", "zendesk_satisfaction", "google_ads", "meta_ads"):
        shutil.copy(EXPORTS / f"{name}.csv", folder)
    shutil.copy(EXPORTS / "stripe_subscriptions.csv", folder)
    shutil.copy(EXPORTS / "chargebee.csv", folder)
    shutil.copy(EXPORTS / "google_ads.csv", folder / "google_ads_again.csv")
    found = proposed(folder)
    text = edition_text(found)
    tables = yaml.safe_load(text)["tables"]
    assert sorted(each["adapter"] for each in tables["survey_responses"]) == [
        "delighted",
        "zendesk_satisfaction",
    ]
    assert sorted(each["adapter"] for each in tables["acquisition_costs"]) == [
        "google_ads",
        "meta_ads",
    ]
    assert isinstance(tables["subscriptions"], dict)
    assert len([each for each in found.others if each.table == "subscriptions"]) == 1
    assert [each.path for each in found.others if each.table == "acquisition_costs"]
    (folder.parent / "params" / "acme.yaml").write_text(text)
    look = look_at(read_edition("acme", root=folder.parent), folder, folder.parent)
    assert look.instruments >= {"nps", "csat"}
    assert {"survey_responses", "acquisition_costs"} <= look.rows.keys()


def test_every_choice_is_commented_and_the_text_is_the_edition(folder):
    write(folder, "orders.csv", "customer_id,ordered_at,amount", "a,2026-01-01,5")
    found = proposed(
        folder,
        rows={"orders": 1},
        first={"orders": date(2024, 3, 5)},
        last={"orders": date(2026, 6, 28)},
        currencies=Counter(EUR=7, GBP=2),
        candidates=[Candidate("region", "orders", "Region (metadata)", ("a\n#b", "c: d"))],
    )
    text = edition_text(found)
    assert yaml.safe_load(text) == {
        "company": "Acme",
        "currency": "EUR",
        "locale": "en_GB",
        "timezone": "UTC",
        "as_of": date(2026, 7, 1),
        "history_starts": date(2024, 3, 1),
        "data": "exports",
        "tables": {"orders": {"path": "orders.csv", "columns": {"region": "Region (metadata)"}}},
        "segments": ["region"],
    }
    for words in (
        "currency: EUR   # rows by currency: 7 of EUR, 2 of GBP",
        "#   GBP: ",
        "so June 2026 is taken for whole",
        "#   region (orders): a #b, c: d",
        "# not found, and left out of the reports: customers, subscriptions, survey_responses,",
        "#   gross_margin: 0.80",
    ):
        assert words in text


def test_answers_split_figures_only_where_customers_have_no_columns():
    answer = Candidate("q2", "survey_responses", "Q2", ("good", "bad"))
    plan = Candidate("plan", "subscriptions", "plan", ("Solo", "Team"))
    assert FirstLook(candidates=[answer, plan]).segments() == [plan]
    assert FirstLook(candidates=[answer]).segments() == [answer]


def looked_at(folder, **told):
    """What the rows of one table of a folder say, before there is an edition."""
    path = folder.parent / "params" / "draft.yaml"
    path.write_text(yaml.safe_dump({"company": "Acme", "currency": "USD", "tables": told}))
    return look_at(read_edition("draft", root=folder.parent), folder, folder.parent)


def test_a_column_splits_customers_only_where_several_are_behind_each_value(folder):
    """A name with many orders is of one customer, and a state is none of the customer's."""
    head = "Name,Email,Financial Status,Currency,Subtotal,Total,Created at,Buyer,Shop"
    rows = [
        f"#{n},c{n % 12}@example.com,{('paid', 'pending')[n % 2]},USD,5,5,2026-01-{1 + n % 28:02d},"
        f"Company {n % 12},{('North', 'South')[n % 2]}"
        for n in range(120)
    ]
    write(folder, "orders.csv", head, *rows)
    look = looked_at(folder, orders={"adapter": "shopify", "path": "orders.csv"})
    assert [each.name for each in look.segments()] == ["shop"]


def test_of_two_columns_that_say_the_same_the_first_splits_figures(folder):
    """Chargebee writes `subscriptions.` before its columns: a point in a name is no table's."""
    head = "id,customers.id,subscriptions.tier,subscriptions.tier id,customers.size"
    rows = [f"s{n},c{n},{'ab'[n % 2]},{'ab'[n % 2]},{'SL'[n % 5 == 0]}" for n in range(60)]
    mapped = "id,customer_id,start_date,mrr"
    lines = [f"{row},{n},2026-01-01,5" for n, row in enumerate(rows)]
    write(folder, "s.csv", f"{head},{mapped.removeprefix('id,')}", *lines)
    look = looked_at(folder, subscriptions="s.csv")
    assert [(each.name, each.column) for each in look.segments()] == [
        ("tier", "subscriptions.tier"),
        ("size", "customers.size"),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(path.name for path in EXPORTS.iterdir()))
def test_each_export_alone_gives_an_edition_or_says_what_is_wrong(folder, name):
    shutil.copy(EXPORTS / name, folder / name)
    with suppress(DataError, EditionError):
        new_edition("acme", folder, root=folder.parent, say=lambda text: None)
    assert yaml.safe_load((folder.parent / "params" / "acme.yaml").read_text())["tables"]


def test_only_a_code_is_proposed_for_the_currency(folder):
    write(folder, "orders.csv", "customer_id,ordered_at,amount", "a,2026-01-01,5")
    text = edition_text(proposed(folder, currencies=Counter({"US$": 9, "a: [b": 3, "EUR": 2})))
    assert yaml.safe_load(text)["currency"] == "EUR"
    assert "# No code of a currency: US$, a: [b. `check` refuses those rows" in text


def test_files_that_are_not_looked_at_are_counted(folder, monkeypatch):
    monkeypatch.setattr("cs_lib.pack.new.folder_files.MOST_FILES", 2)
    for n in range(5):
        write(folder, f"{'abcde'[n]}.csv", "Kunde,Datum", "a,2026-01-01")
    said = []
    with pytest.raises(EditionError, match="names no table"):
        new_edition("acme", folder, root=folder.parent, say=said.append)
    assert said[-1].startswith("not looked at: 3 files beyond the first")
    assert "# not looked at: 3 files" in (folder.parent / "params" / "acme.yaml").read_text()


def test_a_file_that_is_no_text_is_not_looked_into(folder):
    (folder / "book.xlsx").write_bytes(b"PK\x03\x04 not a book")
    (folder / "orders.parquet").write_bytes(b"PAR1")
    text = edition_text(proposed(folder))
    assert "# book.xlsx: not looked into: book.xlsx: the archive is damaged" in text
    assert "# orders.parquet: not looked into: it is no export of rows, or cannot be read" in text


@pytest.mark.parametrize(
    ("last", "as_of"),
    [
        (date(2026, 6, 30), date(2026, 7, 1)),
        (date(2026, 6, 27), date(2026, 7, 1)),
        (date(2026, 6, 26), date(2026, 6, 27)),
    ],
)
def test_the_extract_ends_after_its_last_day_or_with_the_month_that_is_nearly_over(last, as_of):
    assert FirstLook(last={"orders": last}).as_of[0] == as_of


def test_a_folder_that_nothing_is_known_of_gives_a_file_that_says_so(folder):
    write(folder, "till.csv", "Kunde,Datum,Betrag", "a,2026-01-01,5")
    said = []
    with pytest.raises(EditionError, match="names no table"):
        new_edition("acme", folder, root=folder.parent, say=said.append)
    text = (folder.parent / "params" / "acme.yaml").read_text()
    assert "# till.csv: no adapter knows it. Its columns: Kunde, Datum, Betrag" in text
    assert "#   orders: {path: …, columns: {customer_id: …, ordered_at: …, amount: …}}" in text
    assert yaml.safe_load(text)["tables"] is None


def behind_the_sign(text, table):
    """What stands behind the # of a proposed table, as an edition would hold it."""
    lines = text.split(f"  # {table}:\n")[1].splitlines()
    own = [each[4:] for each in lines if each.startswith("  #   ")]
    return yaml.safe_load("\n".join(own[: len(lines)]))


@pytest.mark.parametrize(
    ("header", "table", "columns"),
    [
        (
            "Account Name,Account ID,Stage,Amount Currency,Amount,Close Date,Contract Term (months)",
            "subscriptions",
            {"customer_id": "Account ID", "start_date": "Close Date", "amount": "Amount",
             "interval_months": "Contract Term (months)", "currency": "Amount Currency"},
        ),
        (
            "Customer,Customer ID,Plan,MRR,ARR,Active Since,Canceled At,Trial Ends",
            "subscriptions",
            {"customer_id": "Customer ID", "mrr": "MRR", "start_date": "Active Since", "end_date": "Canceled At"},
        ),
        (
            "id,status,customer_id,subscription_id,created_at,billed_at,currency_code,subtotal,tax,total",
            "orders",
            {"customer_id": "customer_id", "ordered_at": "billed_at", "amount": "subtotal", "currency": "currency_code"},
        ),
        (
            "ContactName,EmailAddress,InvoiceNumber,InvoiceDate,DueDate,Total,Currency,Status",
            "orders",
            {"customer_id": "ContactName", "order_id": "InvoiceNumber", "ordered_at": "InvoiceDate", "amount": "Total",
             "currency": "Currency"},
        ),
        (  # what a company earns itself is no price
            "Account Name,Account ID,Type,Created Date,Annual Revenue,ARR,Churn Date,Customer Since",
            "subscriptions",
            {"customer_id": "Account ID", "amount": "ARR", "start_date": "Customer Since", "end_date": "Churn Date"},
        ),
        (  # the code of an account in the ledger is no customer
            "ContactName,InvoiceNumber,InvoiceDate,Total,LineAmount,AccountCode,Currency",
            "orders",
            {"customer_id": "ContactName", "order_id": "InvoiceNumber", "ordered_at": "InvoiceDate", "amount": "LineAmount",
             "currency": "Currency"},
        ),
        (
            "subscription_id,customer_id,billing_cycle_interval,total_billing_cycles,price_id,unit_price,started_at",
            "subscriptions",
            {"subscription_id": "subscription_id", "customer_id": "customer_id", "amount": "unit_price",
             "interval_months": "billing_cycle_interval", "start_date": "started_at"},
        ),
        (  # a score of health is no answer
            "Company ID,ARR,Renewal Date,Original Contract Date,Score,Churn Date",
            "subscriptions",
            {"customer_id": "Company ID", "amount": "ARR", "start_date": "Original Contract Date", "end_date": "Churn Date"},
        ),
        (
            "accountId,visitorId,day,featureId,numEvents",
            "usage_events",
            {"customer_id": "accountId", "user_id": "visitorId", "occurred_at": "day", "feature": "featureId"},
        ),
        (
            "Timestamp,Email Address,How likely are you to recommend us?,What could be better?",
            "survey_responses",
            {"score": "How likely are you to recommend us?", "responded_at": "Timestamp",
             "respondent_id": "Email Address", "comment": "What could be better?"},
        ),
        (
            "ContactName,EmailAddress,POCity,InvoiceNumber,Reference,InvoiceDate,DueDate,Total,TaxTotal,InvoiceAmountPaid,"
            "InvoiceAmountDue,Description,Quantity,UnitAmount,Discount,LineAmount,TaxAmount,Currency,Type,Status",
            "orders",
            {"customer_id": "ContactName", "order_id": "InvoiceNumber", "ordered_at": "InvoiceDate", "amount": "LineAmount",
             "currency": "Currency"},
        ),
        (
            "Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),Net Sales,Attribution",
            "orders",
            {"customer_id": "Customer", "order_id": "Order #", "ordered_at": "Date", "amount": "Net Sales"},
        ),
        (
            "Customer,Invoice Number,Invoice Date,Subtotal,Item,Line Total",
            "orders",
            {"customer_id": "Customer", "order_id": "Invoice Number", "ordered_at": "Invoice Date", "amount": "Line Total"},
        ),
        (
            "Account Name,Account Owner,Region,Industry,Created Date",
            "customers",
            {"customer_id": "Account Name", "owner": "Account Owner", "signed_up_on": "Created Date"},
        ),
        ("Month,Account name,Campaign name,Currency code,Clicks,Spend", "acquisition_costs",
         {"month": "Month", "amount": "Spend", "currency": "Currency code"}),
        ("uuid,event,timestamp,distinct_id,person_id,url", "usage_events",
         {"customer_id": "person_id", "user_id": "distinct_id", "feature": "event", "occurred_at": "timestamp"}),
    ],
)  # fmt: skip
def test_a_file_that_no_adapter_knows_is_proposed_by_the_names_of_its_columns(
    folder, header, table, columns
):
    write(
        folder, "export.csv", "A report of ours", "", header, ",".join("x" * len(header.split(",")))
    )
    said = []
    with pytest.raises(EditionError, match="names no table"):
        new_edition("acme", folder, root=folder.parent, say=said.append)
    text = (folder.parent / "params" / "acme.yaml").read_text()
    assert yaml.safe_load(text)["tables"] is None  # nothing of it counts before somebody has looked
    proposed = behind_the_sign(text, table)
    assert (proposed["path"], proposed["skip"]) == ("export.csv", 2)
    found = {
        each: own
        for each, own in proposed["columns"].items()
        if each != "order_id" or each in columns
    }
    assert found == columns
    assert f"not used: export.csv (it may be {table}: see the edition)" in said


def test_what_is_proposed_behind_the_sign_reads_the_file(folder):
    """Alpha pays 12,000 for twelve months from January: 1,000 of MRR, and 150 a month of Beta's 1,800."""
    write(
        folder,
        "opportunities.csv",
        "Account ID,Stage,Amount,Close Date,Contract Term (months)",
        "a,Closed Won,12000,2026-01-15,12",
        "b,Closed Won,1800,2026-02-15,12",
    )
    with pytest.raises(EditionError, match="names no table"):
        new_edition("acme", folder, root=folder.parent, say=lambda text: None)
    place = folder.parent / "params" / "acme.yaml"
    lines = place.read_text().splitlines()
    at = lines.index("  # subscriptions:")
    lines[at : at + 3] = [each.replace("# ", "", 1) for each in lines[at : at + 3]]
    place.write_text("\n".join(lines))
    from cs_lib.data.open_data import open_data

    data = open_data(read_edition("acme", root=folder.parent), root=folder.parent)
    rows = data.engine.collect(data.tables["subscriptions"])
    assert sorted(rows["mrr"] / 1e6) == [150, 1000]


#: as the accounting writes its invoices, a row for each line: 30 + 12.50 of Ada less 10 given back, 100 of Bo, in two
#: lines; the totals that stand on each line would make 255 of it
XERO = """ContactName,EmailAddress,InvoiceNumber,Reference,InvoiceDate,DueDate,Total,TaxTotal,InvoiceAmountPaid,Quantity,UnitAmount,LineAmount,Currency,Type,Status
Ada,a@x.io,INV-1,,2026-05-02,2026-06-02,30.00,0,30.00,2,15.00,30.00,USD,Sales invoice,Paid
Bo,b@x.io,INV-2,,2026-05-03,2026-06-03,100.00,0,100.00,1,60.00,60.00,USD,Sales invoice,Paid
Bo,b@x.io,INV-2,,2026-05-03,2026-06-03,100.00,0,100.00,1,40.00,40.00,USD,Sales invoice,Paid
Ada,a@x.io,INV-3,,2026-06-02,2026-07-02,12.50,0,0.00,1,12.50,12.50,USD,Sales invoice,Awaiting Payment
Ada,a@x.io,CN-1,,2026-06-09,2026-07-09,-10.00,0,0.00,1,-10.00,-10.00,USD,Sales credit note,Paid
"""
#: as the shop's analytics write its orders: 20 + 5.50 of Ada, 7 of Bo
WOO = """Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),Net Sales,Attribution
2026-06-01 10:00:00,11,$20.00,completed,Ada,new,1× Mug,1,,20,Direct
2026-06-02 11:00:00,12,$5.50,completed,Ada,returning,1× Tea,1,,5.5,Direct
2026-06-03 12:00:00,13,$7.00,processing,Bo,new,2× Tea,2,,7,Organic: Google
"""


@pytest.mark.parametrize(
    ("dates", "amounts", "keys"),
    [
        (("2026-06-01", "2026-06-02"), ("1", "2.5"), {}),
        (("06/13/2026", "06/02/2026"), ("$1,200.00", "$7.00"),
         {"date_format": "%m/%d/%Y", "thousands": ",", "currency_sign": "$"}),
        (("13.06.2026", "02.06.2026"), ("1.200,50", "7,00"), {"date_format": "%d.%m.%Y", "decimal": ","}),
        (("02/03/2026", "04/05/2026"), ("(5)", "7"), {"negative": "parentheses"}),  # either month: not guessed
    ],
)  # fmt: skip
def test_how_dates_and_amounts_are_written_is_proposed_with_them(folder, dates, amounts, keys):
    rows = [
        f'a,o{n},{day},"{own}"' for n, (day, own) in enumerate(zip(dates, amounts, strict=True))
    ]
    write(folder, "till.csv", "Customer,Order #,Date,Amount", *rows)
    told = behind_the_sign(edition_text(proposed(folder)), "orders")
    assert {name: own for name, own in told.items() if name not in ("path", "columns")} == keys


@pytest.mark.parametrize(
    ("text", "answer"), [(XERO, {"Ada": 32.5, "Bo": 100}), (WOO, {"Ada": 25.5, "Bo": 7})]
)
def test_invoices_and_orders_are_read_by_what_is_proposed(folder, text, answer):
    (folder / "export.csv").write_text(text)
    told = behind_the_sign(edition_text(proposed(folder)), "orders")
    edition = {
        "company": "Acme",
        "as_of": "2026-07-01",
        "data": "exports",
        "tables": {"orders": told},
    }
    (folder.parent / "params" / "acme.yaml").write_text(yaml.safe_dump(edition))
    from cs_lib.data.open_data import open_data

    with open_data(read_edition("acme", root=folder.parent), root=folder.parent) as data:
        rows = data.engine.collect(data.tables["orders"])
    assert (rows.groupby("customer_id")["amount"].sum() / 1e6).to_dict() == answer


def rows_of(*columns, n=24):
    """Rows of so many customers: text as it stands, a list by turns, a function by number."""
    given = [
        [
            each(k) if callable(each) else each[k % len(each)] if isinstance(each, list) else each
            for each in columns
        ]
        for k in range(n)
    ]
    return [",".join(f'"{each}"' for each in row) for row in given]


@pytest.mark.parametrize(
    ("header", "rows", "table", "keys"),
    [
        # terms in words, which `check` would refuse
        ("Customer ID,Interval,Plan amount,Started",
         rows_of(lambda k: f"c{k}", ["month", "year"], "40", "2026-01-05"),
         "subscriptions", {"map": {"interval_months": {"month": "1", "year": "12"}}}),
        ("customer_id,mrr_in_cents,activated_at,plan",
         rows_of(lambda k: f"c{k}", "2900", "2026-01-05", "pro"), "subscriptions", {"cents": ["mrr"]}),
        ("Account ID,Annual Contract Value,Contract Start Date,Contract Term",
         rows_of(lambda k: f"c{k}", "1200", "2026-01-05", "36"), "subscriptions", {"values": {"interval_months": "12"}}),
        # short names of months, which May could be long ones of
        ("Customer ID,MRR,Started", rows_of(lambda k: f"c{k}", "5", ["May 05, 2026", "Jan 31, 2026"]),
         "subscriptions", {"date_format": "%b %d, %Y"}),
        ("response_id,email,answer,sent,responded",
         rows_of(lambda k: k, lambda k: f"c{k}@x.io", ["10", "3", ""], "2026-01-05", "2026-01-06"),
         "survey_responses", {"values": {"instrument": "nps"}}),
        # the first of each month, as a report by month writes it
        ("Month,Campaign,Spend", rows_of(["1/1/2026", "4/1/2026"], "Brand", "5"), "acquisition_costs",
         {"date_format": "%m/%d/%Y", "values": {"category": "marketing"}}),
        ("Ticket ID,Rating,Created Time", rows_of(lambda k: k, ["Extremely Happy", "Unhappy"], "2026-01-05"),
         "survey_responses",
         {"map": {"score": {"Extremely Happy": "5", "Unhappy": "2"}}, "values": {"instrument": "csat"}}),
        ("id,email,answer,responded", rows_of(lambda k: k, "c@x.io", ["5", "3", ""], "2026-01-06"),
         "survey_responses", {"values": {"instrument": "csat"}}),
    ],
)  # fmt: skip
def test_what_words_cents_and_scores_mean_is_proposed(folder, header, rows, table, keys):
    write(folder, "export.csv", header, *rows)
    told = behind_the_sign(edition_text(proposed(folder)), table)
    assert {name: own for name, own in told.items() if name not in ("path", "columns")} == keys


def test_a_file_is_of_marketing_by_its_name_and_of_a_currency_by_its_amount(folder):
    rows = rows_of("2026-01-05", ["Fairs", "Adverts"], "12.50")
    write(folder, "Marketing spend.csv", "Date,Account,Debit (GBP)", *rows)
    write(folder, "Bank.csv", "Date,Account,Debit (GBP)", *rows)
    text = edition_text(proposed(folder))
    told = behind_the_sign(text, "acquisition_costs")
    assert told["values"] == {"category": "marketing", "currency": "GBP"}
    assert told["columns"] == {"amount": "Debit (GBP)", "month": "Date"}
    assert text.count("# acquisition_costs:") == 1


def test_what_is_behind_the_sign_tells_the_currency_the_end_and_the_segments(folder):
    """Nothing counts before somebody has looked; what the files say of the rest is said all the same."""
    rows = rows_of(lambda k: f"c{k}", "29", "2026-01-05", lambda k: f"2026-{1 + k % 8:02d}-28", "EUR",
                   ["active", "canceled"], ["Pro", "Team"], ["$20.00", "$7.00"])  # fmt: skip
    write(
        folder,
        "list.csv",
        "Customer ID,MRR,Started,Paid until,Currency,State,Plan: Name,Spent",
        *rows,
    )
    with pytest.raises(EditionError, match="names no table"):
        new_edition("acme", folder, root=folder.parent, say=lambda text: None)
    text = (folder.parent / "params" / "acme.yaml").read_text()
    assert "currency: EUR   # rows by currency: 24 of EUR" in text
    assert "as_of: 2026-01-06   # the last row is of 2026-01-05 (subscriptions)" in text
    assert "segments: []   # once the tables behind a # are taken: [plan_name]" in text
    assert behind_the_sign(text, "subscriptions")["columns"]["plan_name"] == "Plan: Name"


def test_a_list_of_customers_may_hold_their_subscriptions_as_well(folder):
    head = "Customer ID,Name,Email,Region,Current MRR,Started,Cancelled"
    rows = rows_of(
        lambda k: f"c{k}", lambda k: f"Org {k}", "a@x.io", ["EMEA", "APAC"], "29", "2026-01-05", ""
    )
    write(folder, "Customers.csv", head, *rows)
    found = proposed(folder)
    assert [*found.chosen] == ["customers"]
    text = edition_text(found)
    assert "By these names it may hold subscriptions" in text
    assert behind_the_sign(text, "subscriptions")["columns"]["mrr"] == "Current MRR"


def test_events_with_a_timestamp_are_not_mixpanel_s(folder):
    write(
        folder, "events.csv", "uuid,event,timestamp,distinct_id,properties", 'u,e,2026-01-01,d,"{}"'
    )
    found = proposed(folder)
    assert found.chosen == {}
    assert (
        behind_the_sign(edition_text(found), "usage_events")["columns"]["customer_id"]
        == "distinct_id"
    )


def test_costs_are_of_whole_months_and_whole_amounts_may_be_cents(folder):
    write(
        folder,
        "c.csv",
        "Month,Campaign,Spend",
        *rows_of(["2026-01-01", "2026-04-01"], "Brand", "2900"),
    )
    with pytest.raises(EditionError, match="names no table"):
        new_edition("acme", folder, root=folder.parent, say=lambda text: None)
    text = (folder.parent / "params" / "acme.yaml").read_text()
    assert "as_of: 2026-05-01" in text
    assert "# Amounts are whole, such as 2900: if these are cents, add cents: [amount]" in text


@pytest.mark.parametrize(
    "header", ["Kunde,Datum,Betrag", "id,name", "city,date,temperature", "note"]
)
def test_names_that_say_nothing_are_proposed_for_nothing(header):
    from cs_lib.pack.new.likely_columns import likely_table

    assert likely_table([(0, header.split(","))]) is None


def test_an_edition_that_is_there_is_left_as_it_is(folder):
    for there in ("acme.yaml", "acme.yml", "Acme.yaml"):
        path = folder.parent / "params" / there
        path.write_text("mine")
        with pytest.raises(EditionError):
            new_edition("acme", folder, root=folder.parent, say=print)
        assert path.read_text() == "mine"
        path.unlink()
    with pytest.raises(EditionError, match="there is no folder"):
        new_edition("acme", folder / "none", root=folder.parent, say=print)
    with pytest.raises(EditionError, match="an edition stands in params"):
        new_edition("../acme.yaml", folder, root=folder.parent, say=print)


@pytest.mark.slow
def test_what_the_check_refuses_is_said_and_the_file_stays(folder):
    """A status that nobody knows: the edition is written, and says no target."""
    company(folder)
    path = folder / "stripe_subscriptions.csv"
    path.write_text(path.read_text().replace(",active,", ",dunning,", 1))
    said = []
    with pytest.raises(DataError, match="column Status"):
        new_edition("acme", folder, root=folder.parent, say=said.append)
    assert "cannot be run yet" in said[-1]
    assert "none is proposed" in (folder.parent / "params" / "acme.yaml").read_text()


def test_an_edition_is_named_as_it_is_found_from_here(folder, monkeypatch):
    """Inside its project by the short name, from elsewhere by the whole: it may be of a project further up."""
    root = folder.parent
    (root / "params" / "acme.yaml").write_text("mine")
    for here, shown in ((root, "params/acme.yaml"), (folder, f"{root}/params/acme.yaml")):
        monkeypatch.chdir(here)
        with pytest.raises(EditionError) as told:
            new_edition("acme", folder, root=root, say=print)
        assert str(told.value).startswith(f"{shown} is there already")


@pytest.mark.slow
def test_four_exports_give_an_edition_whose_run_publishes(folder, publish):
    """Stripe's two files, Delighted's and Google Ads', without an edit. Worked out by hand: half of 80
    answers promote, a quarter detract: NPS +25. Of 60 customers twelve have left by July 2026."""
    company(folder)
    root = folder.parent
    (root / "notebooks").mkdir()
    shutil.copy(ROOT / "notebooks" / "scorecard.ipynb", root / "notebooks")
    said = []
    new_edition("acme", folder, root=root, say=said.append)
    assert said[-1] == f"\nRead {root}/params/acme.yaml, then: python -m cs_lib run acme"
    text = (root / "params" / "acme.yaml").read_text()
    written = yaml.safe_load(text)
    assert written["as_of"] == date(2026, 7, 1)
    assert written["history_starts"] == date(2025, 1, 1)
    assert written["currency"] == "USD"
    assert written["segments"] == ["plan", "tier"]
    assert written["targets"]["nps"] == 25
    assert written["tables"]["subscriptions"]["columns"] == {"tier": "tier (metadata)"}
    assert not publish(root, "acme").failed
    published = root / "reports" / "acme" / "2026-06"
    assert (published / "index.html").is_file()
    assert "How the exports were read" in (published / "definitions.html").read_text()
    measures = (published / "measures.csv").read_text().splitlines()
    [paying] = [
        line.split(",") for line in measures
        if line.startswith("paying_customers,") and ",2026-06-01,2026-07-01,all,all," in line
    ]  # fmt: skip
    assert float(paying[11]) == 48
    assert "@example.com" not in "".join(p.read_text() for p in published.glob("*.html"))


@pytest.mark.parametrize(
    ("rows", "table", "proposed"),
    [
        (
            ("Sales by Customer", "", ",Jan-26,Feb-26,Mär 26,Total", "Ada,1,2,3,6", "TOTAL,1,2,3,6", "", "Cash Basis"),
            "subscriptions",
            {"skip": 2, "footer": 2, "months": "columns", "columns": {"customer_id": "column_1"}},
        ),
        (
            ("Channel;01.2026;02.2026;03.2026", "Ads;1;2;3"),
            "acquisition_costs",
            {"months": "columns", "date_format": "%m.%Y", "columns": {"channel": "Channel"}, "values": {"category": "marketing"}},
        ),
        (
            ("Metric,janv. 2026,févr. 2026,mars 2026", "mrr,1,2,3"),
            "plan",
            {"months": "columns", "columns": {"metric": "Metric"}},
        ),
        (
            ("Month,Campaign,Clicks,Spend", "2026-01,a,3,1", "Total,,3,1", "©2026 Some Corporation"),
            "acquisition_costs",
            {"footer": 2, "columns": {"month": "Month", "amount": "Spend"}, "values": {"category": "marketing"}},
        ),
    ],
)  # fmt: skip
def test_columns_of_months_and_lines_below_the_rows_are_proposed(folder, rows, table, proposed):
    write(folder, "export.csv", *rows)
    with pytest.raises(EditionError, match="names no table"):
        new_edition("acme", folder, root=folder.parent, say=lambda text: None)
    text = (folder.parent / "params" / "acme.yaml").read_text()
    assert behind_the_sign(text, table) == {"path": "export.csv", **proposed}


def test_sheets_archives_and_databases_are_looked_into(folder):
    """The same six subscriptions in a sheet below a title, packed, in two kinds of database and as Parquet."""
    import duckdb
    import xlsxwriter

    head, own = "Customer ID,MRR,Started,Plan", [["c1", 29, date(2026, 1, 5), "Pro"]] * 6
    with xlsxwriter.Workbook(str(folder / "book.xlsx")) as book:
        sheet, notes = book.add_worksheet("Billing"), book.add_worksheet("Notes")
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write(0, 0, "Billing of Acme")
        for row, cells in enumerate([head.split(","), *own], 2):
            for column, cell in enumerate(cells):
                form = day if isinstance(cell, date) else None
                sheet.write(row, column, cell, form)
        notes.write(0, 0, "nothing of use")
    rows = [",".join(map(str, each)) for each in own]
    with zipfile.ZipFile(folder / "all.zip", "w") as packed:
        packed.writestr("2026/billing.csv", "\n".join([head, *rows]))
        packed.write(folder / "book.xlsx", "inside.xlsx")
    select = "SELECT 'c' AS customer_id, 29 AS mrr, DATE '2026-01-05' AS start_date FROM range(6)"
    with duckdb.connect(str(folder / "w.duckdb")) as base:
        base.execute(f'CREATE TABLE "my charges" AS {select}')
        base.execute(f"COPY ({select}) TO '{folder / 'subscriptions.parquet'}'")
    with closing(sqlite3.connect(folder / "app.db")) as base:
        base.execute("CREATE TABLE bills (customer_id, mrr, start_date)")
        base.commit()
    found = {each.shown: each for each in files_in(folder, adapters(folder.parent))}
    assert {name: each.table for name, each in found.items() if each.table} == {
        "app.db, table bills": "subscriptions",
        "subscriptions.parquet": "subscriptions",
        "w.duckdb, table my charges": "subscriptions",
    }
    assert {
        name: (each.likely.skip, each.likely.keys) for name, each in found.items() if each.likely
    } == {
        "all.zip/2026/billing.csv": (0, {}),
        "all.zip/inside.xlsx, sheet Billing": (2, {}),
        "book.xlsx, sheet Billing": (2, {}),
    }
    text = edition_text(proposed(folder))
    assert "# book.xlsx, sheet Notes: no adapter knows it. Its columns: nothing of use" in text
    assert (
        "# book.xlsx, sheet Billing: no adapter knows it. Its columns: Customer ID, MRR, Started, Plan"
        in text
    )
    assert text.count("may be subscriptions as well, and a table stands once") == 3
    assert "\n  #   sheet: Billing\n  #   skip: 2\n" in text
    assert (
        "MRR, start_date: Started}\n\n  # book.xlsx, sheet Notes" in text
    )  # a gap behind what may be taken


def test_what_is_packed_within_an_archive(folder):
    """A packed file in an archive is looked into and read; an archive in one, and what is locked, is named with why."""
    rows = "\n".join(
        ["customer_id,ordered_at,amount", *(f"c{n},2025-{n + 4:02d}-05,{n}" for n in range(9))]
    )
    packed = gzip.compress(rows.encode())
    with zipfile.ZipFile(folder / "in.zip", "w") as inner:
        inner.writestr("more.csv", rows)
    with zipfile.ZipFile(folder / "all.zip", "w") as made:
        made.writestr("2026/orders.csv.gz", packed)
        made.write(folder / "in.zip", "in.zip")
        made.writestr("bad.xlsx", b"PK\x03\x04 not a book")
    (folder / "in.zip").unlink()
    found = proposed(folder)
    assert found.chosen["orders"].path == "all.zip/2026/orders.csv.gz"
    text = edition_text(found)
    assert "# all.zip/in.zip: not looked into: an archive within an archive: unpack it\n" in text
    assert "# all.zip/bad.xlsx: not looked into: " in text
    said = []
    with suppress(EditionError):  # there is no notebook
        new_edition("acme", folder, root=folder.parent, say=said.append)
    assert "not used: all.zip/in.zip (an archive within an archive: unpack it)" in said
    edition = read_edition("acme", root=folder.parent)
    assert look_at(edition, folder, folder.parent).rows == {"orders": 9}


def test_answers_beside_those_of_a_vendor_are_one_more_of_a_list(folder):
    """What is offered is taken as it says: each source behind a -, and both are read."""
    shutil.copy(EXPORTS / "delighted.csv", folder)
    write(folder, "panel.csv", "Respondent ID,Date submitted,How likely are you to recommend us?", *(f"{n},2026-01-05,{n}" for n in range(11)))  # fmt: skip
    text = edition_text(proposed(folder))
    start = text.index("  # By these names it may be survey_responses as well. If so, its rows are added as one more of a list")  # fmt: skip
    own = yaml.safe_load(text)
    offered = text[start:].split("\n\n")[0].splitlines()[2:]
    [more] = yaml.safe_load("\n".join(line.replace("# ", "", 1) for line in offered))
    own["tables"]["survey_responses"] = [own["tables"]["survey_responses"], more]
    (folder.parent / "params" / "acme.yaml").write_text(yaml.safe_dump(own))
    look = look_at(read_edition("acme", root=folder.parent), folder, folder.parent)
    own["tables"]["survey_responses"] = more
    (folder.parent / "params" / "alone.yaml").write_text(yaml.safe_dump(own))
    alone = look_at(read_edition("alone", root=folder.parent), folder, folder.parent)
    assert alone.rows["survey_responses"] == 11 < look.rows["survey_responses"]


def test_a_sheet_is_read_by_what_is_proposed_of_it(folder):
    import xlsxwriter

    with xlsxwriter.Workbook(str(folder / "book.xlsx")) as book:
        for name in ("Notes", "Answers"):
            sheet = book.add_worksheet(name)
            sheet.write(0, 0, "Of Acme")
        sheet.write_row(
            1, 0, ["Response ID", "Account Number", "Rating", "Submitted", "Team: Name"]
        )
        for n in range(24):
            sheet.write_row(2 + n, 0, [n, f"a{n}", 1 + n % 5, "Jan 05, 2026", "AB"[n % 2]])
    said = []
    with pytest.raises(EditionError, match="names no table"):
        new_edition("acme", folder, root=folder.parent, say=said.append)
    text = (folder.parent / "params" / "acme.yaml").read_text()
    told = behind_the_sign(text, "survey_responses")
    assert told["columns"]["team_name"] == "Team: Name"
    edition = {
        "company": "Acme",
        "as_of": "2026-01-06",
        "data": "exports",
        "tables": {"survey_responses": told},
    }
    (folder.parent / "params" / "taken.yaml").write_text(yaml.safe_dump(edition))
    from cs_lib.data.open_data import open_data

    with open_data(read_edition("taken", root=folder.parent), root=folder.parent) as data:
        rows = data.engine.collect(data.tables["survey_responses"])
    assert len(rows) == 24 and rows["score"].sum() / 1e6 == sum(1 + n % 5 for n in range(24))


def test_a_row_with_three_days_is_no_header_of_months(folder):
    rows = [f"c{n},Firm {n},{100 + n},2026-12-31,2025-05-{1 + n},2026-01-25" for n in range(9)]
    write(folder, "accounts.csv", "Account ID,Account name,Licenses,Renews,Made,Left", *rows)
    [found] = files_in(folder, [])
    assert found.likely is None or "months" not in found.likely.keys


def test_names_of_groups_above_customers_are_no_customers(folder):
    groups = [
        [f"{plan},,,", *(f"{plan} {n},1,1,1" for n in range(4))] for plan in ("SOLO", "TEAM", "PRO")
    ]
    write(
        folder,
        "mrr.csv",
        "Customer,Jan-26,Feb-26,Mar-26",
        *(each for group in groups for each in group),
    )
    told = behind_the_sign(edition_text(proposed(folder)), "subscriptions")
    assert told["columns"] == {"customer_id": "Customer"} and "fill_down" not in told
