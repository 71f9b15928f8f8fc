"""What is planned, and is no month's figure in the metric's unit: sums since the year began, quarters, thousands, a
year's revenue for a month's; and targets of a year held against months."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import narwhals as nw
import pandas as pd

from cs_lib.data.contract.data_findings import DataFinding
from cs_lib.data.contract.edition_keys import quoted
from cs_lib.data.contract.number_remedies import as_number
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.engines.distinct_rows import flag
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import ROW
from cs_lib.edition import Edition
from cs_lib.edition.targets import Target
from cs_lib.period import ALL, MONTH, YEAR, last_complete
from cs_lib.vocabulary import MICROS

#: metrics that months add up to a quarter and a year
FLOWS = (
    "new_mrr", "reactivation_mrr", "expansion_mrr", "contraction_mrr", "churned_mrr", "net_new_mrr", "new_customers",
    "reactivated_customers", "churned_customers", "revenue", "orders", "new_revenue", "acquisition_cost",
)  # fmt: skip
#: so many months that grow by the first one's value, within such bounds, are sums since the first
CUMULATED, BETWEEN = 6, (0.7, 2.5)
#: the months of which a plan by quarters has values, and the fewest of them
QUARTERS, FEWEST = ({1, 4, 7, 10}, {3, 6, 9, 12}, {2, 5, 8, 11}), 3
MOST_PLANNED = 5000
#: how many times the figure what is planned is, by what it is then, and what makes a month's figure of it
_UNITS = (
    ((10.5, 14), "12 times", "a year's and not a month's", "{0} / 12"),
    ((80, 125), "100 times", "in hundredths of the currency", "{0} / 100"),
    ((1 / 1400, 1 / 700), "a thousandth of", "in thousands", "{0} * 1000"),
    ((1 / 1.4e6, 1 / 7e5), "a millionth of", "in millions", "{0} * 1000000"),
)
#: a target of churn so many times the month's, of so many customers paying, is likely a year's
YEARLY_TIMES, PAYING = 3, 20


def planned_findings(staged: list[Staged], edition: Edition, as_of: date) -> Iterator[DataFinding]:
    plans = [each for each in staged if each.table.name == "plan"]
    paid = [each for each in staged if each.table.name == "subscriptions"]
    for each in plans:
        frame = _of_all(each)
        flows = [own for metric, own in frame.groupby("metric") if metric in FLOWS]
        yield from _cumulative(each, [own for own in flows if _adds_up(own)])
        yield from _by_quarter(each, [own for own in flows if _is_by_quarter(own)])
        if paid and not any(one.has("currency") for one in paid):
            yield from _in_another_unit(each, frame, paid, as_of)
    if paid:
        yield from _yearly_targets(edition, paid, as_of)


def _of_all(staged: Staged) -> pd.DataFrame:
    """What is planned for everybody, by metric and month."""
    rows = staged.rows.filter(nw.col("segment").is_null() | (nw.col("segment") == ALL))
    frame = staged.engine.collect(rows.select(ROW, "month", "metric", "value").head(MOST_PLANNED))
    return frame.assign(value=frame["value"] / MICROS).sort_values("month")


def _adds_up(own: pd.DataFrame) -> bool:
    """Whether values grow through a year by about what its first month has."""
    years = [months["value"] for _, months in own.groupby(own["month"].dt.year)]
    whole = [value for value in years if len(value) >= CUMULATED and value.iloc[0] > 0]
    return bool(whole) and all(
        value.diff()[1:].gt(0).all()
        and (value / value.iloc[0] / pd.Series(range(1, len(value) + 1), index=value.index))
        .between(*BETWEEN)
        .all()
        for value in whole
    )


def _cumulative(staged: Staged, found: list[pd.DataFrame]) -> Iterator[DataFinding]:
    if not found:
        return
    number, month, first = as_number(staged, "value"), staged.cell("month"), found[0].iloc[0]
    segment = [staged.cell("segment")] if staged.has("segment") else []
    whose = ", ".join([staged.cell("metric"), *segment, f"left({month}, 4)"])
    before = f"coalesce(lag({number}) OVER (PARTITION BY {whose} ORDER BY {month}), 0)"
    says = (
        f"{staged.called}: {_names(found)} {_grow(found)} through the year, month by month by about what its first month has, from "
        f"{first['value']:,.6g} in {first['month']:%Y-%m}, the first in {staged.location(int(first[ROW]))}. If each is the sum since "
        f"the year began, {_value(staged, found, f'{number} - {before}')}: a plan is of each month alone."
    )
    yield DataFinding(
        WARNING, "plan", "a plan that adds up", says, sum(map(len, found)), _names(found)
    )


def _grow(found: list[pd.DataFrame]) -> str:
    return "grows" if len(found) == 1 else "grow"


def _names(found: list[pd.DataFrame]) -> str:
    return " and ".join(str(own["metric"].iloc[0]) for own in found)


def _listed(found: list[pd.DataFrame]) -> str:
    return ", ".join(quoted(str(own["metric"].iloc[0])) for own in found)


def _value(staged: Staged, found: list[pd.DataFrame], then: str) -> str:
    """The key that makes another number of these metrics' values."""
    if not _has_iso_months(staged, found):
        return "write the months' own values in the export"
    number, name = as_number(staged, "value"), staged.cell("metric")
    case = f"CASE WHEN {name} IN ({_listed(found)}) THEN {then} ELSE {number} END"
    return f'say columns: {{value: "{case}"}} for this table'


