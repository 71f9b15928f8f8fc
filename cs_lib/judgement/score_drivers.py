"""What goes with a score among the items asked beside it, over twelve months."""

from dataclasses import dataclass

import pandas as pd

from cs_lib.data.facts.comment_facts import INSTRUMENT
from cs_lib.judgement.series import Figures, of_segment
from cs_lib.judgement.standing import MONTHS_JUDGED
from cs_lib.period import MONTH, Period, Segment


@dataclass(frozen=True)
class Drivers:
    """Of one instrument, from the month `first` to `last`, over `n` answers that have every item. `rows`: item, mean with
    mean_low and mean_high, and `part`, its part of R², with low and high; the largest first. `status` is OK, or why
    nothing may be said."""

    first: Period
    last: Period
    instrument: str
    n: int
    r2: float
    method: str
    status: str
    rows: pd.DataFrame


def drivers(figures: Figures, segment: Segment, period: Period) -> list[Drivers]:
    """One for each instrument that items were asked with; none where none was in the twelve months."""
    cells = figures.measures.drivers
    if cells.empty:
        return []
    last = Period.containing(period.last_day, MONTH)
    mine = of_segment(cells, segment)
    mine = mine[mine["window"] == pd.Timestamp(last.start)]
    found = []
    for instrument, own in mine.groupby(INSTRUMENT):
        order = own.sort_values(["part", "item"], ascending=[False, True], ignore_index=True)
        of = order.iloc[0]
        found.append(
            Drivers(
                first=last.back(MONTHS_JUDGED - 1),
                last=last,
                instrument=str(instrument),
                n=int(of["n"]),
                r2=float(of["r2"]),
                method=str(of["method"]),
                status=str(of["status"]),
                rows=order.drop(columns=["window", "segment_by", "segment", INSTRUMENT]),
            )
        )
    return found
