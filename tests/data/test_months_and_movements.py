"""A column for each month, and rows of movements, become the periods that they say."""

import csv

import pytest
from offers import offers

from cs_lib.errors import DataError

SUBS = "subscriptions"
WIDE = (
    "Account,Plan,Jan 2026,Feb 2026,Mar 2026,Total\n"
    'Ada,Pro,"$1,000.00",$50,-,1050\n'
    "Bo,Solo,,20,30,50\n"
)
GRID = {
    "path": "grid.csv",
    "months": "columns",
    "columns": {"customer_id": "Account"},
    "currency_sign": "$",
    "thousands": ",",
    "empty": ["-"],
}
CLOSED = {"as_of": "2026-04-01"}


def cells(workshop, tables, *columns, sort="customer_id", **keys):
    """Rows as text: days as 2026-01-01, money in units, nothing as -."""
    [name] = tables
    data = workshop.open(tables, **{**CLOSED, **keys})
    frame = data.engine.collect(data.tables[name].sort(*sort.split()))
    return [" ".join(map(shown, row)) for row in frame[list(columns)].itertuples(index=False)]


def shown(value):
    if value is None or value != value:
        return "-"
    if hasattr(value, "strftime"):
        return f"{value:%Y-%m-%d}"
    return f"{value / 1e6:g}" if isinstance(value, int | float) else str(value)


def test_a_grid_of_revenue(workshop):
    workshop.write("grid.csv", WIDE)
    found = cells(
        workshop,
        {SUBS: GRID},
        *("customer_id", "Plan", "start_date", "end_date", "mrr"),
        sort="customer_id start_date",
        segments=["Plan"],
    )
    assert found == [
        "Ada Pro 2026-01-01 2026-02-01 1000",
        "Ada Pro 2026-02-01 2026-03-01 50",
        "Bo Solo 2026-02-01 2026-03-01 20",
        "Bo Solo 2026-03-01 - 30",
    ]
    said = [each.says for each in workshop.opened[-1].findings]
    assert "subscriptions: 3 columns of months, Jan 2026 to Mar 2026." in said


def test_a_grid_of_costs_and_one_of_a_plan(workshop):
    workshop.write("costs.csv", "Channel;01/2026;02/2026\nads;1,5;2\nfairs;;7\n")
    source = {
        "path": "costs.csv",
        "months": "columns",
        "date_format": "%m/%Y",
        "decimal": ",",
        "columns": {"channel": "Channel"},
    }
    tables = {"acquisition_costs": source}
    assert cells(workshop, tables, "month", "channel", "amount", sort="month channel") == [
        "2026-01-01 ads 1.5",
        "2026-02-01 ads 2",
        "2026-02-01 fairs 7",
    ]
    workshop.write("plan.csv", "metric,2026-01,2026-02\nmrr,100,110\ncustomer_churn_rate,2%,1.5%\n")
    tables = {"plan": {"path": "plan.csv", "months": "columns", "percent": True}}
    assert cells(workshop, tables, "metric", "month", "value", sort="metric month") == [
        "customer_churn_rate 2026-01-01 0.02",
        "customer_churn_rate 2026-02-01 0.015",
        "mrr 2026-01-01 100",
        "mrr 2026-02-01 110",
    ]


def test_a_cell_is_told_by_line_and_month(workshop):
    workshop.write("grid.csv", "Revenue\n" + WIDE + "Cy,Pro,1,many,2,3\n,Pro,1,,,1\n")
    source = {SUBS: {**GRID, "skip": 1}}
    value, missing, *_ = workshop.refused(source, **CLOSED)
    assert value.startswith('grid.csv, line 5, column Feb 2026: "many" is not a number.')
    assert missing.startswith("grid.csv, line 6, column Account: the value is missing")
    target = workshop.root / "rejects.csv"
    workshop.open(source, allow_rejects=True, rejects_to=target, **CLOSED)
    with target.open(encoding="utf-8", newline="") as file:
        rows = [row[1:6] for row in csv.reader(file)]
    assert rows[1:] == [
        ["grid.csv", "5", "value cannot be read", "Feb 2026", "many"],
        ["grid.csv", "6", "value missing", "Account", ""],
    ]


