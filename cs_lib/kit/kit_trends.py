"""What happened to a figure over the periods before this one, each finding as a sentence."""

from cs_lib.judgement import trends
from cs_lib.judgement.comparisons import distinguishable
from cs_lib.kit.kit_sentences import Said
from cs_lib.kit.selection import Selection
from cs_lib.period import PERIODS_A_YEAR
from cs_lib.report.display import LeftOut, Sentence
from cs_lib.report.text import trend_sentences
from cs_lib.report.text.formatting import metric_title, spoken
from cs_lib.report.text.measure_row import labels, readings
from cs_lib.report.text.word_forms import lower_first
from cs_lib.vocabulary import OK

#: how far back runs of signals are looked for
SPAN = {"month": 24, "quarter": 8, "week": 52, "year": 5}
#: of how many segments the clearest runs are told
MOST_TOLD = 2


def say_spikes(
    selection: Selection, name: str, *, variant: str | None = None, by: str | None = None
) -> Said:
    """The periods in which a figure lay outside its control limits."""
    periods, metric = SPAN[selection.period.grain], selection.metric(name)
    judged, little = {}, False
    for where, (columns, segment) in _segments(selection, name, variant, by, periods).items():
        runs, looked = selection.judgement.runs(name, columns, segment, periods, variant)
        if looked:
            judged[where] = runs, looked
        if looked and not runs:
            little = little or _stood_out(selection, name, (columns, segment), periods, variant)
    if not judged:
        return _too_short(selection, name, by)
    found = [(where, *each) for where, each in judged.items() if each[0]]
    found.sort(key=lambda each: -max(run.distance for run in each[1]))
    if by and not found:
        title = metric_title(metric, variant)
        how = trend_sentences.how_little(metric, variant, little=little)
        return Sentence(f"{title} moved {how} for any {spoken(by)}.")
    told = found[:MOST_TOLD] if found else [(where, *each) for where, each in judged.items()]
    return Sentence(
        "\n".join(
            trend_sentences.runs_sentence(
                metric,
                runs,
                looked,
                selection.period,
                formatter=selection.formatter,
                where=where,
                variant=variant,
                little=little,
            ).text
            for where, runs, looked in told
        )
    )


def _stood_out(
    selection: Selection, name: str, whose: tuple[str, str], periods: int, variant: str | None
) -> bool:
    """Whether a period lies outside its limits, as the control chart and the table of signals show it, though by too
    little to be told."""
    seen = selection.judgement.limits(name, *whose, variant=variant, periods=periods)
    return bool(seen["signal"].any())


def say_step(
    selection: Selection, name: str, *, variant: str | None = None, by: str | None = None
) -> Said:
    """Since when a figure has stood at another level, where that is clear and has lasted."""
    metric, judgement, least = selection.metric(name), selection.judgement, 2 * trends.LEAST_SIDE
    found = {}
    for where, (columns, segment) in _segments(selection, name, variant, by, 1).items():
        series = judgement.series(name, columns, segment, variant=variant)
        if (series.statuses == OK).sum() >= least:
            found[where] = judgement.step(name, columns, segment, variant)
    if not found:
        return _too_short(selection, name, by)
    told = {where: step for where, step in found.items() if step} if by else found
    if by and not told:
        title = lower_first(metric_title(metric, variant))
        return Sentence(f"No {spoken(by)} shows a lasting change in {title}.")
    said = [
        trend_sentences.step_sentence(
            metric,
            step,
            judgement.newest(name, variant),
            formatter=selection.formatter,
            where=where,
            variant=variant,
        ).text
        for where, step in told.items()
    ]
    return Sentence("\n".join(said))


def say_since(
    selection: Selection, name: str, *, variant: str | None = None, by: str | None = None
) -> Said:
    """Which segments changed against the same period of a year before, beyond normal variation."""
    metric, count = selection.metric(name), PERIODS_A_YEAR[selection.period.grain]
    by = by or selection.column(name)
    now = selection.frame(name, variant=variant, by=by)
    before = selection.frame(name, variant=variant, by=by, back=count)
    if now.empty or before.empty:
        return selection.left_out([name], by)
    earlier = {row["segment"]: row for _, row in before.iterrows()}
    sure = {
        row["segment"]: distinguishable(row, earlier.get(row["segment"]), metric)
        for _, row in now.iterrows()
    }
    return trend_sentences.since_sentence(metric, now, before, sure, formatter=selection.formatter)


def _segments(
    selection: Selection, name: str, variant: str | None, by: str | None, periods: int
) -> dict[str, tuple[str, str]]:
    """Columns and segment of each series, by its name in words ('' for this report's)."""
    frame = selection.frame(name, variant=variant, by=by, periods=periods)
    rows = frame.drop_duplicates("segment", keep="last")
    keys = list(zip(rows["segment_by"], rows["segment"], strict=True))
    if by is None:
        return {"": keys[0]} if keys else {}
    return dict(zip(labels(readings(rows)), keys, strict=True))


def _too_short(selection: Selection, name: str, by: str | None) -> LeftOut:
    title = f"{selection.metric(name).title} over time"
    if selection.frame(name, by=by, periods=SPAN[selection.period.grain]).empty:
        return selection.left_out([name], by, title=title)
    return LeftOut(title, "too few earlier periods of the same kind have a figure")
