"""How far the extract reaches, and what is said when its end is not what it seems."""

from datetime import date, timedelta

ORDERS = {"orders": "orders.csv"}
SUBSCRIPTIONS = {"subscriptions": "subs.csv"}
HEAD = "subscription_id,customer_id,start_date,end_date,mrr\n"


def said(data):
    return [each.says for each in data.findings]


def orders(workshop, *days):
    rows = "".join(f"a,{day},5\n" for day in days)
    workshop.write("orders.csv", "customer_id,ordered_at,amount\n" + rows)


def subscriptions(workshop, rows):
    text = "".join(f"{n},c{who},{start},{end},10\n" for n, (who, start, end) in enumerate(rows))
    workshop.write("subs.csv", HEAD + text)


def test_as_of_is_the_day_after_the_last_row(workshop):
    orders(workshop, "2026-06-30 23:59:59", "2026-06-02")
    data = workshop.open(ORDERS)
    assert data.as_of == date(2026, 7, 1)
    assert said(data) == []


def test_as_of_looks_at_every_table(workshop):
    orders(workshop, "2026-06-02")
    workshop.write("use.csv", "customer_id,feature,occurred_at\na,x,2026-06-30\n")
    assert workshop.open({**ORDERS, "usage_events": "use.csv"}).as_of == date(2026, 7, 1)


def test_a_mistyped_year_does_not_move_the_extract_s_end(workshop):
    orders(workshop, "2026-06-30", "2062-06-02")
    assert workshop.refused(ORDERS)[0].startswith(
        'orders.csv, line 3, column ordered_at: "2062-06-02" lies at or after as_of 2026-07-01.'
    )


def test_as_of_must_be_stated_where_nothing_is_dated(workshop):
    workshop.write("costs.csv", "month,amount\n2026-06,10\n")
    assert workshop.refused({"acquisition_costs": "costs.csv"}) == [
        "as_of is missing from the edition, and no table says when the extract ends. "
        "State as_of: the day after the last one that the data speaks of."
    ]


def test_an_extract_that_ends_inside_a_month(workshop):
    orders(workshop, "2026-06-11")
    assert said(workshop.open(ORDERS)) == [
        "The extract ends on 2026-06-11, inside 2026-06: that month is not complete. The last "
        "complete month is 2026-05. If the extract covers 2026-06 whole, say so with "
        "as_of: 2026-07-01."
    ]
    assert said(workshop.open(ORDERS, as_of="2026-06-12")) == [
        "The extract ends on 2026-06-11, inside 2026-06: that month is not complete. The last "
        "complete month is 2026-05."
    ]


def test_a_table_that_falls_silent_before_as_of(workshop):
    days = [date(2026, 4, 1) + timedelta(days=2 * n) for n in range(36)]
    orders(workshop, *days)
    assert said(workshop.open(ORDERS, as_of="2026-07-01")) == [
        "orders: the last row is of 2026-06-10, 20 days before as_of 2026-07-01; in the year "
        "before, the longest gap was 1 day. The extract may end inside 2026-06: then set as_of "
        "to 2026-06-11."
    ]
    orders(workshop, *days, *(date(2026, 6, 12) + timedelta(days=5 * n) for n in range(4)))
    assert said(workshop.open(ORDERS, as_of="2026-07-01")) == []


def test_a_last_day_that_is_missing_where_every_day_has_rows(workshop):
    days = [date(2025, 12, 1) + timedelta(days=n) for n in range(212)]
    orders(workshop, *days[:-1])
    [says] = said(workshop.open(ORDERS, as_of="2026-07-01"))
    assert says.startswith("orders: the last row is of 2026-06-29, 1 day before as_of 2026-07-01; in the year before, the longest gap was 0 days.")  # fmt: skip
    orders(workshop, *days)
    assert said(workshop.open(ORDERS, as_of="2026-07-01")) == []
    orders(workshop, *days[60:-1])
    assert said(workshop.open(ORDERS, as_of="2026-07-01")) == [], "for half a year every day"
    orders(workshop, *days[:9], *days[10:-1])
    assert said(workshop.open(ORDERS, as_of="2026-07-01")) == []


