"""Why customers leave: reasons over twelve months, against the twelve before, and the cells that stand apart."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cs_lib.judgement.finding import Finding, WordCell
from cs_lib.judgement.series import Figures, inside, of_segment
from cs_lib.judgement.significance import certainty_of, exact_p, holm
from cs_lib.judgement.stakes import LEAST_CUSTOMERS, MONTHS, Stake
from cs_lib.judgement.standing import MONTHS_JUDGED
from cs_lib.metrics.compute import intervals
from cs_lib.period import ALL, MONTH, Period, Segment, add_months
from cs_lib.vocabulary import BAD, NOT_GIVEN, REASON_APART

LEFT, REASON = "churned_customers_by_reason", "end_reason"
#: how long a customer had paid: the least whole months of each band, counted from the month of joining
TENURE = "tenure"
TENURES = {"months 1 to 3": 0, "months 4 to 12": 4, "second year": 13, "later": 25}


@dataclass(frozen=True)
class Reasons:
    """Reasons of the customers who left in the months from `first` to `last`.

    `rows`: reason, class, customers, share (of all who left) with low and high, money (the MRR that they had
    paid), and of the twelve months before `customers_before`, `share_before`, whether it `moved` by more than
    chance (corrected for the number of reasons). `before` is how many left then, 0 where the history does
    not reach back so far.
    """

    first: Period
    last: Period
    rows: pd.DataFrame
    customers: int
    money: float
    before: int


def reasons(figures: Figures, segment: Segment, period: Period) -> Reasons | None:
    """Why customers of a segment left in the twelve months to a period's end; None where none is known to have."""
    if figures.measures.leavers.empty:
        return None
    last = _last_month(period)
    now, then = (_left(figures, segment, last.back(back)) for back in (0, MONTHS_JUDGED))
    total = int(now["customers"].sum())
    if not total:
        return None
    known = _begins(figures) <= pd.Timestamp(last.back(2 * MONTHS_JUDGED - 1).start)
    then = then if known else then.iloc[:0]
    added = now.groupby(REASON)[["customers", "money"]].sum()
    rows = added.join(
        then.groupby(REASON)["customers"].sum().rename("customers_before"), how="outer"
    )
    rows = rows.fillna(0.0).rename_axis("reason").reset_index()
    before = int(rows["customers_before"].sum())
    rows["share"] = rows["customers"] / total
    level = figures.edition.confidence
    rows["low"], rows["high"] = intervals.wilson(rows["customers"], total, level)
    rows["share_before"] = rows["customers_before"] / before if before else np.nan
    p = exact_p(rows["customers"], total, rows["customers_before"], before)
    rows["moved"] = holm(p, 1 - level) if before else False
    classes = figures.edition.definitions.end_reasons
    rows["class"] = rows["reason"].map(classes.class_of)
    unknown = rows["reason"].eq(NOT_GIVEN)
    order = rows.assign(unknown=unknown).sort_values(
        ["unknown", "customers", "money", "reason"], ascending=[True, False, False, True]
    )
    return Reasons(
        first=max(last.back(MONTHS_JUDGED - 1), Period.containing(_begins(figures).date(), MONTH)),
        last=last,
        rows=rows.loc[order.index].reset_index(drop=True),
        customers=total,
        money=float(now["money"].sum()),
        before=before,
    )


def reason_cells(figures: Figures, segment: Segment, period: Period) -> pd.DataFrame:
    """How often each reason was given in each group of those who left over twelve months.

    Groups are the segments inside this one, column by column, and bands of tenure. One row a cell: by, group,
    reason, k of n in the group, rest_k of rest_n elsewhere, money, p, and whether it `differs` by being given
    more often than elsewhere, corrected for all cells (Holm). Groups of fewer than `min_n` are left out.
    """
    last, frames = _last_month(period), []
    own = {column for column, _ in segment.pairs}
    for column in figures.edition.segments:
        if column not in own:
            frames.append(_grouped(_inside(figures, segment, column, last), column))
    mine = _left(figures, segment, last)
    frames.append(_grouped(mine.assign(group=tenure(mine)), TENURE))
    cells = pd.concat(frames, ignore_index=True)
    return _judged(cells, figures.edition.min_n, figures.edition.confidence)


def reasons_apart(figures: Figures, period: Period, segment: Segment) -> Iterator[Finding]:
    """The cells of segments that stand apart, once for each reason; in a segment's report also its own."""
    if figures.measures.leavers.empty:
        return
    cells = reason_cells(figures, segment, period)
    if len(segment.pairs) == 1:
        whole = reason_cells(figures, Segment(), period)
        cells = pd.concat([cells, whole[whole["by"] == segment.by].assign(outside=True)])
        mine = cells["group"].eq(segment.pairs[0][1]) | cells["by"].ne(segment.by)
        cells = cells[mine]
    found = cells[cells["differs"] & cells["by"].ne(TENURE)].sort_values("p", kind="stable")
    for row in found.drop_duplicates("reason").to_dict("records"):
        yield _finding(row, figures, period, segment)


