"""Words as codes: a frame of measures says the same few words millions of times, and holds each once.

Words stand in order of the alphabet, so that rows are sorted by their codes as they would be by the words.
"""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray
from pandas.api.types import union_categoricals

from cs_lib.vocabulary import STATUSES

#: every status is known to every frame, so that one can be put in the place of another
STATUS = pd.CategoricalDtype(pd.Index(sorted(STATUSES), dtype="str"))


def coded(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with its texts as codes."""
    texts = [name for name in frame if _is_text(frame[name])]
    return in_order(frame.astype(dict.fromkeys(texts, "category")))


def in_order(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with the words of its codes in order, wherever it was kept meanwhile; every status among them."""
    changed = {name: _in_order(frame[name]) for name in words_in(frame)}
    if "status" in changed:
        changed["status"] = frame["status"].cat.set_categories(STATUS.categories)
    return frame.assign(**changed)


def worded(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with its codes as texts, to be worked with as any other."""
    if not words_in(frame):
        return frame
    every = np.arange(len(frame))
    return pd.DataFrame(
        {name: texts_at(frame[name])(every) for name in frame}, index=frame.index, copy=False
    )


def texts_at(column: pd.Series) -> Callable[[np.ndarray], ExtensionArray]:
    """What gives a column at some places, its codes as texts: a tenth of the time that pandas' own conversion takes."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return column.array.take
    words, codes = column.cat.categories.array, column.cat.codes.to_numpy()
    return lambda places: words.take(codes[places], allow_fill=True)


def values_at(column: pd.Series) -> Callable[[np.ndarray], np.ndarray]:
    """What gives the values of a column at some places, as an array; rows share their words, of which pandas would
    make one for each."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return column.to_numpy().__getitem__
    words = np.array([*column.cat.categories, np.nan], dtype=object)
    codes = column.cat.codes.to_numpy()
    return lambda places: words[codes[places]]


def words_in(frame: pd.DataFrame) -> list[str]:
    """The columns whose words are codes."""
    return [name for name in frame if isinstance(frame[name].dtype, pd.CategoricalDtype)]


def together(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Coded frames of the same columns one below the other; what words each knows may differ."""
    if len(frames) == 1:
        return frames[0]
    columns = {name: one_column([each[name] for each in frames]) for name in frames[0]}
    return pd.DataFrame(columns, copy=False)


def one_column(pieces: Sequence[pd.Series]) -> pd.Series:
    """Pieces of a column one below the other."""
    if len(pieces) == 1:
        return pieces[0]
    if isinstance(pieces[0].dtype, pd.CategoricalDtype):
        return pd.Series(union_categoricals(pieces, sort_categories=True))
    return pd.concat(pieces, ignore_index=True)


def _in_order(column: pd.Series) -> pd.Series:
    words = column.cat.categories
    ordered = words.is_monotonic_increasing
    return column if ordered else column.cat.reorder_categories(words.sort_values())


def _is_text(column: pd.Series) -> bool:
    return isinstance(column.dtype, pd.CategoricalDtype | pd.StringDtype) or column.dtype == object
