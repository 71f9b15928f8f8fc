"""A reader who subtracts: what of the hidden figures follows from those that are published.

Every sum that holds by declaration is an equation: the segments of a split and their whole, the months of a quarter,
the quarters of a year. A hidden figure follows where it is the same in all solutions.
"""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import pandas as pd

LONGER = {"month": "quarter", "quarter": "year"}
_RULE = ["metric", "variant"]


def found_out(published: pd.DataFrame) -> pd.DataFrame:
    """The hidden rows whose figure follows from the others: metric, variant, grain, period_start, segment_by, segment.

    Takes rows of measures.csv of figures that add up, with `segment` as text.
    """
    kept = published[published["grain"].isin(["month", "quarter", "year"])]
    kept = kept.assign(period_start=pd.to_datetime(kept["period_start"]))
    rules = (rows.reset_index(drop=True) for _, rows in kept.groupby(_RULE, sort=False))
    found = [rows.iloc[sorted(_determined(rows))] for rows in rules]
    columns = [*_RULE, "grain", "period_start", "segment_by", "segment"]
    return pd.concat(found)[columns] if found else pd.DataFrame(columns=columns)


def _determined(rows: pd.DataFrame) -> Iterator[int]:
    """The places of hidden rows that lie in the span of the equations."""
    hidden = rows["status"].eq("suppressed").to_numpy()
    equations = [
        [(at, sign) for at, sign in line if hidden[at]]
        for line in _equations(rows)
        if not any(rows["status"].iloc[at] == "immature" for at, _ in line)
    ]
    unknown = {at: place for place, at in enumerate(np.flatnonzero(hidden))}
    matrix = np.zeros((len(equations), len(unknown)))
    for number, line in enumerate(equations):
        for at, sign in line:
            matrix[number, unknown[at]] = sign
    _, sizes, directions = np.linalg.svd(matrix, full_matrices=False)
    spanned = (directions[sizes > 1e-9] ** 2).sum(axis=0)
    return (at for at, place in unknown.items() if spanned[place] > 1 - 1e-6)


def _equations(rows: pd.DataFrame) -> Iterator[list[tuple[int, int]]]:
    """Rows that add up to another, and that other with the sign −1; nothing where it is not among the rows."""
    columns = ["grain", "period_start", "segment_by", "segment"]
    places = {key: at for at, key in enumerate(rows[columns].itertuples(index=False, name=None))}
    parts = defaultdict(list)
    for (grain, start, by, segment), at in places.items():
        if grain in LONGER:
            begun = start.to_period(LONGER[grain][0].upper()).start_time
            parts["time", LONGER[grain], begun, by, segment].append(at)
        names, pairs = by.split(","), segment.split(",")
        for out in range(len(names)) if by != "all" else ():
            rest = [",".join(each[:out] + each[out + 1 :]) or "all" for each in (names, pairs)]
            parts[names[out], grain, start, *rest].append(at)
    for (_, *whole), own in parts.items():
        if tuple(whole) in places:
            yield [(places[tuple(whole)], -1), *((at, 1) for at in own)]
