"""What the names of columns say against the way in which their values are read."""

import re
from collections.abc import Iterator

import narwhals as nw

from cs_lib.data.contract.data_findings import DataFinding, counted
from cs_lib.data.contract.table_declaration import MONEY, WARNING
from cs_lib.data.sources.headers import as_column
from cs_lib.data.sources.staged_table import Staged
from cs_lib.edition import Edition

_YEAR = re.compile(r"(?i)\b(arr|acv|annual|annuali[sz]ed|yearly|per year)\b")
_CENTS = re.compile(r"(?i)\b(cents?|minor units?|smallest unit)\b")
_THOUSANDS = re.compile(
    r"(?i)\b(in thousands|thousands|in k|k ?(usd|eur|gbp)|in millions|millions)\b|\b000s?\b"
)
_SO_FAR = re.compile(
    r"(?i)\b(ytd|mtd|qtd|year to date|month to date|to date|cumulative|cumulated|running total|lifetime|life time|ltv"
    r"|kumuliert|cumulé|acumulado)\b"
)
#: currencies that the name of a column may end in
_CODES = (
    "USD", "EUR", "GBP", "CHF", "JPY", "CNY", "INR", "CAD", "AUD", "NZD", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF",
    "BRL", "MXN", "ZAR", "SGD", "HKD", "KRW", "TRY", "ILS", "AED", "SAR", "THB", "IDR", "MYR", "PHP", "VND", "RON",
)  # fmt: skip
_CODE = re.compile(rf"\b({'|'.join(_CODES)})\W*$", re.IGNORECASE)


def name_findings(staged: Staged, edition: Edition) -> Iterator[DataFinding]:
    """A warning for each column whose own name speaks of another unit; an adapter knows its export's."""
    if staged.source.recipe:
        return
    for column in staged.table.columns:
        if column.kind == MONEY and staged.has(column.name) and column.name in staged.spelled:
            yield from _money(staged, column.name, edition)
    if staged.table.name == "subscriptions":
        yield from _quantity(staged)


def _money(staged: Staged, name: str, edition: Edition) -> Iterator[DataFinding]:
    own = staged.spelled[name]
    words = re.sub(r"[_\W]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", own)).strip()
    asked = as_column(own)
    if name == "mrr" and _YEAR.search(words):
        yield _finding(
            staged,
            "yearly amount read as monthly",
            f"{own} is read as the price of a month, and its name speaks of a year. If it is a year's, say columns: "
            f'{{amount: "{asked}"}} and values: {{interval_months: 12}} for this table instead of mrr.',
        )
    if _CENTS.search(words) and not staged.source.in_cents(name):
        yield _finding(
            staged,
            "cents read as whole amounts",
            f"{own} is read as whole amounts, and its name speaks of cents. If they are, say cents: [{name}] "
            "for this table.",
        )
    if _THOUSANDS.search(words) and "thousand" not in edition.company.casefold():
        yield _finding(
            staged,
            "thousands read as units",
            f"{own} is read as it stands, and its name speaks of thousands or millions. If they are thousands, say "
            f'columns: {{{name}: "CAST({asked} AS DECIMAL(24, 6)) * 1000"}} for this table.',
        )
    if _SO_FAR.search(words):
        yield _finding(
            staged,
            "sums so far",
            f"{own} is read as what each row adds, and its name speaks of a sum so far. Name the column of what was "
            f"paid in the row's own time: columns: {{{name}: …}}, or export it.",
        )
    code = _CODE.search(words)
    if (
        code
        and code[1].upper() != edition.currency
        and not staged.has("currency")
        and staged.table.column("currency")
    ):
        yield _finding(
            staged,
            "currency not read",
            f"{own} is read as {edition.currency}, and its name speaks of {code[1].upper()}. If it is that, say "
            f"values: {{currency: {code[1].upper()}}} for this table, and its rate under rates; if not, "
            f"values: {{currency: {edition.currency}}}.",
        )


def _quantity(staged: Staged) -> Iterator[DataFinding]:
    """Prices that are multiplied by a column which only happens to be called quantity."""
    if not staged.has("quantity") or not staged.has("amount"):
        return
    if "quantity" in {*staged.source.columns, *staged.source.values}:
        return
    many, first = staged.how_many(staged.rows.filter(nw.col("quantity") > 1))
    if many:
        own, amount = (staged.spelled.get(each, each) for each in ("quantity", "amount"))
        yield _finding(
            staged,
            "amount times quantity",
            f"{amount} is taken for the price of one unit and multiplied by {own}, which is above 1 in "
            f"{counted(many, 'row')}, the first in {staged.location(first)}. If so, say columns: {{quantity: "
            f'"{as_column(own)}"}} for this table; if {amount} is the price of all, values: {{quantity: 1}}.',
        )


def _finding(staged: Staged, rule: str, says: str) -> DataFinding:
    return DataFinding(WARNING, staged.table.name, rule, f"{staged.called}: {says}")
