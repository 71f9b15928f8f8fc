"""A part of the sample company in other forms: text as offices write it, workbooks and databases.

Every form holds the same rows; what the edition has to say of it comes with it.
"""

import csv
import gzip
import io
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import xlsxwriter

from cs_lib.data.contract import table_declaration as kinds
from cs_lib.data.contract import tables as contract
from cs_lib.edition import find_root

SAMPLE = find_root() / "cs_lib" / "data" / "sample"
FILES = {
    "customers": "customers.csv",
    "subscriptions": "subscriptions.csv",
    "survey_responses": "survey_responses.csv.gz",
    "survey_items": "survey_items.csv.gz",
    "acquisition_costs": "acquisition_costs.csv",
    "success_costs": "success_costs.csv",
    "usage_events": "usage_events.csv.gz",
    "plan": "budget.csv",
}
#: of the customers, one in so many is taken; the other tables are whole
ONE_IN = 40
DAY_0 = datetime(1899, 12, 30)
POSTGRES = {kinds.DATE: "date", kinds.MONTH: "date", kinds.TIMESTAMP: "timestamp"}

Rows = tuple[list[str], list[list[str]]]
Company = dict[str, Rows]
Edit = Callable[[str, str], str]


def company() -> Company:
    """Each table's names of columns, and its cells as text; among them letters in which encodings differ."""
    return {table: _part(table) for table in FILES}


def _part(table: str) -> Rows:
    path = SAMPLE / FILES[table]
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    said = text.decode().encode("cp1252", "ignore").decode("cp1252").replace("Ortiz", "Ørtïz")
    header, *rows = csv.reader(io.StringIO(said, newline=""))
    if "customer_id" in header:
        place = header.index("customer_id")
        rows = [row for row in rows if int(row[place].removeprefix("FL-")) % ONE_IN == 0]
    return header, rows


def kind_of(table: str, name: str) -> str:
    column = contract.table(table).column(name)
    return column.kind if column else kinds.TEXT


def is_moment(kind: str) -> bool:
    return kind in kinds.MOMENTS


def is_number(kind: str) -> bool:
    return kind in kinds.MILLIONTHS or kind == kinds.INTEGER


def as_text(rows: Rows, table: str, *, edit: Edit, delimiter: str = ",") -> str:
    """The table as CSV, each cell that is not blank as `edit` writes one of its kind."""
    header, cells = rows
    of = [kind_of(table, name) for name in header]
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow(header)
    for row in cells:
        writer.writerow(
            [edit(cell, kind) if cell else "" for cell, kind in zip(row, of, strict=True)]
        )
    return text.getvalue()


def plain(cell: str, kind: str) -> str:
    return cell


def with_commas(cell: str, kind: str) -> str:
    """1,234.5 as 1.234,5"""
    if not is_number(kind):
        return cell
    whole, mark, part = cell.partition(".")
    return f"{int(whole):,}".replace(",", ".") + ("," if mark else "") + part


def _by_moment(write: Callable[[datetime], str]) -> Edit:
    return lambda cell, kind: write(_moment(cell)) if is_moment(kind) else cell


def _moment(cell: str) -> datetime:
    return datetime.strptime(cell, "%Y-%m") if len(cell) == 7 else datetime.fromisoformat(cell)


def _american(moment: datetime) -> str:
    return moment.strftime(
        "%m/%d/%Y" if moment.time() == moment.min.time() else "%m/%d/%Y %I:%M:%S %p"
    )


def _seconds(moment: datetime) -> int:
    return int(moment.replace(tzinfo=UTC).timestamp())


def _serial(moment: datetime) -> str:
    return f"{(moment - DAY_0).total_seconds() / 86_400:.10f}".rstrip("0").rstrip(".")


#: what writes a cell, the bytes' encoding, what parts columns, and what the edition says of it
TEXTS: dict[str, tuple[Edit, str, str, dict]] = {
    "cp1252": (plain, "cp1252", ",", {"encoding": "cp1252"}),
    "utf-16": (plain, "utf-16", "\t", {}),
    "decimal comma": (with_commas, "utf-8", ";", {"decimal": ",", "thousands": "."}),
    "US dates": (
        _by_moment(_american),
        "utf-8",
        ",",
        {"date_format": ["%m/%d/%Y", "%m/%d/%Y %I:%M:%S %p"]},
    ),
    "epoch": (_by_moment(lambda at: str(_seconds(at))), "utf-8", ",", {"date_format": "epoch"}),
    "epoch_ms": (
        _by_moment(lambda at: str(1000 * _seconds(at))), "utf-8", ",", {"date_format": "epoch_ms"}
    ),
    "Excel serials": (_by_moment(_serial), "utf-8", ",", {"date_format": "excel"}),
}  # fmt: skip


