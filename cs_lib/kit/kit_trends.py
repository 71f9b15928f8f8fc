"""What happened to a figure over the periods before this one, each finding as a sentence."""

from cs_lib.judgement import Series, distinguishable, trends
from cs_lib.kit.kit_sentences import COHORTS, Said
from cs_lib.kit.selection import Selection
from cs_lib.period import MONTH, PERIODS_A_YEAR
from cs_lib.report.display import LeftOut, Sentence
from cs_lib.report.text import trend_sentences
from cs_lib.report.text.formatting import listed, metric_title
from cs_lib.report.text.measure_row import labels, readings
from cs_lib.report.text.segment_sentences import NAMED
from cs_lib.vocabulary import CUSTOMERS, OK

#: how far back runs of signals are looked for
SPAN = {"month": 24, "quarter": 8, "week": 52, "year": 5}
#: each cohort is of other customers, so that nothing carries over from one to the next
COHORT_ERRORS = 4.0


def say_spikes(
    selection: Selection, name: str, *, variant: str | None = None, by: str | None = None
) -> Said:
    """The periods in which a figure lay outside its control limits."""
    periods, metric = SPAN[selection.period.grain], selection.metric(name)
    judged = {}
    for where, (columns, segment) in _segments(selection, name, variant, by, periods).items():
        runs, looked = selection.judgement.runs(name, columns, segment, periods, variant)
        if looked:
            judged[where] = runs, looked
    if not judged:
        return _too_short(selection, name, by)
    loud = {where: found for where, found in judged.items() if found[0]} if by else judged
    said = [
        trend_sentences.runs_sentence(
            metric,
            runs,
            looked,
            selection.period,
            formatter=selection.formatter,
            where=where,
            variant=variant,
            most=2 if by else NAMED,
        ).text
        for where, (runs, looked) in loud.items()
    ]
    quiet = [where for where in judged if where not in loud]
    if quiet and not loud:
        title = metric_title(metric, variant)
        said.append(f"{title} moved within normal variation for each of {listed(quiet)}.")
    elif quiet:
        who = listed(quiet) if len(quiet) <= 4 else f"The other {len(quiet)}"
        said.append(f"{who} moved within normal variation.")
    return Sentence("\n".join(said))


def say_step(
    selection: Selection, name: str, *, variant: str | None = None, by: str | None = None
) -> Said:
    """Since when a figure has stood at another level, where that is clear and has lasted."""
    if name == COHORTS:
        return say_cohort_step(selection)
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
        title = metric_title(metric, variant)
        return Sentence(f"{title} shows no lasting change of level for any {by}.")
    said = [
        trend_sentences.step_sentence(
            metric,
            step,
            selection.period,
            formatter=selection.formatter,
            where=where,
            variant=variant,
        ).text
        for where, step in told.items()
    ]
    return Sentence("\n".join(said))


def say_cohort_step(selection: Selection, age: int = 6, measure: str = CUSTOMERS) -> Said:
    """Whether cohorts from some month on have kept more, or less, than those before."""
    cells = selection.cohorts(measure)
    cells = cells[(cells["age"] == age) & cells["cohort"].notna() & (cells["status"] == OK)]
    if len(cells) < 2 * trends.LEAST_SIDE:
        return LeftOut("change between cohorts", f"needs {2 * trends.LEAST_SIDE} cohorts")
    rows = cells.assign(period_start=cells["cohort"], n=cells["denominator"])
    series = Series.of(rows.sort_values("cohort"))
    step = trends.step(series, MONTH, shares=measure == CUSTOMERS, least=COHORT_ERRORS)
    return trend_sentences.cohort_step_sentence(
        step, age, formatter=selection.formatter, measure=measure
    )


def say_year(selection: Selection, name: str, by: str, *, variant: str | None = None) -> Said:
    """The segments that stood apart from the others over twelve months."""
    selection.frame(name, variant=variant, by=by)
    apart = selection.judgement.apart(name, by, within=selection.segment.label, variant=variant)
    if apart is None:
        return selection.left_out([name], by)
    return trend_sentences.year_sentence(
        selection.metric(name), apart, formatter=selection.formatter, variant=variant
    )


def say_since(selection: Selection, name: str, by: str, *, variant: str | None = None) -> Said:
    """Which segments changed against the same period of a year before, beyond normal variation."""
    metric, count = selection.metric(name), PERIODS_A_YEAR[selection.period.grain]
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