def test_subscriptions_of_an_older_export(workshop):
    """Nothing starts and nothing ends any more; not where that is nothing unusual, nor where no as_of is stated."""
    days = [date(2025, 1, 1) + timedelta(days=9 * n) for n in range(40)]
    rows = [(n, day, day + timedelta(days=200) if n % 2 else "") for n, day in enumerate(days)]
    past = [
        (who, start, end if not end or end < date(2026, 1, 1) else "") for who, start, end in rows
    ]
    subscriptions(workshop, past)
    [says] = [
        each
        for each in said(workshop.open(SUBSCRIPTIONS, as_of="2026-07-01"))
        if "before as_of" in each
    ]
    assert says.startswith(
        "subscriptions: the last start or end of a subscription is of 2025-12-20, 192 days before as_of 2026-07-01"
    )
    assert "then set as_of to 2025-12-21" in says
    for as_of in ({"as_of": "2025-12-25"}, {}):
        assert not [
            each for each in said(workshop.open(SUBSCRIPTIONS, **as_of)) if "before as_of" in each
        ]
    subscriptions(workshop, past[::8])
    assert not [
        each
        for each in said(workshop.open(SUBSCRIPTIONS, as_of="2026-07-01"))
        if "before as_of" in each
    ]


def test_an_end_of_extract_cliff(workshop):
    stay = [(n, "2025-01-01", "2026-06-01") for n in range(12)]
    leave = [(20 + n, "2025-01-01", f"2025-{n + 2:02d}-15") for n in range(8)]
    subscriptions(workshop, stay + leave)
    assert said(workshop.open(SUBSCRIPTIONS, as_of="2026-07-01")) == [
        "2026-06: 12 of 12 customers paying at its opening end in it (100%; 2.6% a month in the "
        "year before). This looks like the end of the extract written as an end of the "
        "subscriptions. Leave end_date empty for those that go on, or set as_of to 2026-06-01."
    ]


def test_a_cliff_needs_ten_customers_and_half_of_them(workshop):
    subscriptions(workshop, [(n, "2025-01-01", "2026-06-01") for n in range(9)])
    assert said(workshop.open(SUBSCRIPTIONS, as_of="2026-07-01")) == []
    stay = [(n, "2025-01-01", "") for n in range(11)]
    left = [(50 + n, "2025-01-01", f"2026-06-{n + 1:02}") for n in range(10)]
    subscriptions(workshop, stay + left)
    assert said(workshop.open(SUBSCRIPTIONS, as_of="2026-07-01")) == []


def test_a_cliff_of_one_day_is_said_once(workshop):
    rows = [(n, "2025-01-01", "2026-06-01") for n in range(25)]
    rows += [(50 + n, "2025-01-01", f"2025-0{n + 2}-10") for n in range(3)]
    subscriptions(workshop, rows)
    [says] = said(workshop.open(SUBSCRIPTIONS, as_of="2026-07-01"))
    assert says.startswith("2026-06: 25 of 25 customers paying at its opening end in it")


def test_customers_who_go_on_with_another_row_are_no_cliff(workshop):
    rows = [(n, "2025-01-01", "2026-06-10") for n in range(12)]
    rows += [(n, "2026-06-10", "") for n in range(12)]
    subscriptions(workshop, rows)
    assert said(workshop.open(SUBSCRIPTIONS, as_of="2026-07-01")) == []


def test_high_churn_all_along_is_no_cliff(workshop):
    """Half of them leave every month: that is a bad business and no end of the extract."""
    rows, start = [], date(2026, 1, 1)
    for month, left in enumerate([160, 80, 40, 20]):
        end = date(2026, month + 2, 15)
        rows += [(1000 * month + n, start, end) for n in range(left)]
    rows += [(9000 + n, start, "") for n in range(20)]
    subscriptions(workshop, rows)
    assert said(workshop.open(SUBSCRIPTIONS, as_of="2026-06-01")) == []


def test_inputs_say_rows_and_days(workshop):
    orders(workshop, "2026-06-30", "2026-05-02 10:00:00")
    [given] = workshop.open(ORDERS).inputs
    assert (given.table, given.source, given.rows, given.rejected) == ("orders", "orders.csv", 2, 0)
    assert (given.first, given.last) == (date(2026, 5, 2), date(2026, 6, 30))


def test_further_columns_of_a_file_may_bear_any_name(workshop):
    names = (
        "first",
        "past",
        "there",
        "still",
        "left",
        "used",
        "day",
        "before",
        "silent",
        "last",
        "ends",
    )
    text = f"customer_id,start_date,end_date,mrr,{','.join(names)}\n"
    for who in range(12):
        text += f"c{who},2026-01-05,2026-06-10,5,{','.join(['x'] * len(names))}\n"
    workshop.write("subs.csv", text)
    for segments in ([], ["first", "left"]):
        data = workshop.open(SUBSCRIPTIONS, as_of="2026-07-01", segments=segments)
        assert any("12 of 12 customers" in each for each in said(data))
