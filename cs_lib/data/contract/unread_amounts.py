"""Columns beside an amount that nothing reads although they change it: what was given back, tax, a discount,
how many were bought, that a row takes off; and how often a use stands for itself."""

import re
from collections.abc import Iterator

import narwhals as nw

from cs_lib.data.contract.changed_columns import changed_findings
from cs_lib.data.contract.data_findings import DataFinding, counted, having
from cs_lib.data.contract.edition_keys import SAY_SO
from cs_lib.data.contract.number_remedies import as_number, number_in
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.contract.tables import COSTS
from cs_lib.data.engines.distinct_rows import flag
from cs_lib.data.sources.headers import as_column, folded
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import ROW

_REFUND = re.compile(r"refund|chargeback|creditnote|credited")
_TAX = re.compile(r"^(sales|total)?(tax|taxes|vat|gst)(amount|total)?$")
_PRICED = ("orders", "subscriptions", *COSTS)
_SHIPPING = re.compile(
    r"^(shipping|delivery|freight|postage|versand(kosten)?|livraison|tips?|gratuity|handling|servicefee)"
    r"(cost|costs|fee|fees|amount|total|price|charge|charges)?$"
)
_DUE = re.compile(
    r"^(amount|balance|total|invoice)?(due|outstanding|unpaid|remaining|owing)(amount|balance|total)?$|^offener?(betrag|posten)$|^restbetrag$"
)
#: what comes on top of what was spent, folded, and the other side of an account
_ON_TOP = re.compile(
    r"^(agency|management|service|platform|media|agentur)(fees?|commission|markup|cost)s?$|^(commission|markup)$"
)
_SIDES = {"debit": ("credit",), "credit": ("debit",), "soll": ("haben",), "haben": ("soll",)}
_WITH_TAX = re.compile(r"(?<!sub)total|gross|incl")
_DISCOUNT = re.compile(
    r"discount(?!code|name|type|id|start|end)|rabatt|nachlass|^remise|descuento|sconto|korting|percentoff|amountoff"
)
_PERCENT = re.compile(r"percent|pct|rate|%|satz")
_BEFORE_DISCOUNT = re.compile(r"gross|list|subtotal|before|catalog")
_QUANTITY = re.compile(
    r"^(item|line|lineitem)?(quantity|qty|units|menge|anzahl|quantité|cantidad|quantità)$"
)
#: what is counted beside a cost
_NUMBER_OF = re.compile(r"^(clicks|impressions|views|sessions|visits|leads|sends|klicks)$")
_OF_ONE = re.compile(
    r"unit|each|perseat|peritem|stück|einzel|unitaire|unitario|^price$|^preis$|^prix$|^rate$"
)
_TEXT = re.compile(
    r"^(line|item|invoice|order)?(description|memo|notes?|reason|item|product|details|subject|title|text|beschreibung"
    r"|libellé|concepto)$"
)
_BACK = r"refund|credit note|credit memo|chargeback|gutschrift|erstattung|remboursement|reembolso|rimborso"
#: how the number of a credit note or of a refund begins, or ends, in any letters
_NUMBER = re.compile(
    r"^(order|invoice|document|doc|receipt|beleg|rechnungs?|transaction)?(id|no|number|nr|nummer|ref|reference|num)$"
)
_BEGINS = (
    r"(?i)^(?:cn|crn|cr|rf|rfd|rma|ret|refund|credit|creditnote|creditmemo|gutschrift|storno|avoir|return)[-_ /#]*[0-9]"
    r"|^(?:pyr|re)_"
)
_ENDS = r"(?i)[-_ /](?:cn|rf|refund|credit|ret|return|storno)[0-9]*$"
#: so many rows are looked at before all are, and at most such a share of them takes off
_LOOKED_AT, _MOST_CREDIT = 50_000, 0.5
_TIMES = re.compile(
    r"^(?:total|daily|monthly)?(event|use|usage|login|session|visit|click|action)?(count|counts|number|total|times|uses|logins|sessions|visits|hits"
    r"|quantity|qty|events|clicks|actions)$|^(numberof|countof|num)"
)


