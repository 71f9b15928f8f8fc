"""Stripe's tables as Fivetran writes them: the ten items worked out by hand, from a file and out of databases."""

import csv
import io
from pathlib import Path

import duckdb
import pytest
from test_adapters import adapted, export, frame, mrr_before, refused, said  # noqa: F401

from cs_lib.data.fingerprints import fingerprints
from cs_lib.errors import DataError, EditionError

NAME = "fivetran_stripe"
YEN = {"JPY": 0.007}
SUBSCRIPTION = (
    "customer_id", "status", "created", "start_date", "current_period_start", "trial_start", "trial_end",
    "canceled_at", "ended_at",
)  # fmt: skip
PRICE = (
    "nickname", "product_id", "currency", "unit_amount", "unit_amount_decimal", "billing_scheme",
    "recurring_interval", "recurring_interval_count", "recurring_usage_type",
)  # fmt: skip
WHOLE = ("quantity", "unit_amount", "recurring_interval_count")


def as_fivetran_writes(schema: str) -> str:
    """The three tables in SQL, with an earlier state of a subscription, and one of the test mode."""
    rows = list(csv.DictReader(io.StringIO(export(NAME).read_text())))

    def typed(name: str) -> str:
        moment = name.endswith("_at") or name in ("created", "start_date", "current_period_start")
        moment = moment or name in ("trial_start", "trial_end")
        return "timestamp" if moment else "integer" if name in WHOLE else "text"

    def values(row: dict, names: tuple[str, ...]) -> str:
        return ", ".join(f"CAST('{row[n]}' AS {typed(n)})" if row[n] else "NULL" for n in names)

    def columns(names: tuple[str, ...]) -> str:
        return ", ".join(f"{name} {typed(name)}" for name in names)

    said = [
        f"CREATE SCHEMA {schema}",
        f"CREATE TABLE {schema}.subscription_history (id text, {columns(SUBSCRIPTION)}, "
        "_fivetran_active boolean, livemode boolean)",
        f"CREATE TABLE {schema}.subscription_item (id text, subscription_id text, plan_id text, quantity integer)",
        f"CREATE TABLE {schema}.price (id text, {columns(PRICE)})",
    ]
    history = f"INSERT INTO {schema}.subscription_history VALUES"
    for number, row in enumerate({row["subscription_id"]: row for row in rows}.values()):
        state = f"'{row['subscription_id']}', {values(row, SUBSCRIPTION)}"
        said += [f"{history} ({state}, true, true)"]
        said += [f"{history} ({state}, false, true)", f"{history} ({state}, true, false)"][
            number : number + 1
        ]
    for row in {row["price_id"]: row for row in rows}.values():
        said.append(
            f"INSERT INTO {schema}.price VALUES ('{row['price_id']}', {values(row, PRICE)})"
        )
    for row in rows:
        quantity = row["quantity"] or "NULL"
        said.append(
            f"INSERT INTO {schema}.subscription_item VALUES "
            f"('{row['item_id']}', '{row['subscription_id']}', '{row['price_id']}', {quantity})"
        )
    return ";\n".join(said) + ";\n"


def assert_worked_out(rows) -> None:
    """Just before July 2026, in dollars, with a hundred yen at 70 cents:

    si_01 49 · si_02 three seats of 12.505 = 37.515 · si_03 1,188 ÷ 12 = 99 · si_04, past due, two of 447 a
    quarter = 894 ÷ 3 = 298 · si_09 2,500 yen a week = 17.50 × 52 ÷ 12 = 75.833333: 559.348333. si_10 is billed
    by use, si_06 is in its trial, si_07 left in its own. si_08 paid until 1 May (+ 49), si_05 until 5 March
    (+ 49). Before July 2025 si_08 was in its trial and si_09 not there: 49 + 37.515 + 99 + 298 + 49.
    """
    assert mrr_before(rows, "2026-07-01") == 559.348333
    assert mrr_before(rows, "2026-04-01") == 608.348333
    assert mrr_before(rows, "2026-03-01") == 657.348333
    assert mrr_before(rows, "2025-07-01") == 532.515
    assert list(rows["subscription_id"]) == [f"si_0{n}" for n in (1, 2, 3, 4, 5, 8, 9)]
    assert list(rows["plan"][3:]) == ["Team quarterly", "Solo monthly", "Solo monthly", "price_w"]


