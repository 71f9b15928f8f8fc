"""How often customers who have one product buy another within a year, as a table."""

import pandas as pd

from cs_lib.data.facts.purchase_facts import HORIZON
from cs_lib.judgement.next_purchases import NextPurchase, NextPurchases
from cs_lib.report.display import ReportTable
from cs_lib.report.tables.table_html import TableColumn, build_table
from cs_lib.report.text.formatting import Formatter
from cs_lib.vocabulary import COUNT, PERCENT

#: so many rows are shown, the likeliest
MOST_ROWS = 10
APART = " ◆"


def purchases_table(found: NextPurchases, formatter: Formatter) -> ReportTable:
    """A row a pair of products: who had the one, how many bought the other, and how many of all who lacked it did."""
    columns = [
        TableColumn("product", "Had", left=True),
        TableColumn("next", "Never had", left=True),
        TableColumn("customers", "Customers"),
        TableColumn("bought", "Took it"),
        TableColumn("share", "Share"),
        TableColumn("ends", f"{formatter.level} interval", muted=True),
        TableColumn("every", "Of all without it"),
        TableColumn("now", f"Such customers, {formatter.period_short(found.last)}"),
    ]
    notes = [
        "Never had: as far as the data reach back. Who left within those months counts as not having taken it.",
        "Of all without it: the same share among every customer who never had it.",
    ]
    if not all(each.has_others for each in found.pairs[:MOST_ROWS]):
        notes.append(f"Blank: fewer than {formatter.min_n} others had neither.")
    if any(each.differs for each in found.pairs[:MOST_ROWS]):
        notes.append(
            f"{APART.strip()} differs from the others without it, beyond normal variation."
        )
    if len(found.pairs) > MOST_ROWS:
        notes.append(f"{len(found.pairs) - MOST_ROWS} pairs of a lower share are left out.")
    months = formatter.count(HORIZON, "month")
    return build_table(
        [_row(each, formatter) for each in found.pairs[:MOST_ROWS]],
        columns,
        caption=f"Next product within {months} from {formatter.day(found.start)}",
        notes=notes,
        data=pd.DataFrame([each._asdict() for each in found.pairs]),
    )


def _row(each: NextPurchase, formatter: Formatter) -> dict:
    return {
        "product": each.product,
        "next": each.next,
        "customers": formatter.value(each.customers, COUNT),
        "bought": formatter.value(each.bought, COUNT),
        "share": formatter.percent(each.share) + (APART if each.differs else ""),
        "ends": formatter.interval(each.low, each.high, PERCENT),
        "every": formatter.percent(each.every_share) if each.has_others else "",
        "now": "" if each.now != each.now else formatter.value(each.now, COUNT),
    }
