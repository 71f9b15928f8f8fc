"""Zip archives: read as folders, refused where they are damaged or locked."""

import io
import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from cs_lib.data.fingerprints import fingerprints

OLD = Path(__file__).parent / "workbooks" / "excel97.xls"
HEAD = "customer_id,ordered_at,amount\n"
JANUARY, FEBRUARY = f"{HEAD}a,2026-01-31,1\n", f"{HEAD}b,2026-02-28,2\n"
ORDERS = {"orders": "export.zip"}


def archive(files: dict[str, str | bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in files.items():
            made.writestr(name, text)
    return content.getvalue()


def customers(workshop, tables=ORDERS) -> list[str]:
    return [row[0] for row in workshop.rows(tables)]


def test_one_file_in_an_archive(workshop):
    workshop.write("export.zip", archive({"orders.csv": JANUARY}))
    assert workshop.rows(ORDERS) == [("a", datetime(2026, 1, 31), 1_000_000)]


def test_an_archive_is_known_by_its_bytes(workshop):
    workshop.write("orders.csv", archive({"orders.csv": JANUARY}))
    assert customers(workshop, {"orders": "orders.csv"}) == ["a"]


def test_several_files_are_one_table(workshop):
    """What systems add beside the files is no file of the export."""
    added = {"__MACOSX/._1.csv": b"\0\5", "in/.DS_Store": b"\0", "in/": ""}
    files = {"in/2026-02.csv": FEBRUARY.encode("utf-16"), "in/2026-01.csv": JANUARY, **added}
    workshop.write("export.zip", archive(files))
    assert customers(workshop) == ["a", "b"], "in the order of their months"


def test_some_of_the_files(workshop):
    files = {"orders-2026-01.csv": JANUARY, "orders-2026-02.csv": FEBRUARY, "readme.txt": "hello"}
    workshop.write("away/export.zip", archive(files))
    assert customers(workshop, {"orders": "away/export.zip/orders*.csv"}) == ["a", "b"]
    assert customers(workshop, {"orders": "*/*.zip/orders-2026-02.csv"}) == ["b"]
    [line] = workshop.refused({"orders": "away/export.zip/costs.csv"})
    assert line.startswith("tables.orders: no file away/export.zip/costs.csv in ")


def test_the_newest_file_of_an_archive(workshop):
    files = {"2026-01.csv": JANUARY, "2026-02.csv": f"{JANUARY}b,2026-02-28,2\n"}
    workshop.write("export.zip", archive(files))
    tables = {"orders": {"path": "export.zip", "latest": "file"}}
    assert sorted(customers(workshop, tables)) == ["a", "b"]


def test_errors_name_archive_file_and_line(workshop):
    workshop.write(
        "export.zip", archive({"a.csv": JANUARY, "b.csv": FEBRUARY.replace(",2\n", ",?\n")})
    )
    assert workshop.refused(ORDERS)[0].startswith('export.zip/b.csv, line 2, column amount: "?"')


def test_a_workbook_in_an_archive(workshop):
    workshop.write("export.zip", archive({"billing.xls": OLD.read_bytes()}))
    told = {"path": "export.zip", "sheet": "Abrechnung ü"}
    line = workshop.refused({"subscriptions": told})[0]
    assert line.startswith("export.zip/billing.xls, sheet Abrechnung ü, row 8, column mrr: ")


def test_names_that_lead_out_of_the_archive_are_no_files_of_it(workshop):
    outside = workshop.write("outside.csv", FEBRUARY)
    files = {str(outside): FEBRUARY, "../outside.csv": FEBRUARY, "a.csv": JANUARY}
    workshop.write("in/export.zip", archive(files))
    assert customers(workshop, {"orders": "in/export.zip"}) == ["a"]


@pytest.mark.parametrize("cut", [30, 1_000])
def test_a_damaged_archive(workshop, cut):
    text = JANUARY + "".join(f"c{n},2026-01-{n % 28 + 1:02},{n}\n" for n in range(5_000))
    content = archive({"orders.csv": text})
    workshop.write("export.zip", content[:-cut])
    assert "export.zip: the archive is damaged" in workshop.refused(ORDERS)[0]
    workshop.write("export.zip", content[:900] + b"\0" * 90 + content[990:])
    assert "export.zip: the archive is damaged" in workshop.refused(ORDERS)[0]


def test_an_archive_with_a_password(workshop):
    content = bytearray(archive({"orders.csv": JANUARY}))
    content[6] |= 1
    content[content.index(b"PK\1\2") + 8] |= 1
    workshop.write("export.zip", bytes(content))
    assert workshop.refused(ORDERS) == [
        "export.zip/orders.csv: the archive has a password. Unpack it."
    ]


def test_names_as_some_programs_write_them(workshop):
    workshop.write("export.zip", archive({"./in//orders.csv": JANUARY, "./in/costs.csv": "x"}))
    assert customers(workshop, {"orders": "export.zip/in/orders.csv"}) == ["a"]


def test_an_archive_packed_otherwise(workshop):
    content = bytearray(archive({"orders.csv": JANUARY}))
    content[8] = content[content.index(b"PK\1\2") + 10] = 9
    workshop.write("export.zip", bytes(content))
    assert workshop.refused(ORDERS) == [
        "export.zip/orders.csv: it is packed in a way that cannot be read here. Unpack it."
    ]


def test_a_damaged_archive_packed_with_lzma(workshop):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_LZMA) as made:
        made.writestr("orders.csv", JANUARY)
    damaged = bytearray(content.getvalue())
    damaged[45:60] = b"\xff" * 15
    workshop.write("export.zip", bytes(damaged))
    assert "export.zip: the archive is damaged" in workshop.refused(ORDERS)[0]


def test_an_archive_without_files(workshop):
    workshop.write("export.zip", archive({"in/": ""}))
    assert workshop.refused(ORDERS)[0].startswith("tables.orders: no file export.zip in ")


def test_the_fingerprint_is_that_of_the_archive(workshop):
    workshop.write("export.zip", archive({"orders.csv": JANUARY}))
    edition = workshop.edition(ORDERS)
    before = fingerprints(edition, root=workshop.root)
    assert before["orders"] == workshop.open(ORDERS).inputs[0].fingerprint
    workshop.write("export.zip", archive({"orders.csv": FEBRUARY}))
    assert fingerprints(edition, root=workshop.root) != before
