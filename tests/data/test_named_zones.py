"""A name that says UTC above times without a zone: said where the edition's zone is another, and read by the key."""

import pytest

from tests.data.test_unread_columns import key, write

TOLD = {"orders": {"path": "rows.csv", "columns": {"ordered_at": "Created (UTC)"}}}
SINGAPORE = {"as_of": "2026-07-01", "timezone": "Asia/Singapore"}


def zones(data):
    return [each.says for each in data.findings if "says UTC" in each.says]


def first_day(data):
    return str(data.engine.collect(data.tables["orders"])["ordered_at"][0])[:10]


def test_times_below_utc_are_said_and_moved_by_the_key(workshop):
    """Half past eleven in the evening of UTC is the next morning in Singapore."""
    write(
        workshop,
        "customer_id,Created (UTC),amount",
        "a,2026-01-31 23:30:00,10",
        "c,2026-01-02 10:00,5",
    )
    data = workshop.open(TOLD, **SINGAPORE)
    [says] = zones(data)
    assert first_day(data) == "2026-01-31"
    data = workshop.open({"orders": {"path": "rows.csv", **key(says, "columns")}}, **SINGAPORE)
    assert first_day(data) == "2026-02-01" and zones(data) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "value", "zone"),
    [
        ("Created (UTC)", "2026-01-31 23:30:00", "UTC"),  # the edition's own
        ("Created (UTC)", "2026-01-31 23:30:00Z", "Asia/Singapore"),
        ("Created (UTC)", "2026-01-31 23:30:00 UTC", "Asia/Singapore"),
        ("Created (UTC)", "2026-01-31", "Asia/Singapore"),  # a day is a day
        ("Created", "2026-01-31 23:30:00", "Asia/Singapore"),
        ("Outcome date", "2026-01-31 23:30:00", "Asia/Singapore"),
    ],
)
def test_times_that_need_no_word(workshop, name, value, zone):
    write(workshop, f"customer_id,{name},amount", f"a,{value},10")
    told = {"orders": {"path": "rows.csv", "columns": {"ordered_at": name}}}
    assert zones(workshop.open(told, as_of="2026-07-01", timezone=zone)) == []


def test_a_stated_format_takes_no_zone_behind_it(workshop):
    write(workshop, "customer_id,Created (UTC),amount", "a,31/01/2026 23:30,10")
    source = {**TOLD["orders"], "date_format": "%d/%m/%Y %H:%M"}
    [says] = zones(workshop.open({"orders": source}, **SINGAPORE))
    assert says.endswith("or set timezone: UTC.")
