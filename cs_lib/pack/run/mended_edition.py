"""The keys that findings offer, put together: one piece of YAML that takes the place of the same keys of an edition."""

import re
from collections.abc import Iterable
from copy import deepcopy
from typing import Any

import yaml

from cs_lib.data.contract.data_findings import DataFinding
from cs_lib.data.contract.offered_keys import Way, first_way
from cs_lib.data.contract.table_declaration import KNOWN

#: to move the end of the extract moves every figure: that is no key to put among others
_NEVER = "as_of"
#: keys with a value by column, and those of which the words of two findings are one
_BY_COLUMN, _WORDS = ("columns", "values", "date_format", "zones"), ("map", "rename", "where")
#: an amount less, or more, what another column holds: several of these follow on each other
_ADJUSTED = re.compile(r"CAST\((?:(?! AS ).)+ AS DECIMAL\(24, 6\)\)(?= [-+] coalesce\()")


def mended(raw: dict, findings: Iterable[DataFinding]) -> str:
    """The keys of an edition as its file has them (`raw`) with what the findings offer, as YAML; nothing where none is
    offered. What two of them say of one thing stays as the first says it: the other is told again if it still is."""
    found, said = deepcopy(raw), dict[int, set[tuple[str, str]]]()
    for each in (one for one in findings if one.level != KNOWN):
        way = first_way(each.says)
        if way and _NEVER not in way.edition:
            _take(found, each, way, said)
    changed = {key: value for key, value in found.items() if raw.get(key) != value}
    if not changed:
        return ""
    return yaml.safe_dump(
        changed, sort_keys=False, allow_unicode=True, width=10**6, default_flow_style=None
    )


def _take(found: dict[str, Any], finding: DataFinding, way: Way, said: dict) -> None:
    if way.table:
        source = _source(found, way.other or finding.table, 0 if way.other else finding.part)
        done = said.setdefault(id(source), set())
        if source is None or not _fits(source, way.table, done):
            return
        for key, value in way.table.items():
            _set(source, key, value, done)
    for key, value in way.edition.items():
        own: Any = found.get(key)
        both = isinstance(own, dict) and isinstance(value, dict)
        found[key] = own | value if both else value


def _source(found: dict, table: str, part: int) -> dict | None:
    """What the edition says of a table, or of one of its several sources; None where that is not known."""
    holder: Any = found.get("tables", {})
    place: Any = table
    if isinstance(holder.get(table), list):
        holder, place = holder[table], part - 1
    if place == -1 or (isinstance(place, str) and place not in holder):
        return None
    if not isinstance(holder[place], dict):
        holder[place] = {"path": holder[place]}
    return holder[place]


def _fits(source: dict, keys: dict[str, Any], done: set[tuple[str, str]]) -> bool:
    """Whether no finding before has said another thing of the same."""
    for key, value in keys.items():
        if key in _BY_COLUMN and isinstance(value, dict):
            for name in value:
                if (key, name) in done and not _follows(source, key, name, value[name]):
                    return False
        elif key not in (*_WORDS, "empty", "cents") and (key, "") in done:
            return source.get(key) == value
    return not ("sql" in keys and done) and ("sql", "") not in done


def _follows(source: dict, key: str, name: str, value: str) -> bool:
    before = source.get(key, {}).get(name)
    return before == value or bool(key == "columns" and _ADJUSTED.match(value) and _ADJUSTED.match(before))  # fmt: skip


def _set(source: dict, key: str, value: Any, done: set[tuple[str, str]]) -> None:
    if key == "sql":
        source.pop("path", None)
    if key in _BY_COLUMN and isinstance(value, dict):
        _set_columns(source, key, value, done)
    elif key in _WORDS:
        own = source.setdefault(key, {})
        for name, words in value.items():
            own[name] = _together(own.get(name), words)
    elif key in ("empty", "cents") and isinstance(value, list):
        before = source.get(key) or []
        source[key] = [*dict.fromkeys([*before, *value])] if isinstance(before, list) else before
    else:
        source[key] = value
        done.add((key, ""))


def _set_columns(source: dict, key: str, value: dict, done: set[tuple[str, str]]) -> None:
    own = source.get(key)
    own = source[key] = own if isinstance(own, dict) else {}
    other = source.get({"columns": "values", "values": "columns"}.get(key, ""), {})
    if key == "columns" and "amount" in value and "mrr" not in value:
        own.pop("mrr", None)  # the price of a term, and no longer that of a month
        done.add((key, "mrr"))
    for name, each in value.items():
        other.pop(name, None)
        before = own.get(name)
        if (key, name) in done and before != each:
            start = _ADJUSTED.match(each)
            each = each.replace(start[0], f"({before})", 1) if start else each
        own[name] = each
        done.add((key, name))


def _together(before: Any, words: Any) -> Any:
    """What two findings say of the words of one column: meanings, names, words that count and those that do not."""
    if before is None:
        return words
    kept, left = [], []
    if isinstance(words, dict) and set(words) != {"not"}:
        return {**words, **before} if isinstance(before, dict) else words
    for each in (before, words):
        out = each["not"] if isinstance(each, dict) else None
        left += out if isinstance(out, list) else [out] if out else []
        if out is None:
            kept.append(each if isinstance(each, list) else [each])
    if not kept:
        return {"not": [*dict.fromkeys(left)]}
    return [each for each in kept[0] if each not in left and all(each in own for own in kept)]