@pytest.mark.parametrize(
    ("head", "keys", "says"),
    [
        (
            "Account,a,b",
            {},
            "tables.subscriptions.months: no column of grid.csv is named as a month",
        ),
        (
            "Account,Jan 2026,2026-01",
            {},
            "tables.subscriptions.months: Jan 2026 and 2026-01 of grid.csv are the same month.",
        ),
        (
            "Account,Jan 2026,Fbr 2026,Mar 2026",
            {},
            "tables.subscriptions.months: grid.csv has Jan 2026 and Mar 2026, and no column for 2026-02 "
            "between them. Is it one of Fbr 2026? Say how months are written with date_format, or name it "
            "2026-02;",
        ),
        (
            "Account,Jan 2026,b",
            {"columns": {"customer_id": "Account", "mrr": "b"}},
            "tables.subscriptions.months: mrr is what the columns of months hold or name",
        ),
    ],
)
def test_months_that_cannot_be_told(workshop, head, keys, says):
    workshop.write("grid.csv", f"{head}\na,1,2\n")
    assert workshop.refused({SUBS: {**GRID, **keys}}, **CLOSED)[0].startswith(says)


ACTIVITIES = (
    "Date,Customer,Type,Change,New MRR,Plan\n"
    '"Jan 05, 2026 09:00",a,New Business,$100.00,$100.00,Pro\n'
    '"Jan 07, 2026 09:00",b,New Business,$40.00,$40.00,Solo\n'
    '"Jan 20, 2026 09:00",a,Expansion,$20.00,$120.00,Pro\n'
    '"Jan 20, 2026 11:00",a,Contraction,-$50.00,$70.00,Solo\n'
    '"Feb 01, 2026 09:00",b,Churn,-$40.00,$0.00,Solo\n'
    '"Mar 03, 2026 09:00",b,Reactivation,$45.00,$45.00,Pro\n'
)
PERIODS = [
    "a 2026-01-05 2026-01-20 100 Pro",
    "a 2026-01-20 - 70 Solo",
    "b 2026-01-07 2026-02-01 40 Solo",
    "b 2026-03-03 - 45 Pro",
]
MOVED = {
    "path": "moves.csv",
    "columns": {"customer_id": "Customer", "start_date": "Date"},
    "date_format": "%b %d, %Y %H:%M",
    "currency_sign": "$",
}
WAYS = {"after": "New MRR", "change": "Change"}


def moved(way, **keys):
    columns = {**MOVED["columns"], "mrr": WAYS[way]}
    return {SUBS: {**MOVED, "movements": way, "columns": columns, **keys}}


def periods(workshop, tables):
    columns = ("customer_id", "start_date", "end_date", "mrr", "Plan")
    return cells(workshop, tables, *columns, sort="customer_id start_date", segments=["Plan"])


@pytest.mark.parametrize(("way", "newest_first"), [("after", True), ("change", False)])
def test_movements_are_the_periods_between_them(workshop, way, newest_first):
    head, *rows = ACTIVITIES.splitlines()
    rows = rows[::-1] if newest_first else rows
    workshop.write("moves.csv", "\n".join([head, *rows]) + "\n")
    assert periods(workshop, moved(way)) == PERIODS
    said = [each.says for each in workshop.opened[-1].findings]
    assert f"subscriptions: 6 movements are read as 4 periods (movements: {way})." in said


@pytest.mark.parametrize("way", WAYS)
def test_the_movement_that_ends_a_period_says_why(workshop, way):
    """Also where another one of its day comes before it."""
    head, *rows = ACTIVITIES.splitlines()
    rows.insert(4, '"Feb 01, 2026 08:00",b,Contraction,-$10.00,$30.00,Solo')
    rows[5] = rows[5].replace("-$40", "-$30")
    whys = ("", "", "more seats", "fewer seats", "a discount", "too dear", "came back")
    text = "\n".join(f"{row},{why}" for row, why in zip(rows, whys, strict=True))
    workshop.write("moves.csv", f"{head},end_reason\n{text}\n")
    columns = ("customer_id", "end_date", "end_reason")
    assert cells(workshop, moved(way), *columns, sort="customer_id start_date") == [
        "a 2026-01-20 fewer seats",
        "a - -",
        "b 2026-02-01 too dear",
        "b - -",
    ]


def test_movements_in_no_order_are_refused_where_it_matters(workshop):
    head, first, second, third, fourth, *rows = ACTIVITIES.splitlines()
    mixed = [head, third, fourth, first, second, *rows]
    workshop.write("moves.csv", "\n".join(mixed) + "\n")
    [line] = workshop.refused(moved("after"))
    assert line.startswith("tables.subscriptions (moves.csv): of several movements of a customer")
    found = periods(workshop, moved("change"))
    assert [each.rsplit(" ", 1)[0] for each in found] == [
        each.rsplit(" ", 1)[0] for each in PERIODS
    ]


