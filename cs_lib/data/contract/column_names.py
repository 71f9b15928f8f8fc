"""What the names of columns say against the way in which their values are read."""

import re
from collections.abc import Iterator

import narwhals as nw

from cs_lib.data.contract.data_findings import DataFinding, counted
from cs_lib.data.contract.edition_keys import SAY_SO
from cs_lib.data.contract.number_remedies import as_number
from cs_lib.data.contract.table_declaration import MONEY, WARNING
from cs_lib.data.contract.tables import COSTS
from cs_lib.data.sources.headers import as_column, words_of
from cs_lib.data.sources.staged_table import Staged
from cs_lib.edition import Edition

_YEAR = re.compile(r"\b(arr|acv|annual|annuali[sz]ed|yearly|per year)\b")
_CENTS = re.compile(r"\b(cents?|minor units?|smallest unit)\b")
_THOUSANDS = re.compile(
    r"\b(in thousands|thousands|in k|k ?(usd|eur|gbp)|in millions|millions)\b|\b000s?\b"
)
_SO_FAR = re.compile(
    r"\b(ytd|mtd|qtd|year to date|month to date|to date|cumulative|cumulated|running total|lifetime|life time|ltv"
    r"|kumuliert|cumulé|acumulado)\b"
)
_MICROS = re.compile(r"\b(micros?|millionths)\b")
_OF_ONE = re.compile(
    r"\b(per|each|a) (seat|user|licen[cs]e|unit|head|member|agent)\b|\b(unit|seat) (price|amount|cost)\b"
    r"|^(list )?price$|^preis$|^prix$|\bpro (nutzer|platz|lizenz)\b|\bpar utilisateur\b"
)
_HOW_MANY = re.compile(
    r"^(number of |no of |# ?(of )?|anzahl )?(seats?|users?|licen[cs]es?|units?|quantity|qty|members?|agents?|plätze|nutzer|lizenzen)"
    r"( count)?$"
)
_TAXED = re.compile(
    r"\b(incl?(uding|usive)?|inkl|with|mit|plus) (of )?(vat|tax(es)?|gst|mwst|ust|tva|iva|btw)\b|\b(ttc|brutto|gross)\b"
)
_NET = re.compile(
    r"\b(net|netto|excl?(uding|usive)?|ex|without|before|ohne) ?(of )?(vat|tax(es)?|gst|mwst|ust|tva|iva|btw)?\b|\bht\b"
)
_PLANNED = re.compile(r"\b(budget(ed)?|planned|plan|forecast(ed)?|estimated?|committed|soll)\b")
_SPENT = re.compile(r"\b(actuals?|spent|spend|paid|cost|ist)\b")
_BILLED = re.compile(
    r"^(line |invoice |order |net )?(total|subtotal|amount|price)$|\b(amount|total) (billed|invoiced)\b"
)
_CONTRACT = re.compile(
    r"\b(tcv|(total )?contract (value|amount)|deal (value|amount|size)|opportunity amount|bookings?|vertragswert)\b"
)
_MONTHS = re.compile(
    r"^(contract |term |subscription )?(term|length|duration|months)( (in )?months)?$"
)
#: what a customer earns itself, as systems for sales call it
_EARNED = re.compile(
    r"^(company |account )?(annual|yearly) revenue( range)?$|^(company|account) (turnover|size)$"
)
_RECURRING = re.compile(r"\b(arr|acv|mrr|recurring)\b")
#: what is left to pay of a bill, and counts of what money bought
_LEFT_TO_PAY = re.compile(
    r"\b(amount|balance|total|invoice) (due|owing|owed|outstanding|remaining|payable)\b|\b(due|outstanding|open|ending|closing) "
    r"(amount|balance|total)\b|^(due|outstanding|balance|zu zahlen|restbetrag)$"
)
_COUNTED = re.compile(
    r"^(ad |total )?(impressions?|impr|clicks?|views?|reach|conversions?|leads?|sessions?|klicks|impressionen)$"
)
#: what has an id of its own in each row, and what says whose the row is
_OF_A_ROW = re.compile(
    r"\b(order|invoice|transaction|subscription|deal|opportunity|ticket|response|event|charge|payment|row|line|record"
    r"|receipt|rechnungs?|bestell) ?(id|no|number|nr|ref|reference|#)?$|^id$"
)
_WHOSE = re.compile(
    r"^(customer|account|client|company|buyer|user|kunden?|klant|cliente?)( ?(id|no|number|nr|name|email|e mail|#))?$"
    r"|^e ?mail( address)?$"
)
#: currencies that the name of a column may end in
_CODES = (
    "USD", "EUR", "GBP", "CHF", "JPY", "CNY", "INR", "CAD", "AUD", "NZD", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF",
    "BRL", "MXN", "ZAR", "SGD", "HKD", "KRW", "TRY", "ILS", "AED", "SAR", "THB", "IDR", "MYR", "PHP", "VND", "RON",
)  # fmt: skip
_CODE = re.compile(rf"\b({'|'.join(_CODES).lower()})\W*$")


