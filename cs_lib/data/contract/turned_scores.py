"""Scores that grow the wrong way: by the words beside them, by how nearly all are the worst, or because one touchpoint,
or those up to some month, give what the others give from the other end."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import narwhals as nw
import pandas as pd

from cs_lib.data.contract.data_findings import DataFinding, counted
from cs_lib.data.contract.edition_keys import SAY_SO
from cs_lib.data.contract.number_remedies import as_number
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.contract.word_meanings import MEANINGS
from cs_lib.data.engines.dialect import DUCKDB
from cs_lib.data.sources.headers import folded, inside_quotes
from cs_lib.data.sources.staged_table import Staged

#: so many different words beside the scores tell which end of them is good
WORDS = 3
#: so many answers with a mean so near the worst score are hardly meant, from 0, the worst, to 1
ANSWERS, POOR = 20, 0.3
#: parts whose means lie on both sides of the middle, and how much of the one differs from the other turned
LOW, HIGH, DIFFERENT = 0.45, 0.6, 0.25
#: of so many answers a month has a mean
A_MONTH = 5
#: what such words mean, the more the better
_MEANT = {
    "csat": {word: float(value) for word, value in MEANINGS["score"].items() if value},
    "ces": {
        "very easy": 5.0, "extremely easy": 5.0, "easy": 4.0, "somewhat easy": 4.0, "neutral": 3.0, "neither easy nor difficult": 3.0,
        "difficult": 2.0, "hard": 2.0, "somewhat difficult": 2.0, "very difficult": 1.0, "extremely difficult": 1.0, "very hard": 1.0,
    },
}  # fmt: skip
#: columns in which such words stand
_LABELS = re.compile(r"label|answer|text|rating|satisf|zufrieden|score|word|response|choice")


class Asked(NamedTuple):
    """What one instrument was asked on."""

    instrument: str
    scale: tuple[int, int]
    best: int

    @property
    def worst(self) -> int:
        return sum(self.scale) - self.best


def looks_turned(staged: Staged, own: pd.DataFrame, asked: Asked) -> Iterator[DataFinding]:
    """What the scores of an instrument look like. `own`: answers by touchpoint, month and score."""
    if not staged.source.recipe and staged.has("score"):
        yield from [*_in_part(staged, own, asked)] or _as_a_whole(staged, own, asked)


# ---------------------------------------------------------------- words


def against_words(staged: Staged, asked: Asked) -> Iterator[DataFinding]:
    """Scores of which the word beside them says that the other end is good."""
    words = _MEANT.get(asked.instrument)
    if staged.source.recipe or not staged.has("score"):
        return
    for column in staged.columns if words else ():
        if staged.table.column(column) or not _LABELS.search(folded(column)):
            continue
        rows = _that_differ(staged, column, asked.instrument, words or {})
        if rows and (rows < 0) == (asked.best == asked.scale[1]):
            says = (
                f"{staged.called}: the scores of {asked.instrument} grow the other way than the words in {column} beside them. If the "
                f'words are right, say columns: {{score: "{_other_way(staged, asked)}"}} for this table.'
            )
            about = f"{asked.instrument} by {column}"
            yield DataFinding(WARNING, "survey_responses", "scores turned", says, abs(rows), about)


def _that_differ(staged: Staged, column: str, instrument: str, words: dict[str, float]) -> int:
    """How many answers have words that tell which end is good; below 0 where scores grow the other way than these."""
    given = staged.rows_with(column).filter(
        nw.col("instrument") == instrument, ~nw.col("score").is_null()
    )
    means = staged.engine.collect(
        given.group_by("word").agg(mean=nw.col("score").mean(), rows=nw.len()).head(len(words))
    )
    means = means.assign(meant=means["word"].str.lower().map(words)).dropna()
    if means["meant"].nunique() < WORDS:
        return 0
    many = int(means["rows"].sum())
    return -many if means["meant"].corr(means["mean"]) < 0 else many


# ---------------------------------------------------------------- what the scores look like


def _as_a_whole(staged: Staged, own: pd.DataFrame, asked: Asked) -> Iterator[DataFinding]:
    """Answers of which nearly all are the worst or close to it."""
    many, mean = int(own["answers"].sum()), _goodness(own, asked)
    if many >= ANSWERS and mean <= POOR:
        says = (
            f"{staged.called}: the mean of {counted(many, 'answer')} of {asked.instrument} is {_mean(own):.1f}, where {asked.best} is the "
            f'best and {asked.worst} the worst. If {asked.worst} is the best, say columns: {{score: "{_other_way(staged, asked)}"}} '
            f"for this table; if they are so poor, {SAY_SO}."
        )
        about = asked.instrument
        yield DataFinding(WARNING, "survey_responses", "scores turned", says, many, about)


def _in_part(staged: Staged, own: pd.DataFrame, asked: Asked) -> Iterator[DataFinding]:
    """Touchpoints, or months up to one or from one on, with poor scores that are the others' good ones turned."""
    for part, which, test in (*_touchpoints(staged, own), *_months(staged, own, asked)):
        poor, rest = own[part], own[~part]
        if not _is_turned(poor, rest, asked):
            continue
        many = int(poor["answers"].sum())
        way = (
            f'say columns: {{score: "{_other_way(staged, asked, test)}"}} for this table'
            if test
            else "turn them in the export"
        )
        says = (
            f"{staged.called}: the mean of {counted(many, 'answer')} of {asked.instrument} {which} is {_mean(poor):.1f}, that of all "
            f"others {_mean(rest):.1f}, and they are given as often as those from the other end of the scale. If "
            f"{asked.worst} is the best there, {way}; if they are so poor, {SAY_SO}."
        )
        about = f"{asked.instrument} {which}"
        yield DataFinding(WARNING, "survey_responses", "scores turned", says, many, about)