def test_a_movement_that_cannot_be_read_is_told_by_its_line(workshop):
    workshop.write("moves.csv", ACTIVITIES + '"Mar 04, 2026 09:00",a,Churn,-$70.00,none left,Pro\n')
    line = workshop.refused(moved("after"))[0]
    assert line.startswith('moves.csv, line 8, column New MRR: "none left" is not a number.')


def test_changes_that_lead_below_zero_are_refused(workshop):
    workshop.write("moves.csv", ACTIVITIES + '"Mar 04, 2026 09:00",a,Churn,-$90.00,$0.00,Pro\n')
    line = workshop.refused(moved("change"), as_of="2026-04-01")[0]
    assert line.startswith('moves.csv, line 8, column Change: "-20" is below zero.')


def test_chosen_movements_keep_their_lines(workshop):
    workshop.write("moves.csv", ACTIVITIES.replace("Churn", "Ignored"))
    chosen = {"Type": ["New Business", "Expansion", "Contraction", "Reactivation"]}
    found = periods(workshop, moved("after", where=chosen))
    assert found[2:] == ["b 2026-01-07 2026-03-03 40 Solo", "b 2026-03-03 - 45 Pro"]


@pytest.mark.parametrize(
    ("tables", "says"),
    [
        ({"orders": {"path": "x.csv", "movements": "after"}}, "orders has no movements"),
        (
            {"orders": {"path": "x.csv", "months": "columns"}},
            "months: columns is for subscriptions",
        ),
        ({SUBS: {"path": "x", "months": "columns", "movements": "after"}}, "not both"),
        (
            {SUBS: {"path": "x", "months": "columns", "end_date": "inclusive"}},
            "the kit makes the ends itself",
        ),
    ],
)
def test_where_the_keys_belong(workshop, tables, says):
    with pytest.raises(Exception, match=says):
        workshop.edition(tables)


@pytest.mark.parametrize(
    ("word", "sign"), [("$ -", "$"), ("churned", ""), ("- €", "€"), ("paused", "$")]
)
def test_a_word_for_a_month_that_is_not_paid(workshop, word, sign):
    """Excel's dash of accounts, or a word; the signs of what is paid are told with it."""
    paid = [f"{sign}{each}" for each in ("1,200.00", "1,300.00")]
    workshop.write(
        "grid.csv", f'Account,Jan 2026,Feb 2026,Mar 2026\nAda,"{paid[0]}","{paid[1]}",{word}\n'
    )
    grid = {"path": "grid.csv", "months": "columns", "columns": {"customer_id": "Account"}}
    currency = {"currency": "EUR"} if sign == "€" else {}
    with pytest.raises(DataError) as error:
        workshop.open({SUBS: grid}, **CLOSED, **currency)
    ways = {name: own for way in offers(str(error.value)) for name, own in way.items()}
    assert ways["empty"] == [word] and ways["thousands"] == ","
    rows = cells(workshop, {SUBS: {**grid, **ways}}, "start_date", "end_date", "mrr", **currency)
    assert rows == ["2026-01-01 2026-02-01 1200", "2026-02-01 2026-03-01 1300"]


def test_figures_of_all_below_a_grid(workshop):
    figures = ["# customers", "Number of customers", "Net new MRR", "Growth %", "ARPA"]
    rows = [f"{each},2,2,2" for each in ("Ada", "Growth Labs", "Net Churners", *figures)]
    workshop.write("grid.csv", "\n".join(["Account,Jan 2026,Feb 2026,Mar 2026", *rows, ""]))
    grid = {"path": "grid.csv", "months": "columns", "columns": {"customer_id": "Account"}}
    said = [
        each.says
        for each in workshop.open({SUBS: grid}, **CLOSED).findings
        if each.rule == "a figure among the rows"
    ]
    assert len(said) == 1 and "grid.csv, line 5" in said[0]
    data = workshop.open({SUBS: {**grid, **offers(said[0])[0]}}, **CLOSED)
    assert set(data.engine.collect(data.tables[SUBS])["customer_id"]) == {
        "Ada",
        "Growth Labs",
        "Net Churners",
    }
    assert not [each for each in data.findings if each.rule == "a figure among the rows"]
