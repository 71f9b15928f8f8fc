"""The cells of a workbook, read from its XML."""

import zipfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@dataclass(frozen=True)
class Cell:
    value: str
    formula: str | None
    kind: str


def cells(path: Path) -> dict[str, dict[str, Cell]]:
    """Every cell that has a value, by sheet and address."""
    with zipfile.ZipFile(path) as book:
        shared = [
            "".join(part.text or "" for part in item.iter(f"{MAIN}t"))
            for item in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
        ]
        names = ElementTree.fromstring(book.read("xl/workbook.xml")).iter(f"{MAIN}sheet")
        return {
            name.get("name"): _cells_of(book.read(f"xl/worksheets/sheet{number}.xml"), shared)
            for number, name in enumerate(names, start=1)
        }


def _cells_of(xml: bytes, shared: list[str]) -> dict[str, Cell]:
    found = {}
    for cell in ElementTree.fromstring(xml).iter(f"{MAIN}c"):
        value, kind = cell.findtext(f"{MAIN}v"), cell.get("t", "n")
        if value is not None:
            text = shared[int(value)] if kind == "s" else value
            found[cell.get("r")] = Cell(text, cell.findtext(f"{MAIN}f"), kind)
    return found