def _finding(row: dict, figures: Figures, period: Period, segment: Segment) -> Finding:
    last = _last_month(period)
    share, rest = row["k"] / row["n"], row["rest_k"] / row["rest_n"]
    beyond = 1 - rest / share
    split = figures.edition.split_name(REASON)
    inside = segment.label != ALL and row.get("outside") is not True
    held = [(segment.by, segment.label)] if inside else []
    held += [(row["by"], f"{row['by']}={row['group']}"), (split, f"{split}={row['reason']}")]
    return Finding(
        REASON_APART,
        LEFT,
        ",".join(by for by, _ in held),
        ",".join(label for _, label in held),
        last.back(MONTHS_JUDGED - 1),
        last,
        share,
        rest,
        BAD,
        Stake(row["money"] * beyond * MONTHS, row["k"] * beyond),
        certainty_of(row["p"]),
        numerator=row["k"],
        n=row["n"],
        cell=WordCell(row["reason"], row["k"], row["n"], row["rest_k"], row["rest_n"]),
    )


def reason_share(figures: Figures, segment: Segment, period: Period) -> float | None:
    """The share of those who left a segment for the reason in its last pair, over twelve months."""
    *held, (_, reason) = segment.pairs
    left = _left(figures, Segment(tuple(held)), _last_month(period))
    total = left["customers"].sum()
    named = left.loc[left[REASON].eq(reason), "customers"].sum()
    return float(named / total) if total else None


# --- rows --------------------------------------------------------------------------------------------


def tenure(rows: pd.DataFrame) -> pd.Series:
    """The band of TENURES of each row, from its month and month of joining."""
    edges = [*TENURES.values(), np.inf]
    return pd.cut(months_stayed(rows), edges, right=False, labels=list(TENURES)).astype(object)


def months_stayed(rows: pd.DataFrame) -> pd.Series:
    """How many months after the month of joining each row's month is."""
    month, joined = rows["month"].dt, rows["joined"].dt
    return (month.year - joined.year) * 12 + month.month - joined.month


def _left(figures: Figures, segment: Segment, last: Period) -> pd.DataFrame:
    return _in_year(of_segment(figures.measures.leavers, segment), last)


def _inside(figures: Figures, segment: Segment, column: str, last: Period) -> pd.DataFrame:
    measures = figures.measures
    held = measures.holds_inside(segment.label)
    rows = measures.leavers if held else measures.every("leavers")
    return inside(_in_year(rows, last), segment, column)


def _in_year(rows: pd.DataFrame, last: Period) -> pd.DataFrame:
    first = add_months(last.start, 1 - MONTHS_JUDGED)
    return rows[rows["month"].between(pd.Timestamp(first), pd.Timestamp(last.start))]


def _last_month(period: Period) -> Period:
    return Period.containing(period.last_day, MONTH)


def _begins(figures: Figures) -> pd.Timestamp:
    """The first month that the history covers."""
    began = figures.edition.history_starts
    months = figures.measures.joiners["month"]
    return pd.Timestamp(began) if began else months.min()


# --- cells -------------------------------------------------------------------------------------------


def _grouped(rows: pd.DataFrame, by: str) -> pd.DataFrame:
    """Every group × reason, 0 where a group never gave it: k, n, rest_k, rest_n, money."""
    if rows.empty:
        return pd.DataFrame(
            columns=["by", "group", "reason", "k", "n", "rest_k", "rest_n", "money"]
        )
    summed = rows.pivot_table(
        index="group", columns=REASON, values=["customers", "money"], aggfunc="sum", fill_value=0.0
    )
    if by == TENURE:
        summed = summed.reindex([each for each in TENURES if each in summed.index])
    counted = summed["customers"].stack().rename("k").reset_index()
    counted["money"] = summed["money"].stack().to_numpy()
    counted = counted.rename(columns={REASON: "reason"}).assign(by=by)
    counted["n"] = counted.groupby("group")["k"].transform("sum")
    counted["rest_k"] = counted.groupby("reason")["k"].transform("sum") - counted["k"]
    counted["rest_n"] = counted["k"].sum() - counted["n"]
    return counted


def _judged(cells: pd.DataFrame, min_n: int, confidence: float) -> pd.DataFrame:
    shown = cells[cells["n"].ge(min_n) & cells["rest_n"].ge(min_n)].reset_index(drop=True)
    shown = shown.assign(p=1.0, differs=False)
    if shown.empty:
        return shown
    shown["p"] = exact_p(shown["k"], shown["n"], shown["rest_k"], shown["rest_n"])
    tested = shown["reason"].ne(NOT_GIVEN)
    above = shown["k"] * shown["rest_n"] > shown["rest_k"] * shown["n"]
    enough = shown["k"].ge(LEAST_CUSTOMERS)
    shown.loc[tested, "differs"] = holm(shown.loc[tested, "p"].to_numpy(), 1 - confidence)
    shown["differs"] &= above & enough
    return shown
