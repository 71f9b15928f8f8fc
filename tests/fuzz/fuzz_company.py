"""The company that the fuzzer mutates: its tables as text, the edition that reads them, its files."""

import csv
import gzip
import io
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

AS_OF, FIRST = date(2026, 4, 1), date(2025, 9, 1)
MONTHS = 7
PLANS, REGIONS = ("Pro", "Solo", "Network"), ("EMEA", "APAC")
FEATURES, CHANNELS = ("calendar", "reports"), ("Ads", "Events")
COLUMNS = {
    "customers": ["customer_id", "signed_up_on", "first_value_on", "region"],
    "subscriptions": [
        "customer_id", "start_date", "end_date", "mrr", "currency", "end_reason",
        "subscription_id", "plan",
    ],
    "orders": ["order_id", "customer_id", "ordered_at", "amount", "currency", "shop"],
    "survey_responses": [
        "response_id", "customer_id", "respondent_id", "instrument", "score", "sent_at",
        "responded_at", "touchpoint", "comment", "plan",
    ],
    "acquisition_costs": ["month", "amount", "category", "channel"],
    "usage_events": ["customer_id", "occurred_at", "feature", "user_id"],
}  # fmt: skip
#: what an edition gives beside the table that is mutated, so that each is measured quickly
ROOMS = {
    "customers": ("customers",),
    "subscriptions": ("subscriptions",),
    "orders": ("orders",),
    "survey_responses": ("survey_responses",),
    "acquisition_costs": ("acquisition_costs", "orders"),
    "usage_events": ("usage_events",),
}
#: the column that each room is split by
SEGMENTS = {
    "customers": ["region"],
    "subscriptions": ["plan"],
    "orders": ["shop"],
    "survey_responses": ["plan"],
    "acquisition_costs": [],
    "usage_events": [],
}
DATES = {
    "customers": ["signed_up_on", "first_value_on"],
    "subscriptions": ["start_date", "end_date"],
    "orders": ["ordered_at"],
    "survey_responses": ["sent_at", "responded_at"],
    "acquisition_costs": ["month"],
    "usage_events": ["occurred_at"],
}
NUMBERS = {
    "subscriptions": ["mrr"],
    "orders": ["amount"],
    "survey_responses": ["score"],
    "acquisition_costs": ["amount"],
}
#: columns in which every row needs a value
REQUIRED = {
    "customers": ["customer_id"],
    "subscriptions": ["customer_id", "start_date", "mrr"],
    "orders": ["customer_id", "ordered_at", "amount"],
    "survey_responses": ["instrument"],
    "acquisition_costs": ["month", "amount"],
    "usage_events": ["customer_id", "occurred_at", "feature"],
}
#: columns that must stand in the file
NEEDED = REQUIRED | {"survey_responses": ["instrument", "score", "responded_at"]}

Row = dict[str, str]
Tables = dict[str, list[Row]]


def company(seed: int = 7, customers: int = 24) -> Tables:
    """Every table, row by row, as the text of its cells; the same for a seed."""
    draw = Random(seed)
    ids = [f"c{n:03}" for n in range(1, customers + 1)]
    return {
        "customers": [_customer(draw, each) for each in ids],
        "subscriptions": _subscriptions(draw, ids),
        "orders": _orders(draw, ids),
        "survey_responses": _answers(draw, ids),
        "acquisition_costs": _costs(),
        "usage_events": _events(draw, ids),
    }


