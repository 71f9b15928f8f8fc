"""What moved a rate: a bar a segment, what its own rate did beside what the mix did."""

import pandas as pd
from matplotlib.ticker import MaxNLocator

from cs_lib.report.display import LeftOut, ReportFigure
from cs_lib.report.figures.theme import (
    BLUE,
    HATCH,
    INK,
    MUTED,
    ORANGE,
    TEXT,
    canvas,
    drawn,
    finish,
    light_grid,
    names_beside,
    shortened,
)
from cs_lib.report.text.decomposition import Moved, rounded, signed, unit_words
from cs_lib.report.text.formatting import Formatter, metric_title, spoken
from cs_lib.report.text.sentences import lower_first

_ROW = 0.44


@drawn
def mix_and_rate(moved: Moved, formatter: Formatter, *, source: str = "") -> ReportFigure | LeftOut:
    """Two thin bars a segment, rate above mix, and the whole change at the foot."""
    exact = rounded(moved)
    title = f"What moved {lower_first(metric_title(moved.metric, moved.variant))}"
    if not any(exact.rate) and not any(exact.mix):
        return LeftOut(title, "nothing moved it")
    names = [*moved.parts["name"], "All"]
    rate, mix = [*exact.rate, sum(exact.rate)], [*exact.mix, sum(exact.mix)]
    unit = unit_words(moved, formatter)
    span = f"{formatter.period(moved.before.period)} to {formatter.period(moved.now.period)}"
    left = min(2.4, 0.4 + 0.075 * max(len(shortened(name, 28)) for name in names))
    figure, axes = canvas(
        1.55 + _ROW * len(names),
        f"{title}, by {spoken(moved.by)}",
        f"{span}{f', in {unit}' if unit else ''}; the bars add up to the change",
        left=left,
        right=1.0,
        bottom=0.5,
        top=0.9,
    )
    places = [len(names) - 1 - i - (0.25 if i == len(names) - 1 else 0) for i in range(len(names))]
    for place, r, m in zip(places, rate, mix, strict=True):
        axes.barh(place + 0.19, r / 100, 0.3, color=BLUE, gid="rate")
        axes.barh(
            place - 0.15,
            m / 100,
            0.3,
            color=ORANGE,
            hatch=HATCH,
            edgecolor="white",
            linewidth=0,
            gid="mix",
        )
        _total(axes, place, signed(r + m, formatter), bold=place == places[-1])
    axes.axvline(0, color="#888888", linewidth=0.8, gid="zero")
    axes.axhline(places[-1] + 0.62, color="#bbbbbb", linewidth=0.8, gid="above the whole")
    beside = names_beside(axes, places, [shortened(name, 28) for name in names])
    beside[-1].set_fontweight("bold")
    axes.set_ylim(places[-1] - 0.5, len(names) - 0.45)
    low, high = min(0, *rate, *mix) / 100, max(0, *rate, *mix) / 100
    axes.set_xlim(low - (high - low) * 0.06 * (low < 0), high + (high - low) * 0.06 * (high > 0))
    light_grid(axes, "x")
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_formatter(lambda value, _: signed(round(value * 100), formatter))
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    _key(axes)
    data = pd.DataFrame({"segment": names, "rate": rate, "mix": mix})
    return finish(
        figure, alt=_alt(title, span, names, rate, mix, moved, formatter), data=data, source=source
    )


def _total(axes, place: float, text: str, *, bold: bool) -> None:
    axes.annotate(
        text,
        (1, place),
        xycoords=("axes fraction", "data"),
        xytext=(8, 0),
        textcoords="offset points",
        va="center",
        size=8.5,
        color=INK,
        weight="bold" if bold else "normal",
        annotation_clip=False,
    )


def _key(axes) -> None:
    """The two colours in words, above the bars, and the head of the totals."""
    for x, text, colour in ((0, "■ own figure", BLUE), (90, "▨ mix", ORANGE)):
        axes.annotate(
            text,
            (0, 1),
            xycoords="axes fraction",
            xytext=(x, 6),
            textcoords="offset points",
            size=8.5,
            color=TEXT[colour],
            weight="bold",
        )
    axes.annotate(
        "together",
        (1, 1),
        xycoords="axes fraction",
        xytext=(8, 6),
        textcoords="offset points",
        size=8,
        color=MUTED,
        annotation_clip=False,
    )


def _alt(title, span, names, rate, mix, moved, formatter: Formatter) -> str:
    told = "; ".join(
        f"{name}: own figure {signed(r, formatter)}, mix {signed(m, formatter)}"
        for name, r, m in zip(names, rate, mix, strict=True)
    )
    return f"Bar chart: {title} by {spoken(moved.by)}, {span}. {told}."
