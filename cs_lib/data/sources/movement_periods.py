"""Movements of customers' revenue, as billing analytics export them, made the periods that they bound."""

from dataclasses import dataclass

from cs_lib.data.engines.engine import SqlEngine
from cs_lib.data.sources.typing_sql import ASKED, FILE, KEPT, MARKS, RECORD, UNPARSED
from cs_lib.edition import Source
from cs_lib.errors import DataError

AFTER, CHANGE = "after", "change"
REASON = "end_reason"


@dataclass(frozen=True)
class Periods:
    """The name under which the periods are held, and what is to be said of them."""

    name: str
    said: str


def as_periods(engine: SqlEngine, held: str, source: Source, columns: tuple[str, ...]) -> Periods:
    """A period for each movement of a customer (of a subscription, where they have ids), from its day
    to that of the next one, with what is paid in it; none where nothing is.

    With `movements: after` mrr is what the customer pays from then on, with `change` by how much that
    grows or shrinks. Of several movements on one day the last counts, or all of them together. The
    movement that ends a period says why it ended. What cannot be read stands by itself, for the check
    to tell.
    """
    quoted = engine.dialect.quoted
    key = [each for each in ("customer_id", "subscription_id") if each in columns]
    same = ", ".join(key)
    good = f"{UNPARSED} IS NULL AND customer_id IS NOT NULL AND start_date IS NOT NULL AND mrr IS NOT NULL"
    order = f"start_date, {_order_of_a_day(engine, held, same, good, source)}"
    window = f"PARTITION BY {same} ORDER BY {order}"
    mrr = "mrr"
    if source.movements == CHANGE:
        mrr = f"CAST(sum(mrr) OVER ({window} ROWS UNBOUNDED PRECEDING) AS BIGINT)"
    kept = ", ".join(quoted(each) for each in columns if each not in ("mrr", "end_date", REASON))
    reason = f"{REASON}, " if REASON in columns else ""
    why = (
        f"lead({REASON}) OVER (PARTITION BY {same} ORDER BY start_date) AS {reason}"
        if reason
        else ""
    )
    own = {name for name, *_ in engine.rows(f"DESCRIBE {held}")}
    hidden = ", ".join(each for each in (FILE, UNPARSED, MARKS, KEPT, ASKED) if each in own)
    record = f"{RECORD}" if RECORD in own else f"rowid AS {RECORD}"
    name = f"{held}_periods"
    engine.hold(
        name,
        f"""
        SELECT * FROM (
            SELECT {kept}, mrr, end_date, {why}{hidden}, {RECORD} FROM (
                SELECT {kept}, {mrr} AS mrr, lead(start_date) OVER ({window}) AS end_date, {reason}{hidden}, {record}
                FROM {held} WHERE {good})
            WHERE end_date IS NULL OR end_date > start_date)
        WHERE mrr <> 0
        UNION ALL
        SELECT {kept}, mrr, CAST(NULL AS TIMESTAMP), {reason}{hidden}, {record}
        FROM {held} WHERE NOT ({good})
        ORDER BY {RECORD}
        """,
    )
    [(movements,)], [(periods,)] = (
        engine.rows(f"SELECT count(*) FROM {each}") for each in (held, name)
    )
    said = f"subscriptions: {movements:,} movements are read as {periods:,} periods (movements: {source.movements})."
    return Periods(name, said)


def _order_of_a_day(engine: SqlEngine, held: str, same: str, good: str, source: Source) -> str:
    """How movements of one customer and day follow each other: as in the file, which runs on or back."""
    before = f"lag(start_date) OVER (PARTITION BY {same} ORDER BY rowid)"
    [(later, earlier, alike)] = engine.rows(
        f"SELECT count(*) FILTER (start_date > before), count(*) FILTER (start_date < before), "
        f"count(*) FILTER (start_date = before) "
        f"FROM (SELECT start_date, {before} AS before FROM {held} WHERE {good})"
    )
    if later and earlier and alike and source.movements == AFTER:
        raise DataError(
            f"tables.subscriptions ({source.shown}): of several movements of a customer on one day the last "
            "counts, and the file's rows are in no order of time. Sort them by date, or give the change in "
            "mrr, and movements: change."
        )
    return "-rowid" if earlier > later else "rowid"
