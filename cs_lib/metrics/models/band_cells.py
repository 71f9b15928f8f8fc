"""Bands of risk that may be shown: those of few customers are told together with the next, or not at all."""

import numpy as np
import pandas as pd

from cs_lib.metrics.compute.suppression import too_small
from cs_lib.vocabulary import OK, SUPPRESSED

KEYS = ["month", "segment_by", "segment"]
SUMS = ["customers", "mrr", "expected_customers", "expected_mrr", "left_customers", "left_mrr"]
#: what stands for the customers of a cell that is not shown by itself: somebody, and fewer than any `min_n`
FEW = 0.5


def shown_bands(frame: pd.DataFrame, names: list[str], min_n: int) -> pd.DataFrame:
    """Rows of KEYS, band and SUMS with their `status`, bands told together where that is needed.

    `names`: the bands from the lowest. A segment is shown whole or not at all: hidden where it has fewer than
    `min_n` customers, or would tell of one that has. In the others a band of fewer is told together with the
    next ("raised to high"), and so is one from which another segment's could be had by subtraction.
    """
    frame, bands = frame.reset_index(drop=True), len(names)
    of, place = frame.groupby(KEYS).ngroup(), pd.Index(names).get_indexer(frame["band"])
    segments = frame.groupby(KEYS).size().index.to_frame(index=False)
    counts = np.zeros((len(segments), bands))
    counts[of, place] = frame["customers"]
    hidden = too_small(segments, pd.Series(counts.sum(axis=1)), [segments["month"]], min_n)
    together = _together(segments, counts, hidden.to_numpy(), min_n)
    band = frame["band"].astype(object)
    for each in np.flatnonzero(together.any(axis=1)):
        low, high = np.flatnonzero(together[each])[[0, -1]]
        band[(of == each) & together[each][place]] = f"{names[low]} to {names[high]}"
    told = frame.assign(band=band, _of=of).groupby(
        [*KEYS, "band", "_of"], as_index=False, sort=False
    )
    found = told[SUMS].sum(min_count=1)
    gone = hidden.to_numpy()[found["_of"]]
    found.loc[gone, SUMS] = np.nan
    return found.assign(status=np.where(gone, SUPPRESSED, OK)).drop(columns="_of")


def _together(
    segments: pd.DataFrame, counts: np.ndarray, hidden: np.ndarray, min_n: int
) -> np.ndarray:
    """Which cells (segment × band) are not shown by themselves, though their segment is."""
    at, band = (each.ravel() for each in np.indices(counts.shape))
    cells = segments.iloc[at].reset_index(drop=True)
    together = np.zeros(counts.shape, dtype=bool)
    while True:
        alone = ~(together | hidden[:, None])
        n = pd.Series(np.where(alone, counts, np.minimum(counts, FEW)).ravel())
        month = [cells["month"], pd.Series(band)]
        small = too_small(cells, n, month, min_n, behind=counts.ravel()).to_numpy()
        wanted = (together | small.reshape(counts.shape)) & ~hidden[:, None]
        wider = np.array([_run(*row, min_n) for row in zip(wanted, counts, strict=True)])
        if (wider == together).all():
            return together
        together = wider


def _run(wanted: np.ndarray, counts: np.ndarray, min_n: int) -> np.ndarray:
    """The bands from the first to the last wanted, and as many beside them as make two bands and `min_n`."""
    if not wanted.any():
        return wanted
    low, high = np.flatnonzero(wanted)[[0, -1]]
    while low == high or counts[low : high + 1].sum() < min_n:
        beside = [each for each in (high + 1, low - 1) if 0 <= each < len(counts)]
        if not beside:
            break
        nearest = min(beside, key=lambda each: counts[each])
        low, high = min(low, nearest), max(high, nearest)
    found = np.zeros(len(counts), dtype=bool)
    found[low : high + 1] = True
    return found
