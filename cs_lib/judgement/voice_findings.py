"""What customers say, as findings: a reason that more of them gave, a theme of those who are unhappy, what goes with a score."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cs_lib.data.facts.comment_facts import GROUP, UNHAPPY
from cs_lib.judgement.finding import Finding, WordCell
from cs_lib.judgement.leaving import LEFT, REASON, reasons
from cs_lib.judgement.said_themes import themes
from cs_lib.judgement.score_drivers import Drivers, drivers
from cs_lib.judgement.series import Figures
from cs_lib.judgement.significance import certainty_of, exact_p
from cs_lib.judgement.stakes import LEAST_CUSTOMERS, MONTHS, Stake
from cs_lib.period import Period, Segment
from cs_lib.vocabulary import BAD, DRIVER, NEUTRAL, NOT_GIVEN, OK, REASON_RISEN, THEME_APART

THEME, ITEM = "theme", "item"


def voices(figures: Figures, period: Period, segment: Segment) -> Iterator[Finding]:
    """All of them, of a segment."""
    yield from reasons_risen(figures, period, segment)
    yield from themes_apart(figures, period, segment)
    yield from drivers_apart(figures, period, segment)


def reasons_risen(figures: Figures, period: Period, segment: Segment) -> Iterator[Finding]:
    """Reasons that a larger share gave over twelve months than over the twelve before, beyond chance (corrected for
    the number of reasons), by five customers or more. At stake is what those more of them had paid."""
    found = reasons(figures, segment, period)
    if found is None or not found.before:
        return
    for row in found.rows[found.rows["moved"]].to_dict("records"):
        more = row["customers"] - row["share_before"] * found.customers
        if row["reason"] == NOT_GIVEN or more < LEAST_CUSTOMERS:
            continue
        parts = row["customers"], found.customers, row["customers_before"], found.before
        p = float(exact_p(*(np.array([each]) for each in parts))[0])
        yield Finding(
            REASON_RISEN,
            LEFT,
            *_worded(segment, figures.edition.split_name(REASON), row["reason"]),
            found.first,
            found.last,
            row["share"],
            row["share_before"],
            BAD,
            Stake(row["money"] * MONTHS * more / row["customers"], more),
            certainty_of(p),
            numerator=row["customers"],
            n=found.customers,
            cell=WordCell(row["reason"], *map(float, parts)),
        )


def themes_apart(figures: Figures, period: Period, segment: Segment) -> Iterator[Finding]:
    """Of each instrument the one theme that sets comments of the unhappy most apart from its other comments, beyond
    chance (corrected for all themes, groups and steps), where five comments or more name it."""
    found = themes(figures, segment, period)
    if found is None or found.cells.empty:
        return
    cells = found.cells[found.cells["differs"] & found.cells["by"].eq(GROUP)]
    cells = cells[cells["group"].isin(UNHAPPY) & cells["k"].ge(LEAST_CUSTOMERS)]
    order = cells.sort_values(["p", "theme"], kind="stable").drop_duplicates("instrument")
    for row in order.to_dict("records"):
        yield Finding(
            THEME_APART,
            row["instrument"],
            *_worded(segment, figures.edition.split_name(THEME), row["theme"]),
            found.first,
            found.last,
            row["k"] / row["n"],
            row["rest_k"] / row["rest_n"],
            NEUTRAL,
            certainty=certainty_of(row["p"]),
            numerator=row["k"],
            n=row["n"],
            cell=WordCell(row["theme"], row["k"], row["n"], row["rest_k"], row["rest_n"]),
        )


def drivers_apart(figures: Figures, period: Period, segment: Segment) -> Iterator[Finding]:
    """Of each score the item that goes with it more than any other (its interval lies above all others') and does
    worse: its mean's high end lies below the mean of the others' low ends."""
    for found in drivers(figures, segment, period):
        if (
            found.status != OK
            or len(found.rows) < 2
            or found.instrument in figures.measures.left_out
        ):
            continue
        first, others = found.rows.iloc[0], found.rows.iloc[1:]
        if first["low"] > others["high"].max() and first["mean_high"] < others["mean_low"].mean():
            yield _driver(found, first, others, figures, segment)


def _driver(
    found: Drivers, first: pd.Series, others: pd.DataFrame, figures: Figures, segment: Segment
) -> Finding:
    return Finding(
        DRIVER,
        found.instrument,
        *_worded(segment, figures.edition.split_name(ITEM), first["item"]),
        found.first,
        found.last,
        float(first["mean"]),
        float(others["mean"].mean()),
        NEUTRAL,
        certainty=float(first["low"] / others["high"].max()),
        numerator=float(first["part"]),
        n=float(found.n),
    )


def _worded(segment: Segment, column: str, word: str) -> tuple[str, str]:
    """A segment with what its customers said: the last pair of a finding's segment (see `Finding.whose`)."""
    held = Segment((*segment.pairs, (column, word)))
    return held.by, held.label
