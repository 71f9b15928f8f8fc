"""What moved a rate between two periods: segments' own rates, or the mix of them; every sum is exact."""

from dataclasses import dataclass

import pandas as pd

from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.report.display import Sentence
from cs_lib.report.text.formatting import Formatter, listed, metric_title, plural, spoken
from cs_lib.report.text.measure_row import Reading
from cs_lib.report.text.word_forms import lower_first
from cs_lib.vocabulary import MONEY, PERCENT, POINTS

REST = "Hidden or in several"


@dataclass(frozen=True)
class Moved:
    """A change split by segment into what their own rates and what the mix did.

    `parts`: name, share_0, share_1, rate_0, rate_1, rate, mix, total (as figures of the metric), and
    `sure`: whether the segment's own rate changed beyond chance.
    """

    metric: Metric
    variant: str | None
    by: str
    before: Reading
    now: Reading
    parts: pd.DataFrame
    distinguishable: bool | None

    @property
    def change(self) -> float:
        return self.now.value - self.before.value


@dataclass(frozen=True)
class Rounded:
    """The split in whole hundredths, apportioned so that every row and every column adds up."""

    before: int
    now: int
    rate: list[int]
    mix: list[int]

    @property
    def totals(self) -> list[int]:
        return [rate + mix for rate, mix in zip(self.rate, self.mix, strict=True)]


def rounded(moved: Moved) -> Rounded:
    """Hundredths of a percentage point, or of the metric's unit."""
    scale = 10_000 if moved.metric.unit_of(moved.variant) == PERCENT else 100
    before, now = (round(each.value * scale) for each in (moved.before, moved.now))
    parts = moved.parts
    rate, mix = apportioned([parts["rate"].sum() * scale, parts["mix"].sum() * scale], now - before)
    return Rounded(
        before,
        now,
        apportioned(list(parts["rate"] * scale), rate),
        apportioned(list(parts["mix"] * scale), mix),
    )


def apportioned(amounts: list[float], total: int) -> list[int]:
    """Whole numbers nearest to the amounts that add up to the total (largest remainders first)."""
    whole = [int(amount // 1) for amount in amounts]
    missing = total - sum(whole)
    order = sorted(range(len(amounts)), key=lambda i: -(amounts[i] - whole[i]))
    for turn in range(abs(missing)):
        place = order[turn % len(order)] if missing > 0 else order[-1 - turn % len(order)]
        whole[place] += 1 if missing > 0 else -1
    return whole


def signed(hundredths: int, formatter: Formatter) -> str:
    """ "+0.12", "−0.30", "0.00"."""
    text = formatter.decimal(abs(hundredths) / 100, 2)
    return text if not hundredths else f"{'+' if hundredths > 0 else '−'}{text}"


def moved_sentence(moved: Moved, formatter: Formatter) -> Sentence:
    """How far the rate moved, what of it came from rates and from mix, and the largest segment.

    Of a change within normal variation only its ends are told (`quiet_sentence`); a segment is said to have changed only where
    its own interval says so.
    """
    title = metric_title(moved.metric, moved.variant)
    unit = unit_words(moved, formatter)
    exact, by = rounded(moved), spoken(moved.by)
    change = exact.now - exact.before
    ends = ends_of(moved, exact, formatter)
    if change == 0:
        same = "the same" if moved.change == 0 else "almost the same"
        return Sentence(
            f"{title} was {ends[1]} in {formatter.period(moved.now.period)}, {same} as "
            f"in {formatter.period(moved.before.period)}."
        )
    verb = "rose" if change > 0 else "fell"
    rate, mix = sum(exact.rate), sum(exact.mix)
    said = (
        f"{title} {verb} by {formatter.decimal(abs(change) / 100, 2)}{f' {unit}' if unit else ''}, from {ends[0]} in "
        f"{formatter.period(moved.before.period)} to {ends[1]} in {formatter.period(moved.now.period)}: "
        f"{signed(rate, formatter)} from the {plural(by)}' rates and {signed(mix, formatter)} from "
        f"the mix of {plural(by)}."
    )
    return Sentence(f"{said} {_largest(moved, exact, formatter)}".rstrip())


def quiet_sentence(moved: Moved, formatter: Formatter) -> Sentence:
    """A change within normal variation (or of which that cannot be told): the two ends, and no split."""
    title, exact = metric_title(moved.metric, moved.variant), rounded(moved)
    ends = ends_of(moved, exact, formatter)
    was, now = (formatter.period(each.period) for each in (moved.before, moved.now))
    if exact.now == exact.before:
        return Sentence(f"{title} was {ends[1]} in {now}, as in {was}.")
    known = moved.distinguishable is False
    why = "a change within normal variation" if known else "too little to tell what moved it"
    return Sentence(f"{title} went from {ends[0]} in {was} to {ends[1]} in {now}: {why}.")


def unit_words(moved: Moved, formatter: Formatter) -> str:
    """What the hundredths are of."""
    named = {PERCENT: "percentage points", POINTS: "points", MONEY: formatter.currency}
    return named.get(moved.metric.unit_of(moved.variant), "")


def ends_of(moved: Moved, exact: Rounded, formatter: Formatter) -> list[str]:
    percent = moved.metric.unit_of(moved.variant) == PERCENT
    return [
        formatter.percent(each / 10_000, 2) if percent else formatter.decimal(each / 100, 2)
        for each in (exact.before, exact.now)
    ]


def _largest(moved: Moved, exact: Rounded, formatter: Formatter) -> str:
    """The segment that carried most of the change, and whose own rate changed beyond chance."""
    change, by = exact.now - exact.before, spoken(moved.by)
    named = [i for i, name in enumerate(moved.parts["name"]) if name != REST]
    first = max(named, key=lambda i: exact.totals[i] * (1 if change > 0 else -1), default=None)
    said = ""
    if first is not None and exact.totals[first] * change > 0:
        name = moved.parts["name"].iloc[first]
        said = f"The largest part came with {name} ({signed(exact.totals[first], formatter)}). "
    if moved.distinguishable is None:
        return said
    sure = [moved.parts["name"].iloc[i] for i in named if moved.parts["sure"].iloc[i]]
    title = lower_first(metric_title(moved.metric, moved.variant))
    if not sure:
        return f"{said}No {by}'s {title} changed more than usual."
    return f"{said}{title[:1].upper()}{title[1:]} changed more than usual for {listed(sure)}."
