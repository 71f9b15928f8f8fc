"""Answers of one score that came all at once: a link that was passed round, or somebody who fills in for many."""

from collections.abc import Iterator
from datetime import datetime

import narwhals as nw
import pandas as pd

from cs_lib.data.contract.data_findings import DataFinding, counted
from cs_lib.data.contract.edition_keys import SAY_SO, left_out
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.engines.distinct_rows import flag
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import ROW
from cs_lib.vocabulary import MICROS

#: so many answers of one score make a burst, if such a share of the month's is that score, and so many times as large
#: a share as in other months
ANSWERS, SHARE, TIMES = 20, 0.5, 2
#: nearly all that came in that hour, or on that day, have it, and most of that score's in the month came then
ALL_ALIKE, OF_THE_MONTH = 0.95, 0.6


def burst_findings(staged: Staged, answers: pd.DataFrame) -> Iterator[DataFinding]:
    """`answers`: their number by instrument, month and score, among others."""
    for instrument, own in answers.groupby("instrument"):
        for month, score in _crowded(own):
            yield from _at_once(staged, str(instrument), month, score)


def _crowded(own: pd.DataFrame) -> Iterator[tuple[datetime, float]]:
    """The months of which one score has far more of the answers than of other months'."""
    counts = own.groupby(["month", "score"])["answers"].sum().unstack(fill_value=0)
    months, scores = counts.sum(axis=1), counts.sum()
    for month in counts.index[months >= ANSWERS]:
        score, others = counts.loc[month].idxmax(), months.sum() - months[month]
        many = counts.loc[month, score]
        usual = (scores[score] - many) / others if others else 0.0
        if others and many >= max(ANSWERS, SHARE * months[month], TIMES * usual * months[month]):
            yield month, score


def _at_once(
    staged: Staged, instrument: str, month: datetime, score: float
) -> Iterator[DataFinding]:
    """A warning where one hour, or one day, of the month has most of that score, and hardly another."""
    when = nw.col("responded_at")
    rows = staged.held.filter(
        nw.col("instrument") == instrument, when.dt.truncate("1mo") == month, ~nw.col("score").is_null()
    )  # fmt: skip
    alike = nw.col("score") == round(score * MICROS)
    every = staged.count(rows.filter(alike))
    for length, shown in (
        ("1h", "{:%Y-%m-%d} between {:%H}:00 and {:%H}:59"),
        ("1d", "{:%Y-%m-%d}"),
    ):
        # a day without a time is no hour of it
        told = rows if length == "1d" else rows.filter(when != when.dt.truncate("1d"))
        times = told.select(ROW, alike=flag(alike), at=when.dt.truncate(length)).group_by("at")
        sums = times.agg(nw.col("alike").sum(), all=nw.len(), first=nw.col(ROW).min())
        fullest = staged.engine.collect(sums.sort("alike", "at", descending=[True, False]).head(1))
        if fullest.empty:
            continue
        found = fullest.iloc[0]
        if found["alike"] < max(ANSWERS, OF_THE_MONTH * every, ALL_ALIKE * found["all"]):
            continue
        at, points = found["at"], f"{score:g}"
        burst = told.filter(when.dt.truncate(length) == at)
        says = (
            f"{staged.called}: {counted(int(found['alike']), 'answer')} of {instrument} that are {points} came on "
            f"{shown.format(at, at, at)}, the first in {staged.location(int(found['first']))}, and no other month is so full of them. "
            f"If one person or a program gave them, {_way(staged, burst, int(found['all']))}; if not, {SAY_SO}."
        )
        about = f"{instrument} {at:%Y-%m-%d}"
        yield DataFinding(
            WARNING, "survey_responses", "answers all at once", says, int(found["alike"]), about
        )
        return


def _way(staged: Staged, burst: nw.LazyFrame, many: int) -> str:
    """What leaves them out: a column that has one word for all of them, and for hardly another."""
    for name in staged.columns:
        if staged.table.column(name) is None and "." not in name:
            text = nw.col(name).cast(nw.String)
            words = staged.engine.collect(
                burst.select(value=text).group_by("value").agg(rows=nw.len()).head(2)
            )
            if len(words) == 1 and words["value"].iloc[0]:
                word = str(words["value"].iloc[0])
                if staged.count(staged.held.filter(text == word)) == many:
                    return f"say {left_out(name, [word])} for this table"
    return "take them out of the export"
