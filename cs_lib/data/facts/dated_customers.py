"""Customers with several rows, each of which holds from its `valid_from` on: who they are now, and who had them when.

A row without `valid_from` holds from the beginning.
"""

from datetime import datetime

import narwhals as nw

from cs_lib.vocabulary import OWNER, VALID_FROM

#: before anything that an edition's data may speak of
BEGINNING = datetime(1, 1, 1)
#: days of the customer's own, which any of its rows may say
DAYS = ("signed_up_on", "first_value_on")


def newest(rows: nw.LazyFrame) -> nw.LazyFrame:
    """One row a customer: the newest, with the days that any of its rows gives."""
    rows = rows.with_columns(nw.col(VALID_FROM).fill_null(nw.lit(BEGINNING)))
    days = [each for each in DAYS if each in rows.collect_schema().names()]
    last = rows.group_by("customer_id").agg(
        nw.col(VALID_FROM).max(), *(nw.col(each).max() for each in days)
    )
    return rows.drop(*days).join(last, on=["customer_id", VALID_FROM], how="inner")


def stretches(rows: nw.LazyFrame) -> nw.LazyFrame:
    """customer_id, owner, since, until: from when to when each row holds; null where nothing came after it."""
    since = rows.select("customer_id", OWNER, since=nw.col(VALID_FROM).fill_null(nw.lit(BEGINNING)))
    until = nw.col("since").shift(-1).over("customer_id", order_by="since")
    return since.with_columns(until=until)
