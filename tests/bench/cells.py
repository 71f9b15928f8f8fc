"""The periods and segments of the benches' companies, for the sides that are written by hand."""

import numpy as np
import pandas as pd

SEGMENTS = ("plan", "region", "channel")
SPAN = {"month": 1, "quarter": 3, "year": 12}
AS_OF = pd.Timestamp("2026-07-01")


def periods(first: pd.Timestamp) -> pd.DataFrame:
    """Every complete period from the one that holds the first day: period (from 1), grain, p_start, p_end."""
    rows = [
        (grain, start, start + pd.DateOffset(months=months))
        for grain, months in SPAN.items()
        for start in pd.date_range(f"{first.year}-01-01", AS_OF, freq=f"{months}MS")
        if first < start + pd.DateOffset(months=months) <= AS_OF
    ]
    frame = pd.DataFrame(rows, columns=["grain", "p_start", "p_end"])
    return frame.assign(period=range(1, len(frame) + 1))


def named(frame: pd.DataFrame, columns: tuple[str, ...] = SEGMENTS) -> pd.DataFrame:
    """The segment columns of grouping sets as one word."""
    segment = pd.Series("all", index=frame.index)
    for column in columns:
        segment = segment.mask(frame[column].notna(), column + "=" + frame[column].astype(str))
    return frame.assign(segment=segment)


def metric(
    cells: pd.DataFrame, name: str, variant: str, numerator, denominator=None
) -> pd.DataFrame:
    """One metric's figures; without a denominator a total, and no figure where it is 0."""
    frame = cells[["grain", "segment"]].assign(metric=name, variant=variant)
    frame = frame.assign(period_start=cells["p_start"], numerator=numerator)
    if denominator is None:
        return frame.assign(denominator=np.nan, value=numerator)
    frame = frame.assign(denominator=denominator, value=numerator / denominator)
    return frame[frame["denominator"] != 0]
