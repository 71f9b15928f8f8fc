"""Facts of growth that customers brought: who came by referral, and what they pay."""

from functools import cache

import narwhals as nw

from cs_lib.data.facts.context import Context, Prepared, only
from cs_lib.data.facts.subscription_facts import prepare_movements
from cs_lib.period import segment_column
from cs_lib.vocabulary import NOT_GIVEN


def has_origins(context: Context) -> bool:
    """Whether the edition says which customers came by referral, by a column of `customers`."""
    said = context.edition.definitions.referrals
    return bool(said) and _column(context) in context.inherited("subscriptions")


def _column(context: Context) -> str:
    return segment_column(next(iter(context.edition.definitions.referrals or {})))


def prepare_earned(context: Context) -> Prepared:
    """customer × period: what is left of the MRR of twelve months before, and what those pay who paid nothing then:
    `referred_12` of those who came by referral, `unknown_12` of those of whom no origin is known; in millionths a month.

    Who came back counts as one who came. Columns of `customers` split it, but for that of the origin.
    """
    moves, origin = prepare_movements(context), _column(context)
    [values] = (context.edition.definitions.referrals or {}).values()
    came = nw.col("year_ago") == 0

    def told(rows: nw.LazyFrame) -> nw.LazyFrame:
        return rows.with_columns(
            referred_12=only(came & nw.col(origin).is_in(list(values)), "closing"),
            unknown_12=only(came & (nw.col(origin) == NOT_GIVEN), "closing"),
        )

    @cache
    def at(by: tuple[str, ...]) -> nw.LazyFrame:
        return told(moves.at(()))

    @cache
    def stretches(by: tuple[str, ...]) -> nw.LazyFrame:
        return told(moves.in_stretches(()))

    own = tuple(each for each in context.inherited("subscriptions") if each != origin)
    return Prepared(own, moves.calendar, at=at, stretches=stretches)
