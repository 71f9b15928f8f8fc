"""Columns that nothing reads although they change what a row or its amount means.

A status that says "canceled", a currency beside the amounts, a price of a year, what was given back: the
rows are read rightly, and the figure is wrong.
"""

import re
from collections.abc import Iterator

import narwhals as nw

from cs_lib.data.contract.data_findings import DataFinding, counted
from cs_lib.data.contract.table_declaration import MONEY, WARNING
from cs_lib.data.engines.dialect import DUCKDB
from cs_lib.data.engines.distinct_rows import flag
from cs_lib.data.sources.headers import as_column, folded
from cs_lib.data.sources.money_sql import TERMS
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import ROW
from cs_lib.edition import Edition

#: words of a status, folded, beside which a row does not count
_VOID = ("void", "voided", "draft", "failed", "rejected", "declined", "deleted", "test", "spam")
_NEVER = {
    "subscriptions": (
        *_VOID, "trial", "trialing", "trialling", "intrial", "freetrial", "pending", "future", "scheduled",
        "incomplete", "incompleteexpired", "closedlost", "lost", "prospecting", "prospect", "lead",
        "qualification", "negotiation", "proposal", "quote", "quoted",
    ),
    "orders": (
        *_VOID, "canceled", "cancelled", "refund", "refunded", "chargeback", "chargedback", "abandoned", "trash",
        "trashed", "expired", "uncollectible", "reversed", "reversal", "writtenoff", "creditnote", "creditmemo",
        "salescreditnote",
    ),
    "survey_responses": (
        *_VOID, "surveypreview", "preview", "surveytest", "partial", "incomplete", "disqualified", "screenedout",
    ),
    "acquisition_costs": (*_VOID, "planned", "plan", "forecast", "budget", "budgeted", "canceled", "cancelled", "quoted"),
    "success_costs": (*_VOID, "planned", "plan", "forecast", "budget", "budgeted", "canceled", "cancelled", "quoted"),
    "usage_events": ("test", "bot", "internal", "synthetic"),
}  # fmt: skip
_GONE = (
    "canceled", "cancelled", "expired", "ended", "churned", "terminated", "inactive", "lapsed", "closed", "deleted",
)  # fmt: skip
#: the column of a row that counts only where it holds something
_WEIGHED = {
    "subscriptions": "mrr",
    "orders": "amount",
    "survey_responses": "score",
    "acquisition_costs": "amount",
    "success_costs": "amount",
}
_STATUS = re.compile(r"status|state|stage|phase|type|kind|lifecycle|outcome|result")
_FLAG = re.compile(
    r"^(fivetran|airbyte)?(is)?(soft)?(deleted|voided|void|test|testmode|preview|archived|bot)$"
)
_TRUE = ("true", "1", "yes", "t", "y")
_CURRENCY = re.compile(r"currency|^ccy$|^curr$")
_INTERVAL = re.compile(
    r"interval|frequency|billingperiod|billingcycle|billingterm|periodunit|termunit|^unit$|cadence"
)
_TRIAL_END = re.compile(r"trial.*(end|until|expir)")
_REFUND = re.compile(r"refund|chargeback|creditnote|credited")
_TAX = re.compile(r"^(sales|total)?(tax|taxes|vat|gst)(amount|total)?$")
_WITH_TAX = re.compile(r"(?<!sub)total|gross|incl")
#: months of what stands for an interval, folded; a week is less than one
_MONTHS = {
    "week": 0, "weekly": 0, "weeks": 0, "month": 1, "monthly": 1, "months": 1, "quarter": 3, "quarterly": 3,
    "year": 12, "yearly": 12, "years": 12, "annual": 12, "annually": 12,
}  # fmt: skip
#: how many times the price of a month a year's is, by the mean, where both seem to be called MRR
_YEARLY_TIMES = 8
MOST_WORDS = 30


