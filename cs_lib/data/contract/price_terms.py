"""Prices of a year, or of a quarter, that stand as MRR beside the monthly ones of the same plan."""

from collections.abc import Iterator
from dataclasses import dataclass

import narwhals as nw
import numpy as np
import pandas as pd

from cs_lib.data.contract.data_findings import DataFinding, having
from cs_lib.data.contract.number_remedies import as_number
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.engines.dialect import DUCKDB
from cs_lib.data.sources.headers import inside_quotes
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import ROW
from cs_lib.edition import Edition
from cs_lib.vocabulary import MICROS

#: so many times a month's price is that of a term in months: a year's often with a discount
_YEAR, _QUARTER = (12, 11, 10.8, 10.2, 10, 9.6, 9), (3,)
#: how exactly, and how far above all prices of a month the cheapest of a term lies
_NEARLY, _GAP = 0.005, 2
#: of so many rows of a plan such a share and so many of a term's price are no chance
ROWS, _SHARE, _LEAST = 10, 0.05, 2
#: a quarter's price may be that of three seats: it takes more
_LEAST_QUARTER = 5
MOST_PRICES, MOST_OF_A_PLAN = 5000, 100


@dataclass(frozen=True)
class _Term:
    """Prices of one plan, in one currency, that are those of a term of `months`; a price above `over` is one."""

    plan: str | None
    currency: str | None
    months: int
    rows: int
    first: int
    price: float
    monthly: float
    over: float


def prices(staged: Staged, name: str | None) -> pd.DataFrame | None:
    """plan, currency, mrr: how many rows pay it, and the first of them; None where there are too many prices."""
    paying = staged.held.filter(nw.col("mrr") > 0)
    plan = nw.col(name).cast(nw.String) if name else nw.lit("")
    currency = nw.col("currency") if staged.has("currency") else nw.lit("")
    rows = paying.select(ROW, "mrr", plan=plan, currency=currency)
    groups = rows.filter(~nw.col("plan").is_null()).group_by("plan", "currency", "mrr")
    found = groups.agg(rows=nw.len(), first=nw.col(ROW).min()).sort("first").head(MOST_PRICES + 1)
    prices = staged.engine.collect(found)
    return prices if len(prices) <= MOST_PRICES else None


def term_findings(
    staged: Staged, name: str | None, found: pd.DataFrame | None, edition: Edition
) -> Iterator[DataFinding]:
    """A warning where MRR seems to hold prices of longer terms; `name` is the column of plans, where there is one."""
    if found is None or "mrr" not in staged.spelled or staged.spread:
        return
    terms = [
        term
        for (plan, currency), own in found.groupby(["plan", "currency"], sort=False)
        for term in _terms(own, plan if name else None, currency or None)
    ]
    if terms:
        yield _finding(staged, name, terms, edition)


def _terms(own: pd.DataFrame, plan: str | None, currency: str | None) -> Iterator[_Term]:
    """The terms of which prices of one plan seem to be; without plans only an exact year's."""
    if len(own) > MOST_OF_A_PLAN:
        return
    factors = {12: _YEAR, 3: _QUARTER} if plan is not None else {12: _YEAR[:1]}
    total = own["rows"].sum()
    for months, times in factors.items():
        monthly = _monthly(own["mrr"].to_numpy(), times)
        long, short = own[own["mrr"].isin(monthly)], own[~own["mrr"].isin(monthly)]
        rows = int(long["rows"].sum())
        least = _LEAST if months == max(factors) else _LEAST_QUARTER
        if total < ROWS or rows < max(least, _SHARE * total) or short.empty:
            continue
        cheapest, dearest = long["mrr"].min(), short["mrr"].max()
        if cheapest < _GAP * dearest:
            continue
        usual = long.loc[long["rows"].idxmax(), "mrr"]
        yield _Term(
            plan,
            currency,
            months,
            rows,
            int(long["first"].min()),
            usual / MICROS,
            monthly[usual] / MICROS,
            (cheapest + dearest) / 2 / MICROS,
        )
        own = short


def _monthly(prices: np.ndarray, times: tuple[float, ...]) -> dict[int, int]:
    """Each price that is so many times another one, with that."""
    ratios = prices[:, None] / prices[None, :]
    fits = np.any([abs(ratios / each - 1) <= _NEARLY for each in times], axis=0)
    return {int(prices[row]): int(prices[low]) for row, low in np.argwhere(fits)}


def _finding(staged: Staged, name: str | None, terms: list[_Term], edition: Edition) -> DataFinding:
    rows, first = sum(each.rows for each in terms), min(each.first for each in terms)
    one = min(terms, key=lambda each: each.first)
    cell = as_number(staged, "mrr")
    cases = " ".join(
        f"WHEN {_is(staged, name, each, cell, edition)} THEN {cell} / {each.months}"
        for each in terms
    )
    of_plan = f' of "{one.plan}"' if one.plan else ""
    what = {12: "a year's", 3: "a quarter's"}[one.months]
    says = (
        f"{staged.called}: {having(rows, 'row')} an MRR such as {one.price:,.2f} where others"
        f"{of_plan} pay {one.monthly:,.2f}, and nothing in between, the first in {staged.location(first)}: it seems to be "
        f'{what} price. If so, say columns: {{mrr: "CASE {cases} ELSE {cell} END"}} for this table.'
    )
    return DataFinding(
        WARNING, "subscriptions", "a price of a term called MRR", says, rows, name or ""
    )


def _is(staged: Staged, name: str | None, term: _Term, cell: str, edition: Edition) -> str:
    """The condition for the rows of a term, inside double quotes."""
    over = term.over / float(edition.rates.get(term.currency or "", 1))
    over *= 100 if staged.source.in_cents("mrr") else 1
    tests = [f"{cell} > {over:.2f}"]
    if term.currency and staged.has("currency"):
        tests.insert(
            0, f"{staged.cell('currency')} = {inside_quotes(DUCKDB.literal(term.currency))}"
        )
    if name and term.plan is not None:
        words = map(DUCKDB.literal, staged.as_written(name, term.plan))
        tests.insert(0, f"{staged.cell(name)} IN ({inside_quotes(', '.join(words))})")
    return " AND ".join(tests)
