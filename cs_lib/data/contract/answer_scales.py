"""Answers that were probably asked on another scale than the edition's: all of them, one touchpoint's, or those
up to some month."""

from collections.abc import Iterator

import narwhals as nw
import pandas as pd

from cs_lib.data.contract.data_findings import DataFinding, counted
from cs_lib.data.contract.edition_keys import left_out, mapped
from cs_lib.data.contract.table_declaration import WARNING, Against
from cs_lib.data.contract.tables import INSTRUMENTS
from cs_lib.data.contract.turned_scores import Asked, against_words, looks_turned
from cs_lib.data.sources.staged_table import Staged
from cs_lib.edition import Edition
from cs_lib.vocabulary import MICROS

#: so many answers of whom none comes near the best score were probably asked on a shorter scale
ANSWERS, NEAR_THE_BEST = 20, 0.7
#: zeros of such a share of the answers, and so many times those of 1 to POOR, are no scores
ZEROS_SHARE, ZEROS_TIMES, POOR = 0.15, 4, 4
Scale = tuple[int, int]


def scale_findings(
    staged: Staged, given: pd.DataFrame, edition: Edition, against: Against
) -> Iterator[DataFinding]:
    for instrument in INSTRUMENTS:
        scale, rows = against.scale(instrument), given[given["instrument"] == instrument]
        if scale is None or rows.empty:
            continue
        asked, own = Asked(instrument, scale, _best(edition, instrument, scale)), _by_month(rows)
        whole, of_words = _far(own, scale, asked.best), [*against_words(staged, asked)]
        yield from of_words
        if whole is not None:
            yield _nobody_reaches(staged, own, instrument, scale, whole)
            continue
        yield from _in_part(staged, own, instrument, scale, asked.best)
        zeros = [*_zeros(staged, own)] if instrument == "nps" else []
        yield from zeros
        if not zeros and not of_words:
            yield from looks_turned(staged, rows, asked)


def answers(staged: Staged) -> pd.DataFrame:
    """Answers by instrument, touchpoint, month and score."""
    rows = staged.rows.filter(~nw.col("score").is_null(), ~nw.col("instrument").is_null())
    month = nw.col("responded_at").dt.truncate("1mo")
    groups = rows.select("instrument", "touchpoint", "score", month=month).group_by(
        "instrument", "touchpoint", "month", "score"
    )
    found = staged.engine.collect(groups.agg(answers=nw.len()))
    return found.assign(score=found["score"] / MICROS).sort_values("month")


def _by_month(own: pd.DataFrame) -> pd.DataFrame:
    """Answers of an instrument, the lowest and the highest score by touchpoint and month."""
    score, answers = own["score"], own["answers"]
    rows = own.assign(
        low=score // 1,
        high=score // 1,
        zeros=answers.where(score == 0, 0),
        poor=answers.where((score > 0) & (score <= POOR), 0),
    )
    groups = rows.groupby(["touchpoint", "month"], dropna=False)
    return groups.agg(
        answers=("answers", "sum"),
        low=("low", "min"),
        high=("high", "max"),
        zeros=("zeros", "sum"),
        poor=("poor", "sum"),
    ).reset_index()


def _far(own: pd.DataFrame, scale: Scale, best: int) -> int | None:
    """The best score of answers of which none comes near the scale's; None where one does, or they are few."""
    if own.empty:
        return None
    return _far_from(int(own["answers"].sum()), own["low"].min(), own["high"].max(), scale, best)


def _far_from(answers: int, low: int, high: int, scale: Scale, best: int) -> int | None:
    """The same of so many answers, by the lowest and the highest score among them."""
    if answers < ANSWERS:
        return None
    nearest, far = (high, high - scale[0]) if best == scale[1] else (low, scale[1] - low)
    return int(nearest) if far <= NEAR_THE_BEST * (scale[1] - scale[0]) else None


