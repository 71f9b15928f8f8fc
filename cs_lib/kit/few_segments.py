"""The segments of a column that a page shows, where there are too many: a thousand rows are not read by anybody."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from cs_lib.vocabulary import MOST_SEGMENTS


def few_segments(frame: pd.DataFrame, *first: Collection[str]) -> pd.DataFrame:
    """The rows of at most MOST_SEGMENTS segments: those named first, then those that the figures stand on most.

    `frame`: rows of the measures of one period, split by one column.
    """
    every = frame["segment"].unique()
    if len(every) <= MOST_SEGMENTS:
        return frame
    counted = frame["n"].where(np.isfinite(frame["n"].astype(float)), 0.0)
    sizes = counted.groupby(frame["segment"]).max().sort_values(ascending=False, kind="stable")
    named = [each for some in first for each in sorted(some, key=lambda each: -sizes.get(each, 0))]
    chosen = [each for each in dict.fromkeys([*named, *sizes.index]) if each in sizes.index]
    return frame[frame["segment"].isin(chosen[:MOST_SEGMENTS])]
