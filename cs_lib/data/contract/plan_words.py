"""What the names of plans say of the amounts beside them: a trial that pays, a year's price called a month's."""

import re
from collections.abc import Iterator

import narwhals as nw
import pandas as pd

from cs_lib.data.contract.currency_signs import code_of, read_as
from cs_lib.data.contract.data_findings import DataFinding, counted
from cs_lib.data.contract.edition_keys import left_out
from cs_lib.data.contract.number_remedies import as_number
from cs_lib.data.contract.paid_terms import paid_term_findings
from cs_lib.data.contract.parts_of_a_month import part_findings
from cs_lib.data.contract.price_terms import ROWS, prices, term_findings
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.engines.dialect import DUCKDB
from cs_lib.data.sources.headers import folded, inside_quotes
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import ROW
from cs_lib.edition import Edition
from cs_lib.vocabulary import MICROS

#: columns in which plans are named
NAMES = re.compile(
    r"plan|product|tier|package|offer|sku|pricename|subscriptionname|item|charge(?!d|s$)|component|description"
)
_TRIAL = re.compile(
    r"(?i)\btrial(ing|ling)?\b|^(forever )?(free|gratis|freemium|kostenlos|gratuit)( (plan|tier|version|forever))?$"
    r"|^(cancell?ed|churned|expired|no plan|no subscription|kein abo)$|^(complimentary|comped|internal|staff|employee|nfr|not for resale|demo|sandbox)( (plan|account|licen[cs]e))?$|\bnfr\b"
)
YEARLY = re.compile(r"(?i)\b(annual(ly)?|yearly|per year|12 months|jährlich|annuel)\b")
MONTHLY = re.compile(r"(?i)\b(month(ly)?|per month|1 month|monatlich|mensuel)\b")
#: what is paid once, or by use, and is no recurring revenue
_ONCE = re.compile(
    r"(?i)\b(set-?up|onboarding|implementation|installation|activation) (fee|charge|cost)s?\b|\bone[- ]?(time|off)\b"
    r"|\b(overage|metered|usage[- ]based|pay[- ]as[- ]you[- ]go|lifetime (deal|plan|access|licen[cs]e)|perpetual|einmalig\w*|einrichtungs\w*|frais d.installation)\b"
)
#: currencies that the name of a plan may speak of, by code or sign
_CURRENCY = re.compile(r"\b(USD|EUR|GBP|CHF|JPY|CAD|AUD|SEK|NOK|DKK|PLN|INR|BRL)\b|([€£¥₹])")
#: how many times its month's a plan's price of a year is, at least
_TIMES = 8
MOST_PLANS = 200


def plan_findings(staged: Staged, edition: Edition) -> Iterator[DataFinding]:
    """A warning for each column of plans that speaks against its amounts; an adapter reads its own."""
    if staged.table.name != "subscriptions" or staged.source.recipe:
        return
    names = _columns(staged, edition)
    of_terms = next((each for each in names if NAMES.search(folded(each))), None)
    for name in names:
        found = prices(staged, name)
        plans = _plans(staged, name, found)
        yield from _trials(staged, name, plans)
        yield from _years(staged, name, plans)
        yield from _once(staged, name, plans)
        yield from _currencies(staged, name, plans, edition)
        if name == of_terms:
            yield from term_findings(staged, name, found, edition)
            yield from part_findings(staged, name, found, edition)
    if of_terms is None and "mrr" in staged.spelled and staged.row_count >= ROWS:
        found = [*term_findings(staged, None, prices(staged, None), edition)]
        yield from found or paid_term_findings(staged)


def _columns(staged: Staged, edition: Edition) -> list[str]:
    """The further columns in which plans may be named."""
    # Spark would take plan.name for a part of a column
    dotted = staged.engine.dialect is not DUCKDB
    return [
        name
        for name in staged.columns
        if staged.table.column(name) is None
        and (name in edition.segments or NAMES.search(folded(name)))
        and not (dotted and "." in name)
        and name not in staged.source.where
    ]


def _plans(staged: Staged, name: str, found: pd.DataFrame | None) -> pd.DataFrame:
    """Each name of a plan whose rows pay, with how many they are, the first, and their mean amount; none of many."""
    if found is None:
        paying = staged.held.filter(nw.col("mrr") > 0).select(
            nw.col(ROW), "mrr", plan=nw.col(name).cast(nw.String)
        )
        groups = paying.filter(~nw.col("plan").is_null()).group_by("plan")
        sums = groups.agg(rows=nw.len(), first=nw.col(ROW).min(), sum=nw.col("mrr").sum())
        plans = staged.engine.collect(sums.sort("first").head(MOST_PLANS + 1))
    else:
        amounts = found.assign(sum=found["mrr"] * found["rows"])
        plans = amounts.groupby("plan", sort=False).agg(
            rows=("rows", "sum"), first=("first", "min"), sum=("sum", "sum")
        )
        plans = plans.reset_index()
    plans = plans.assign(mean=plans["sum"] / plans["rows"])
    return plans if len(plans) <= MOST_PLANS else plans.head(0)