def in_text(form: str, made: Company, folder: Path) -> dict[str, dict]:
    """Files of one of the TEXTS."""
    edit, encoding, delimiter, keys = TEXTS[form]
    for table, rows in made.items():
        text = as_text(rows, table, edit=edit, delimiter=delimiter)
        (folder / f"{table}.csv").write_bytes(text.encode(encoding))
    return {table: {"path": str(folder / f"{table}.csv"), **keys} for table in made}


def in_files(made: Company, folder: Path) -> dict[str, dict]:
    for table, rows in made.items():
        (folder / f"{table}.csv").write_text(as_text(rows, table, edit=plain), encoding="utf-8")
    return {table: {"path": str(folder / f"{table}.csv")} for table in made}


def in_zip(made: Company, folder: Path) -> dict[str, dict]:
    with zipfile.ZipFile(folder / "acme.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for table, rows in made.items():
            archive.writestr(f"export/{table}.csv", as_text(rows, table, edit=plain))
    return {table: {"path": str(folder / "acme.zip" / "export" / f"{table}.csv")} for table in made}


def value(cell: str, kind: str) -> str | int | float | datetime | None:
    """A cell as a database or a workbook holds it."""
    if not cell:
        return None
    if is_moment(kind):
        return _moment(cell)
    if is_number(kind):
        return int(cell) if cell.isdigit() else float(cell)
    return cell


def in_sqlite(made: Company, folder: Path) -> dict[str, dict]:
    with closing(sqlite3.connect(folder / "acme.db")) as database, database:
        for table, (header, cells) in made.items():
            of = [kind_of(table, name) for name in header]
            database.execute(f'CREATE TABLE "{table}" ({", ".join(header)})')
            values = (
                [_of_sqlite(value(*each)) for each in zip(row, of, strict=True)] for row in cells
            )
            database.executemany(
                f'INSERT INTO "{table}" VALUES ({", ".join("?" * len(header))})', values
            )
    return {name: {"path": str(folder / "acme.db"), "table": name} for name in made}  # fmt: skip


def _of_sqlite(held):
    return held.isoformat(" ") if isinstance(held, datetime) else held


def in_duckdb(made: Company, folder: Path) -> dict[str, dict]:
    """With the types that DuckDB finds in the files."""
    files = in_files(made, folder)
    with duckdb.connect(folder / "acme.duckdb") as database:
        for table, keys in files.items():
            read = f"read_csv('{keys['path']}', sample_size = -1)"
            database.execute(f'CREATE TABLE "{table}" AS FROM {read}')
    return {name: {"path": str(folder / "acme.duckdb"), "table": name} for name in made}


def in_excel(made: Company, folder: Path) -> dict[str, dict]:
    path = folder / "acme.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for table, (header, cells) in made.items():
            sheet = book.add_worksheet(table)
            sheet.write_row(0, 0, header)
            of = [kind_of(table, name) for name in header]
            for number, row in enumerate(cells, 1):
                for column, each in enumerate(zip(row, of, strict=True)):
                    held = value(*each)
                    if isinstance(held, datetime):
                        sheet.write_datetime(number, column, held, moment)
                    elif isinstance(held, str):
                        sheet.write_string(number, column, held)
                    elif held is not None:
                        sheet.write_number(number, column, held)
    return {name: {"path": str(path), "sheet": name} for name in made}


def postgres_sql(made: Company) -> str:
    """What makes the tables in a PostgreSQL database."""
    said = []
    for table, (header, cells) in made.items():
        of = [kind_of(table, name) for name in header]
        numeric = ["numeric" if is_number(kind) else POSTGRES.get(kind, "text") for kind in of]
        columns = ", ".join(f"{name} {kind}" for name, kind in zip(header, numeric, strict=True))
        text = as_text((header, cells), table, edit=_of_postgres).partition("\n")[2]
        said.append(
            f'CREATE TABLE "{table}" ({columns});\nCOPY "{table}" FROM STDIN (FORMAT csv);\n{text}\\.\n'
        )
    return "".join(said)  # fmt: skip


def _of_postgres(cell: str, kind: str) -> str:
    return str(_moment(cell)) if is_moment(kind) else cell