def _has_iso_months(staged: Staged, found: list[pd.DataFrame]) -> bool:
    """Whether the export writes months as 2026-06, a row each, so that an expression can put them in order."""
    if staged.spread or not staged.of_csv or not staged.is_own("metric"):
        return False
    first = found[0].iloc[0]
    return f"{first['month']:%Y-%m}" in staged.location(int(first[ROW])).text


def _is_by_quarter(own: pd.DataFrame) -> bool:
    months = set(own["month"].dt.month)
    return len(months) >= FEWEST and any(months <= each for each in QUARTERS)


def _by_quarter(staged: Staged, found: list[pd.DataFrame]) -> Iterator[DataFinding]:
    """Values of one month of each quarter alone."""
    if not found:
        return
    one = len(found) == 1
    says = (
        f"{staged.called}: {_names(found)} {'is' if one else 'are'} planned for one month of each quarter alone, the first in "
        f"{staged.location(int(found[0][ROW].iloc[0]))}: that month is held against it, and no quarter is. If they are the quarters' "
        f"values, {_thirds(staged, found)}."
    )
    yield DataFinding(
        WARNING, "plan", "a plan by quarters", says, sum(map(len, found)), _names(found)
    )


def _thirds(staged: Staged, found: list[pd.DataFrame]) -> str:
    """The query that gives each month of a quarter a third of it."""
    months = set(pd.concat(found)["month"].dt.month)
    quarter = next((each for each in QUARTERS if months <= each), None)
    if not _has_iso_months(staged, found) or staged.source.columns or quarter is None:
        return "plan a third of each for every month of the quarter"
    month, name, value = (staged.spelled.get(each, each) for each in ("month", "metric", "value"))
    rows = f"FROM read_csv({quoted(staged.source.path or '')}, all_varchar = true)"
    day = f"CAST(left({month}, 7) || '-01' AS DATE) + (n - {min(quarter) - 1}) * INTERVAL 1 MONTH"
    third = f"CAST(CAST({value} AS DOUBLE) / 3 AS VARCHAR)"
    return (
        f'say sql: "SELECT * {rows} WHERE {name} NOT IN ({_listed(found)}) UNION ALL SELECT * EXCLUDE (n) REPLACE (strftime({day}, '
        f"'%Y-%m') AS {month}, {third} AS {value}) {rows}, range(3) AS months(n) WHERE {name} IN ({_listed(found)})\" instead of path"
    )