def unread_findings(staged: Staged, edition: Edition) -> Iterator[DataFinding]:
    """A warning for each such column; an adapter's query reads its export's own columns itself."""
    if staged.source.recipe:
        return
    for name in _unread(staged, edition):
        plain = folded(name)
        if _STATUS.search(plain) or _FLAG.search(plain):
            yield from _status(staged, name)
        if _CURRENCY.search(plain):
            yield from _currency(staged, name, edition)
        if staged.table.name == "subscriptions" and _INTERVAL.search(plain):
            yield from _interval(staged, name)
        if staged.table.name == "subscriptions" and _TRIAL_END.search(plain):
            yield from _trial(staged, name)
        if staged.table.name == "orders":
            yield from _beside_the_amount(staged, name)


def _unread(staged: Staged, edition: Edition) -> list[str]:
    """The further columns that no key of the edition speaks of."""
    source = staged.source
    names = set(map(folded, (*source.where, *source.map, *edition.segments)))
    computed = " ".join(map(folded, source.columns.values()))
    # Spark would take plan.name for a part of a column
    dotted = staged.engine.dialect is DUCKDB
    return [
        each
        for each in staged.columns
        if staged.table.column(each) is None
        and folded(each)
        and folded(each) not in names
        and folded(each) not in computed
        and (dotted or "." not in each)
    ]


def _words(staged: Staged, name: str, rows: nw.LazyFrame) -> list[tuple[str, int, int]]:
    """Each value of a column in these rows, as it stands: with how many rows, and the first of them."""
    text = nw.col(name).cast(nw.String)
    given = rows.select(nw.col(ROW), value=text).filter(~nw.col("value").is_null())
    groups = given.group_by("value").agg(rows=nw.len(), first=nw.col(ROW).min())
    found = staged.engine.collect(
        groups.sort("rows", "value", descending=[True, False]).head(MOST_WORDS + 1)
    )
    if len(found) > MOST_WORDS:
        return []
    return [(str(v), int(n), int(r)) for v, n, r in found.itertuples(index=False, name=None)]


def _told(
    staged: Staged,
    name: str,
    words: list[tuple[str, int, int]],
    one: str = "says",
    more: str = "say",
) -> tuple[int, str]:
    """How many rows have these words, and "orders: 2 rows say "void" in status, the first in orders.csv, line 3"."""
    many = sum(rows for _, rows, _ in words)
    named = " and ".join(f'"{word}"' for word, *_ in words)
    first = staged.location(min(row for *_, row in words))
    verb = one if many == 1 else more
    return (
        many,
        f"{staged.called}: {counted(many, 'row')} {verb} {named} in {name}, the first in {first}",
    )


def _where(name: str, words: list[str]) -> str:
    """The key `where` with the words that count, as YAML."""
    quoted = ["'" + each.replace("'", "''") + "'" for each in words]
    key = name if re.fullmatch(r"[A-Za-z_][\w ]*", name) else "'" + name.replace("'", "''") + "'"
    return f"where: {{{key}: [{', '.join(quoted)}]}}"


def _known(name: str) -> str:
    """The key that reads a column as a further one, so that nobody asks about it again."""
    return f'columns: {{{folded(name)}: "{as_column(name)}"}} says that it is known'


# ---------------------------------------------------------------- rows that do not count


def _status(staged: Staged, name: str) -> Iterator[DataFinding]:
    table = staged.table.name
    never: tuple[str, ...] = _NEVER.get(table, ())
    if _FLAG.search(folded(name)):
        never = _TRUE
    rows = staged.held
    weighed = _WEIGHED.get(table)
    if weighed and staged.has(weighed):
        positive = nw.col(weighed) > 0 if weighed != "score" else ~nw.col(weighed).is_null()
        rows = rows.filter(positive)
    words = _words(staged, name, rows)
    void = [each for each in words if folded(each[0]) in never]
    if void:
        keep = [each[0] for each in words if each not in void]
        yield _do_not_count(staged, name, void, keep)
    if table == "subscriptions":
        yield from _gone(staged, name, rows)


