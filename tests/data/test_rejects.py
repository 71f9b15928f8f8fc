"""Going on without the rows at fault: they are counted, written down and left out, never lost."""

import csv

import pytest

from cs_lib.data.contract.rejects import HEADER

TEXT = (
    "customer_id,start_date,end_date,price,subscription_id,note\n"
    'a,2026-01-01,,10,1,"two\nlines"\n'
    "b,2026-01-05,2026-01-01,60,2,x\n"
    'c,2026-02-30,,"1.200,00",3,x\n'
    "d,2026-02-03,,10\n"
    "a,2026-02-03,,5,1,y\n"
    "e,2026-01-31,,7,,z\n"
)
TABLES = {"subscriptions": {"path": "subs.csv", "columns": {"mrr": "price"}}}


@pytest.fixture(scope="module")
def opened(shared):
    """The data opened without their rows at fault, over a file of an earlier run that all might read."""
    path = shared.root / "out" / "rejects.csv"
    path.parent.mkdir()
    path.write_text("of an earlier run, open to all")
    path.chmod(0o644)
    shared.write("subs.csv", TEXT)
    return shared.open(TABLES, allow_rejects=True, rejects_to=path)


def written(workshop):
    with (workshop.root / "out" / "rejects.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_every_row_at_fault_is_written_with_its_line_and_text(shared, opened):
    table = "subscriptions"
    assert written(shared) == [
        list(HEADER),
        [table, "subs.csv", "6", "wrong number of fields", "", "", "d,2026-02-03,,10"],
        [table, "subs.csv", "4", "end before start", "end_date", "2026-01-01",
         "b,2026-01-05,2026-01-01,60,2,x"],
        [table, "subs.csv", "5", "value cannot be read", "price", "1.200,00",
         'c,2026-02-30,,"1.200,00",3,x'],
        [table, "subs.csv", "5", "value cannot be read", "start_date", "2026-02-30",
         'c,2026-02-30,,"1.200,00",3,x'],
        [table, "subs.csv", "7", "overlapping subscription", "subscription_id", "1",
         "a,2026-02-03,,5,1,y"],
    ]  # fmt: skip


def test_a_row_counts_once_and_under_each_of_its_reasons(opened):
    assert opened.rejects == {
        ("subscriptions", "wrong number of fields"): 1,
        ("subscriptions", "value cannot be read"): 2,
        ("subscriptions", "end before start"): 1,
        ("subscriptions", "overlapping subscription"): 1,
    }
    [given] = opened.inputs
    assert (given.rows, given.rejected) == (6, 4)


def test_only_the_other_rows_are_left(opened):
    rows = opened.engine.collect(opened.tables["subscriptions"])
    assert rows["customer_id"].tolist() == ["a", "e"]
    assert opened.as_of.isoformat() == "2026-02-04"


def test_what_reports_say_of_them_quotes_no_value(opened):
    says = [each.says for each in opened.findings if each.level == "error"]
    assert says == [
        "subscriptions: 1 row left out (wrong number of fields).",
        "subscriptions: 1 row left out (value cannot be read).",
        "subscriptions: 1 row left out (value cannot be read).",
        "subscriptions: 1 row left out (end before start).",
        "subscriptions: 1 row left out (overlapping subscription).",
    ]


def test_without_faults_nothing_is_written(workshop):
    workshop.write("subs.csv", "customer_id,start_date,price\na,2026-01-31,10\n")
    target = workshop.root / "rejects.csv"
    data = workshop.open(TABLES, allow_rejects=True, rejects_to=target)
    assert data.rejects == {}
    assert not target.exists()


def test_rows_of_a_query_are_written_as_json(workshop):
    workshop.write("orders.csv", "customer_id,at,total\na,2026-01-31,5\nb,2026-01-31,x\n")
    query = (
        'SELECT customer_id, "at" AS ordered_at, total AS amount '
        "FROM read_csv('orders.csv', header = true, all_varchar = true)"
    )
    workshop.open(
        {"orders": {"sql": query}},
        allow_rejects=True,
        rejects_to=workshop.root / "out" / "rejects.csv",
    )
    assert written(workshop)[1:] == [
        ["orders", "orders (SQL)", "2", "value cannot be read", "amount", "x",
         '{"customer_id": "b", "ordered_at": "2026-01-31", "amount": "x"}'],
    ]  # fmt: skip


def test_many_rejects_across_files_stay_in_step(workshop):
    for name, start in (("a", 0), ("b", 5000)):
        rows = "".join(
            f'{"a" if n % 5 else ""},2026-01-31,{n if n % 3 else "x"},"n\n{n}"\n'
            for n in range(start, start + 5000)
        )
        workshop.write(f"in/{name}.csv", "customer_id,ordered_at,amount,note\n" + rows)
    workshop.open(
        {"orders": "in/*.csv"}, allow_rejects=True, rejects_to=workshop.root / "out" / "rejects.csv"
    )
    lines = written(workshop)[1:]
    assert len(lines) == 3334 + 2000
    for _, file, line, _, column, value, text in lines:
        number = int(text.split("\n")[1].strip('"'))
        assert (value, number % 3) == ("x", 0) if column == "amount" else number % 5 == 0
        start = 5000 if file == "in/b.csv" else 0
        assert int(line) == 2 + 2 * (number - start)


def test_a_table_of_which_nothing_is_left_is_refused(workshop):
    workshop.write("orders.csv", "customer_id,ordered_at,amount\na,2026-01-31,x\n,2026-01-31,1\n")
    assert workshop.refused({"orders": "orders.csv"}, allow_rejects=True) == [
        "orders.csv: every row of orders is at fault, so nothing is left of it."
    ]


def test_only_its_owner_may_read_the_file(shared, opened):
    path = shared.root / "out" / "rejects.csv"
    assert path.stat().st_mode & 0o777 == 0o600


def test_no_cell_is_a_formula_for_a_spreadsheet(workshop):
    rows = ["=1+1,2026-01-31,x", "+1,2026-01-31,-5x", "@a,2026-01-31,=x", '"\t=1",2026-01-31,x']
    workshop.write(
        "orders.csv", "\n".join(["customer_id,ordered_at,amount", *rows, "a,2026-01-31,5"])
    )
    workshop.open(
        {"orders": "orders.csv"},
        allow_rejects=True,
        rejects_to=workshop.root / "out" / "rejects.csv",
    )
    cells = [cell for line in written(workshop)[1:] for cell in line]
    assert "'=1+1,2026-01-31,x" in cells and "'-5x" in cells and "'=x" in cells
    assert not [cell for cell in cells if cell[:1] in tuple("=+-@\t\r")]