def month(number: int) -> date:
    index = FIRST.year * 12 + FIRST.month - 1 + number
    return date(index // 12, index % 12 + 1, 1)


def _day(draw: Random, low: int, high: int) -> date:
    return FIRST + timedelta(days=draw.randrange(low, high))


def _moment(draw: Random, low: int, high: int) -> str:
    clock = f"{draw.randrange(9, 18):02}:{draw.randrange(60):02}:{draw.randrange(60):02}"
    return f"{_day(draw, low, high)} {clock}"


def _customer(draw: Random, who: str) -> Row:
    joined = _day(draw, 0, 190)
    value = "" if draw.random() < 0.25 else str(joined + timedelta(days=draw.randrange(1, 20)))
    return _row("customers", who, str(joined), value, draw.choice(REGIONS))


def _subscriptions(draw: Random, ids: list[str]) -> list[Row]:
    rows: list[Row] = []

    def add(who, start, end, mrr, plan):
        reason = draw.choice(["price", "closed"]) if end else ""
        cells = (who, str(start), str(end or ""), mrr, "USD", reason, f"s{len(rows) + 1:03}", plan)
        rows.append(_row("subscriptions", *cells))

    for number, who in enumerate(ids):
        start = _day(draw, 0, 150)
        mrr, plan = draw.choice(["20", "49.5", "120.25", "1200"]), draw.choice(PLANS)
        end = start + timedelta(days=draw.randrange(25, 60)) if number % 3 == 0 else None
        add(who, start, end, mrr, plan)
        if number % 6 == 0:
            add(who, end, None, str(float(mrr) + 10), draw.choice(PLANS))
    return rows


def _orders(draw: Random, ids: list[str]) -> list[Row]:
    rows = []
    for who in ids:
        for _ in range(draw.randrange(1, 4)):
            amount = draw.choice(["15", "40.75", "120", "1350.5", "-12.5", "88.333333"])
            cells = (f"o{len(rows) + 1:03}", who, _moment(draw, 0, 211), amount, "USD")
            rows.append(_row("orders", *cells, draw.choice(["web", "shop"])))
    return rows


def _answers(draw: Random, ids: list[str]) -> list[Row]:
    rows = []
    scales = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}
    for who in ids:
        instrument = draw.choice(["nps", "nps", "csat", "ces"])
        sent = _day(draw, 0, 190)
        answered = draw.random() < 0.8
        score = str(draw.randint(*scales[instrument])) if answered else ""
        at = f"{sent + timedelta(days=draw.randrange(1, 10))} 10:{draw.randrange(10, 60)}:00"
        comment = draw.choice(["", "Fine so far", "Slow, but friendly", 'The "new" calendar'])
        asked = (f"{sent} 09:00:00", at if answered else "")
        known = (f"r{len(rows) + 1:03}", who, f"p{who}", instrument, score, *asked)
        rows.append(_row("survey_responses", *known, "email", comment, draw.choice(PLANS)))
    return rows


def _costs() -> list[Row]:
    return [
        _row("acquisition_costs", f"{month(n):%Y-%m}", f"{spent + 13 * n}.5", category, channel)
        for n in range(MONTHS)
        for category, channel, spent in (("marketing", "Ads", 400), ("sales", "Events", 1100))
    ]


def _events(draw: Random, ids: list[str]) -> list[Row]:
    return [
        _row("usage_events", who, _moment(draw, 0, 211), draw.choice(FEATURES), f"u{who}{n % 2}")
        for who in ids
        for n in range(3)
    ]


def _row(table: str, *cells: str) -> Row:
    return dict(zip(COLUMNS[table], cells, strict=True))


# ---------------------------------------------------------------- as files and an edition


@dataclass(frozen=True)
class Writing:
    """How a table is written as CSV."""

    delimiter: str = ","
    newline: str = "\n"
    quote_all: bool = False
    last_newline: bool = True


PLAIN = Writing()


def written(rows: list[Row], header: list[str] | None = None, how: Writing = PLAIN) -> str:
    """Rows as the text of a CSV file; `header` gives the names and order of its columns."""
    return written_cells([list(row.values()) for row in rows], header or list(rows[0]), how)


def written_cells(cells: list[list[str]], header: list[str], how: Writing = PLAIN) -> str:
    buffer = io.StringIO()
    quoting = csv.QUOTE_ALL if how.quote_all else csv.QUOTE_MINIMAL
    writer = csv.writer(
        buffer, delimiter=how.delimiter, lineterminator=how.newline, quoting=quoting
    )
    writer.writerows([header, *cells])
    text = buffer.getvalue()
    return text if how.last_newline else text.removesuffix(how.newline)


def packed_up(text: str) -> bytes:
    """Text as gzip holds it, the same at any time."""
    return gzip.compress(text.encode(), mtime=0)


def settings_of(room: str, tables: Tables) -> dict:
    """The edition that reads a room's tables, each from a CSV file of its name."""
    split = [each for each in SEGMENTS[room] if any(each in rows[0] for rows in tables.values())]
    return {
        "company": "Tiny",
        "as_of": AS_OF,
        "history_starts": FIRST,
        "grains": ["month"],
        "min_n": 1,
        "segments": split,
        "tables": {name: f"{name}.csv" for name in tables},
        "definitions": {
            "gross_margin": 0.8,
            "ces": {"scale": [1, 7], "direction": "higher", "easy": [5, 7]},
        },
        "memory_limit": "400MB",
    }


def room_of(whole: Tables, room: str) -> Tables:
    """A copy of the tables that a room reads."""
    return {name: deepcopy(whole[name]) for name in ROOMS[room]}