def _zeros(staged: Staged, own: pd.DataFrame) -> Iterator[DataFinding]:
    """Zeros far oftener than all other poor scores: what a survey tool writes where nobody answered."""
    answers, zeros, poor = (int(own[each].sum()) for each in ("answers", "zeros", "poor"))
    if answers >= ANSWERS and zeros >= ZEROS_SHARE * answers and zeros >= ZEROS_TIMES * poor:
        key = mapped("score", {"0": None}, staged.source)
        says = (
            f"{staged.called}: {zeros:,} of {counted(answers, 'answer')} of nps are 0, and only {poor:,} are 1 to {POOR}. If a 0 "
            f"stands for no answer, say {key} for this table: each counts as a detractor."
        )
        yield DataFinding(WARNING, "survey_responses", "zeros for no answer", says, zeros)


def _nobody_reaches(
    staged: Staged, own: pd.DataFrame, instrument: str, scale: Scale, nearest: int
) -> DataFinding:
    answers = int(own["answers"].sum())
    says = (
        f"{staged.called}: of {counted(answers, 'answer')} of {instrument} none is better than "
        f"{nearest}, on a scale of {scale[0]} to {scale[1]}. If they were asked on another scale, "
        + _other_scale(instrument, int(own["low"].min()), int(own["high"].max()))
    )
    return DataFinding(
        WARNING, "survey_responses", "a scale that nobody reaches", says, answers, instrument
    )


def _in_part(
    staged: Staged, own: pd.DataFrame, instrument: str, scale: Scale, best: int
) -> Iterator[DataFinding]:
    """Parts of the answers that stay far from the best score, where others reach it."""
    for answers, which, way in (*_by_touchpoint(staged, own), *_stretches(own, scale, best)):
        nearest = _far(answers, scale, best)
        if nearest is None:
            continue
        many = int(answers["answers"].sum())
        says = (
            f"{staged.called}: of {counted(many, 'answer')} of {instrument} {which} none is better than {nearest}, on a scale "
            f"of {scale[0]} to {scale[1]} that others reach. If they were asked on another scale, {way}, or bring all to one "
            "scale in the export."
        )
        yield DataFinding(
            WARNING,
            "survey_responses",
            "answers on another scale",
            says,
            many,
            f"{instrument} {which}",
        )


def _by_touchpoint(staged: Staged, own: pd.DataFrame) -> Iterator[tuple[pd.DataFrame, str, str]]:
    """Answers by touchpoint, with where they were given and the key that leaves them out."""
    name = staged.spelled.get("touchpoint", "touchpoint")
    for touchpoint, answers in own.groupby("touchpoint"):
        way = f"say {left_out(name, [str(touchpoint)])} for this table"
        yield answers, f"at {touchpoint}", way


def _stretches(
    own: pd.DataFrame, scale: Scale, best: int
) -> Iterator[tuple[pd.DataFrame, str, str]]:
    """The longest stretch of months up to one, else from one on, that stays far from the best score."""
    months = own.groupby("month").agg(
        answers=("answers", "sum"), low=("low", "min"), high=("high", "max")
    )
    for each, words in ((months, "up to {:%Y-%m}"), (months.iloc[::-1], "from {:%Y-%m} on")):
        sums = zip(
            each["answers"].cumsum(), each["low"].cummin(), each["high"].cummax(), strict=True
        )
        stretches = list(zip(each.index, sums, strict=True))[:-1]
        for at, (answers, low, high) in reversed(stretches):
            if _far_from(answers, low, high, scale, best) is not None:
                span = own["month"] <= at if each is months else own["month"] >= at
                yield own[span], words.format(at), "give them as a source of their own"
                return


def _best(edition: Edition, instrument: str, scale: tuple[int, int]) -> int:
    asked = edition.definitions
    if instrument == "csat":
        return asked.csat.best
    if instrument == "ces" and asked.ces and asked.ces.direction == "lower":
        return scale[0]
    return scale[1]


def _other_scale(instrument: str, low: int, high: int) -> str:
    if instrument == "nps":
        return (
            "they are no NPS: it is asked on 0 to 10 or 1 to 10. Say map: {instrument: {nps: csat}} for this table and "
            f"csat: {{scale: [{min(low, 1)}, {high}], satisfied: [{max(high - 1, low + 1)}, {high}]}} or the like under definitions; "
            "where the file has no column instrument, values: {instrument: csat} instead of map."
        )
    rule = "satisfied" if instrument == "csat" else "direction and easy"
    return f"state the scale, as in [{min(low, 1)}, {high}], with {rule}, under definitions."
