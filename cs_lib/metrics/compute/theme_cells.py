"""What customers said, in two small frames: how many comments name a theme, and a few of them, masked."""

from dataclasses import dataclass

import pandas as pd

from cs_lib.data.facts import comment_facts as facts
from cs_lib.data.facts.comment_facts import INSTRUMENT, Comments
from cs_lib.data.facts.context import Context
from cs_lib.metrics import frame_columns
from cs_lib.metrics.compute import masking
from cs_lib.metrics.compute.segment_cells import cells_by

_CELL = frame_columns.WINDOW
#: examples are kept for the windows that end with the last months, and so many of a theme
WINDOWS, EXAMPLES = 13, 3


@dataclass(frozen=True)
class Said:
    """What comments are about; the theme `""` is of all comments, the instrument `""` of all together.

    `themes`: window (the month that its twelve end with) × segment × instrument × theme. `steps`: month × segment ×
    instrument × score_group × touchpoint × theme, comments k. `examples`: masked comments of a theme, the newest first.
    """

    themes: pd.DataFrame
    steps: pd.DataFrame
    examples: pd.DataFrame


NOTHING = Said(
    *(
        pd.DataFrame(columns=each)
        for each in (frame_columns.THEMES, frame_columns.STEPS, frame_columns.EXAMPLES)
    )
)


def said(context: Context) -> Said:
    """What comments are about. Nothing without themes in the edition. Not published: cells hold few comments each."""
    comments = facts.prepare_comments(context) if facts.has_comments(context) else None
    if comments is None:
        return NOTHING
    there = comments.segments
    placed = facts.in_windows(comments, context)
    themes = cells_by(lambda by: facts.over_customers(placed, by), context, there)
    if themes.empty:
        return NOTHING
    themes[frame_columns.SAID] = themes[frame_columns.SAID].astype(float)
    steps = cells_by(lambda by: facts.by_group_and_step(comments, by), context, there)
    return Said(
        _in_order(themes, frame_columns.THEMES, 5),
        _in_order(steps, frame_columns.STEPS, 7),
        _examples(comments, themes, context),
    )


def _in_order(rows: pd.DataFrame, columns: list[str], keys: int) -> pd.DataFrame:
    return rows.sort_values(columns[:keys], kind="stable", ignore_index=True)[columns]


def _examples(comments: Comments, themes: pd.DataFrame, context: Context) -> pd.DataFrame:
    """The newest comments of each theme that customers enough named, each of another customer."""
    last = sorted(themes["window"].unique())[-WINDOWS:]
    whole = themes[themes[INSTRUMENT].eq("") & themes["theme"].ne("") & themes["window"].isin(last)]
    told = whole[whole["clusters"] >= context.edition.min_comments]
    if told.empty:
        return NOTHING.examples
    newest = cells_by(lambda by: facts.newest(comments, by), context, comments.segments)
    placed = told[[*_CELL, "theme"]].merge(newest, on=["segment_by", "segment", "theme"])
    begun = placed["window"] - pd.DateOffset(months=facts.WINDOW - 1)
    placed = placed[placed["month"].between(begun, placed["window"])]
    placed = placed.sort_values([*_CELL, "theme", "row"], ascending=[True] * 4 + [False])
    placed = placed.drop_duplicates([*_CELL, "theme", "cluster"])
    placed = placed[placed.groupby([*_CELL, "theme"]).cumcount() < facts.NEWEST]
    shown = placed.merge(_masked(comments, placed["row"].unique(), context), on="row")
    shown = shown.sort_values([*_CELL, "theme", "row"], ascending=[True] * 4 + [False])
    shown = shown.drop_duplicates([*_CELL, "theme", "comment"])
    shown["place"] = shown.groupby([*_CELL, "theme"]).cumcount() + 1
    kept = shown[shown["place"] <= EXAMPLES]
    return kept[frame_columns.EXAMPLES].reset_index(drop=True)


def _masked(comments: Comments, rows: list[int], context: Context) -> pd.DataFrame:
    """row, comment (masked), score_group, touchpoint: of the rows that can still be read."""
    found = facts.written(comments, map(int, rows), context)
    texts = [masking.readable(each) for each in found["comment"]]
    words = {word for each in texts for word in masking.words_of(each)}
    runs = {run for each in texts for run, _, _ in masking.runs_of(each)}
    shown = masking.Shown.of(
        facts.common_words(comments, words, context),
        facts.known_names(runs, context),
        facts.owners(context),
    )
    told = [masking.masked(text, who, shown) for text, who in zip(texts, found["who"], strict=True)]
    found = found.assign(comment=told).drop(columns="who")
    return found[[masking.can_be_read(each) for each in told]]
