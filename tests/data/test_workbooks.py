"""Excel workbooks: what their cells hold is read whole or refused by sheet, row and column."""

import io
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from cs_lib.data.fingerprints import fingerprints
from cs_lib.vocabulary import NOT_GIVEN

OLD = Path(__file__).parent / "workbooks" / "excel97.xls"
HEADER = ("customer_id", "start_date", "end_date", "mrr", "plan")
SUBSCRIPTIONS = {"subscriptions": "billing.xlsx"}
OF_SHEET = {"subscriptions": {"path": "billing.xlsx", "sheet": "Billing"}}
JANUARY = datetime(2026, 1, 1)


class Failed(str):
    """A formula whose stored result is this error."""


def workbook(*sheets: tuple[str, list], hidden: tuple[str, ...] = (), **options) -> bytes:
    """An .xlsx file of sheets, each given as its name and rows (None: a row that is blank)."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, **options}) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            if name in hidden:
                sheet.hide()
            for number, row in enumerate(rows):
                for column, cell in enumerate(row or ()):
                    if isinstance(cell, Failed):
                        sheet.write_formula(number, column, "=1/0", None, str(cell))
                    elif isinstance(cell, date):
                        sheet.write_datetime(number, column, cell, day)
                    elif cell is not None:
                        sheet.write(number, column, cell)
    return file.getvalue()


def billing(*rows) -> bytes:
    return workbook(("Billing", [HEADER, *rows]))


def test_cells_are_read_by_what_they_hold(workshop):
    """A whole number is an id without .0, a date a date whatever its format, a blank row no row."""
    rows = [
        (1001, JANUARY, None, 49.5, "Pro"),
        None,
        ("0042", JANUARY, datetime(2026, 3, 1, 10, 30), 0.1 + 0.2, True),
    ]
    workshop.write("billing.xlsx", billing(*rows))
    found = workshop.rows(SUBSCRIPTIONS)
    assert found == [
        ("1001", JANUARY, None, 49_500_000, "Pro"),
        ("0042", JANUARY, datetime(2026, 3, 1), 300_000, "TRUE"),
    ]


@pytest.mark.slow
def test_days_since_1904(workshop):
    content = workbook(("Billing", [HEADER, ("a", JANUARY, None, 1)]), date_1904=True)
    workshop.write("billing.xlsx", content)
    assert workshop.rows(SUBSCRIPTIONS)[0][1] == JANUARY


@pytest.mark.slow
@pytest.mark.parametrize("name", ["billing.xls", "billing.csv", "billing"])
def test_a_workbook_is_known_by_its_bytes(workshop, name):
    workshop.write(name, billing(("a", JANUARY, None, 1)))
    assert workshop.rows({"subscriptions": name})[0][:2] == ("a", JANUARY)


@pytest.mark.slow
def test_text_that_is_named_like_a_workbook(workshop):
    workshop.write("billing.xls", "customer_id\tstart_date\tmrr\na\t2026-01-01\t1\n")
    assert workshop.rows({"subscriptions": "billing.xls"})[0][:2] == ("a", JANUARY)


@pytest.mark.slow
def test_numbers_and_dates_do_not_depend_on_how_texts_are_written(workshop):
    """The same column as numbers, and as texts with a decimal comma and days first."""
    rows = [("a", JANUARY, None, 1234.5), ("b", "02/01/2026", "2026.03.01", "1.234,50")]
    workshop.write("billing.xlsx", billing(*rows))
    keys = {"decimal": ",", "date_format": ["%d/%m/%Y", "%Y.%m.%d", "%Y-%d-%m"]}
    found = workshop.rows({"subscriptions": {"path": "billing.xlsx", **keys}})
    assert [row[1:4] for row in found] == [
        (JANUARY, None, 1_234_500_000),
        (datetime(2026, 1, 2), datetime(2026, 3, 1), 1_234_500_000),
    ]


@pytest.mark.slow
def test_a_date_cell_is_not_read_by_a_format_that_would_fit(workshop):
    workshop.write("billing.xlsx", billing(("a", datetime(2026, 2, 1), None, 1)))
    tables = {"subscriptions": {"path": "billing.xlsx", "date_format": "%Y-%d-%m"}}
    assert workshop.rows(tables)[0][1] == datetime(2026, 2, 1)


def test_which_sheet(workshop):
    sheets = ("Notes", [("nothing",)]), ("Billing", [HEADER, ("a", JANUARY, None, 1)])
    workshop.write("billing.xlsx", workbook(*sheets))
    assert workshop.refused(SUBSCRIPTIONS) == [
        'billing.xlsx: the workbook has 2 sheets: Notes, Billing. Say which one: sheet: "Notes".'
    ]
    assert workshop.rows(OF_SHEET)[0][0] == "a"
    other = {"subscriptions": {"path": "billing.xlsx", "sheet": "Biling"}}
    assert workshop.refused(other) == [
        "billing.xlsx: the workbook has no sheet Biling. Did you mean Billing?"
    ]
    workshop.write("billing.xlsx", workbook(*sheets[::-1], hidden=("Notes",)))
    assert workshop.rows(SUBSCRIPTIONS)[0][0] == "a"


@pytest.mark.slow
def test_sheet_of_what_is_no_workbook(workshop):
    workshop.write("billing.xlsx", ",".join(HEADER))
    assert workshop.refused(OF_SHEET) == [
        "tables.subscriptions: billing.xlsx is no workbook, which sheet speaks of."
    ]


@pytest.mark.slow
def test_errors_name_sheet_row_and_column(workshop):
    """Rows count as Excel numbers them: the header is row 1 here, and row 3 is blank."""
    rows = [("a", JANUARY, None, 1), None, ("b", JANUARY, None, "many"), ("c", "soon", None, 1)]
    workshop.write("billing.xlsx", billing(*rows))
    start, mrr, _ = workshop.refused(SUBSCRIPTIONS)
    where = "billing.xlsx, sheet Billing, row {}, column {}: "
    assert start.startswith(where.format(5, "start_date") + '"soon"')
    assert mrr.startswith(where.format(4, "mrr") + '"many"')


@pytest.mark.slow
def test_a_failed_formula_is_no_blank(workshop):
    """Of a date or number it is a value that cannot be read; in a text the table is refused."""
    workshop.write("billing.xlsx", billing(("a", JANUARY, Failed("#N/A"), 1, "Pro")))
    line = workshop.refused(SUBSCRIPTIONS)[0]
    assert line.startswith('billing.xlsx, sheet Billing, row 2, column end_date: "#N/A" ')
    workshop.write("billing.xlsx", billing((Failed("#REF!"), JANUARY, None, 1, "Pro")))
    assert workshop.refused(SUBSCRIPTIONS) == [
        "billing.xlsx, sheet Billing, row 2, column customer_id: a formula failed here: #REF!. "
        'Correct it, or set empty: ["#REF!"] for this table.'
    ]
    workshop.write("billing.xlsx", billing(("a", JANUARY, None, 1, Failed("#N/A"))))
    assert workshop.rows(SUBSCRIPTIONS)[0][0] == "a", "nobody asks for the plan"
    [line] = workshop.refused(SUBSCRIPTIONS, segments=["plan"])
    assert "column plan: a formula failed here: #N/A" in line
    told = {"subscriptions": {"path": "billing.xlsx", "empty": ["#N/A"]}}
    assert workshop.rows(told, segments=["plan"])[0][-1] == NOT_GIVEN


@pytest.mark.slow
def test_a_failed_formula_that_an_expression_reads(workshop):
    workshop.write("billing.xlsx", billing(("a", JANUARY, None, 1, Failed("#N/A"))))
    told = {"path": "billing.xlsx", "columns": {"end_date": "TRY_CAST(plan AS DATE)"}}
    [line] = workshop.refused({"subscriptions": told})
    assert "row 2, column plan: a formula failed here: #N/A" in line


@pytest.mark.slow
def test_an_id_whose_digits_are_lost(workshop):
    workshop.write("billing.xlsx", billing((12345678901234567890, JANUARY, None, 1)))
    [line] = workshop.refused(SUBSCRIPTIONS)
    assert line.startswith(
        "billing.xlsx, sheet Billing, row 2, column customer_id: 1.23456789012346e+19"
    )
    workshop.write("billing.xlsx", billing(("12345678901234567890", JANUARY, None, 1)))
    assert workshop.rows(SUBSCRIPTIONS)[0][0] == "12345678901234567890"


@pytest.mark.slow
def test_a_title_above_the_table(workshop):
    rows = [("Billing of January",), None, HEADER, ("a", JANUARY, None, 1)]
    workshop.write("billing.xlsx", workbook(("Billing", rows)))
    [line] = workshop.refused(SUBSCRIPTIONS)
    assert line.startswith("billing.xlsx, sheet Billing, row 3: this row names the columns")
    assert "Set skip: 2 for this table" in line
    told = {"path": "billing.xlsx", "skip": 2}
    assert workshop.rows({"subscriptions": told})[0][0] == "a"


@pytest.mark.slow
def test_two_rows_of_names_and_a_total(workshop):
    names = [("Customer", None, None), ("id", "Start date", "MRR")]
    rows = [*names, ("a", JANUARY, 1), ("b", JANUARY, "?"), None, ("Total", None, 1)]
    workshop.write("billing.xlsx", workbook(("Billing", rows)))
    told = {
        "path": "billing.xlsx",
        "header_rows": 2,
        "footer": 1,
        "columns": {"customer_id": "customer"},
    }
    lines = workshop.refused({"subscriptions": told})
    assert lines[0].startswith('billing.xlsx, sheet Billing, row 4, column MRR: "?" ')
    assert len(workshop.rows({"subscriptions": told}, allow_rejects=True)) == 1


@pytest.mark.slow
def test_a_failed_formula_in_a_total_counts_for_nothing(workshop):
    workshop.write("billing.xlsx", billing(("a", JANUARY, None, 1), (Failed("#REF!"),)))
    told = {"subscriptions": {"path": "billing.xlsx", "footer": 1}}
    assert [row[0] for row in workshop.rows(told)] == ["a"]


@pytest.mark.slow
def test_a_table_that_stands_further_in(workshop):
    rows = [None, (None, None, *HEADER), (None, None, "a", JANUARY, Failed("#N/A"), 1)]
    workshop.write("billing.xlsx", workbook(("Billing", rows)))
    line = workshop.refused(SUBSCRIPTIONS)[0]
    assert line.startswith('billing.xlsx, sheet Billing, row 3, column end_date: "#N/A" ')


@pytest.mark.slow
def test_several_workbooks_with_columns_in_another_order(workshop):
    workshop.write("b-2026-01.xlsx", billing(("a", JANUARY, None, 1, "Pro")))
    turned = [("MRR", "Start date", "customer_id"), (2, JANUARY, "b"), ("x", JANUARY, "c")]
    workshop.write("b-2026-02.xlsx", workbook(("Other", turned)))
    [line] = workshop.refused({"subscriptions": "b-*.xlsx"})
    assert line.startswith("b-2026-02.xlsx, sheet Other: there is no column end_date")
    workshop.write("b-2026-01.xlsx", workbook(("Billing", [turned[0], turned[1]])))
    line = workshop.refused({"subscriptions": "b-*.xlsx"})[0]
    assert line.startswith('b-2026-02.xlsx, sheet Other, row 3, column MRR: "x"')


@pytest.mark.slow
def test_rejected_rows_name_their_place(workshop):
    workshop.write(
        "billing.xlsx", billing(("a", JANUARY, None, 1), None, ("b", JANUARY, None, "?"))
    )
    file = workshop.root / "rejects.csv"
    workshop.open(SUBSCRIPTIONS, allow_rejects=True, rejects_to=file)
    line = file.read_text(encoding="utf-8").splitlines()[1]
    assert line.startswith(
        'subscriptions,"billing.xlsx, sheet Billing",4,value cannot be read,mrr,?,'
    )


@pytest.mark.slow
def test_line_breaks_in_a_cell_are_part_of_it(workshop):
    workshop.write("billing.xlsx", billing(("a", JANUARY, None, 1, "two\nlines")))
    assert workshop.rows(SUBSCRIPTIONS)[0][3] == "two\nlines"


@pytest.mark.slow
def test_an_old_workbook(workshop):
    """Made with xlwt 1.3: two sheets, a title's room above, blank rows, and failed cells in row 8."""
    workshop.write("old.xls", OLD.read_bytes())
    told = {"subscriptions": {"path": "old.xls", "sheet": "abrechnung ü"}}
    line = workshop.refused(told)[0]
    assert line.startswith('old.xls, sheet Abrechnung ü, row 8, column mrr: "#DIV/0!" ')
    assert (
        "column plan: a formula failed here: #N/A" in workshop.refused(told, segments=["plan"])[0]
    )
    told["subscriptions"]["columns"] = {"quantity": "seats"}
    assert 'row 8, column seats: "#DIV/0!"' in "".join(workshop.refused(told))
    found = workshop.rows(told, allow_rejects=True)
    assert [row[:2] for row in found] == [("1001", JANUARY), ("C-2", datetime(2026, 1, 15))]
    assert [row[4] for row in found] == [3, 1]


