"""Rows are found again in their files, whatever the files look like."""

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cs_lib.data.sources.record_lines import located, records

ORDERS = {"orders": "orders.csv"}
HEAD = "customer_id,ordered_at,amount,note\n"
WAY_ON = "Or go on"


def places(workshop, tables, **keys):
    """Where the refused rows stand: file and line, in order."""
    lines = workshop.refused(tables, **keys)
    return [line.split(", column")[0].split(": ")[0] for line in lines if WAY_ON not in line]


def test_quoted_line_breaks_before_the_row_are_counted(workshop):
    text = HEAD + 'a,2026-01-31,1,"two\nlines"\nb,2026-01-31,2,"a ""quoted""\n\nword"\nc,soon,3,x\n'
    workshop.write("orders.csv", text)
    assert places(workshop, ORDERS) == ["orders.csv, line 7"]


def test_a_row_that_holds_line_breaks_stands_where_it_starts(workshop):
    workshop.write("orders.csv", HEAD + 'a,2026-01-31,1,x\nb,soon,2,"two\nlines"\n')
    assert places(workshop, ORDERS) == ["orders.csv, line 3"]


def test_blank_lines_and_windows_line_ends(workshop):
    text = HEAD + "a,2026-01-31,1,x\n\n\nb,soon,2,x\n"
    workshop.write("orders.csv", text.replace("\n", "\r\n"))
    assert places(workshop, ORDERS) == ["orders.csv, line 5"]


def test_a_byte_order_mark_is_no_part_of_the_first_name(workshop):
    workshop.write("orders.csv", b"\xef\xbb\xbf" + (HEAD + "a,soon,1,x\n").encode())
    assert places(workshop, ORDERS) == ["orders.csv, line 2"]


def test_a_quote_inside_a_bare_value_quotes_nothing(workshop):
    workshop.write("orders.csv", HEAD + 'a,2026-01-31,1,a 5" pipe\nb,soon,2,x\n')
    assert places(workshop, ORDERS) == ["orders.csv, line 3"]


def test_compressed(workshop):
    text = HEAD + 'a,2026-01-31,1,"two\nlines"\nb,soon,2,x\n'
    workshop.write("orders.csv.gz", gzip.compress(text.encode()))
    assert places(workshop, {"orders": "orders.csv.gz"}) == ["orders.csv.gz, line 4"]


def test_across_the_files_of_a_glob(workshop):
    good = HEAD + "".join(f"a,2026-01-{day:02d},1,x\n" for day in range(1, 29))
    workshop.write("billing/2026-01.csv", good)
    workshop.write("billing/2026-02.csv", HEAD + 'a,2026-02-01,1,"x\ny"\nb,2026-02-02,zwei,x\n')
    workshop.write("billing/2026-03.csv", HEAD + "a,2026-03-01,drei,x\n")
    [line, _] = workshop.refused({"orders": "billing/*.csv"})
    assert line.startswith("billing/2026-02.csv, line 4, column amount:")
    assert line.endswith("(2 rows, then line billing/2026-03.csv 2)")


def test_files_of_a_glob_may_order_their_columns_differently(workshop):
    workshop.write("billing/a.csv", HEAD + "a,2026-01-01,1,x\n")
    workshop.write(
        "billing/b.csv", "amount,customer_id,ordered_at\n2,b,2026-01-02\nx,b,2026-01-03\n"
    )
    workshop.write("billing/c.csv", HEAD + "c,2026-01-04,y,z\n")
    lines = workshop.refused({"orders": "billing/*.csv"})
    assert lines[0].startswith("billing/")
    assert {"billing/b.csv, line 3" in lines[0], "billing/b.csv 3" in lines[0]} == {True, False}
    assert {"billing/c.csv, line 2" in lines[0], "billing/c.csv 2" in lines[0]} == {True, False}


def test_a_file_of_a_glob_without_a_needed_column(workshop):
    workshop.write("billing/a.csv", HEAD + "a,2026-01-01,1,x\n")
    workshop.write("billing/b.csv", "customer_id,ordered_at,amt\nb,2026-01-02,1\n")
    assert workshop.refused({"orders": "billing/*.csv"}) == [
        "billing/b.csv: there is no column amount, which the other files of orders have. "
        "Did you mean amt?"
    ]


