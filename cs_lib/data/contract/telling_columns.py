"""Columns that nothing reads and whose mere presence of a value changes what a row means: a pause, a trial in days, an
account that went into another, a reason for which an order was cancelled."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import narwhals as nw

from cs_lib.data.contract.data_findings import DataFinding, having
from cs_lib.data.contract.edition_keys import SAY_SO, kept
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.sources.headers import as_column, folded
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import ROW

_DAY, _NUMBER, _ANY = r"\d{4}|\d[/.-]\d", r"^[1-9]\d*([.,]0+)?$", r"\S"
_ON = r"(on|at|date|day|time)?"


@dataclass(frozen=True)
class _Telling:
    """Columns of such names, folded: what a value in them looks like, what it means, and the key that reads it.

    `{cell}` is the column, `{start}` and `{customer}` those of the table, `{begins}` the day so many days after the start, at the
    latest the end, `{empty}` the key for rows without a value.
    """

    rule: str
    tables: tuple[str, ...]
    names: re.Pattern[str]
    value: str
    holds: str
    says: str


_SUBSCRIPTIONS, _ORDERS = ("subscriptions",), ("orders",)
_TELLING = (
    _Telling(
        "trial not read",
        _SUBSCRIPTIONS,
        re.compile(r"^(free)?trial(period|length)?days$"),
        _NUMBER,
        "a trial in {name}",
        "the price counts from the first day of it. If a trial is free, say columns: "
        '{{start_date: "{begins}"}} for this table',
    ),
    _Telling(
        "trial not read",
        _SUBSCRIPTIONS,
        re.compile(rf"^(converted|conversion|firstpaid|firstpayment|paidsince|becamepaying){_ON}$"),
        _DAY,
        "a day in {name}",
        "the price counts from {own}. If {name} is the first day paid for, say columns: "
        '{{start_date: "coalesce({cell}, {start})"}} for this table',
    ),
    _Telling(
        "trial not read",
        _SUBSCRIPTIONS,
        re.compile(r"trial.*(end|until|expir)"),
        _DAY,
        "a day in {name}",
        "the price counts from {own}. If a trial is free, say columns: "
        '{{start_date: "coalesce({cell}, {start})"}} for this table',
    ),
    _Telling(
        "pause not read",
        _SUBSCRIPTIONS,
        re.compile(rf"^(paused?|pausiert|onhold|frozen|suspended)(from|since|start|begin|{_ON})(s|date)?$"),
        _DAY,
        "a day in {name}",
        "they count as paid for while they are paused. If nothing is paid then, end the row on that day in the export, and "
        "write a row of its own from the day on which it is paid for again",
    ),
    _Telling(
        "pause not read",
        _SUBSCRIPTIONS,
        re.compile(r"^pausecollection(behaviou?r)?$"),
        _ANY,
        "something in {name}",
        "they count as paid for. If nothing is collected, say {empty} for this table",
    ),
    _Telling(
        "a price that was to change",
        _SUBSCRIPTIONS,
        re.compile(rf"^(promo|promotion|promotional|discount|offer|coupon|intro|introductory)(price|offer|period)?(end|ends|until|expires|expiry|expiration|valid(to|until)){_ON}$"),
        _DAY,
        "a day in {name}",
        "they count at one price before it and after it. If the price changed then, end the row on that day in the export, and "
        "write a row of its own at the price from that day on",
    ),
    _Telling(
        "refund not read",
        _SUBSCRIPTIONS,
        re.compile(rf"^(refunded|refund|chargedback|chargeback|disputed){_ON}$"),
        _DAY,
        "a day in {name}",
        "they count as paid for. If all was given back, say {empty} for this table",
    ),
    _Telling(
        "a customer who went into another",
        _SUBSCRIPTIONS,
        re.compile(r"^(merged|migrated|moved|transferred)(in)?to(id|customer|account|customerid|accountid)?$|^successor(id)?$"),
        _ANY,
        "another customer in {name}",
        "the one counts as lost, and the other as new. If both are one customer, say columns: "
        '{{customer_id: "coalesce({cell}, {customer})"}} for this table',
    ),
    _Telling(
        "status not read",
        _ORDERS,
        re.compile(r"^(cancel|cancell?ed|cancell?ation|void|storno)(reason|grund)$"),
        _ANY,
        "a reason in {name}",
        "they count as sold. If they were cancelled, say {empty} for this table",
    ),
)  # fmt: skip


def telling_findings(staged: Staged, name: str) -> Iterator[DataFinding]:
    """What a column that nothing reads says of the rows in which it holds something."""
    plain = folded(name)
    for each in _TELLING:
        if staged.table.name in each.tables and each.names.search(plain):
            yield from _told(staged, name, each)


def _told(staged: Staged, name: str, telling: _Telling) -> Iterator[DataFinding]:
    amount = "mrr" if staged.table.name == "subscriptions" else "amount"
    text = nw.col(name).cast(nw.String)
    rows = staged.held.filter(nw.col(amount) > 0).select(nw.col(ROW), value=text)
    many, first = staged.how_many(rows.filter(nw.col("value").str.contains(telling.value)))
    if not many:
        return
    start, customer = (staged.spelled.get(each, each) for each in ("start_date", "customer_id"))
    words = {
        "name": name,
        "cell": as_column(name),
        "own": start,
        "start": as_column(start),
        "begins": _after(staged, name),
        "customer": as_column(customer),
        "empty": kept(name, [""]),
    }
    says = (
        f"{staged.called}: {having(many, 'row')} {telling.holds.format(**words)}, the first "
        f"in {staged.location(first)}, nothing reads {name}, and {telling.says.format(**words)}; if not, {SAY_SO}."
    )
    yield DataFinding(WARNING, staged.table.name, telling.rule, says, many, name)


def _after(staged: Staged, name: str) -> str:
    """The day on which a trial of so many days is over; whoever left in it never paid."""
    start, days = as_column(staged.spelled.get("start_date", "start_date")), as_column(name)
    begins = f"CAST({start} AS DATE) + CAST(coalesce({days}, '0') AS INTEGER)"
    if not staged.has("end_date") or staged.source.date_formats("end_date"):
        return begins
    return f"least({begins}, CAST({staged.cell('end_date')} AS DATE))"
