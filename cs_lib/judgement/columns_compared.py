"""The segments of a column against the others, in the metrics that findings compare: of a run once for all reports.

Every report of a segment tells where that segment stands apart from the others of its column. Found anew in each,
that would cost each as much as there are segments.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from cs_lib.judgement.comparisons import segments_apart
from cs_lib.judgement.series import Figures
from cs_lib.period import ALL, Period, Segment
from cs_lib.vocabulary import NEITHER

#: what is handed on among the data of measures: period → segment → where it stands apart
STAND_APART = "stand_apart"
#: metrics that are looked at segment by segment
COMPARED = (
    "customer_churn_rate",
    "gross_revenue_retention",
    "csat",
    "nps",
    "ces",
    "cac",
    "active_customer_rate",
    "repeat_rate",
)


@dataclass(frozen=True)
class StandsApart:
    """A segment whose figure differs from that of all others together. `first` and `last` are periods."""

    metric: str
    segment_by: str
    segment: str
    first: str
    last: str
    value: float
    rest: float
    p: float
    n: float


def is_compared(figures: Figures, name: str) -> bool:
    """Whether a metric is there, and one side of it is the better one."""
    return name not in figures.measures.left_out and figures.metric(name).direction != NEITHER


def apart_in(
    figures: Figures, name: str, by: str, period: Period, *, within: str = ALL
) -> Iterator[StandsApart]:
    """The segments of a split that stand apart in a metric, the most different first."""
    found = segments_apart(figures, name, by, period, within=within)
    if found is None:
        return
    for row in found.differing.to_dict("records"):
        yield StandsApart(
            name,
            row["segment_by"],
            row["segment"],
            found.first.label,
            found.last.label,
            *(float(row[column]) for column in ("value", "rest", "p", "n")),
        )


def apart_of(figures: Figures, segment: Segment, period: Period) -> dict[str, StandsApart]:
    """Metric → how a segment stands apart from the others of its column: as the run found it, or found now."""
    handed = figures.measures.data.get(STAND_APART, {}).get(period.label)
    if handed is not None:
        return {each["metric"]: StandsApart(**each) for each in handed.get(segment.label, ())}
    return {
        each.metric: each
        for name in COMPARED
        if is_compared(figures, name)
        for each in apart_in(figures, name, segment.by, period)
        if each.segment == segment.label
    }


def handed_on(
    figures: Figures, columns: Iterable[str], period: Period
) -> dict[str, dict[str, list[dict]]]:
    """What `apart_of` finds for every segment of these columns, as plain values."""
    found: dict[str, list[dict]] = {}
    for by in columns:
        for name in filter(lambda name: is_compared(figures, name), COMPARED):
            for each in apart_in(figures, name, by, period):
                found.setdefault(each.segment, []).append(asdict(each))
    return {period.label: found}