def amount_findings(staged: Staged, name: str) -> Iterator[DataFinding]:
    """What a column that nothing reads changes of the amounts beside it."""
    plain, table = folded(name), staged.table.name
    if table == "usage_events" and _TIMES.search(plain):
        yield from _times(staged, name)
    if table == "subscriptions" and _DISCOUNT.search(plain):
        yield from _discount(staged, name, "mrr" if "mrr" in staged.spelled else "amount")
    if table not in _PRICED:
        return
    own = folded(staged.spelled.get(_price(staged), ""))
    if table == "orders" and _REFUND.search(plain):
        yield from _part(staged, name, "was given back", "refund not read")
    elif _TAX.search(plain) and _WITH_TAX.search(own):
        yield from _part(staged, name, "is tax", "tax not read")
    if folded(name) in _SIDES.get(own, ()):
        yield from _other_side(staged, name)
    if table in COSTS and _ON_TOP.search(plain):
        yield from _on_top(staged, name)
    if _QUANTITY.search(plain) or _NUMBER_OF.search(plain):
        yield from changed_findings(staged, name)
    if table != "orders":
        return
    if _DUE.search(plain):
        yield from _part(staged, name, "is not paid yet", "unpaid not read")
    if _SHIPPING.search(plain) and _WITH_TAX.search(own):
        yield from _part(staged, name, "is no sale of goods", "shipping not read")
    elif _DISCOUNT.search(plain) and _BEFORE_DISCOUNT.search(own):
        yield from _discount(staged, name, "amount")
    if _QUANTITY.search(plain):
        yield from _quantity(staged, name, of_one=bool(_OF_ONE.search(own)))
    if _TEXT.search(plain):
        yield from _said_to_be_back(staged, name)


def _price(staged: Staged) -> str:
    """The column of money that is read of a table."""
    return "mrr" if "mrr" in staged.spelled else "amount"


def _amounts(staged: Staged, name: str) -> tuple[int, int]:
    """How many rows have an amount other than 0 in a column of text, and the first of them."""
    text = nw.col(name).cast(nw.String)
    digits = text.str.replace_all(r"[^1-9]", "").str.len_chars()
    other = text.str.contains(r"[A-Za-z]|\d[-/.]\d+[-/.]\d|\d:\d")
    given = staged.held.select(nw.col(ROW), given=flag((digits > 0) & ~other))
    return staged.how_many(given.filter(nw.col("given") == 1))


def _finding(staged: Staged, name: str, rule: str, many: int, says: str) -> DataFinding:
    words = f"{staged.called}: {says}"
    return DataFinding(WARNING, staged.table.name, rule, words, many, name)


def _part(staged: Staged, name: str, what: str, rule: str) -> Iterator[DataFinding]:
    """What was given back, or is tax, beside amounts that may hold it."""
    price = _price(staged)
    own = staged.spelled.get(price, price)
    less = f"{as_number(staged, price)} - coalesce(abs({as_number(staged, name)}), 0)"
    yield from _beside(staged, name, rule, f"{own} holds what {what}", less)


def _other_side(staged: Staged, name: str) -> Iterator[DataFinding]:
    """The other side of an account, which takes off what is read."""
    own = staged.spelled.get("amount", "amount")
    price, other = (as_number(staged, each) for each in ("amount", name))
    less = f"coalesce({price}, 0) - coalesce({other}, 0)"
    yield from _beside(staged, name, "refund not read", f"it takes off what {own} adds", less)


def _on_top(staged: Staged, name: str) -> Iterator[DataFinding]:
    """A fee beside what was spent."""
    own = staged.spelled.get("amount", "amount")
    more = f"{as_number(staged, 'amount')} + coalesce({as_number(staged, name)}, 0)"
    yield from _beside(staged, name, "cost not read", f"it comes on top of {own}", more)


