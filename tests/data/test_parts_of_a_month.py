"""The part of a price for the days left of a month, taken for every month's, is said; the key gives the whole price."""

from calendar import monthrange

import pytest
from offers import offers

from tests.data.test_plan_words import said
from tests.data.test_unread_columns import write

RULE = "parts of a first month"
PRICES = {"Solo": 20, "Pro": 120}


def opened(workshop, price, further="", cells=lambda n: "", source=(), **keys):
    """Forty customers, each from another day on; price(n, whole, day, days of the month)."""
    rows = []
    for n in range(40):
        plan, month, day = ("Solo", "Pro")[n % 2], 1 + n % 6, 2 + n * 5 % 26
        paid = price(n, PRICES[plan], day, monthrange(2026, month)[1])
        rows.append(f"c{n},2026-0{month}-{day:02d},{paid},{plan}{cells(n)}")
    write(workshop, f"customer_id,start_date,mrr,plan{further}", *rows)
    tables = {"subscriptions": {"path": "rows.csv", **dict(source)}}
    return workshop.open(tables, **{"as_of": "2026-07-01", **keys})


def total(data):
    return sum(data.engine.collect(data.tables["subscriptions"])["mrr"]) / 1e6


def left(n, whole, day, days):
    return round(whole * (days - day + 1) / days, 2) if n % 3 == 0 else whole


def left_of_thirty(n, whole, day, days):
    return round(whole * (31 - day) / 30, 2) if n % 3 == 0 else whole


@pytest.mark.parametrize("price", [left, left_of_thirty])
def test_the_first_invoice_of_some(workshop, price):
    [says] = said(opened(workshop, price), RULE)
    assert "14 rows have an MRR such as" in says and "the first in rows.csv, line 2" in says
    right = opened(workshop, price, source=offers(says)[0])
    assert not said(right, RULE) and total(right) == 20 * 20 + 20 * 120


def test_in_cents_of_another_currency(workshop):
    keys = {"further": ",currency", "cells": lambda n: ",GBP", "rates": {"GBP": 1.25}}

    def cents(*each):
        return round(100 * left(*each))

    [says] = said(opened(workshop, cents, source={"cents": True}, **keys), RULE)
    right = opened(workshop, cents, source={"cents": True, **offers(says)[0]}, **keys)
    assert not said(right, RULE) and total(right) == 1.25 * (20 * 20 + 20 * 120)


def test_discounts_and_prices_of_before(workshop):
    def discounted(n, whole, day, days):
        return round(whole * (1, 1, 0.9, 0.75, 0.6)[n % 5] - n % 5 * 0.1, 2)

    assert not said(opened(workshop, discounted), RULE)
    assert not said(opened(workshop, lambda n, whole, day, days: whole), RULE)
    assert not said(opened(workshop, lambda n, whole, day, days: whole - n % 3 * 5), RULE)


def test_a_discount_among_them_leaves_the_price_to_the_export(workshop):
    def both(n, whole, day, days):
        return 0.5 * whole if n in (1, 2) else left(n, whole, day, days)

    [says] = said(opened(workshop, both), RULE)
    assert "write the price of a whole month in the export" in says and not offers(says)
