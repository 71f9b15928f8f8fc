"""Columns that nothing reads although they change what a row or its amount means.

A status that says "canceled", a currency beside the amounts, a price of a year, what was given back: the
rows are read rightly, and the figure is wrong.
"""

import re
from collections.abc import Iterator

import narwhals as nw

from cs_lib.data.contract.alike_rows import alike_findings
from cs_lib.data.contract.column_words import MOST_WORDS, Words, told, words
from cs_lib.data.contract.currency_signs import code_of, read_as
from cs_lib.data.contract.data_findings import DataFinding, having
from cs_lib.data.contract.edition_keys import SAY_SO, kept
from cs_lib.data.contract.identifying import NOTHING
from cs_lib.data.contract.number_remedies import as_number
from cs_lib.data.contract.odd_answers import survey_findings
from cs_lib.data.contract.odd_use import use_findings
from cs_lib.data.contract.order_lines import line_findings, overlap_findings, referring_findings
from cs_lib.data.contract.recurring_orders import recurring_findings
from cs_lib.data.contract.repeated_totals import total_findings
from cs_lib.data.contract.row_status import status_findings
from cs_lib.data.contract.row_words import reason_findings, worded_findings
from cs_lib.data.contract.table_declaration import MONEY, WARNING
from cs_lib.data.contract.telling_columns import telling_findings
from cs_lib.data.contract.term_lengths import months_of_terms
from cs_lib.data.contract.unread_amounts import amount_findings, credit_findings
from cs_lib.data.engines.dialect import DUCKDB
from cs_lib.data.sources.headers import as_column, folded, inside_quotes
from cs_lib.data.sources.money_sql import TERMS
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import ROW
from cs_lib.edition import Edition

_CURRENCY = re.compile(r"currency|^ccy$|^curr$")
_INTERVAL = re.compile(
    r"interval|frequency|billing|cycle|period|termunit|^term$|^unit$|cadence|recurr|commitment|contractterm|^contract$"
    r"|payment(plan|term|schedule)"
)
#: the day on which a subscription was over, and what speaks of another day
_END = re.compile(
    r"^(?!.*(trial|next|period|term|renew|due|card|token|request|reason|by$))"
    r".*(cancel|churn|^end|ended|terminat|expir|closed|lapsed|deactivat|kündig|résili)"
)
#: how many times the price of a month a year's is, by the mean, where both seem to be called MRR
_YEARLY_TIMES = 8


def unread_findings(staged: Staged, edition: Edition) -> Iterator[DataFinding]:
    """A warning for each such column; an adapter's query reads its export's own columns itself."""
    if staged.source.recipe:
        return
    yield from credit_findings(staged)
    yield from reason_findings(staged)
    unread = unread_names(staged, edition)
    yield from line_findings(staged, unread)
    yield from overlap_findings(staged)
    yield from alike_findings(staged, unread)
    yield from total_findings(staged, unread)
    yield from recurring_findings(staged, unread, edition)
    for name in unread:
        plain = folded(name)
        yield from status_findings(staged, name)
        if _CURRENCY.search(plain):
            yield from _currency(staged, name, edition)
        if staged.table.name == "subscriptions" and _INTERVAL.search(plain):
            yield from _interval(staged, name)
        if staged.table.name == "subscriptions" and _END.search(plain):
            yield from _end(staged, name)
        yield from amount_findings(staged, name)
        yield from telling_findings(staged, name)
        yield from referring_findings(staged, name)
        yield from survey_findings(staged, name)
        yield from use_findings(staged, name)
        yield from worded_findings(staged, name)


def unread_names(staged: Staged, edition: Edition) -> list[str]:
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


def _end(staged: Staged, name: str) -> Iterator[DataFinding]:
    """A day on which subscriptions ended, where no column of the table says when they do."""
    if staged.has("end_date") or staged.source.months or staged.source.movements:
        return
    text = nw.col(name).cast(nw.String)
    days = staged.held.select(nw.col(ROW), value=text).filter(
        nw.col("value").str.contains(r"\d{4}|\d[/.-]\d")
    )
    many, first = staged.how_many(days)
    if many:
        says = (
            f"{staged.called}: {having(many, 'row')} a day in {name}, the first in "
            f"{staged.location(first)}, nothing reads {name}, and every row counts as paid for to this day. If it is the day on "
            f'which they ended, say columns: {{end_date: "{as_column(name)}"}} for this table; if not, {SAY_SO}.'
        )
        yield DataFinding(WARNING, "subscriptions", "end not read", says, many, name)


# ---------------------------------------------------------------- what an amount means


