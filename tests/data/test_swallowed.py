"""Lines that a stray quotation mark swallows are missed, not lost in silence."""

import gzip
import sqlite3
from contextlib import closing

import pytest

ORDERS = {"orders": "orders.csv"}
HEAD = "customer_id,ordered_at,amount,note\n"
COUNT = 100


def rows(quoted=()):
    """A hundred orders; the notes of some lines open or close a quotation that nobody meant."""
    return [f"c{n},2026-01-{1 + n % 28:02d},{n},{quoted.get(n, 'x')}\n" for n in range(COUNT)]


def test_two_stray_quotes_far_apart(workshop):
    workshop.write("orders.csv", HEAD + "".join(rows({20: '"great', 70: 'fine"'})))
    line = workshop.refused(ORDERS)[0]
    assert line.startswith(
        "orders.csv, line 22, column note: the text runs over 51 lines of the file"
    )
    workshop.write("orders.csv", HEAD + "".join(rows({20: '"""great"', 70: '"fine"""'})))
    assert len(workshop.rows(ORDERS)) == COUNT


def test_two_stray_quotes_in_neighbouring_lines(workshop):
    workshop.write("orders.csv", HEAD + "".join(rows({20: '"great', 21: 'fine"'})))
    assert workshop.refused(ORDERS)[0].startswith(
        "orders.csv, line 22, column note: the text runs over 2"
    )


def test_two_stray_quotes_in_a_text_that_stands_in_the_middle(workshop):
    text = "customer_id,ordered_at,note,amount\n" + "".join(
        f"c{n},2026-01-01,{quote}x{close},{n}\n"
        for n in range(10)
        for quote, close in [('"' if n == 3 else "", '"' if n == 4 else "")]
    )
    workshop.write("orders.csv", text)
    assert workshop.refused(ORDERS)[0].startswith("orders.csv, line 5, column note")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_that_are_lost_are_counted_as_lines(workshop, end):
    text = HEAD + "".join(rows({20: '"great', 70: 'fine"'}))
    workshop.write("orders.csv", text.replace("\n", end))
    data = workshop.open(ORDERS, allow_rejects=True, as_of="2026-02-01")
    [given] = data.inputs
    assert (given.rows, given.rejected) == (COUNT, 51)
    assert [each.says for each in data.findings if each.level == "error"] == [
        "orders: 51 lines left out (lines swallowed by a quotation)."
    ]


def test_what_no_quotation_mark_can_swallow_is_not_looked_through(workshop):
    """A segment of a database may run over two lines."""
    with closing(sqlite3.connect(workshop.root / "crm.db")) as made, made:
        made.execute(
            "CREATE TABLE orders AS SELECT 'a' customer_id, '2026-01-01' ordered_at, 1 amount"
        )
        made.execute("ALTER TABLE orders ADD COLUMN region DEFAULT 'North\nEast'")
    tables = {"orders": {"path": "crm.db", "table": "orders"}}
    assert workshop.rows(tables, segments=["region"])[0][-1] == "North\nEast"


@pytest.mark.parametrize("name", ["older.csv", "newer.csv", "newer.csv.gz"])
def test_a_quotation_mark_in_any_of_several_files_is_seen(workshop, name):
    """Files without one are not looked through for lines that it swallowed."""
    given = {"older.csv": HEAD + "".join(rows({})), "newer.csv": HEAD + "z,2026-02-01,5,x\n"}
    quoted = HEAD + "".join(rows({20: '"great', 70: 'fine"'}))
    given = {**given, name: gzip.compress(quoted.encode()) if name.endswith("gz") else quoted}
    for file, text in given.items():
        workshop.write(f"in/{file}", text)
    refused = workshop.refused({"orders": {"path": "in/*", "repeats": "count"}})
    assert f"in/{name}, line 22, column note: the text runs over 51 lines" in "\n".join(refused)


def test_an_unclosed_quote_counts_its_lines_too(workshop):
    workshop.write("orders.csv", HEAD + "".join(rows({9: '"great'})))
    assert "91 lines of the file are lost by it." in workshop.refused(ORDERS)[0]
    data = workshop.open(ORDERS, allow_rejects=True, as_of="2026-02-01")
    [given] = data.inputs
    assert (given.rows, given.rejected) == (COUNT, 91)
    assert "orders: 91 lines left out (broken quotes)." in [each.says for each in data.findings]


def test_a_text_of_several_lines_is_no_fault(workshop):
    note = '"Dear team,\nwe like it, really, a lot\n2026-01-01, all\nBest, Ada"'
    workshop.write("orders.csv", HEAD + f"a,2026-01-31,1,{note}\n")
    data = workshop.open(ORDERS)
    assert data.findings == () or all(each.level != "error" for each in data.findings)


@pytest.mark.parametrize("column", ["customer_id", "order_id", "plan"])
def test_a_line_break_in_an_id_or_a_segment(workshop, column):
    head = f"{column},k,ordered_at,amount\n"
    mapped = {} if column == "customer_id" else {"customer_id": "k"}
    workshop.write("orders.csv", head + '"a\nb",k,2026-01-31,1\nc,k,2026-01-30,2\n')
    tables = {"orders": {"path": "orders.csv", "columns": mapped}}
    line = workshop.refused(tables, segments=["plan"] if column == "plan" else [])[0]
    assert line.startswith(f"orders.csv, line 2, column {column}: the value runs over 2 lines")


def test_a_line_break_in_a_date(workshop):
    workshop.write("orders.csv", HEAD + 'a,"2026-01-31\nb",1,x\nb,2026-01-30,2,y\n')
    assert any("runs over 2 lines" in line for line in workshop.refused(ORDERS))


def test_dates_in_the_edition_s_own_format(workshop):
    text = "customer_id;ordered_at;amount;note\n" + "".join(
        f"c{n};{1 + n:02d}.01.2026;{n};{quote}x{close}\n"
        for n in range(10)
        for quote, close in [('"' if n == 3 else "", '"' if n == 7 else "")]
    )
    workshop.write("orders.csv", text)
    tables = {"orders": {"path": "orders.csv", "date_format": "%d.%m.%Y"}}
    assert workshop.refused(tables)[0].startswith(
        "orders.csv, line 5, column note: the text runs over 5"
    )