def warehouse(workshop, changed: str = "") -> dict:
    path = workshop.root / "warehouse.duckdb"
    path.unlink(missing_ok=True)
    with duckdb.connect(path) as made:
        made.execute(as_fivetran_writes("raw_stripe") + changed)
    return {"subscriptions": {"adapter": NAME, "path": path.name, "tables_in": "raw_stripe"}}


def test_the_tables_as_a_file_of_items(workshop, adapted):  # noqa: F811
    told, keys = adapted(NAME, rates=YEN)
    assert_worked_out(frame(workshop, told, keys))
    known = said(workshop, told, keys)
    assert [line.partition(": ")[2] for line in known[1:]] == [
        f"1 row left out: billed by use. The first: {NAME}.csv, line 11.",
        f"1 row left out: incomplete, paused or still in a trial, so never paid for. The first: {NAME}.csv, line 7.",
        f"1 row left out: over before the trial was. The first: {NAME}.csv, line 8.",
    ]


def test_the_tables_in_a_database_file(workshop):
    told = warehouse(workshop)
    assert_worked_out(frame(workshop, told, {"as_of": "2026-07-01", "rates": YEN}))
    kept = fingerprints(workshop.edition(told), root=workshop.root)
    told["subscriptions"]["tables_in"] = "other"
    assert fingerprints(workshop.edition(told), root=workshop.root) != kept
    with pytest.raises(DataError, match="subscription_history"):
        frame(workshop, told, {"as_of": "2026-07-01"})


@pytest.mark.slow
def test_the_tables_in_a_database_server_in_another_zone(workshop, server, monkeypatch):
    server.run(as_fivetran_writes("raw_stripe").replace(" timestamp", " timestamptz"))
    monkeypatch.setenv("ACME_DB", server.address)
    told = {
        "subscriptions": {"adapter": NAME, "connection": "env:ACME_DB", "tables_in": "raw_stripe"}
    }
    keys = {"as_of": "2026-07-01", "rates": YEN, "timezone": "America/New_York"}
    rows = frame(workshop, told, keys)
    assert str(rows["start_date"][0]) == "2025-01-10 00:00:00"  # the day of 09:00 UTC there
    assert str(rows["start_date"][2])[:10] == "2025-02-28"  # midnight UTC is the evening before
    assert fingerprints(workshop.edition(told), root=workshop.root)


def test_a_tiered_price_is_refused_by_row_until_the_edition_says_what_it_costs(workshop):
    told = warehouse(workshop, "UPDATE raw_stripe.price SET billing_scheme = 'tiered', unit_amount = NULL, "
                     "unit_amount_decimal = NULL WHERE id = 'price_y'")  # fmt: skip
    keys = {"as_of": "2026-07-01", "rates": YEN}
    [line] = refused(workshop, told, keys)
    assert line.startswith('warehouse.duckdb, row 3, column billing_scheme: "tiered" has no amount')
    amount = "CASE plan WHEN 'Solo yearly' THEN '118800' ELSE amount END"
    told["subscriptions"]["columns"] = {"amount": amount}
    assert_worked_out(frame(workshop, told, keys))


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ({"adapter": "stripe", "connection": "env:ACME_DB"}, "stripe_subscriptions reads an export, and no"),
        ({"adapter": "stripe", "path": "a.csv", "tables_in": "raw"}, "reads an export, and no database"),
        ({"adapter": NAME, "connection": "env:ACME_DB", "table": "x"}, "not sql"),
        ({"adapter": NAME, "path": "a.csv", "tables_in": "raw; DROP"}, "does not name a table"),
    ],
)  # fmt: skip
def test_what_an_adapter_does_not_ask(workshop, source, says):
    with pytest.raises(EditionError, match=says):
        workshop.edition({"subscriptions": source})


def test_an_export_s_adapter_is_not_asked_of_a_database(workshop):
    warehouse(workshop)
    told = {"subscriptions": {"adapter": "stripe", "path": "warehouse.duckdb"}}
    [line] = refused(workshop, told, {})
    assert line.startswith(
        "tables.subscriptions: warehouse.duckdb is a database, and stripe_subscr"
    )
    assert Path(workshop.root / "warehouse.duckdb").exists()
