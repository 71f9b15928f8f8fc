"""Answers that are none, or not what they seem: a scale of fewer steps, a slider that nobody moved, the day of the
export for the day of the answer, tries of the survey's own makers, and several surveys in one figure."""

import re
from collections.abc import Iterator

import narwhals as nw
import pandas as pd

from cs_lib.data.contract.data_findings import DataFinding, counted
from cs_lib.data.contract.edition_keys import SAY_SO, left_out, mapped
from cs_lib.data.contract.table_declaration import WARNING, Against
from cs_lib.data.sources.headers import as_column, folded
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import ROW
from cs_lib.edition import Edition

#: so many answers tell how people answer
ANSWERS = 20
#: the best score but one of so many answers, of which none has the best, may be the best of those asked for
SECOND_SHARE = 0.15
#: the middle of a scale with such a share of the answers, and so many times those beside it, was not chosen,
#: where the scale is so long: of few steps many take the middle
MIDDLE_SHARE, MIDDLE_TIMES, SLIDER = 0.3, 3, 6
#: so many answers make a survey, and of so many words a column has no names of surveys
OF_A_SURVEY, MOST_SURVEYS = 5, 30
#: what somebody writes who tries a survey out
_TRIES = (
    "test", "tests", "test test", "testing", "testing 123", "test 123", "test123", "just testing", "just a test", "this is a test",
    "test response", "test answer", "please ignore", "test please ignore", "ignore", "asdf", "asdfasdf", "qwerty", "lorem ipsum",
    "nur ein test", "testantwort", "ceci est un test", "prueba", "esto es una prueba",
)  # fmt: skip
_SURVEY = re.compile(
    r"^(survey|umfrage|enquête|enquete|encuesta|sondaggio|form|questionnaire|poll|campaign)(name|title|type|titel|id)?$"
)


def odd_answers(
    staged: Staged, counts: pd.DataFrame, edition: Edition, against: Against
) -> Iterator[DataFinding]:
    """`counts`: answers by instrument and score, among others."""
    given = staged.rows.filter(~nw.col("score").is_null(), ~nw.col("instrument").is_null())
    for instrument, own in counts.groupby("instrument"):
        scale = against.scale(str(instrument))
        answers = own.groupby("score")["answers"].sum().to_dict()
        if scale is None or sum(answers.values()) < ANSWERS:
            continue
        if instrument == "csat" and "csat" not in edition.definitions.model_fields_set:
            yield from _fewer_steps(staged, answers, scale)
        yield from _middle(staged, str(instrument), answers, scale)
    yield from _one_day(staged, given)
    if staged.has("comment"):
        yield from _tries(staged, given)


def _fewer_steps(
    staged: Staged, answers: dict[float, int], scale: tuple[int, int]
) -> Iterator[DataFinding]:
    """A scale that the edition does not state, of which nobody gave the best score, and many the one below."""
    low, best = scale
    every, second = sum(answers.values()), answers.get(best - 1, 0)
    if best not in answers and second >= SECOND_SHARE * every:
        says = (
            f"{staged.called}: of {every:,} answers of csat none is {best}, and {second:,} are {best - 1}. The edition does not say on "
            f"which scale they were asked, and {low} to {best} is taken. Set csat: {{scale: [{low}, {best - 1}], satisfied: "
            f"[{best - 2}, {best - 1}]}} under definitions if it has no {best}; set csat: {{scale: [{low}, {best}], satisfied: "
            f"[{best - 1}, {best}]}} there if it has."
        )
        yield DataFinding(WARNING, "survey_responses", "a scale that may end below", says, every)


def _middle(
    staged: Staged, instrument: str, answers: dict[float, int], scale: tuple[int, int]
) -> Iterator[DataFinding]:
    """The middle of the scale far oftener than the scores beside it: where a slider stands that nobody moved."""
    middle, every = sum(scale) // 2, sum(answers.values())
    if sum(scale) % 2 or scale[1] - scale[0] < SLIDER:
        return
    many, beside = answers.get(middle, 0), [answers.get(middle + n, 0) for n in (-1, 1)]
    if many >= MIDDLE_SHARE * every and many >= MIDDLE_TIMES * max(beside):
        key = mapped("score", {str(middle): None}, staged.source)
        says = (
            f"{staged.called}: {many:,} of {counted(every, 'answer')} of {instrument} are {middle}, the middle of the scale, and only "
            f"{beside[0]:,} are {middle - 1} and {beside[1]:,} {middle + 1}. If that is where the slider stands before it is moved, "
            f"say {key} for this table: then they are no answers, those among them that were meant neither."
        )
        yield DataFinding(
            WARNING, "survey_responses", "a slider that nobody moved", says, many, instrument
        )