def test_ragged_lines_are_said_with_their_line(workshop):
    text = HEAD + 'a,2026-01-31,1,"x\ny"\nb,2026-01-31,2\nc,2026-01-31,3,x,y,z\nd,soon,4,x\n'
    workshop.write("orders.csv", text)
    assert workshop.refused(ORDERS)[:-1] == [
        "orders.csv, line 4: 3 fields where the first line names 4. Correct the export: a value "
        "that holds the delimiter must stand in quotes. (2 rows, then line 5)",
        'orders.csv, line 6, column ordered_at: "soon" is not a date. Correct the export.',
    ]


def test_broken_quotes(workshop):
    workshop.write("orders.csv", HEAD + 'a,2026-01-31,1,"x" y\nb,2026-01-31,1,x\n')
    assert workshop.refused(ORDERS)[0] == (
        "orders.csv, line 2: a quotation mark is not closed, or text follows the closing one. "
        "Correct the export: inside quotes a quotation mark is written twice."
    )


def test_a_quotation_that_never_ends(workshop):
    rows = "".join(f"a,2026-01-31,{n},x\n" for n in range(50))
    workshop.write("orders.csv", HEAD + 'a,2026-01-31,1,"x\n' + rows)
    assert workshop.refused(ORDERS)[0].startswith(
        "orders.csv, line 2: a quotation mark is not closed"
    )


def test_text_that_is_not_utf8(workshop):
    text = HEAD + "a,2026-01-31,1,Müller\nb,soon,1,Møller\n"
    workshop.write("orders.csv", text.encode("latin-1"))
    assert workshop.refused(ORDERS)[0] == (
        'orders.csv, line 2: the text is not UTF-8. Set encoding: "cp1252" for this table, with '
        "which that line reads 'a,2026-01-31,1,Müller', or export it as UTF-8. (2 rows, then line 3)"
    )
    latin = {"orders": {"path": "orders.csv", "encoding": "latin-1"}}
    assert places(workshop, latin) == ["orders.csv, line 3"]


@pytest.mark.slow
def test_a_large_file_read_by_several_threads(workshop):
    """Row numbers follow the file's order even when its parts are read side by side."""
    rows = [f'a,2026-01-{1 + n % 28:02d},{n},"some text, {n}"\n' for n in range(200_000)]
    bad = {60_000: "a,soon,1,x\n", 150_001: "a,2026-01-01,x,y\n", 199_999: "a,,1,x\n"}
    ragged = {10: "a,2026-01-01\n", 120_000: "a,b,c,d,e\n"}
    for place, row in {**bad, **ragged}.items():
        rows[place] = row
    workshop.write("orders.csv", HEAD + "".join(rows))
    assert places(workshop, ORDERS) == [
        "orders.csv, line 12",
        "orders.csv, line 60002",
        "orders.csv, line 150003",
        "orders.csv, line 200001",
    ]


def test_rows_of_a_query_are_counted_in_its_result(workshop):
    workshop.write("orders.csv", HEAD + "a,2026-01-31,1,x\nb,2026-01-31,,x\n")
    query = "SELECT * FROM read_csv('orders.csv', header = true) ORDER BY customer_id"
    assert places(workshop, {"orders": {"sql": query}}) == ["orders (SQL), row 2"]


cells = st.one_of(
    st.text("ab 1.", max_size=3),
    st.text('a,"\n', max_size=4).map(lambda text: '"' + text.replace('"', '""') + '"'),
    st.just('5" pipe'),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(cells, cells), max_size=8), st.sampled_from(["\n", "\r\n"]))
def test_every_record_is_found_at_its_line(tmp_path_factory, rows, end):
    """The records that were written are the records that are read, each at the line it starts in."""
    path = tmp_path_factory.getbasetemp() / "records.csv"
    written, line = [], 2
    for row in rows:
        text = "x" + ",".join(("", *row))
        written.append((line, text))
        line += text.count("\n") + 1
    path.write_bytes(("id,a,b" + end + "".join(text + end for _, text in written)).encode())
    assert list(records(path, ",")) == written
    wanted = range(0, len(written), 2)
    found = located(wanted, path, ",", width=3, ragged=())
    assert list(found) == [(n, *written[n]) for n in wanted]