@pytest.mark.slow
@pytest.mark.parametrize(
    "content", [OLD.read_bytes()[:3000], b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600]
)
def test_a_damaged_old_workbook(workshop, content):
    workshop.write("old.xls", content)
    [line] = workshop.refused({"subscriptions": {"path": "old.xls", "sheet": "Abrechnung ü"}})
    assert line.startswith("old.xls") and line.endswith("Save it again as .xlsx.")


@pytest.mark.slow
def test_a_damaged_workbook(workshop):
    content = billing(("a", JANUARY, None, 1))
    workshop.write("billing.xlsx", content[: len(content) // 2])
    assert "damaged" in workshop.refused(SUBSCRIPTIONS)[0]
    place = content.index(b"xl/worksheets/sheet1.xml") + 60
    broken = content[:place] + b"\0" * 40 + content[place + 40 :]
    workshop.write("billing.xlsx", broken)
    [line] = workshop.refused(SUBSCRIPTIONS)
    assert line.startswith("billing.xlsx") and line.endswith("Save it again as .xlsx.")


@pytest.mark.slow
def test_an_empty_sheet(workshop):
    workshop.write("billing.xlsx", workbook(("Billing", [])))
    [line] = workshop.refused(SUBSCRIPTIONS)
    assert line.startswith("billing.xlsx, sheet Billing: there are no rows,")


@pytest.mark.slow
def test_the_fingerprint_is_that_of_the_file(workshop):
    workshop.write("billing.xlsx", billing(("a", JANUARY, None, 1)))
    edition = workshop.edition(SUBSCRIPTIONS)
    before = fingerprints(edition, root=workshop.root)
    assert before["subscriptions"] == workshop.open(SUBSCRIPTIONS).inputs[0].fingerprint
    workshop.write("billing.xlsx", billing(("a", JANUARY, None, 2)))
    assert fingerprints(edition, root=workshop.root) != before