def _currency(staged: Staged, name: str, edition: Edition) -> Iterator[DataFinding]:
    has_money = any(each.kind == MONEY and staged.has(each.name) for each in staged.table.columns)
    if staged.table.column("currency") is None or staged.has("currency") or not has_money:
        return
    found = words(staged, name, staged.held)
    own = edition.currency.casefold()
    other = [
        each
        for each in found
        if re.fullmatch("[A-Za-z]{3}", each[0].strip()) and each[0].strip().casefold() != own
    ]
    signs = {word: code_of(word.strip(), edition.currency) for word, *_ in found}
    if not other and any(code not in (None, edition.currency) for code in signs.values()):
        yield _signs(staged, name, found, edition)
    if other:
        many, start = told(staged, name, other, "has", "have")
        says = (
            f"{start}, and nothing reads {name}: the amounts are added "
            f"up as {edition.currency}. {read_as(as_column(name), edition.currency)}"
        )
        yield DataFinding(WARNING, staged.table.name, "currency not read", says, many, name)


def _signs(staged: Staged, name: str, found: Words, edition: Edition) -> DataFinding:
    """Signs of other currencies beside the amounts."""
    codes = {word: code for word, *_ in found if (code := code_of(word.strip(), edition.currency))}
    other = [each for each in found if codes.get(each[0], edition.currency) != edition.currency]
    many, start = told(staged, name, other, "has", "have")
    cases = " ".join(f"WHEN {DUCKDB.literal(word)} THEN '{code}'" for word, code in codes.items())
    says = (
        f"{start}, and nothing reads {name}: the amounts are added up as {edition.currency}. "
        + read_as(f"CASE {as_column(name)} {inside_quotes(cases)} END", edition.currency)
    )
    return DataFinding(WARNING, staged.table.name, "currency not read", says, many, name)


def _interval(staged: Staged, name: str) -> Iterator[DataFinding]:
    """A term beside a price that is read as a month's."""
    if staged.has("interval_months"):
        yield from _unit(staged, name)
    if any(staged.has(interval) for interval, *_ in TERMS) or "mrr" not in staged.spelled:
        return
    own = staged.spelled["mrr"]
    found = words(staged, name, staged.held)
    terms = months_of_terms(word for word, *_ in found)
    longer = [each for each in found if terms.get(each[0], 1) != 1]
    unclear = re.search("mrr|month", folded(own)) or any(word.strip().isdigit() for word in terms)
    if not longer or (unclear and not _dearer(staged, name, terms)):
        return
    many, start = told(staged, name, longer)
    months = ", ".join(f"'{word}': {terms[word]}" for word, *_ in found if terms.get(word))
    every = kept(name, [word for word, *_ in found])
    # a column of our own name would be read as the price of a month all the same
    instead = f'mrr: "{NOTHING}", ' if folded(own) == "mrr" else ""
    says = (
        f"{start}, and {own} is read as the price of a month. If it is the "
        f'price of a term, say columns: {{{instead}amount: "{as_column(own)}", interval_months: "{as_column(name)}"}} '
        f"and map: {{interval_months: {{{months}}}}} for this table; if it is a month's, {every}."
    )
    yield DataFinding(WARNING, staged.table.name, "interval not read", says, many, name)


def _unit(staged: Staged, name: str) -> Iterator[DataFinding]:
    """A unit of years or weeks beside a number that is read as months."""
    found = words(staged, name, staged.held)
    terms = months_of_terms(word for word, *_ in found)
    other = [each for each in found if terms.get(each[0], 1) != 1]
    if not other or any(word.strip().isdigit() for word in terms):
        return
    many, start = told(staged, name, other)
    own = staged.spelled.get("interval_months", "interval_months")
    number, unit = as_number(staged, "interval_months", "INTEGER"), as_column(name)
    cases = " ".join(
        f"WHEN '{word}' THEN {number} * {terms[word]}" for word, *_ in found if terms.get(word)
    )
    weeks = " ".join(f"WHEN '{word}' THEN {number}" for word, *_ in found if terms.get(word) == 0)
    by_week = f', interval_weeks: "CASE {unit} {weeks} END"' if weeks else ""
    says = (
        f"{start}, and {own} is read as months. Say columns: "
        f'{{interval_months: "CASE {unit} {cases} END"{by_week}}} for this table; if they are months, '
        f"{kept(name, [word for word, *_ in found])}."
    )
    yield DataFinding(WARNING, staged.table.name, "interval not read", says, many, name)


def _dearer(staged: Staged, name: str, terms: dict[str, int]) -> bool:
    """Whether what is paid by the year is so many times what is paid by the month, although called MRR."""
    rows = staged.held.filter(nw.col("mrr") > 0).select(
        mrr=nw.col("mrr"), value=nw.col(name).cast(nw.String)
    )
    groups = rows.group_by("value").agg(mean=nw.col("mrr").cast(nw.Float64).mean(), rows=nw.len())
    found = staged.engine.collect(groups.sort("value").head(MOST_WORDS))
    means = {
        months: float(frame["mean"].mean())
        for months, frame in found.groupby(
            found["value"].map(lambda each: terms.get(str(each), -1))
        )
    }
    return 1 in means and 12 in means and means[12] >= _YEARLY_TIMES * means[1]
