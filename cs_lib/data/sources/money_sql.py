"""Exact sums of money in SQL: cents, the price of a month, amounts at the edition's rates.

Amounts are whole millionths; a share is rounded half away from zero.
"""

from decimal import Decimal

from cs_lib.data.engines.dialect import DuckDB
from cs_lib.vocabulary import MICROS

LARGEST = 2**63 - 1
#: currencies (ISO 4217) whose smallest unit is the whole one, and those of which it is a thousandth
WHOLE_UNITS = (
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF",
    "XOF", "XPF",
)  # fmt: skip
THOUSANDTHS = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")


def cent(currency: str) -> int:
    if currency in WHOLE_UNITS:
        return MICROS
    return MICROS // (1000 if currency in THOUSANDTHS else 100)


def monthly(names: dict[str, str], dialect: DuckDB) -> str:
    """The price of a month: as given, else the term's price, times the quantity, over its months."""
    spread = [
        _share(names["amount"], over, names.get("quantity"), times, by, dialect)
        for interval, times, by in TERMS
        if {"amount", interval} <= names.keys()
        for over in [names[interval]]
    ]
    found = [names["mrr"], *spread] if "mrr" in names else spread
    return found[0] if len(found) == 1 else f"coalesce({', '.join(found)})"


#: how many months a year has for so many of an interval: a week is 12 ÷ 52 of a month
TERMS = (("interval_months", 1, 1), ("interval_weeks", 52, 12))


def _share(
    amount: str, interval: str, quantity: str | None, times: int, by: int, dialect: DuckDB
) -> str:
    """amount × quantity × times ÷ (by × interval), where the interval is one."""
    many = f"coalesce({quantity}, 1)" if quantity else "1"
    product = f"{dialect.wide(f'abs({amount})')} * abs({many}) * {times}"
    negative = f"({amount} < 0) <> ({many} < 0)"
    share = _rounded(product, f"{by} * {dialect.wide(interval)}", negative, dialect)
    return f"CASE WHEN {interval} > 0 THEN {share} END"


def in_currency(amount: str, currency: str, rates: dict[str, Decimal], dialect: DuckDB) -> str:
    """The amount at the edition's rate, exact."""
    cases = []
    for code, rate in sorted(rates.items()):
        times, by = rate.as_integer_ratio()
        product = f"{dialect.wide(f'abs({amount})')} * {dialect.wide(dialect.literal(times))}"
        share = _rounded(product, dialect.wide(dialect.literal(by)), f"{amount} < 0", dialect)
        cases.append(f"WHEN {dialect.literal(code)} THEN {share}")
    return f"CASE {currency} {' '.join(cases)} ELSE {amount} END"


def _rounded(product: str, by: str, negative: str, dialect: DuckDB) -> str:
    """product ÷ by, half away from zero. What is too large becomes the largest number: the check of
    the totals refuses it."""
    size = dialect.quotient(f"2 * {product} + {by}", f"2 * {by}")
    size = f"CAST(CASE WHEN {size} > {LARGEST} THEN {LARGEST} ELSE {size} END AS BIGINT)"
    return f"{size} * CASE WHEN {negative} THEN -1 ELSE 1 END"