def _beside(
    staged: Staged, name: str, rule: str, meaning: str, instead: str
) -> Iterator[DataFinding]:
    """Amounts that nothing reads, with what makes one of both if they mean that."""
    many, first = _amounts(staged, name)
    if many:
        says = (
            f"{having(many, 'row')} an amount in {name}, the first in {staged.location(first)}, and nothing reads {name}. If "
            f'{meaning}, say columns: {{{_price(staged)}: "{instead}"}} for this table; if not, {SAY_SO}.'
        )
        yield _finding(staged, name, rule, many, says)


def _discount(staged: Staged, name: str, price: str) -> Iterator[DataFinding]:
    """A discount beside a price that may be the one before it."""
    own = staged.spelled.get(price, price)
    many, first = _amounts(staged, name)
    if not many:
        return
    text = nw.col(name).cast(nw.String)
    signs = staged.count(staged.held.filter(text.str.contains("%", literal=True)).head(1))
    cost = as_number(staged, price)
    share = f"replace({as_column(name)}, '%', '')"
    off = f"coalesce(abs({number_in(share, staged.source)}), 0)"
    less = f"{cost} - {off}"
    if signs or _PERCENT.search(name.lower()):
        less = f"{cost} * (1 - {off} / 100)"
    says = (
        f"{having(many, 'row')} a discount in {name}, the first in {staged.location(first)}, and nothing reads {name}. If {own} is the "
        f'price before it, say columns: {{{price}: "{less}"}} for this table; if it is what is paid, {SAY_SO}.'
    )
    yield _finding(staged, name, "discount not read", many, says)


def _quantity(staged: Staged, name: str, *, of_one: bool) -> Iterator[DataFinding]:
    """How many were bought beside the price of one; or fewer than none beside an amount above 0."""
    text, own, exact = (
        nw.col(name).cast(nw.String),
        staged.spelled.get("amount", "amount"),
        "DECIMAL(18, 4)",
    )
    paid = staged.held.filter(nw.col("amount") > 0).select(nw.col(ROW), value=text)
    product = f"{as_number(staged, 'amount', exact)} * {as_number(staged, name, exact)}"
    if of_one:
        many, first = staged.how_many(
            paid.filter(~nw.col("value").is_null(), ~nw.col("value").str.contains(r"^1([.,]0*)?$"))
        )
        if many:
            says = (
                f"{own} is read as the amount of an order, and {counted(many, 'row')} {'says' if many == 1 else 'say'} more or "
                f"less than 1 in {name}, the first in {staged.location(first)}, which nothing reads. If {own} is the price of "
                f'one, say columns: {{amount: "{product}"}} for this table; if it is that of all, {SAY_SO}.'
            )
            yield _finding(staged, name, "quantity not read", many, says)
        return
    many, first = staged.how_many(paid.filter(nw.col("value").str.starts_with("-")))
    if many:
        cell = as_column(own)
        less = f"CASE WHEN {as_column(name)} LIKE '-%' THEN concat('-', {cell}) ELSE {cell} END"
        says = (
            f"{having(many, 'row')} an amount above 0 and less than none in {name}, the first in {staged.location(first)}: what came "
            f'back adds to what was sold. Say columns: {{amount: "{less}"}} for this table; if the amount is right, {SAY_SO}.'
        )
        yield _finding(staged, name, "refund that adds", many, says)


def _said_to_be_back(staged: Staged, name: str) -> Iterator[DataFinding]:
    """Rows whose text speaks of a refund, with an amount above 0."""
    text = nw.col(name).cast(nw.String).str.to_lowercase()
    paid = staged.held.filter(nw.col("amount") > 0).select(nw.col(ROW), value=text)
    back = paid.filter(nw.col("value").str.contains(_BACK))
    many, first = staged.how_many(back)
    if not many:
        return
    words = staged.engine.collect(back.select("value").head(100))["value"]
    found = sorted({each for word in words for each in re.findall(_BACK, word)})
    cell = as_column(staged.spelled.get("amount", "amount"))
    likes = " OR ".join(f"lower({as_column(name)}) LIKE '%{each}%'" for each in found)
    less = f"CASE WHEN {likes} THEN concat('-', {cell}) ELSE {cell} END"
    says = (
        f"{counted(many, 'row')} with an amount above 0 {'speaks' if many == 1 else 'speak'} of {' or '.join(found)} in {name}, "
        f"the first in {staged.location(first)}, and {'adds' if many == 1 else 'add'} to what was sold. If that was given back, say "
        f'columns: {{amount: "{less}"}} for this table; if not, {SAY_SO}.'
    )
    yield _finding(staged, name, "refund that adds", many, says)


