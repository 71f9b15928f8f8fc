"""Days that are written as midnights of another zone, and times with and without one, are said with a key that reads them."""

import pytest

from tests.data.test_plan_words import said
from tests.data.test_unread_columns import key, write

DAYS, EITHER = "midnights of another zone", "times with and without a zone"
HEAD = "customer_id,start_date,end_date,mrr"


def opened(workshop, moments, zone="UTC", **source):
    write(workshop, HEAD, *(f"c{n},{each},,10" for n, each in enumerate(moments)))
    return workshop.open({"subscriptions": {"path": "rows.csv", **source}}, as_of="2026-07-01", timezone=zone)  # fmt: skip


def starts(data):
    days = data.engine.collect(data.tables["subscriptions"])["start_date"]
    return {f"{each:%Y-%m-%d}" for each in days}


@pytest.mark.parametrize(
    ("moments", "zone"),
    [
        (["2025-12-31T23:00:00Z"] * 9 + ["2026-03-31 22:00:00 UTC"] * 9, "UTC"),
        (["2025-12-31 23:00:00"] * 9 + ["2026-03-31 22:00:00"] * 9, "UTC"),
        (["2025-12-31T18:30:00Z"] * 9 + ["2026-03-31T18:30:00Z"] * 9, "Europe/London"),
        (["2026-01-01T00:00:00Z"] * 9 + ["2026-04-01T00:00:00Z"] * 9, "America/New_York"),
    ],
)
def test_days_that_are_midnights_elsewhere(workshop, moments, zone):
    [says] = said(opened(workshop, moments, zone), DAYS)
    assert says.startswith(f'rows.csv, line 2, column start_date: "{moments[0]}" and 17 more')
    data = opened(workshop, moments, zone, **key(says, "columns"))
    assert starts(data) == {"2026-01-01", "2026-04-01"} and not said(data, DAYS)


@pytest.mark.parametrize(
    ("moment", "zone"),
    [
        ("2025-12-31T23:00:00Z", "Europe/Berlin"),
        ("2026-01-01T00:00:00Z", "UTC"),
        ("2026-01-01T05:00:00Z", "UTC"),
        ("2026-01-01T12:00:00Z", "America/New_York"),
        ("2026-01-01T00:00:00Z", "Europe/Berlin"),
    ],
)
def test_moments_that_are_read_as_the_day_that_is_meant(workshop, moment, zone):
    assert not said(opened(workshop, [moment] * 20, zone), DAYS)


def test_times_with_and_without_a_zone(workshop):
    """Four o'clock in UTC is the evening before in New York, whatever the row forgets to say."""
    moments = [f"2026-03-01T04:1{n % 6}:07{'Z' if n % 2 else ''}" for n in range(20)]
    data = opened(workshop, moments, "America/New_York")
    [says] = said(data, EITHER)
    assert 'rows.csv, line 2, column start_date: "2026-03-01T04:10:07" has no zone' in says
    assert starts(data) == {"2026-02-28", "2026-03-01"}
    data = opened(workshop, moments, "America/New_York", **key(says, "columns"))
    assert starts(data) == {"2026-02-28"} and not said(data, EITHER)