def name_findings(staged: Staged, edition: Edition) -> Iterator[DataFinding]:
    """A warning for each column whose own name speaks of another unit; an adapter knows its export's."""
    if staged.source.recipe:
        return
    for column in staged.table.columns:
        if column.kind == MONEY and staged.has(column.name) and column.name in staged.spelled:
            yield from _money(staged, column.name, edition)
    if staged.table.name == "subscriptions":
        yield from _quantity(staged)
    yield from _whose(staged)


def speaks_of_cents(own: str) -> bool:
    """Whether the name of a column says that its amounts are cents."""
    return _CENTS.search(words_of(own)) is not None


def currency_in(own: str) -> str | None:
    """The code of a currency that the name of a column ends in."""
    code = _CODE.search(words_of(own))
    return code[1].upper() if code else None


def _money(staged: Staged, name: str, edition: Edition) -> Iterator[DataFinding]:
    own = staged.spelled[name]
    words, asked = words_of(own), as_column(own)
    yield from _other_amount(staged, name, words)
    if name == "mrr" and _YEAR.search(words):
        yield _finding(
            staged,
            own,
            "yearly amount read as monthly",
            f"{own} is read as the price of a month, and its name speaks of a year. If it is a year's, say columns: "
            f'{{amount: "{asked}"}} and values: {{interval_months: 12}} for this table instead of mrr.',
        )
    if staged.table.name in COSTS and _YEAR.search(words):
        yield _finding(
            staged,
            own,
            "yearly amount read as monthly",
            f"{own} is read as what was spent in the month, and its name speaks of a year. If it is a year's, say columns: "
            f'{{{name}: "{as_number(staged, name)} / 12"}} for this table.',
        )
    if speaks_of_cents(own) and not staged.source.in_cents(name):
        yield _finding(
            staged,
            own,
            "cents read as whole amounts",
            f"{own} is read as whole amounts, and its name speaks of cents. If they are, say cents: [{name}] "
            "for this table.",
        )
    if _THOUSANDS.search(words) and "thousand" not in edition.company.casefold():
        yield _finding(
            staged,
            own,
            "thousands read as units",
            f"{own} is read as it stands, and its name speaks of thousands or millions. If they are thousands, say "
            f'columns: {{{name}: "{as_number(staged, name)} * 1000"}} for this table.',
        )
    if _SO_FAR.search(words):
        yield _finding(
            staged,
            own,
            "sums so far",
            f"{own} is read as what each row adds, and its name speaks of a sum so far. Name the column of what was "
            f"paid in the row's own time: columns: {{{name}: …}}, or export it.",
        )
    code = currency_in(own)
    if (
        code
        and code != edition.currency
        and not staged.has("currency")
        and staged.table.column("currency")
    ):
        yield _finding(
            staged,
            own,
            "currency not read",
            f"{own} is read as {edition.currency}, and its name speaks of {code}. If it is that, say "
            f"values: {{currency: {code}}} for this table, and its rate under rates; if not, "
            f"values: {{currency: {edition.currency}}}.",
        )


def _sibling(staged: Staged, words: re.Pattern[str]) -> str | None:
    """Another column of the source with such a name."""
    known = {staged.spelled.get(each) for each in ("mrr", "amount", "customer_id")}
    names = (staged.spelled.get(each, each) for each in staged.columns)
    return next(
        (each for each in names if each not in known and words.search(words_of(each))), None
    )


