"""Facts of what expansion and contraction are made of: another plan, how many subscriptions, units, the price."""

import narwhals as nw

from cs_lib.data.facts import subscription_facts
from cs_lib.data.facts.calendar import Calendar
from cs_lib.data.facts.context import UNIT, Context, Prepared, add_up, only, whole
from cs_lib.vocabulary import FOREVER

#: what came and what went inside one period: subscriptions, units of them, money in millionths a month
SIDES = ("came", "went")
PARTS = tuple(f"{side}_{part}" for side in SIDES for part in ("rows", "units", "amount"))


#: the kinds of change, by the column that holds their money
KINDS = {
    "moved": "another plan",
    "further": "number of subscriptions",
    "units": "quantity",
    "price": "price at the same plan",
}


def has_plans(context: Context) -> bool:
    """Whether subscriptions say what they are of: without, an upgrade can't be told from a dearer price."""
    return bool(context.own("subscriptions"))


def prepare_kinds(context: Context) -> Prepared:
    """customer paying at both ends × period × kind: `expansion` or `contraction`, in millionths a month.

    Subscriptions that came and went in the period are matched plan by plan (all segment columns that
    subscriptions carry): what stands against each other of one plan is the same plan, dearer or in
    another quantity; of what is left, a subscription that went stands against one that came, as another
    plan; the rest are further ones, or fewer. The four add up to the customer's change exactly: shares
    are whole millionths, and each last part is what the others leave.
    """
    moves, engine = subscription_facts.prepare_movements(context), context.engine
    changed = engine.keep(_by_kind(_matched(_changes(context, moves.calendar))))
    key = list(UNIT)

    def at(by: tuple[str, ...]) -> nw.LazyFrame:
        columns = moves.fixed
        both = (nw.col("expansion") != 0) | (nw.col("contraction") != 0)
        there = moves.at(()).filter(both).select(*key, *columns, grew=nw.col("expansion") > 0)
        rows = there.join(changed, on=key, how="inner")
        return nw.concat([_of_kind(rows, column, columns) for column in KINDS])

    return Prepared(moves.fixed, moves.calendar, at=at)


def _changes(context: Context, calendar: Calendar) -> nw.LazyFrame:
    """customer × period × plan: the PARTS that came in the period and were there at its end, and that were
    there at its opening and went in it."""
    own, engine = context.own("subscriptions"), context.engine
    rows = subscription_facts.lasting(context.tables["subscriptions"]).select(
        "customer_id",
        *own,
        start="start_date",
        until=nw.col("end_date").fill_null(nw.lit(FOREVER)),
        amount="mrr",
        units=nw.max_horizontal(nw.col("quantity").fill_null(1).cast(nw.Int64), whole(1)),
    )
    cells = calendar.cells[["period", "period_start"]]
    spans = calendar.ends()[["period", "end"]].merge(cells, on="period")
    buckets = engine.lift(calendar.buckets().merge(spans, on="period"))
    came = rows.with_columns(bucket=calendar.bucket(nw.col("start")))
    came = came.join(buckets, on="bucket", how="inner").filter(nw.col("until") >= nw.col("end"))
    went = rows.filter(nw.col("until") < nw.lit(FOREVER))
    went = went.with_columns(bucket=calendar.bucket(nw.col("until")))
    went = went.join(buckets, on="bucket", how="inner")
    went = went.filter(nw.col("start") < nw.col("period_start"))
    key = (*UNIT, *own)
    sides = [_side(came, "came", key), _side(went, "went", key)]
    return add_up(nw.concat(sides), key, PARTS)


def _side(rows: nw.LazyFrame, side: str, key: tuple[str, ...]) -> nw.LazyFrame:
    """The PARTS of one side; those of the other are 0."""
    values = {"rows": whole(1), "units": nw.col("units"), "amount": nw.col("amount")}
    parts = {
        name: values[name.removeprefix(f"{side}_")] if name.startswith(side) else whole(0)
        for name in PARTS
    }
    return rows.select(*key, **parts)


def _matched(changes: nw.LazyFrame) -> nw.LazyFrame:
    """customer × period: what changed at the same plan, and how much is left over on either side."""
    same = nw.min_horizontal("came_rows", "went_rows").cast(nw.Int64)
    frame = changes.with_columns(same=same)
    matched = {
        f"{side}_{part}_same": _share(f"{side}_{part}", "same", f"{side}_rows")
        for side in SIDES
        for part in ("units", "amount")
    }
    frame = frame.with_columns(**matched)
    more = nw.col("came_units_same") - nw.col("went_units_same")
    change = nw.col("came_amount_same") - nw.col("went_amount_same")
    many = nw.col("went_units_same")
    of_units = nw.when(many > 0).then(more * (nw.col("went_amount_same") / many)).otherwise(0.0)
    frame = frame.with_columns(units=of_units.round(0).cast(nw.Int64)).with_columns(
        price=change - nw.col("units"),
        **{f"{side}_left": nw.col(f"{side}_rows") - nw.col("same") for side in SIDES},
        **{
            f"{side}_money": nw.col(f"{side}_amount") - nw.col(f"{side}_amount_same")
            for side in SIDES
        },
    )
    left = tuple(f"{side}_{part}" for side in SIDES for part in ("left", "money"))
    return add_up(frame, UNIT, ("units", "price", *left))


def _by_kind(matched: nw.LazyFrame) -> nw.LazyFrame:
    """What is left over on either side, paired as far as it goes."""
    frame = matched.with_columns(pairs=nw.min_horizontal("came_left", "went_left").cast(nw.Int64))
    frame = frame.with_columns(
        **{f"{side}_moved": _share(f"{side}_money", "pairs", f"{side}_left") for side in SIDES}
    )
    moved = nw.col("came_moved") - nw.col("went_moved")
    every = nw.col("came_money") - nw.col("went_money")
    return frame.with_columns(moved=moved, further=every - moved)


def _share(amount: str, some: str, of: str) -> nw.Expr:
    """The whole-number part of an amount that so many of its rows have."""
    part = (nw.col(amount) * (nw.col(some) / nw.col(of))).round(0)
    return nw.when(nw.col(of) > 0).then(part).otherwise(0.0).cast(nw.Int64)


def _of_kind(rows: nw.LazyFrame, column: str, segments: tuple[str, ...]) -> nw.LazyFrame:
    """The rows of one kind: its money, on the side to which the customer's MRR went."""
    return rows.filter(nw.col(column) != 0).select(
        *UNIT,
        *segments,
        kind=nw.lit(KINDS[column]),
        expansion=only(nw.col("grew"), column),
        contraction=only(~nw.col("grew"), column),
    )