def _trials(staged: Staged, name: str, plans: pd.DataFrame) -> Iterator[DataFinding]:
    if (own := _some(plans, _TRIAL)) is not None:
        rows, first = int(own["rows"].sum()), staged.location(int(own["first"].min()))
        words = " or ".join(f'"{each}"' for each in own["plan"].head(3))
        says = (
            f"{staged.called}: {counted(rows, 'row')} {'pays' if rows == 1 else 'pay'} for {words} in {name}, the first in "
            f"{first}. A trial or a free plan pays nothing: say {left_out(name, staged.as_written(name, *own['plan']))} for this table, or leave it in "
            "if it is paid for."
        )
        yield DataFinding(
            WARNING,
            "subscriptions",
            "a trial that pays",
            says,
            rows,
            f"{name} {', '.join(own['plan'])}",
        )


def _once(staged: Staged, name: str, plans: pd.DataFrame) -> Iterator[DataFinding]:
    """What is paid once, or by use, among what is paid every month."""
    if (own := _some(plans, _ONCE)) is not None:
        rows, first = int(own["rows"].sum()), staged.location(int(own["first"].min()))
        says = (
            f"{staged.called}: {counted(rows, 'row')} {'is' if rows == 1 else 'are'} paid once, or by use, as {name} says, the "
            f"first in {first}, and {'counts' if rows == 1 else 'count'} as paid every month. Say "
            f"{left_out(name, staged.as_written(name, *own['plan']))} for this table, or leave it in if it recurs."
        )
        yield DataFinding(
            WARNING,
            "subscriptions",
            "paid once and counted monthly",
            says,
            rows,
            f"{name} {', '.join(own['plan'])}",
        )


def _some(plans: pd.DataFrame, words: re.Pattern[str]) -> pd.DataFrame | None:
    """The plans whose names hold such words; None where none do, or all."""
    own = plans[[bool(words.search(each)) for each in plans["plan"]]]
    return None if own.empty or len(own) == len(plans) else own


def _currencies(
    staged: Staged, name: str, plans: pd.DataFrame, edition: Edition
) -> Iterator[DataFinding]:
    """Plans whose names speak of several currencies, where no column does."""
    if staged.has("currency"):
        return
    found = [_CURRENCY.search(each) for each in plans["plan"]]
    codes = [each and code_of(each[0], edition.currency) for each in found]
    other = plans[[each is not None and each != edition.currency for each in codes]]
    named = dict.fromkeys(each for each in codes if each)
    if other.empty or len(named) < 2:
        return
    rows = int(other["rows"].sum())
    words = dict(zip(plans["plan"], codes, strict=True))
    cases = " ".join(
        f"WHEN {DUCKDB.literal(plan)} THEN '{code}'"
        for known, code in words.items()
        for plan in staged.as_written(name, known)
        if code
    )
    says = (
        f"{staged.called}: {name} speaks of {' and '.join(named)}, the first row of another currency than {edition.currency} is "
        f"{staged.location(int(other['first'].min()))}, and all amounts are added up as {edition.currency}. "
        + read_as(f"CASE {staged.cell(name)} {inside_quotes(cases)} END", edition.currency)
    )
    yield DataFinding(WARNING, "subscriptions", "currency not read", says, rows, name)


def _years(staged: Staged, name: str, plans: pd.DataFrame) -> Iterator[DataFinding]:
    """Plans of a year whose MRR is about what twelve months of the same plan cost."""
    if "mrr" not in staged.spelled:
        return
    monthly = {
        _base(each.plan): each.mean for each in plans.itertuples() if MONTHLY.search(each.plan)
    }
    own = [
        each
        for each in plans.itertuples()
        if YEARLY.search(each.plan)
        and each.mean >= _TIMES * monthly.get(_base(each.plan), float("inf"))
    ]
    if not own:
        return
    rows, one = sum(each.rows for each in own), own[0]
    month, year = (f"{value / MICROS:,.2f}" for value in (monthly[_base(one.plan)], one.mean))
    mrr = as_number(staged, "mrr")
    plans_as_written = staged.as_written(name, *(each.plan for each in own))
    listed = inside_quotes(", ".join(map(DUCKDB.literal, plans_as_written)))
    says = (
        f'{staged.called}: the MRR of "{one.plan}" is {year} on average where a month costs {month} '
        f"({counted(rows, 'row')}, the first in {staged.location(one.first)}): it seems to be a year's. Say columns: "
        f'{{mrr: "{mrr} / CASE WHEN {staged.cell(name)} IN ({listed}) THEN 12 ELSE 1 END"}} '
        "for this table."
    )
    yield DataFinding(WARNING, "subscriptions", "a price of a year called MRR", says, rows, name)


def _base(plan: str) -> str:
    """A plan's name without its term: Pro of Pro Annual and Pro (monthly)."""
    return folded(MONTHLY.sub("", YEARLY.sub("", plan)))