def _other_amount(staged: Staged, name: str, words: str) -> Iterator[DataFinding]:
    """An amount that is another than what the column should hold: of one seat, with tax, planned, of a whole contract."""
    own, number = staged.spelled[name], as_number(staged, name)
    if _MICROS.search(words):
        yield _finding(
            staged,
            own,
            "millionths read as units",
            f"{own} is read as it stands, and its name speaks of millionths. If they are, say columns: "
            f'{{{name}: "{number} / 1000000"}} for this table.',
        )
    many = _sibling(staged, _HOW_MANY)
    if many in staged.source.columns.values():
        many = None
    if name == "mrr" and _OF_ONE.search(words) and many:
        product = f"{number} * {as_number(staged, many)}"
        yield _finding(
            staged,
            own,
            "price of one read as that of all",
            f"{own} is read as what a customer pays a month, and its name speaks of the price of one, of which {many} says how "
            f'many there are. If so, say columns: {{mrr: "{product}"}} for this table; if it is the price of all, {SAY_SO}.',
        )
    if staged.table.name == "subscriptions" and _EARNED.search(words):
        yield _finding(
            staged,
            own,
            "a customer's own revenue",
            f"{own} is read as a price, and systems for sales call so what a customer earns itself. "
            + _instead(name, _sibling(staged, _RECURRING), "what the customer pays"),
        )
    if _LEFT_TO_PAY.search(words):
        yield _finding(
            staged,
            own,
            "what is left to pay",
            f"{own} is read as what was {'sold' if staged.table.name == 'orders' else 'agreed'}, and its name speaks of what is left to pay: "
            "credits and balances carried over are in it. "
            + _instead(name, _sibling(staged, _BILLED), "what was billed"),
        )
    if staged.table.name in COSTS and _COUNTED.search(words):
        yield _finding(
            staged,
            own,
            "a count read as costs",
            f"{own} is read as money, and its name speaks of a count. {_instead(name, _sibling(staged, _SPENT), 'what was spent')}",
        )
    net = _sibling(staged, _NET)
    if (taxed := _TAXED.search(words)) and (net or taxed[0] not in ("gross", "brutto")):
        yield _finding(
            staged,
            own,
            "tax not taken off",
            f"{own} holds the tax, as its name says, and figures are without it. {_instead(name, net, 'the amount without it')}",
        )
    if staged.table.name in COSTS and _PLANNED.search(words):
        spent = _sibling(staged, _SPENT)
        yield _finding(
            staged,
            own,
            "a plan read as costs",
            f"{own} is read as what was spent, and its name speaks of a plan. {_instead(name, spent, 'what was spent')}",
        )
    if name == "mrr" and _CONTRACT.search(words):
        term = _sibling(staged, _MONTHS)
        months = f'"{as_column(term)}"' if term else "…"
        yield _finding(
            staged,
            own,
            "price of a contract read as a month's",
            f"{own} is read as the price of a month, and its name speaks of a whole contract's. If it is one, say columns: "
            f'{{amount: "{as_column(own)}", interval_months: {months}}} for this table instead of mrr: the months of the contract.',
        )


def _instead(name: str, other: str | None, what: str) -> str:
    if other:
        return (
            f'If {other} is {what}, say columns: {{{name}: "{as_column(other)}"}} for this table.'
        )
    return f"Name the column with {what}: columns: {{{name}: …}}, or export it."


def _whose(staged: Staged) -> Iterator[DataFinding]:
    """Ids of rows that are taken for those of customers."""
    own = staged.spelled.get("customer_id")
    if own is None or own == "customer_id" or staged.table.name in ("customers", "usage_events"):
        return
    other = _sibling(staged, _WHOSE)
    if _OF_A_ROW.search(words_of(own)) and (other or words_of(own) != "id"):
        yield _finding(
            staged,
            own,
            "ids of rows as customers",
            f"{own} is read as the customer, and its name speaks of a row's own id: each row would be a customer of its own. "
            + _instead("customer_id", other, "the customer's"),
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
            own,
            "amount times quantity",
            f"{amount} is taken for the price of one unit and multiplied by {own}, which is above 1 in "
            f"{counted(many, 'row')}, the first in {staged.location(first)}. If so, say columns: {{quantity: "
            f'"{as_column(own)}"}} for this table; if {amount} is the price of all, values: {{quantity: 1}}.',
        )


def _finding(staged: Staged, own: str, rule: str, says: str) -> DataFinding:
    return DataFinding(WARNING, staged.table.name, rule, f"{staged.called}: {says}", about=own)
