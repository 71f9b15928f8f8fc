"""How far the extract reaches: a month cut short, a table fallen silent, a cliff at the end."""

from datetime import date, timedelta
from itertools import pairwise

from cs_lib.data.findings import Finding, counted
from cs_lib.data.stage import Staged
from cs_lib.data.tables import WARNING
from cs_lib.edition import Edition
from cs_lib.period import MONTH, Period, last_complete

CLIFF_SHARE, CLIFF_TIMES, CLIFF_CUSTOMERS, CLIFF_MONTHS = 0.5, 3, 10, 3
SILENCE_TIMES, SILENCE_DAYS = 3, 3
YEAR = 12


def extent_findings(engine, staged: list[Staged], edition: Edition, as_of: date) -> list[Finding]:
    """Warnings about the end of the extract, from the rows that count."""
    found = [_cut_short(edition, as_of)]
    for each in staged:
        if edition.as_of and each.table.name != "subscriptions":
            found.append(_silence(engine, each, as_of))
        if each.table.name == "subscriptions" and each.has("end_date"):
            found += _cliffs(engine, each, as_of)
    return [each for each in found if each]


def _cut_short(edition: Edition, as_of: date) -> Finding | None:
    period = Period.containing(as_of, MONTH)
    if period.start == as_of:
        return None
    says = (
        f"The extract ends on {as_of - timedelta(days=1)}, inside {period}: that month is not "
        f"complete. The last complete month is {last_complete(as_of)}."
    )
    if edition.as_of is None:
        says += f" If the extract covers {period} whole, say so with as_of: {period.end}."
    return Finding(WARNING, "", "ends mid-period", says)


def _silence(engine, staged: Staged, as_of: date) -> Finding | None:
    """A table whose last row lies much further back than the gaps it usually has."""
    column = next((each for each in staged.table.dated_by if staged.has(each)), None)
    if column is None:
        return None
    start = as_of - timedelta(days=366)
    days = [
        day
        for (day,) in engine.rows(
            f'SELECT DISTINCT CAST("{column}" AS DATE) FROM {staged.name} '
            f"WHERE \"{column}\" >= DATE '{start}' AND \"{column}\" < DATE '{as_of}' ORDER BY 1"
        )
    ]
    if len(days) < YEAR:
        return None
    silent = (as_of - days[-1]).days - 1
    longest = max((after - before).days - 1 for before, after in pairwise(days))
    if silent < SILENCE_DAYS or silent <= SILENCE_TIMES * longest:
        return None
    says = (
        f"{staged.table.name}: the last row is of {days[-1]}, {counted(silent, 'day')} before as_of {as_of}; in "
        f"the year before, the longest gap was {counted(longest, 'day')}. The extract may end inside "
        f"{Period.containing(days[-1], MONTH)}: then set as_of to {days[-1] + timedelta(days=1)}."
    )
    return Finding(WARNING, staged.table.name, "ends mid-period", says)


def _cliffs(engine, staged: Staged, as_of: date) -> list[Finding]:
    """Months at the extract's end in which an implausible share of the customers is lost."""
    last = _last_month_with_customers(engine, staged, as_of)
    if last is None:
        return []
    found = []
    for period in (last.back(back) for back in range(CLIFF_MONTHS)):
        lost, opening = _lost(engine, staged, [period])
        if opening < CLIFF_CUSTOMERS or lost < CLIFF_SHARE * opening:
            continue
        before_lost, before = _lost(engine, staged, [period.back(n) for n in range(1, YEAR + 1)])
        usual = before_lost / before if before else 0.0
        if lost / opening >= CLIFF_TIMES * usual:
            found.append(_cliff(period, lost, opening, usual))
    return found


def _cliff(period: Period, lost: int, opening: int, usual: float) -> Finding:
    says = (
        f"{period}: {lost} of {opening} customers paying at its opening end in it "
        f"({lost / opening:.0%}; {usual:.1%} a month in the year before). This looks like the end "
        "of the extract written as an end of the subscriptions. Leave end_date empty for those that "
        f"go on, or set as_of to {period.start}."
    )
    return Finding(WARNING, "subscriptions", "end-of-extract cliff", says, lost)


def _last_month_with_customers(engine, staged: Staged, as_of: date) -> Period | None:
    """The last month, closed by as_of, that opens with paying customers."""
    open_end = f"coalesce(end_date, TIMESTAMP '{as_of}')"
    [(moment,)] = engine.rows(
        f"SELECT least(max({open_end}), TIMESTAMP '{as_of}') FROM {staged.name} "
        f"WHERE mrr > 0 AND start_date < TIMESTAMP '{as_of}'"
    )
    if moment is None:
        return None
    period = Period.containing(moment.date(), MONTH)
    return period if period.complete_at(as_of) else period.back()


def _lost(engine, staged: Staged, periods: list[Period]) -> tuple[int, int]:
    """Customers paying at the openings and no longer at the closings, and paying at the openings."""
    bounds = ", ".join(f"(TIMESTAMP '{p.start}', TIMESTAMP '{p.end}')" for p in periods)
    paying = "mrr > 0 AND start_date < {0} AND (end_date IS NULL OR end_date >= {0})"
    [(lost, opening)] = engine.rows(f"""
        SELECT count(*) FILTER (WHERE NOT still), count(*)
        FROM (SELECT first, customer_id, bool_or({paying.format("past")}) AS still
              FROM {staged.name}, (VALUES {bounds}) AS month(first, past)
              GROUP BY first, customer_id HAVING bool_or({paying.format("first")}))
    """)
    return lost, opening
