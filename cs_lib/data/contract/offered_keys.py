"""The keys that the words of a finding offer, as YAML has them: what a reader would copy into the edition."""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from cs_lib.edition import Definitions, Edition, Source

OF_THE_TABLE, OF_THE_EDITION, OF_DEFINITIONS = (
    frozenset(each.model_fields) for each in (Source, Edition, Definitions)
)
KEY = re.compile(
    r"(?:\b[Ss]et|\b[Ss]ay|\bwith|\bor|\band|example|such as|counts:) ([a-z_]+): (?=\S)"
)
#: what stands between a key and another that belongs to it
_JOINED = re.compile(
    r"(?: \(or [^)]*\))?(?: for this table| instead of mrr|,)*(?: under definitions)?,? and "
)
#: for whom a key is meant, where it is not the finding's own table
_FOR = re.compile(r"\"? instead of path for ([a-z_]+)")
_NOT_OF_THIS_TABLE = re.compile(r" for (?:each table|one of the two sources)")
#: what a reader has to fill in
_BLANK = "…"


@dataclass
class Way:
    """The keys of one way out: those of the finding's table, or of another one, and those of the edition."""

    table: dict[str, Any] = field(default_factory=dict)
    edition: dict[str, Any] = field(default_factory=dict)
    other: str | None = None


def first_way(says: str) -> Way | None:
    """The first way out that a finding's words offer; None where it is none that a key is."""
    known = OF_THE_TABLE | OF_THE_EDITION | OF_DEFINITIONS
    way, end = Way(), 0
    for found in KEY.finditer(says):
        key, start = found[1], found.end()
        if start < end or key not in known:
            continue
        joined = _JOINED.fullmatch(says, end, found.start(1)) is not None
        if end and not joined:
            break
        text, end = value_at(says, start)
        if _BLANK in text or _NOT_OF_THIS_TABLE.match(says, end):
            return None
        _put(way, key, yaml.safe_load(text))
        if other := _FOR.match(says, end):
            way.other = other[1]
    return way if end else None


def _put(way: Way, key: str, value: Any) -> None:
    if key in OF_THE_TABLE:
        way.table[key] = value
    elif key in OF_DEFINITIONS:
        way.edition.setdefault("definitions", {})[key] = value
    else:
        way.edition[key] = value


def value_at(message: str, start: int) -> tuple[str, int]:
    """The value at this place as it stands there, and where it ends."""
    if message[start] in "{[":
        depth, quote = 0, ""
        for place in range(start, len(message)):
            letter = message[place]
            if quote:
                quote = "" if letter == quote and message[place - 1] != "\\" else quote
            elif letter in "\"'":
                quote = letter
            elif letter in "{[":
                depth += 1
            elif letter in "}]":
                depth -= 1
                if not depth:
                    return message[start : place + 1], place + 1
    quoted = re.compile(r"\"(?:\\.|[^\"\\])*\"|'[^']*'").match(message, start)
    found = quoted or re.compile(r"[^\s,;)]+?(?=[.:,;)]*(\s|$))").match(message, start)
    return (found[0], found.end()) if found else ("", start)
