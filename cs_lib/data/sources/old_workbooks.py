"""The failed cells of an `.xls` workbook, out of the records that Excel 97 and later wrote."""

import struct
from collections.abc import Iterator

#: what the codes of failed formulas mean
_CODES = {
    0: "#NULL!",
    7: "#DIV/0!",
    15: "#VALUE!",
    23: "#REF!",
    29: "#NAME?",
    36: "#NUM!",
    42: "#N/A",
}
_FORMULA, _BOOL_OR_ERROR, _SHEET, _BEGIN, _END = 0x0006, 0x0205, 0x0085, 0x0809, 0x000A
#: from here on a sector's number means something else, such as the end of a chain
_NO_SECTOR = 0xFFFFFFFA
_ENTRY = 128
_WORKBOOK = "Workbook".encode("utf-16-le")


def failed_cells(content: bytes, sheet: str) -> Iterator[tuple[tuple[int, int], str]]:
    """Row and column (from 0) and the error, such as #DIV/0!, of each failed cell of a sheet.

    ValueError where the file is not laid out as one of Excel 97 or later.
    """
    try:
        stream = _Compound(content).workbook()
        for kind, data in _records(stream, _start_of_sheet(stream, sheet)):
            if kind == _BOOL_OR_ERROR and data[7]:
                yield _place(data), _CODES.get(data[6], "#N/A")
            elif kind == _FORMULA and data[6] == 2 and data[12:14] == b"\xff\xff":
                yield _place(data), _CODES.get(data[8], "#N/A")
    except (struct.error, IndexError) as error:
        raise ValueError("its records end in the middle") from error


def _place(data: bytes) -> tuple[int, int]:
    row, column = struct.unpack_from("<HH", data)
    return row, column


def _start_of_sheet(stream: bytes, sheet: str) -> int:
    for kind, data in _records(stream, 0):
        if kind == _SHEET:
            name = data[8:].decode("utf-16-le" if data[7] & 1 else "latin-1")
            if name[: data[6]] == sheet:
                return int(struct.unpack_from("<I", data)[0])
    raise ValueError(f"it lists no sheet {sheet}")


def _records(stream: bytes, place: int) -> Iterator[tuple[int, bytes]]:
    """The records of the part that begins at a place of the stream."""
    depth = 0
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        depth += (kind == _BEGIN) - (kind == _END)
        if not depth:
            return
        yield kind, stream[place + 4 : place + 4 + length]
        place += 4 + length


class _Compound:
    """The small file system that an old Office file is: chains of sectors, and a directory."""

    def __init__(self, content: bytes):
        self._content = content
        self._size = 1 << struct.unpack_from("<H", content, 30)[0]
        self._directory = struct.unpack_from("<I", content, 48)[0]
        self._least = struct.unpack_from("<I", content, 56)[0]
        numbers = [*struct.unpack_from("<109I", content, 76)]
        more = struct.unpack_from("<I", content, 68)[0]
        while more < _NO_SECTOR:
            *further, more = self._numbers(more)
            numbers += further
        self._next = [n for each in numbers if each < _NO_SECTOR for n in self._numbers(each)]

    def workbook(self) -> bytes:
        """The stream that holds the sheets."""
        entries = self._chain(self._directory)
        for place in range(0, len(entries), _ENTRY):
            entry = entries[place : place + _ENTRY]
            if entry.startswith(_WORKBOOK + b"\0\0"):
                start, length = struct.unpack_from("<II", entry, 116)
                if length >= self._least:
                    return self._chain(start)[:length]
        raise ValueError("it is older than Excel 97")

    def _sector(self, number: int) -> bytes:
        return self._content[(number + 1) * self._size : (number + 2) * self._size]

    def _numbers(self, number: int) -> tuple[int, ...]:
        return struct.unpack(f"<{self._size // 4}I", self._sector(number))

    def _chain(self, number: int) -> bytes:
        parts: list[bytes] = []
        while number < _NO_SECTOR:
            if len(parts) > len(self._next):
                raise ValueError("its sectors run in a circle")
            parts.append(self._sector(number))
            number = self._next[number]
        return b"".join(parts)
