"""What comments are about: each theme's share over twelve months, against the twelve before, and where one stands apart."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cs_lib.data.facts.comment_facts import GROUP, INSTRUMENT, STEP
from cs_lib.judgement.series import Figures, of_segment
from cs_lib.judgement.significance import exact_p, holm
from cs_lib.judgement.standing import MONTHS_JUDGED
from cs_lib.metrics.compute import intervals
from cs_lib.period import MONTH, Period, Segment, add_months


@dataclass(frozen=True)
class Themes:
    """What so many `comments` are about, from the month `first` to `last`; `before`: how many comments the twelve
    months before have, 0 where fewer than `min_comments`.

    `rows`: theme, k, share with low and high, share_before, whether it `moved` (Holm over the themes), and of the
    comments of `instrument`, which has most, the mean score with score_low and score_high; most often named first.
    `cells`: by (score_group or touchpoint), instrument, group, theme, k of n, rest_k of rest_n (the instrument's other
    comments), p, and whether it `differs` by being named more often (Holm over all cells). Groups of few comments are
    left out. `examples`: theme, comment (masked), score_group, touchpoint.
    """

    first: Period
    last: Period
    comments: int
    before: int
    instrument: str
    rows: pd.DataFrame
    cells: pd.DataFrame
    examples: pd.DataFrame


def themes(figures: Figures, segment: Segment, period: Period) -> Themes | None:
    """The themes of a segment's comments; None where fewer than `min_comments` were written in twelve months."""
    if figures.measures.themes.empty:
        return None
    least, level = figures.edition.min_comments, figures.edition.confidence
    last = Period.containing(period.last_day, MONTH)
    now, then = (_window(figures, segment, last.back(back)) for back in (0, MONTHS_JUDGED))
    whole = _of(now, "")
    if whole.empty or whole.loc["", "k"] < least:
        return None
    earlier = _of(then, "")
    before = earlier.loc["", "k"] if len(earlier) and _is_whole(figures, last) else 0.0
    before = before if before >= least else 0.0
    rows = _shares(whole, figures)
    effect = _design_effect(rows)
    rows["share_before"], rows["moved"] = np.nan, False
    if before:
        k = earlier["k"].reindex(rows.index, fill_value=0.0)
        rows["share_before"] = k / before
        parts = (rows["k"] / effect, whole.loc["", "k"] / effect, k / effect, before / effect)
        rows["moved"] = holm(exact_p(*parts), 1 - level)
    instrument = str(
        now[now["theme"].eq("") & now[INSTRUMENT].ne("")].set_index(INSTRUMENT)["k"].idxmax()
    )
    order = rows.reset_index().sort_values(["k", "theme"], ascending=[False, True])
    told = order.join(_scores(_of(now, instrument), level), on="theme").reset_index(drop=True)
    return Themes(
        first=last.back(MONTHS_JUDGED - 1),
        last=last,
        comments=int(whole.loc["", "k"]),
        before=int(before),
        instrument=instrument,
        rows=told,
        cells=_cells(figures, segment, last, effect),
        examples=_examples(figures, segment, last),
    )


def _window(figures: Figures, segment: Segment, last: Period) -> pd.DataFrame:
    cells = of_segment(figures.measures.themes, segment)
    return cells[cells["window"] == pd.Timestamp(last.start)]


def _of(cells: pd.DataFrame, instrument: str) -> pd.DataFrame:
    return cells[cells[INSTRUMENT] == instrument].set_index("theme")


def _is_whole(figures: Figures, last: Period) -> bool:
    """Whether there were comments from the beginning of the twelve months before on."""
    begun = figures.measures.steps["month"].min()
    return bool(begun <= pd.Timestamp(last.back(2 * MONTHS_JUDGED - 1).start))