def _is_turned(poor: pd.DataFrame, rest: pd.DataFrame, asked: Asked) -> bool:
    if min(poor["answers"].sum(), rest["answers"].sum()) < ANSWERS:
        return False
    if _goodness(poor, asked) > LOW or _goodness(rest, asked) < HIGH:
        return False
    shares = [_shares(poor), _shares(rest)]
    shares[1].index = sum(asked.scale) - shares[1].index
    both = pd.concat(shares, axis=1).fillna(0.0)
    return bool((both.iloc[:, 0] - both.iloc[:, 1]).abs().sum() / 2 <= DIFFERENT)


def _touchpoints(staged: Staged, own: pd.DataFrame) -> Iterator[tuple[pd.Series, str, str]]:
    """The rows of each touchpoint, where they were given, and what tells them."""
    for touchpoint in dict.fromkeys(own["touchpoint"].dropna()):
        written = [DUCKDB.literal(each) for each in staged.as_written("touchpoint", touchpoint)]
        listed = inside_quotes(", ".join(written))
        test = f"{staged.cell('touchpoint')} IN ({listed})" if staged.is_own("touchpoint") else ""
        yield own["touchpoint"] == touchpoint, f"at {touchpoint}", test


def _months(
    staged: Staged, own: pd.DataFrame, asked: Asked
) -> Iterator[tuple[pd.Series, str, str]]:
    """The rows up to, or from, the month at which all means pass to the other side of the middle."""
    means = {
        month: _goodness(each, asked)
        for month, each in own.groupby("month")
        if each["answers"].sum() >= A_MONTH
    }
    poor = pd.Series(means, dtype=float).lt((LOW + HIGH) / 2)
    if poor.empty or poor.all() or not poor.any() or poor.astype(int).diff().abs().sum() != 1:
        return
    turn = poor.index[poor.ne(poor.iloc[0])][0]
    cell = staged.cell("responded_at")
    plain = staged.is_own("responded_at") and not staged.source.date_formats("responded_at")
    signs, words = ("<", "before {:%Y-%m}") if poor.iloc[0] else (">=", "from {:%Y-%m} on")
    part = own["month"] < turn if poor.iloc[0] else own["month"] >= turn
    yield part, words.format(turn), f"{cell} {signs} '{turn:%Y-%m}'" if plain else ""


def _mean(own: pd.DataFrame) -> float:
    return float((own["score"] * own["answers"]).sum() / own["answers"].sum())


def _goodness(own: pd.DataFrame, asked: Asked) -> float:
    """The mean score from 0, the worst, to 1, the best."""
    return (_mean(own) - asked.worst) / (asked.best - asked.worst)


def _shares(own: pd.DataFrame) -> pd.Series:
    return own.groupby("score")["answers"].sum() / own["answers"].sum()


# ---------------------------------------------------------------- the key


def _other_way(staged: Staged, asked: Asked, test: str = "") -> str:
    """The score from the other end, of these rows alone, and of this instrument where the column tells it."""
    own = as_number(staged, "score")
    turned = f"{sum(asked.scale)} - {own}"
    tests = [*_of_the_instrument(staged, asked.instrument), *filter(None, [test])]
    return f"CASE WHEN {' AND '.join(tests)} THEN {turned} ELSE {own} END" if tests else turned


def _of_the_instrument(staged: Staged, instrument: str) -> Iterator[str]:
    asked = staged.engine.collect(staged.rows.select(many=nw.col("instrument").n_unique()))
    if asked["many"].iloc[0] > 1 and staged.is_own("instrument"):
        words = ", ".join(f"'{each}'" for each in staged.as_written("instrument", instrument))
        yield f"{staged.cell('instrument')} IN ({words})"