def _one_day(staged: Staged, given: nw.LazyFrame) -> Iterator[DataFinding]:
    """All answers of one day, which is likely that of the export."""
    day = nw.col("responded_at").dt.truncate("1d")
    found = staged.engine.collect(
        given.select(answers=nw.len(), first=day.min(), last=day.max())
    ).iloc[0]
    if found["answers"] < ANSWERS or found["first"] != found["last"]:
        return
    own = staged.spelled.get("responded_at", "responded_at")
    says = (
        f"{staged.called}: all {found['answers']:,} answers are of one day, {found['last']:%Y-%m-%d} in {own}. If that is the day of "
        "the export, name the column with the day on which each was given: columns: {responded_at: …}, or export it: until then "
        "all of them are the score of one month."
    )
    yield DataFinding(
        WARNING,
        "survey_responses",
        "answers of one day",
        says,
        int(found["answers"]),
        f"{found['last']:%Y-%m-%d}",
    )


def _tries(staged: Staged, given: nw.LazyFrame) -> Iterator[DataFinding]:
    """Answers of which the comment says that somebody tried the survey out."""
    text = nw.col("comment").str.to_lowercase().str.strip_chars()
    tried = given.with_columns(text=text).filter(nw.col("text").is_in(_TRIES))
    groups = tried.group_by("text").agg(rows=nw.len(), first=nw.col(ROW).min())
    found = staged.engine.collect(groups.sort("first"))
    if len(found):
        many, words = int(found["rows"].sum()), [*found["text"]]
        name = staged.spelled.get("comment", "comment")
        shown = " and ".join(f'"{each}"' for each in words)
        says = (
            f"{staged.called}: {counted(many, 'answer')} {'says' if many == 1 else 'say'} "
            f"{shown} in {name}, the first in {staged.location(int(found['first'].min()))}, and "
            f"{'counts' if many == 1 else 'count'}. If somebody tried the survey out, say {left_out(name, words)} for this table."
        )
        yield DataFinding(
            WARNING, "survey_responses", "answers to try it out", says, many, ", ".join(words)
        )


# ---------------------------------------------------------------- a column that nothing reads


def survey_findings(staged: Staged, name: str) -> Iterator[DataFinding]:
    """Several surveys of one instrument at one time, which a column that nothing reads tells apart."""
    if staged.table.name != "survey_responses" or not _SURVEY.search(folded(name)):
        return
    if staged.has("touchpoint"):
        return
    given = staged.rows_with(name).filter(~nw.col("score").is_null(), ~nw.col("word").is_null())
    day = nw.col("responded_at")
    groups = given.group_by("instrument", "word").agg(
        rows=nw.len(), first=day.min(), last=day.max()
    )
    found = staged.engine.collect(groups.sort("rows", "word", descending=[True, False]).head(MOST_SURVEYS + 1))  # fmt: skip
    if len(found) > MOST_SURVEYS:
        return
    for instrument, own in found[found["rows"] >= OF_A_SURVEY].groupby("instrument"):
        if not _at_one_time(own):
            continue
        shown = " and ".join(
            f'"{word}" ({counted(rows, "answer")})'
            for word, rows in zip(own["word"], own["rows"], strict=True)
        )
        says = (
            f"{staged.called}: answers of {instrument} are of {len(own)} surveys by {name}, {shown}, nothing reads {name}, and they make "
            f'one figure. To see each by itself, say columns: {{touchpoint: "{as_column(name)}"}} for this table; to leave one out, '
            f"say {left_out(name, [own['word'].iloc[-1]])}; if they ask the same, {SAY_SO}."
        )
        yield DataFinding(
            WARNING,
            "survey_responses",
            "several surveys in one",
            says,
            int(own["rows"].sum()),
            name,
        )


def _at_one_time(surveys: pd.DataFrame) -> bool:
    """Whether any of them began before another ended: waves of one survey follow each other."""
    in_order = surveys.sort_values("first")
    return bool(
        (in_order["first"].iloc[1:].array < in_order["last"].cummax().iloc[:-1].array).any()
    )