def _shares(whole: pd.DataFrame, figures: Figures) -> pd.DataFrame:
    """Every theme of the edition with its share of all comments; customers, not comments, are independent."""
    all_of = whole.loc[""]
    names = pd.Index(figures.edition.themes, name="theme")
    rows = whole.reindex(names)[["k", "kk", "kn", "clusters"]].fillna(0.0)
    rows["share"] = rows["k"] / all_of["k"]
    moments = (rows["kk"], rows["kn"], all_of["kk"], all_of["clusters"])
    ends = intervals.clustered_share(rows["k"], all_of["k"], moments, figures.edition.confidence)
    rows["low"], rows["high"] = ends
    size = intervals.effective_answers(
        rows["k"],
        np.full(len(rows), all_of["k"]),
        rows["share"] * (1 - rows["share"]),
        *moments,
        figures.edition.confidence,
    )
    rows["effect"] = all_of["k"] / size
    return rows.drop(columns=["kk", "kn"])


def _design_effect(rows: pd.DataFrame) -> np.ndarray:
    """By how many comments one that is independent stands, so that counts can be tested (Rao & Scott 1992)."""
    effect = rows["effect"].to_numpy()
    return np.where(np.isfinite(effect) & (rows["k"] > 0), np.maximum(effect, 1.0), 1.0)


def _scores(cells: pd.DataFrame, level: float) -> pd.DataFrame:
    """The mean score of the comments that name a theme, on its instrument's scale."""
    s, k, ss, sk, kk, many = (cells[each] for each in ("s", "k", "ss", "sk", "kk", "clusters"))
    low, high = intervals.ratio_of_sums(s, k, ss, sk, kk, many, level)
    told = pd.DataFrame({"score": s / k, "scored": k})
    return told.assign(score_low=low, score_high=high).drop(index="", errors="ignore")


def _cells(figures: Figures, segment: Segment, last: Period, effect: np.ndarray) -> pd.DataFrame:
    """Every theme in each score group and at each step, against the other comments of the instrument."""
    steps = of_segment(figures.measures.steps, segment)
    first = pd.Timestamp(add_months(last.start, 1 - MONTHS_JUDGED))
    steps = steps[steps["month"].between(first, pd.Timestamp(last.start))]
    names = list(figures.edition.themes)
    frames = [_grouped(steps, by, names) for by in (GROUP, STEP)]
    cells = pd.concat(frames, ignore_index=True)
    cells = cells[cells["n"] >= figures.edition.min_comments].reset_index(drop=True)
    by_theme = dict(zip(names, effect, strict=True))
    deflated = cells["theme"].map(by_theme).astype(float)  # of no cell too
    cells["p"] = exact_p(*(cells[each] / deflated for each in ("k", "n", "rest_k", "rest_n")))
    more = cells["k"] * cells["rest_n"] > cells["rest_k"] * cells["n"]
    tested = cells["rest_n"] >= figures.edition.min_comments
    cells["differs"] = False
    if tested.any():
        apart = holm(cells.loc[tested, "p"].to_numpy(), 1 - figures.edition.confidence)
        cells.loc[tested, "differs"] = apart & more[tested].to_numpy()
    return cells


def _grouped(steps: pd.DataFrame, by: str, names: list[str]) -> pd.DataFrame:
    """by, instrument, group, theme, k, n, rest_k, rest_n of every theme and group; 0 where it was not named."""
    keys = [INSTRUMENT, by]
    told = steps[steps[by].ne("")]
    summed = told.pivot_table(index=keys, columns="theme", values="k", aggfunc="sum", fill_value=0)
    summed = summed.reindex(columns=["", *names], fill_value=0).astype(float)
    rest = summed.groupby(level=INSTRUMENT).transform("sum") - summed
    groups = summed.index.to_frame(index=False)
    repeated = groups.take(np.tile(np.arange(len(groups)), len(names))).reset_index(drop=True)
    return repeated.rename(columns={by: "group"}).assign(
        k=summed[names].to_numpy().ravel(order="F"),
        n=np.tile(summed[""], len(names)),
        rest_k=rest[names].to_numpy().ravel(order="F"),
        rest_n=np.tile(rest[""], len(names)),
        theme=np.repeat(names, len(groups)),
        by=by,
    )


def _examples(figures: Figures, segment: Segment, last: Period) -> pd.DataFrame:
    rows = of_segment(figures.measures.examples, segment)
    rows = rows[rows["window"] == pd.Timestamp(last.start)]
    return rows.sort_values(["theme", "place"])[["theme", "comment", GROUP, STEP]].reset_index(
        drop=True
    )
