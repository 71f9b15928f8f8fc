"""The cells of a workbook in which a formula failed: its readers give nothing for them, as for blanks."""

import io
import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

from cs_lib.data.sources import old_workbooks

Cell = tuple[int, int]

_CELL = re.compile(
    rb"<(?:\w+:)?c\b(?=[^>]*\bt=[\"']e[\"'])[^>]*\br=[\"']([A-Z]+)(\d+)[\"'][^>]*>(.*?)</(?:\w+:)?c>",
    re.DOTALL,
)
_FAILED = re.compile(rb"\bt=[\"']e[\"']")
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)<")
_CHUNK, _LONGEST_CELL = 1 << 20, 1 << 16
_RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def failed_cells(content: bytes, sheet: str) -> dict[Cell, str]:
    """Row and column (from 0) → the error, such as #DIV/0!, of each failed cell of a sheet."""
    if content.startswith(b"PK"):
        return dict(_of_xlsx(content, sheet))
    return dict(old_workbooks.failed_cells(content, sheet))


def _of_xlsx(content: bytes, sheet: str) -> Iterator[tuple[Cell, str]]:
    with (
        zipfile.ZipFile(io.BytesIO(content)) as archive,
        archive.open(_part(archive, sheet)) as file,
    ):
        held = b""
        while chunk := file.read(_CHUNK):
            held += chunk
            end = 0
            for found in _CELL.finditer(held) if _FAILED.search(held) else ():
                letters, row, inner = found.groups()
                value = _VALUE.search(inner)
                yield (int(row) - 1, _column(letters)), value[1].decode() if value else "#N/A"
                end = found.end()
            held = held[max(end, len(held) - _LONGEST_CELL) :]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _part(archive: zipfile.ZipFile, sheet: str) -> str:
    """The part of the archive that holds a sheet."""
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    sheets = {
        each.attrib["name"]: each.attrib[_RELATIONS]
        for each in book.iter()
        if each.tag.endswith("}sheet")
    }
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    target = {each.attrib["Id"]: each.attrib["Target"] for each in relations}[sheets[sheet]]
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