def _do_not_count(
    staged: Staged, name: str, void: list[tuple[str, int, int]], keep: list[str]
) -> DataFinding:
    many, told = _told(staged, name, void, "that counts says", "that count say")
    says = f"{told}, and nothing reads {name}. Say which rows count with {_where(name, keep or ['…'])} for this table; list every word if all do."
    return DataFinding(WARNING, staged.table.name, "status not read", says, many)


def _gone(staged: Staged, name: str, rows: nw.LazyFrame) -> Iterator[DataFinding]:
    """Subscriptions that are said to be over and have no end."""
    if staged.has("end_date"):
        rows = rows.filter(nw.col("end_date").is_null())
    words = _words(staged, name, rows)
    gone = [each for each in words if folded(each[0]) in _GONE]
    if gone:
        many, told = _told(staged, name, gone, "without end_date says", "without end_date say")
        says = (
            f"{told}, and {'counts' if many == 1 else 'count'} as paid for to this day. Name the column with the day on which "
            "they ended: columns: {end_date: …}. Or list the words that count: "
            f"{_where(name, [w for w, *_ in words if folded(w) not in _GONE] or ['…'])}."
        )
        yield DataFinding(WARNING, staged.table.name, "ended without an end", says, many)


def _trial(staged: Staged, name: str) -> Iterator[DataFinding]:
    """A trial's end beside a start from which the price counts."""
    text = nw.col(name).cast(nw.String)
    paying = staged.held.filter(nw.col("mrr") > 0).select(nw.col(ROW), value=text)
    many, first = staged.how_many(paying.filter(nw.col("value").str.contains("[0-9]")))
    if many:
        start = staged.spelled.get("start_date", "start_date")
        says = (
            f"{staged.called}: {counted(many, 'row')} {'has' if many == 1 else 'have'} a day in {name}, the first in "
            f"{staged.location(first)}, and nothing reads {name}: the price counts from {start}. If a trial is free, say "
            f'columns: {{start_date: "coalesce({as_column(name)}, {as_column(start)})"}} for this table; if '
            f"{start} is the first day paid for, {_known(name)}."
        )
        yield DataFinding(WARNING, "subscriptions", "trial not read", says, many)


# ---------------------------------------------------------------- what an amount means


def _currency(staged: Staged, name: str, edition: Edition) -> Iterator[DataFinding]:
    has_money = any(each.kind == MONEY and staged.has(each.name) for each in staged.table.columns)
    if staged.table.column("currency") is None or staged.has("currency") or not has_money:
        return
    words = _words(staged, name, staged.held)
    own = edition.currency.casefold()
    other = [
        each
        for each in words
        if re.fullmatch("[A-Za-z]{3}", each[0].strip()) and each[0].strip().casefold() != own
    ]
    if other:
        many, told = _told(staged, name, other, "has", "have")
        says = (
            f"{told}, and nothing reads {name}: the amounts are added "
            f'up as {edition.currency}. Say columns: {{currency: "{as_column(name)}"}} for this table, and the rates; '
            f"or, where they are in {edition.currency} already, values: {{currency: {edition.currency}}}."
        )
        yield DataFinding(WARNING, staged.table.name, "currency not read", says, many)


def _interval(staged: Staged, name: str) -> Iterator[DataFinding]:
    """A term beside a price that is read as a month's."""
    if staged.has("interval_months"):
        yield from _unit(staged, name)
    if any(staged.has(interval) for interval, *_ in TERMS) or "mrr" not in staged.spelled:
        return
    own = staged.spelled["mrr"]
    words = _words(staged, name, staged.held)
    longer = [each for each in words if _MONTHS.get(folded(each[0]), 1) != 1]
    if not longer or (re.search("mrr|month", folded(own)) and not _dearer(staged, name)):
        return
    many, told = _told(staged, name, longer)
    months = ", ".join(
        f"'{word}': {_MONTHS[folded(word)]}" for word, *_ in words if _MONTHS.get(folded(word))
    )
    every = _where(name, [word for word, *_ in words])
    says = (
        f"{told}, and {own} is read as the price of a month. If it is the "
        f'price of a term, say columns: {{amount: "{as_column(own)}", interval_months: "{as_column(name)}"}} '
        f"and map: {{interval_months: {{{months}}}}} for this table; if it is a month's, {every}."
    )
    yield DataFinding(WARNING, staged.table.name, "interval not read", says, many)