def credit_findings(staged: Staged) -> Iterator[DataFinding]:
    """Orders above 0 whose number is that of a credit note or a refund."""
    if staged.table.name != "orders" or staged.source.recipe:
        return
    further = (each for each in staged.columns if staged.table.column(each) is None)
    named = [each for each in further if _NUMBER.search(folded(each)) and "." not in each]
    for name in [*filter(staged.has, ("order_id",)), *named]:
        looked_at = staged.held.head(_LOOKED_AT)
        if not staged.count(looked_at.filter(_takes_off(name)).head(1)):
            continue
        many, first = staged.how_many(staged.held.filter(_takes_off(name)))
        paid = staged.count(staged.held.filter(nw.col("amount") > 0))
        if many <= _MOST_CREDIT * paid:
            yield _credit(staged, name, many, first)
            return


def _takes_off(name: str) -> nw.Expr:
    return (nw.col("amount") > 0) & nw.col(name).cast(nw.String).str.contains(f"{_BEGINS}|{_ENDS}")


def _test(number: str, value: str) -> str:
    """The condition for numbers that begin, or end, as this one does."""
    if begins := re.match(_BEGINS, value):
        start = begins[0].rstrip("0123456789")
        return f"left({number}, {len(start)}) = '{start}'"
    end = "".join(re.findall(rf"{_ENDS}", value)).rstrip("0123456789")
    return f"{number} LIKE '%{end}%'"


def _credit(staged: Staged, name: str, many: int, first: int) -> DataFinding:
    own = staged.spelled.get(name, name)
    cell, number = as_column(staged.spelled.get("amount", "amount")), as_column(own)
    found = staged.engine.collect(staged.held.filter(_takes_off(name)).select(name).head(1000))[
        name
    ]
    tests = dict.fromkeys(_test(number, each) for each in map(str, found))
    matches = " OR ".join(tests)
    less = f"CASE WHEN {matches} THEN concat('-', {cell}) ELSE {cell} END"
    says = (
        f"{counted(many, 'row')} with an amount above 0 {'has' if many == 1 else 'have'} the number of a credit note or a refund "
        f"in {own}, the first in {staged.location(first)}, and {'adds' if many == 1 else 'add'} to what was sold. If that was "
        f'given back, say columns: {{amount: "{less}"}} for this table.'
    )
    return _finding(staged, name, "refund that adds", many, says)


def _times(staged: Staged, name: str) -> Iterator[DataFinding]:
    """A number of uses in a row that counts as one."""
    text = nw.col(name).cast(nw.String)
    given = staged.held.select(nw.col(ROW), value=text).filter(
        nw.col("value").str.contains(r"^\d+([.,]0+)?$"),
        ~nw.col("value").str.contains(r"^1([.,]0+)?$"),
    )
    many, first = staged.how_many(given)
    if not many or staged.source.engine_sql:
        return
    path = (staged.source.path or "").replace("'", "''")
    says = (
        f"{counted(many, 'row')} {'says' if many == 1 else 'say'} another number than 1 in {name}, the first in "
        f'{staged.location(first)}, and each row counts as one use, one of 0 too. Say sql: "SELECT * EXCLUDE (range) FROM '
        f"'{path}', range({as_number(staged, name, 'BIGINT')})\" instead of path: a row for each use. If the number grows from "
        f"day to day, it counts all uses so far: export the uses themselves. If it is something else, {SAY_SO}."
    )
    yield _finding(staged, name, "uses not counted", many, says)