def _in_another_unit(
    staged: Staged, frame: pd.DataFrame, paid: list[Staged], as_of: date
) -> Iterator[DataFinding]:
    """A plan of recurring revenue that is 12, 100 or a thousandth times what is paid."""
    last = datetime.combine(last_complete(as_of).start, time())
    for metric, months in (("mrr", 1), ("arr", 12)):
        own = frame[frame["metric"] == metric]
        so_far = own[own["month"] <= last]
        if so_far.empty:
            continue
        asked = so_far.iloc[-1]
        end = asked["month"] + pd.offsets.MonthBegin(1) - timedelta(days=1)
        actual = months * sum(_mrr(each, end) for each in paid)
        for (least, most), times, what, then in _UNITS:
            if not actual or not least <= asked["value"] / actual <= most:
                continue
            value = _value(staged, [own], then.format(as_number(staged, "value")))
            says = (
                f"{staged.called}: {metric} of {asked['month']:%Y-%m} is planned at {asked['value']:,.6g}, in "
                f"{staged.location(int(asked[ROW]))}, about {times} the {actual:,.6g} of the subscriptions. If the plan is {what}, {value}."
            )
            yield DataFinding(WARNING, "plan", "a plan in another unit", says, len(own), metric)


def _mrr(staged: Staged, day: datetime) -> float:
    """What is paid for on a day, a month."""
    found = staged.engine.collect(_open(staged, day).select(mrr=nw.col("mrr").sum()))
    return float(found["mrr"].fillna(0).iloc[0]) / MICROS


def _open(staged: Staged, day: datetime) -> nw.LazyFrame:
    ends = nw.col("end_date")
    return staged.rows.filter(
        nw.col("mrr") > 0, nw.col("start_date") <= day, ends.is_null() | (ends > day)
    )


def _yearly_targets(edition: Edition, paid: list[Staged], as_of: date) -> Iterator[DataFinding]:
    """Targets of churn without a grain that are far above what a month has."""
    for metric in ("customer_churn_rate", "customer_retention_rate"):
        target = _target(edition, metric)
        if target is None or YEAR not in edition.grains:
            continue
        asked = target.value if metric == "customer_churn_rate" else 1 - target.value
        monthly = _monthly_churn(paid, as_of)
        yearly = 1 - (1 - monthly) ** 12
        if monthly and YEARLY_TIMES * monthly <= asked <= 2 * yearly:
            shown = monthly if metric == "customer_churn_rate" else 1 - monthly
            says = (
                f"targets.{metric}: {target.value:.6g} is held against months, and a month of the last twelve has about {shown:.1%}. If "
                f"it is a year's, say targets: {{{metric}: {{all: {{value: {target.value:.6g}, grain: year}}}}}}; if it is a month's, say "
                f"targets: {{{metric}: {{all: {{value: {target.value:.6g}, grain: month}}}}}}."
            )
            yield DataFinding(WARNING, "", "a target of a year", says, about=metric)


def _target(edition: Edition, metric: str) -> Target | None:
    """The last target for everybody, where nobody said of which grain it is."""
    last = (edition.targets.get(metric, {}).get(ALL) or (None,))[-1]
    return last if last and last.grain == MONTH and "grain" not in last.model_fields_set else None


def _monthly_churn(paid: list[Staged], as_of: date) -> float:
    """About which share of the subscriptions ends in a month, by the last twelve; 0 of few."""
    last = last_complete(as_of)
    opening = datetime.combine(last.back(11).start, time()) - timedelta(days=1)
    closing = datetime.combine(last.end, time())
    many = [
        sum(each.count(_open(each, day)) for each in paid)
        for day in (opening, closing - timedelta(days=1))
    ]
    ended = 0
    for each in paid:
        ends = (nw.col("end_date") > opening) & (nw.col("end_date") < closing)
        found = each.engine.collect(
            each.rows.filter(nw.col("mrr") > 0).select(ended=flag(ends).sum())
        )
        ended += int(found["ended"].fillna(0).iloc[0])
    return ended / 12 / (sum(many) / 2) if sum(many) / 2 >= PAYING else 0