def _unit(staged: Staged, name: str) -> Iterator[DataFinding]:
    """A unit of years or weeks beside a number that is read as months."""
    words = _words(staged, name, staged.held)
    other = [each for each in words if _MONTHS.get(folded(each[0]), 1) != 1]
    if not other:
        return
    many, told = _told(staged, name, other)
    own = staged.spelled.get("interval_months", "interval_months")
    number, unit = f"CAST({as_column(own)} AS INTEGER)", as_column(name)
    cases = " ".join(
        f"WHEN '{word}' THEN {number} * {_MONTHS[folded(word)]}"
        for word, *_ in words
        if _MONTHS.get(folded(word))
    )
    weeks = " ".join(
        f"WHEN '{word}' THEN {number}" for word, *_ in words if _MONTHS.get(folded(word)) == 0
    )
    by_week = f', interval_weeks: "CASE {unit} {weeks} END"' if weeks else ""
    says = (
        f"{told}, and {own} is read as months. Say columns: "
        f'{{interval_months: "CASE {unit} {cases} END"{by_week}}} for this table; if they are months, '
        f"{_where(name, [word for word, *_ in words])}."
    )
    yield DataFinding(WARNING, staged.table.name, "interval not read", says, many)


def _dearer(staged: Staged, name: str) -> bool:
    """Whether what is paid by the year is so many times what is paid by the month, although called MRR."""
    rows = staged.held.filter(nw.col("mrr") > 0).select(
        mrr=nw.col("mrr"), value=nw.col(name).cast(nw.String)
    )
    groups = rows.group_by("value").agg(mean=nw.col("mrr").cast(nw.Float64).mean(), rows=nw.len())
    found = staged.engine.collect(groups.sort("value").head(MOST_WORDS))
    means = {
        months: float(frame["mean"].mean())
        for months, frame in found.groupby(
            found["value"].map(lambda each: _MONTHS.get(folded(str(each)), -1))
        )
    }
    return 1 in means and 12 in means and means[12] >= _YEARLY_TIMES * means[1]


def _beside_the_amount(staged: Staged, name: str) -> Iterator[DataFinding]:
    """What was given back, or is tax, beside amounts that may hold it."""
    plain, own = folded(name), staged.spelled.get("amount", "amount")
    refund = bool(_REFUND.search(plain))
    if not refund and not (_TAX.search(plain) and _WITH_TAX.search(folded(own))):
        return
    digits = nw.col(name).cast(nw.String).str.replace_all(r"[^1-9]", "")
    text = nw.col(name).cast(nw.String)
    given = staged.held.select(
        nw.col(ROW), given=flag((digits.str.len_chars() > 0) & ~text.str.contains("[A-Za-z]"))
    )
    many, first = staged.how_many(given.filter(nw.col("given") == 1))
    if not many:
        return
    cast = f"CAST({as_column(own)} AS DECIMAL(18, 2)) - coalesce(abs(CAST({as_column(name)} AS DECIMAL(18, 2))), 0)"
    what = "was given back" if refund else "is tax"
    says = (
        f"{staged.called}: {counted(many, 'row')} {'has' if many == 1 else 'have'} an amount in {name}, the first in "
        f"{staged.location(first)}, and nothing reads {name}. If {own} holds what {what}, say columns: "
        f'{{amount: "{cast}"}} for this table; if not, {_known(name)}.'
    )
    yield DataFinding(
        WARNING, staged.table.name, "refund not read" if refund else "tax not read", says, many
    )
