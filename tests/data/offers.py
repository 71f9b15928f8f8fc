"""What a message offers: the keys that it tells to set, parsed as the reader would copy them."""

import re

import yaml

from cs_lib.data.contract.offered_keys import (
    KEY,
    OF_DEFINITIONS,
    OF_THE_EDITION,
    OF_THE_TABLE,
    value_at,
)

_TO = re.compile(r"\bset as_of to (\d{4}-\d\d-\d\d)")
_OTHER = re.compile(r" ?\(?,? ?\bor (?=[\"{\[%])")
_WITHOUT = re.compile(r"Leave out ([a-z_]+):")


def offers(message: str) -> list[dict]:
    """The ways out that a message offers, each the keys to set; None is a key to leave out."""
    ways, end = [{"as_of": day} for day in _TO.findall(message)], 0
    ways += [{key: None} for key in _WITHOUT.findall(message)]
    for found in KEY.finditer(message):
        known = OF_THE_TABLE | OF_THE_EDITION | OF_DEFINITIONS
        if found.start() < end or found[1] not in known:
            continue
        values, joined = [], found[0].startswith("and")
        position = found.end()
        while position is not None:
            text, end = value_at(message, position)
            values.append(yaml.safe_load(text))
            more = _OTHER.match(message, end)
            position = more.end() if more else None
        if joined and ways:
            ways[-1][found[1]] = values[0]
        else:
            ways += [{found[1]: value} for value in values]
    return ways


def combined(lines: list[list[dict]]) -> list[dict]:
    """The ways of several messages about one table: the first of each together, then the second …"""
    lines = [each for each in lines if each]
    most = max(map(len, lines), default=0)
    ways = []
    for number in range(most):
        way = {}
        for line in lines:
            for key, value in line[min(number, len(line) - 1)].items():
                both = isinstance(value, dict) and isinstance(way.get(key), dict)
                way[key] = {**way[key], **value} if both else value
        ways.append(way)
    return ways


def set_in(way: dict, source: dict, keys: dict) -> tuple[dict, dict]:
    """A table's source and an edition's keys with what one way says."""
    source, keys = dict(source), dict(keys)
    for key, value in way.items():
        place = source if key in OF_THE_TABLE else keys
        if key in OF_DEFINITIONS:
            place = keys["definitions"] = dict(keys.get("definitions", {}))
        if value is None:
            place.pop(key, None)
        else:
            both = isinstance(value, dict) and isinstance(place.get(key), dict)
            place[key] = {**place[key], **value} if both else value
    return source, keys
