"""Figures of so few that they would tell of persons are hidden, with what they could be had from.

What adds up is a *sum*: the segments of a split and their whole and, of answers to surveys, the months of a
quarter and the quarters of a year. A figure that is hidden in one could be had by subtraction where it is the only
one, or where all that are hidden are together still too few: then the smallest that is shown is hidden too, until
neither is so (complementary suppression).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cs_lib.metrics.catalogue import CATALOGUE
from cs_lib.metrics.catalogue.rules import STANDARD
from cs_lib.metrics.coded_words import coded, together, worded
from cs_lib.metrics.compute.estimate import blank
from cs_lib.period import ALL, MONTH, QUARTER, YEAR, segment_pairs
from cs_lib.vocabulary import SUPPRESSED

#: what people say: hidden months are held against their quarter and their year as well
SAID = frozenset(each.name for each in CATALOGUE if each.is_said)
#: the column by which answers are counted, and the metrics that count them
BY_SCORE = "score"
ANSWERS = "_answers"
#: into which longer periods shorter ones add up
_LONGER = {MONTH: QUARTER, QUARTER: YEAR}
_CELL = ["metric", "variant", "grain", "period_start"]
_NAMES = [*_CELL, "segment_by", "segment"]
#: a segment of answers by score: whose they are, and the score
_LAST_PAIR = r"^(?P<whose>.*?)(?P<score>[^,]*)$"


@dataclass(frozen=True)
class Sums:
    """Which rows add up: a line a row and the sum it stands in; `whole` marks what the others add up to."""

    sum: np.ndarray
    row: np.ndarray
    whole: np.ndarray

    def and_also(self, other: "Sums") -> "Sums":
        after = self.sum.max(initial=-1) + 1
        return Sums(
            np.concatenate([self.sum, other.sum + after]),
            np.concatenate([self.row, other.row]),
            np.concatenate([self.whole, other.whole]),
        )


def suppressed(frame: pd.DataFrame, min_n: int) -> pd.DataFrame:
    """Hide figures of segments that stand on fewer than `min_n`; the company's own is shown, however few they are.

    Takes figures coded (see `coded_words`). Totals without n are not hidden, but how many answers each score was given is, where the score is.
    """
    by_score = _is_by_score(frame)
    rates, answers = frame.loc[~by_score, [*_NAMES, "n"]], _as_their_score(frame[by_score])
    totals = answers.groupby(_NAMES, as_index=False)["n"].sum()
    every = together([rates, *(coded(each[[*_NAMES, "n"]]) for each in (totals, answers))])
    own = _codes(*(every[each] for each in _NAMES))
    first = np.unique(own[: len(rates) + len(totals)], return_index=True)[1]
    both = every.take(np.sort(first)).reset_index(drop=True)
    said = both["metric"].isin(SAID).to_numpy()
    counted = (both["segment_by"] != ALL).to_numpy()
    sums = _splits(both, [both[each] for each in _CELL]).and_also(_times(both, said))
    gone = np.isin(own, own[np.sort(first)][_hide(both, both["n"], counted, sums, min_n)])
    hidden = np.zeros(len(frame), dtype=bool)
    hidden[~by_score], hidden[by_score] = gone[: len(rates)], gone[len(rates) + len(totals) :]
    told = frame.assign(status=frame["status"].mask(hidden, SUPPRESSED))
    return blank(_with_every_score(told, told[by_score], told[by_score & hidden]))


def _with_every_score(
    frame: pd.DataFrame, answers: pd.DataFrame, hidden: pd.DataFrame
) -> pd.DataFrame:
    """The frame with a row for each score that a hidden segment never gave, hidden as well: a score without a row
    would say that nobody there gave it."""
    if hidden.empty:
        return frame
    answers, hidden = worded(answers), worded(hidden)
    parts = answers["segment"].str.extract(_LAST_PAIR)
    given = parts.assign(metric=answers["metric"])[["metric", "score"]].drop_duplicates()
    groups = hidden.assign(whose=parts.loc[hidden.index, "whose"])
    groups = groups.drop_duplicates([*_CELL, "segment_by", "whose"])
    every = groups.merge(given, on="metric")
    every["segment"] = every["whose"] + every["score"]
    never = ~pd.MultiIndex.from_frame(every[_NAMES]).isin(pd.MultiIndex.from_frame(answers[_NAMES]))
    return together([frame, coded(every.loc[never, frame.columns])])


def _is_by_score(frame: pd.DataFrame) -> np.ndarray:
    """Which rows count answers by score; their last column is named otherwise where a segment bears its name."""
    answers = frame["metric"].str.endswith(ANSWERS)
    splits = frame.loc[answers, "segment_by"].unique()
    last = {each: each.rpartition(",")[2] for each in splits}
    named = [each for each in last if last[each].startswith(f"{BY_SCORE} (")]
    by_score = named or [each for each in last if last[each] == BY_SCORE]
    return (answers & frame["segment_by"].isin(by_score)).to_numpy()


def _as_their_score(answers: pd.DataFrame) -> pd.DataFrame:
    """Counts of answers by score, each under the name of the score that all of its segment's make: one by one they
    would tell it."""
    answers = worded(answers)
    whose = {
        each: answers[each].str.replace(r"(^|,)[^,]*$", "", regex=True).replace("", ALL)
        for each in ("segment_by", "segment")
    }
    score = answers["metric"].str.removesuffix(ANSWERS)
    return answers.assign(n=answers["numerator"], metric=score, variant=STANDARD, **whose)


def too_small(
    frame: pd.DataFrame,
    n: pd.Series,
    cells: list[pd.Series],
    min_n: int,
    *,
    behind: np.ndarray | None = None,
) -> pd.Series:
    """Which segments to hide in each of the `cells`: those with 0 < n < `min_n`, and what would tell of them.

    `behind`: how many stand behind each, where `n` does not say it.
    """
    counted = (frame["segment_by"] != ALL).to_numpy()
    found = _hide(frame, n, counted, _splits(frame, cells), min_n, behind=behind)
    return pd.Series(found, index=frame.index)


def _hide(
    frame: pd.DataFrame,
    n: pd.Series,
    counted: np.ndarray,
    sums: Sums,
    min_n: int,
    *,
    behind: np.ndarray | None = None,
) -> np.ndarray:
    """The rows with 0 < n < `min_n` of those `counted`, and the smallest others of the sums that would tell of them.

    Of several it is the alphabetically first, then the earliest, in whatever order the engine gave the rows.
    """
    numbers = n.to_numpy(dtype=float)
    counted = counted & (numbers > 0)
    hidden = counted & (numbers < min_n)
    many = np.nan_to_num(numbers if behind is None else behind)
    when = frame["period_start"] if "period_start" in frame else frame["segment"]
    codes = (pd.factorize(each, sort=True)[0] for each in (when, frame["segment"]))
    order = np.lexsort((*codes, numbers)).argsort()
    before = -1
    while hidden.any() and before != hidden.sum():
        before = hidden.sum()
        hidden[_second(hidden, counted, many, sums, min_n, order)] = True
    return hidden


def _second(
    hidden: np.ndarray,
    counted: np.ndarray,
    many: np.ndarray,
    sums: Sums,
    min_n: int,
    order: np.ndarray,
) -> np.ndarray:
    """The first shown part of each sum that would tell of a hidden one, or of a hidden whole; without such a part, the
    whole."""
    gone, count = hidden[sums.row], sums.sum.max(initial=-1) + 1
    parts, wholes = gone & ~sums.whole, gone & sums.whole
    some = np.bincount(sums.sum[parts], minlength=count)
    together = np.bincount(sums.sum[parts], weights=many[sums.row[parts]], minlength=count)
    known = np.bincount(sums.sum[wholes], minlength=count) == 0
    tells = np.where(known, (some == 1) | ((some > 0) & (together < min_n)), some == 0)
    shown = ~gone & counted[sums.row] & tells[sums.sum]
    own, row = sums.sum[shown], sums.row[shown]
    ordered = np.lexsort((order[row], sums.whole[shown], own))
    return row[ordered][np.unique(own[ordered], return_index=True)[1]]


# ---------------------------------------------------------------- what adds up


def _splits(frame: pd.DataFrame, cells: list[pd.Series]) -> Sums:
    """The segments of each split, along each of its columns, and their whole, in each of the `cells`."""
    names = _codes(frame["segment_by"], frame["segment"])
    _, first, own = np.unique(names, return_index=True, return_inverse=True)
    named = frame[["segment_by", "segment"]].iloc[first].itertuples(index=False)
    keys = [(by, segment_pairs(by, segment)) for by, segment in named]
    cell, lines = _codes(*cells), []
    inside: dict[str, set[tuple[str, int]]] = {}
    for by in {each for each, _ in keys}:
        for place in range(0 if by == ALL else by.count(",") + 1):
            inside.setdefault(_without(by, place), set()).add((by, place))
    for code, (by, pairs) in enumerate(keys):
        parts = [(by, at, pairs[:at] + pairs[at + 1 :]) for at in range(len(pairs))]
        lines += [(code, *each, False) for each in parts]
        lines += [(code, *each, pairs, True) for each in inside.get(by, ())]
    return _sums(lines, own, cell)


def _sums(lines: list[tuple], own: np.ndarray, cell: np.ndarray) -> Sums:
    """Sums from lines of (segment's code, split, place, the rest of its pairs, whether it is the whole)."""
    table = pd.DataFrame(lines, columns=["own", "by", "place", "rest", "whole"])
    table["of"] = table.groupby(["by", "place", "rest"], sort=False).ngroup()
    rows = pd.DataFrame({"own": own, "row": np.arange(len(own)), "cell": cell})
    found = rows.merge(table[["own", "of", "whole"]], on="own")
    return Sums(
        _codes(found["of"], found["cell"]),
        found["row"].to_numpy(),
        found["whole"].to_numpy(dtype=bool),
    )


def _without(by: str, place: int) -> str:
    columns = by.split(",")
    return ",".join(columns[:place] + columns[place + 1 :]) or ALL


def _times(frame: pd.DataFrame, said: np.ndarray) -> Sums:
    """The months of each quarter and the quarters of each year, of what people say, and their whole."""
    rows, lines = frame[said].assign(row=np.flatnonzero(said)), []
    for shorter, longer in _LONGER.items():
        both = rows[rows["grain"].isin([shorter, longer])]
        begun = pd.to_datetime(both["period_start"]).dt.to_period(longer[0].upper()).dt.start_time
        lines.append(both.assign(begun=begun, longer=longer, whole=both["grain"].eq(longer)))
    found = pd.concat(lines, ignore_index=True)
    names = ["metric", "variant", "segment_by", "segment", "longer", "begun"]
    of = found.groupby(names, sort=False).ngroup()
    return Sums(of.to_numpy(), found["row"].to_numpy(), found["whole"].to_numpy(dtype=bool))


def _codes(*columns: pd.Series | np.ndarray) -> np.ndarray:
    """Small whole numbers, the same where all columns are, a missing value as any other."""
    code = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        each, values = pd.factorize(column, use_na_sentinel=False)
        code = pd.factorize(code * (len(values) + 1) + each)[0]
    return code
