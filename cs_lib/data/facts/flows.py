"""From states at instants to opening, closing and movements of each period.

A *state* is what a customer stood at just before an instant: money for subscriptions, 1 for an
active customer of a business with orders. The same steps serve both.
"""

import narwhals as nw

from cs_lib.data.facts.calendar import CLOSING, OPENING, YEAR_AGO
from cs_lib.data.facts.frames import CELL, add_up, flag, only

EVENTS = ("started", "ended")
STATES = (OPENING, CLOSING, YEAR_AGO)
UNIT = ("customer_id", *CELL)


def to_periods(states: nw.LazyFrame, roles: nw.LazyFrame) -> nw.LazyFrame:
    """Rows with an instant and an `amount` → rows with a period and opening, closing, year_ago."""
    placed = states.join(roles, on="instant", how="inner")
    return placed.with_columns(**{role: only(nw.col("role") == role, "amount") for role in STATES})


def movements(
    base: nw.LazyFrame,
    by: tuple[str, ...],
    *,
    changing: tuple[str, ...],
    also: tuple[str, ...] = (),
) -> nw.LazyFrame:
    """One row a customer, period and group, with every movement in it.

    `also` are further columns that are summed along. `changing` names those of `by` whose value may differ between a customer's rows: only then a
    customer's total is more than its row, and money can move between segments.
    """
    cells = add_up(base, (*UNIT, *by), (*STATES, *EVENTS, *also))
    frame = _with_totals(cells, split=bool(set(by) & set(changing)))
    frame = _classify(frame)
    frame = _with_transfers(frame, by) if set(by) & set(changing) else _without_transfers(frame)
    return _with_retention(frame)


def _with_totals(cells: nw.LazyFrame, *, split: bool) -> nw.LazyFrame:
    columns = (*STATES, *EVENTS)
    if not split:
        return cells.with_columns(**{f"all_{each}": nw.col(each) for each in columns})
    totals = add_up(cells, UNIT, columns).rename({each: f"all_{each}" for each in columns})
    return cells.join(totals, on=list(UNIT), how="inner")


def _classify(frame: nw.LazyFrame) -> nw.LazyFrame:
    there, still = nw.col("all_opening") > 0, nw.col("all_closing") > 0
    first = nw.col("all_started") > 0
    return frame.with_columns(
        at_opening=flag(nw.col("opening") > 0),
        at_closing=flag(nw.col("closing") > 0),
        lost=flag((nw.col("opening") > 0) & ~still),
        new=only(~there & still & first, "closing"),
        reactivation=only(~there & still & ~first, "closing"),
        reactivated=flag(~there & still & ~first & (nw.col("closing") > 0)),
        churn=only(there & ~still, -nw.col("opening")),
        joined_and_left=only(~still, "started"),
        change=only(there & still, nw.col("closing") - nw.col("opening")),
        gain=only(
            there & still & (nw.col("closing") > nw.col("opening")),
            nw.col("closing") - nw.col("opening"),
        ),
        loss=only(
            there & still & (nw.col("closing") < nw.col("opening")),
            nw.col("opening") - nw.col("closing"),
        ),
    )


def _without_transfers(frame: nw.LazyFrame) -> nw.LazyFrame:
    return frame.with_columns(
        expansion=nw.col("gain"),
        contraction=-nw.col("loss"),
        transfer_in=nw.lit(0).cast(nw.Int64),
        transfer_out=nw.lit(0).cast(nw.Int64),
    )


def _with_transfers(frame: nw.LazyFrame, by: tuple[str, ...]) -> nw.LazyFrame:
    """Split mixed changes of a customer into what moved across and what was gained or lost.

    The part that moved is shared among several gaining (losing) segments by running totals, so
    that the shares are whole numbers and add up exactly.
    """
    running = {
        f"{side}_so_far": nw.col(side).cum_sum().over(*UNIT, order_by=list(by)).cast(nw.Int64)
        for side in ("gain", "loss")
    }
    totals = add_up(frame, UNIT, ("gain", "loss")).rename({"gain": "gains", "loss": "losses"})
    frame = frame.join(totals, on=list(UNIT), how="inner").with_columns(**running)
    frame = frame.with_columns(
        moved=nw.min_horizontal("gains", "losses").cast(nw.Int64),
    ).with_columns(
        transfer_in=_share("gain", "gains"),
        transfer_out=-_share("loss", "losses"),
    )
    return frame.with_columns(
        expansion=nw.col("gain") - nw.col("transfer_in"),
        contraction=-(nw.col("loss") + nw.col("transfer_out")),
    )


def _share(side: str, total: str) -> nw.Expr:
    """This row's whole-number share of `moved`: up to and with it, less up to it."""

    def up_to(amount: nw.Expr) -> nw.Expr:
        share = nw.col("moved") * (amount / nw.col(total))
        return nw.when(nw.col(total) > 0).then(share.round(0)).otherwise(nw.lit(0.0)).cast(nw.Int64)

    so_far = nw.col(f"{side}_so_far")
    return up_to(so_far) - up_to(so_far - nw.col(side))


def _with_retention(frame: nw.LazyFrame) -> nw.LazyFrame:
    """What is left of the opening, and of the state twelve months before the closing.

    The closing of a customer is shared to the segments it opened in, by opening money.
    """
    return frame.with_columns(
        retained=_left("opening", "all_closing"),
        kept=_left("opening", nw.min_horizontal("all_opening", "all_closing")),
        retained_12=_left("year_ago", "all_closing"),
        kept_12=_left("year_ago", nw.min_horizontal("all_year_ago", "all_closing")),
    )


def _left(base: str, amount: nw.Expr | str) -> nw.Expr:
    amount = nw.col(amount) if isinstance(amount, str) else amount
    share = (amount * (nw.col(base) / nw.col(f"all_{base}"))).round(0)
    return nw.when(nw.col(base) > 0).then(share).otherwise(nw.lit(0.0)).cast(nw.Int64)
