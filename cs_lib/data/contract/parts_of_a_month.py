"""Prices that are the part of a plan's price for the days left of the month: the first invoice, taken for every month's."""

from collections.abc import Iterator

import narwhals as nw
import pandas as pd

from cs_lib.data.contract.data_findings import DataFinding, having
from cs_lib.data.contract.edition_keys import SAY_SO
from cs_lib.data.contract.number_remedies import as_number
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.engines.dialect import DUCKDB
from cs_lib.data.sources.headers import inside_quotes
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import ROW
from cs_lib.edition import Edition
from cs_lib.vocabulary import MICROS

#: so many rows below a plan's usual price, at so many prices, are looked at; such a share of them fit so closely
ROWS, PRICES, SHARE, CLOSE = 5, 4, 0.8, 0.003
#: the usual price of a plan has such a share of its rows
USUAL = 0.4
MOST = 100_000


def part_findings(
    staged: Staged, name: str, found: pd.DataFrame | None, edition: Edition
) -> Iterator[DataFinding]:
    """`found`: how many rows of a plan pay which price in which currency; `name` is the column of plans."""
    if (
        found is None
        or "mrr" not in staged.spelled
        or staged.spread
        or not staged.has("start_date")
    ):
        return
    usual = _usual_prices(found)
    if usual.empty:
        return
    rows = _below(staged, name, usual)
    fits = rows[_fits(rows)]
    if len(fits) < max(ROWS, SHARE * len(rows)) or fits["mrr"].nunique() < PRICES:
        return
    one = fits.loc[fits[ROW].idxmin()]
    says = (
        f'{staged.called}: {having(len(fits), "row")} an MRR such as {one["mrr"] / MICROS:,.2f} where others of "{one["plan"]}" pay '
        f"{one['usual'] / MICROS:,.2f}, the first in {staged.location(int(one[ROW]))}: each is the part of it for the days left of the month in "
        f"which the row starts. If that is the first invoice's, {_way(staged, name, rows, usual, edition)}; if not, {SAY_SO}."
    )
    yield DataFinding(WARNING, "subscriptions", "parts of a first month", says, len(fits), name)


def _usual_prices(found: pd.DataFrame) -> pd.DataFrame:
    """plan, currency, usual: the price of most rows of a plan, where enough others are below it."""
    given = found.sort_values("rows", ascending=False).groupby(["plan", "currency"], sort=False)
    usual = given.agg(usual=("mrr", "first"), most=("rows", "first"), all=("rows", "sum"))
    usual = usual[usual["most"] >= USUAL * usual["all"]].reset_index()
    both = found.merge(usual, on=["plan", "currency"])
    below = both[both["mrr"] < both["usual"]]
    return usual if len(below) >= PRICES and below["rows"].sum() >= ROWS else usual.head(0)


def _below(staged: Staged, name: str, usual: pd.DataFrame) -> pd.DataFrame:
    """The rows that pay less than is usual for their plan and start after the first of a month."""
    currency = nw.col("currency") if staged.has("currency") else nw.lit("")
    start = nw.col("start_date")
    rows = staged.held.filter(nw.col("mrr") > 0, start.dt.day() > 1).select(
        ROW, "mrr", "start_date", plan=nw.col(name).cast(nw.String), currency=currency
    )
    lifted = staged.engine.lift(usual[["plan", "currency", "usual"]])
    rows = rows.join(lifted, on=["plan", "currency"], how="inner")
    return staged.engine.collect(rows.filter(nw.col("mrr") < nw.col("usual")).head(MOST))


def _fits(rows: pd.DataFrame) -> pd.Series:
    """Which rows pay for the days left of their month: with the first day or without it, of its days or of thirty."""
    days, day = rows["start_date"].dt.days_in_month, rows["start_date"].dt.day
    part = rows["mrr"] / rows["usual"]
    left = [(days - day + 1) / days, (days - day) / days, (31 - day) / 30]
    close = [(part - each).abs() <= CLOSE for each in left]
    return close[0] | close[1] | close[2]


def _way(
    staged: Staged, name: str, rows: pd.DataFrame, usual: pd.DataFrame, edition: Edition
) -> str:
    """The key that gives the plans whose rows below the usual price all fit their whole price."""
    fit = _fits(rows).groupby(rows["plan"]).all()
    plans = usual[usual["plan"].isin(fit[fit].index)]
    if not fit.all() or plans["currency"].nunique() > 1 or not staged.is_own("mrr"):
        return "write the price of a whole month in the export"
    scale = MICROS / (100 if staged.source.in_cents("mrr") else 1)
    own, cases = as_number(staged, "mrr"), []
    for each in plans.itertuples():
        words = inside_quotes(", ".join(map(DUCKDB.literal, staged.as_written(name, each.plan))))
        price = f"{each.usual / scale / float(edition.rates.get(each.currency, 1)):.10g}"
        cases.append(f"WHEN {staged.cell(name)} IN ({words}) AND {own} < {price} THEN {price}")
    return f'say columns: {{mrr: "CASE {" ".join(cases)} ELSE {own} END"}} for this table'
