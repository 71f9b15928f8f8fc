"""What happened to a company, as its edition tells it: dated facts to stand beside figures, never a cause."""

from datetime import date
from typing import Annotated, Self

from pydantic import AfterValidator, model_validator

from cs_lib.params import FirstDay, LastDay, Part, Text
from cs_lib.period import ALL, Segment

#: characters that a chart has room for beside an event's rule
LONGEST_LABEL = 28


def _fits_a_chart(label: str) -> str:
    if len(label) > LONGEST_LABEL or not label.isprintable():
        raise ValueError(
            f"{label!r} does not fit a chart, which has room for {LONGEST_LABEL} characters in one "
            f"line. Give a shorter label, and write the rest under text"
        )
    return label


class Event(Part):
    """One dated fact. A month stands for its first day under `on`, for its last under `until`.

    `label` is drawn on charts, `text` is a whole sentence. `metrics` are those it may have moved: none
    named, every metric.
    """

    on: FirstDay
    until: LastDay | None = None
    label: Annotated[Text, AfterValidator(_fits_a_chart)]
    text: Text | None = None
    metrics: tuple[str, ...] = ()
    segments: tuple[str, ...] = (ALL,)

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.until and self.until < self.on:
            raise ValueError(f"until {self.until} comes before on {self.on}")
        if not self.segments:
            raise ValueError("segments is empty: leave it out for the whole company")
        return self

    @property
    def last(self) -> date:
        """The last day of the event."""
        return self.until or self.on

    def concerns(self, segment: Segment) -> bool:
        """Whether it is told of a segment: one that it names, one inside that, and one that holds it."""
        own = set(segment.pairs)
        named = [set(Segment.parse(text).pairs) for text in self.segments]
        return any(own <= each or each <= own for each in named)


def in_order_of_time(events: tuple[Event, ...]) -> tuple[Event, ...]:
    return tuple(sorted(events, key=lambda each: (each.on, each.last, each.label)))


def events_of(
    events: tuple[Event, ...], metric: str | None, segment: Segment, first: date, last: date
) -> tuple[Event, ...]:
    """The events of a metric (None: of any) that concern a segment, on a day from `first` to `last`."""
    return tuple(
        each
        for each in events
        if each.on <= last
        and each.last >= first
        and (metric is None or not each.metrics or metric in each.metrics)
        and each.concerns(segment)
    )
