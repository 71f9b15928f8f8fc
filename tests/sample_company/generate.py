"""Write the sample company: `python tests/sample_company/generate.py [--out DIR]`.

The same bytes come out every time. Settings are in `company`, `story` and `awkward`, and beside the
code that uses them.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import starmap
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sample_company.awkward import awkward_customers
from sample_company.budget import budget
from sample_company.company import CURRENCY, Customer, Row
from sample_company.costs import costs
from sample_company.items import items
from sample_company.life import population
from sample_company.owners import owned, success_costs
from sample_company.usage import usage
from sample_company.voice import Response, responses

SHIPPED = Path(__file__).resolve().parents[2] / "cs_lib" / "data" / "sample"
CUSTOMERS = (
    *("customer_id", "signed_up_on", "first_value_on", "region", "channel"),
    *("owner", "valid_from"),
)
SUBSCRIPTIONS = (
    "subscription_id",
    "customer_id",
    "plan",
    "start_date",
    "end_date",
    "amount",
    "interval_months",
    "currency",
    "end_reason",
    "term_ends_on",
)
RESPONSES = (
    "response_id",
    "instrument",
    "score",
    "sent_at",
    "responded_at",
    "customer_id",
    "respondent_id",
    "touchpoint",
    "comment",
    "followed_up_on",
)
ITEMS = ("response_id", "item", "value")
COSTS = ("month", "amount", "category", "channel")
SUCCESS_COSTS = ("month", "amount", "owner")
BUDGET = ("month", "metric", "value")
USAGE = ("customer_id", "user_id", "occurred_at", "feature")


def cell(value: object) -> object:
    """A value as an export would write it: empty for nothing, money to the cent."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.2f}"
    return value


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A CSV file, compressed when its name ends in `.gz`, without a clock in it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([cell(value) for value in row] for row in rows)
    content = text.getvalue().encode()
    path.write_bytes(compressed(content) if path.suffix == ".gz" else content)


def compressed(content: bytes) -> bytes:
    """Gzip without file name and time."""
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, filename="", mode="wb", compresslevel=9, mtime=0) as file:
        file.write(content)
    return packed.getvalue()


def customer_cells(one: Customer, owner: str, since: date | None) -> tuple:
    days = one.signed_up_on, one.first_value_on
    return one.customer_id, *days, one.region, one.channel, owner, since


def subscription_cells(number: int, row: Row) -> tuple:
    price = float(row.amount), row.interval, CURRENCY, row.reason
    line = f"S-{number:05d}", row.customer_id, row.plan, row.start, row.end, *price
    return *line, row.term_ends_on


def response_cells(number: int, one: Response) -> tuple:
    when = one.sent_at, one.responded_at
    who = one.customer_id, one.respondent_id
    asked = f"R-{number:06d}", one.instrument, one.score, *when, *who, one.touchpoint
    return *asked, one.comment, one.followed_up_on


def generate(out: Path) -> None:
    """Write the eight tables into a folder."""
    ordinary, awkward = population(), awkward_customers()
    customers, rows = ordinary[0] + awkward[0], ordinary[1] + awkward[1]
    customers.sort(key=lambda one: one.customer_id)
    rows.sort(key=lambda one: (one.customer_id, one.start, one.end or date.max))
    asked = responses(customers, rows)
    events = usage(rows)
    moments = events.occurred_at.dt.strftime("%Y-%m-%d %H:%M:%S")
    write(out / "customers.csv", CUSTOMERS, starmap(customer_cells, owned(customers, rows)))
    write(
        out / "subscriptions.csv",
        SUBSCRIPTIONS,
        (subscription_cells(number, row) for number, row in enumerate(rows, start=1)),
    )
    write(
        out / "survey_responses.csv.gz",
        RESPONSES,
        (response_cells(number, one) for number, one in enumerate(asked, start=1)),
    )
    write(out / "survey_items.csv.gz", ITEMS, items(asked, rows))
    write(out / "acquisition_costs.csv", COSTS, costs())
    write(out / "success_costs.csv", SUCCESS_COSTS, success_costs())
    write(out / "budget.csv", BUDGET, budget())
    write(
        out / "usage_events.csv.gz",
        USAGE,
        zip(events.customer_id, events.user_id, moments, events.feature, strict=True),
    )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Write the sample company's files.")
    parser.add_argument("--out", type=Path, default=SHIPPED, help="folder to write to")
    out = parser.parse_args(arguments).out
    out.mkdir(parents=True, exist_ok=True)
    generate(out)


if __name__ == "__main__":
    main()
