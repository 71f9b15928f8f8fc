"""What of an edition a run makes: its period, notebooks and segments, each refused early where it cannot be."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from cs_lib.edition import Edition
from cs_lib.edition.edition_files import NOTES
from cs_lib.edition.notes import parts_of
from cs_lib.errors import EditionError, did_you_mean
from cs_lib.pack.run.notebook_parameters import Notebook, read_notebook
from cs_lib.period import ALL, MONTH, Period, Segment, last_complete, segment_pairs
from cs_lib.report.text.label_order import in_order

if TYPE_CHECKING:
    import pandas as pd

    from cs_lib.metrics.measures import Measures

EVERY = "*"


def first_day(inputs: list[dict]) -> date | None:
    """The first day any input table speaks of."""
    days = [str(each["first"]) for each in inputs if each["first"] is not None]
    return date.fromisoformat(min(days)) if days else None


def choose_period(edition: Edition, text: str | None, *, as_of: date, first: date | None) -> Period:
    """The period asked for, or the last complete month; refused where the data do not cover it.

    `as_of` is the day after the last one the data speak of.
    """
    if text is None:
        period = last_complete(as_of, MONTH)
        if first is not None and period.end <= first:
            raise EditionError(
                f"{edition.name}: the data hold no complete month: they begin on {first} and "
                f"end on {as_of - timedelta(days=1)}."
            )
        return period
    period = Period.parse(text)
    edition.refuse_unmeasured(period)
    period.refuse_incomplete(as_of)
    if first is not None and period.end <= first:
        raise EditionError(f"{period} is before the data, which begin on {first}.")
    return period


# ---------------------------------------------------------------- notebooks


def notebook_files(root: Path) -> list[Path]:
    """The files of the project's notebooks, by name."""
    return sorted((root / "notebooks").glob("*.ipynb"))


def available_notebooks(root: Path) -> list[Notebook]:
    """Every notebook of the project, in the order they declare, then by name."""
    found = [read_notebook(path, root=root) for path in notebook_files(root)]
    return sorted(found, key=lambda each: (each.kit.get("order", 100), each.name))


def choose_notebooks(edition: Edition, root: Path, names: tuple[str, ...] = ()) -> list[Notebook]:
    """The notebooks named, or those the edition lists, or all that can read its tables."""
    available = {each.name: each for each in available_notebooks(root)}
    named = [(name, "--notebook") for name in names] or [
        (name, f"{edition.name}: reports.notebooks") for name in edition.reports.notebooks or ()
    ]
    if not named:
        return [each for each in available.values() if _applies(each, edition)]
    for name, origin in named:
        if _stem(name) not in available:
            raise EditionError(
                f"{origin}: there is no notebook {name}. " + did_you_mean(_stem(name), available)
            )
    return [available[name] for name in dict.fromkeys(_stem(name) for name, _ in named)]


def _stem(name: str) -> str:
    return Path(name).name.removesuffix(".ipynb")


def _applies(notebook: Notebook, edition: Edition) -> bool:
    reads_any = notebook.kit.get("reads_any", ())
    return not reads_any or any(edition.given(table) for table in reads_any)


# ---------------------------------------------------------------- segments


def choose_segments(
    edition: Edition, measures: "Measures", period: Period, texts: tuple[str, ...] = ()
) -> list[Segment]:
    """The segments named, or the edition's; `plan=*` is every plan with a figure in the period."""
    chosen = []
    for text in texts or edition.reports.segments:
        segment = in_known_order(Segment.parse(text), edition)
        if any(value == EVERY for _, value in segment.pairs):
            chosen += _expand(segment, edition, measures, period)
        else:
            _refuse_unknown_values(segment, measures)
            chosen.append(segment)
    return list(dict.fromkeys(chosen))


def in_known_order(segment: Segment, edition: Edition) -> Segment:
    """The segment with its columns in the order in which measures are split by them."""
    for column, _ in segment.pairs:
        if column not in edition.segments:
            raise EditionError(
                f"segment {segment}: {column} is not among the segments of {edition.name}. "
                + did_you_mean(column, edition.segments)
            )
    values = dict(segment.pairs)
    for columns in edition.segmentations:
        if sorted(columns) == sorted(column for column, _ in segment.pairs):
            return Segment(tuple((column, values[column]) for column in columns))
    raise EditionError(
        f"segment {segment}: measures are not split by {' and '.join(values)} together. Add it to "
        f"reports.segments in params/{edition.name}.yaml."
    )


def _labels(measures: "Measures", by: str, period: Period | None = None) -> list[str]:
    """Segments that the measures know, as text; with a period, only those with a figure in it."""
    frame = measures.measures
    rows = frame["segment_by"] == by
    if period is not None:
        rows &= (frame["period_start"] == _stamp(period)) & (frame["grain"] == period.grain)
        rows &= frame["value"].notna()
    return sorted(frame.loc[rows, "segment"].unique())


def _stamp(period: Period) -> "pd.Timestamp":
    import pandas as pd

    return pd.Timestamp(period.start)


def _expand(
    segment: Segment, edition: Edition, measures: "Measures", period: Period
) -> list[Segment]:
    found = []
    for label in _labels(measures, segment.by, period):
        pairs = segment_pairs(segment.by, label)
        wanted = zip(segment.pairs, pairs, strict=True)
        if all(want in (EVERY, value) for (_, want), (_, value) in wanted):
            found.append(Segment(pairs))
    for each in found:
        columns = tuple(column for column, _ in each.pairs)
        if Segment.parse(each.label, edition.segments) != each:
            raise EditionError(
                f"segment {segment} includes {each}, which reads as another segment. Rename the "
                "value: give the column as a computed one, as in columns: "
                f"{{{columns[-1]}: \"replace({columns[-1]}, ',', ';')\"}}, or correct the export."
            )
    if not found:
        raise EditionError(f"segment {segment}: the data know no such customers in {period}.")
    for place in reversed(range(len(segment.pairs))):
        order = {
            name: at for at, name in enumerate(in_order(each.pairs[place][1] for each in found))
        }
        found.sort(key=lambda each: order[each.pairs[place][1]])
    return found


def _refuse_unknown_values(segment: Segment, measures: "Measures") -> None:
    for column, value in segment.pairs:
        known = [label.partition("=")[2] for label in _labels(measures, column)]
        if value not in known:
            raise EditionError(
                f"segment {segment}: no customer has {column} {value}. "
                + did_you_mean(value, known)
            )
    if segment.label != ALL and segment.label not in _labels(measures, segment.by):
        raise EditionError(f"segment {segment}: the data know no customer who is all of these.")


# ---------------------------------------------------------------- names in targets, events, notes and mail


def check_names(edition: Edition, measures: "Measures") -> None:
    """Every target, event and note names metrics of the catalogue and segments the data know; so does mail."""
    from cs_lib.metrics.catalogue import check_metric_names

    check_metric_names(edition)
    for where, text, measured in _named_segments(edition):
        try:
            segment = Segment.parse(text)
            if measured:
                _refuse_unknown_values(in_known_order(segment, edition), measures)
            else:
                for pair in segment.pairs:
                    _refuse_unknown_values(Segment((pair,)), measures)
        except EditionError as error:
            raise EditionError(f"params/{where}: {error}") from None


def _named_segments(edition: Edition) -> Iterator[tuple[str, str, bool]]:
    """Where the edition names a segment, which, and whether that needs figures of its own."""
    written, notes = f"{edition.name}.yaml", f"{NOTES}/{edition.name}.yaml"
    for name, by_segment in edition.targets.items():
        for text in by_segment:
            yield f"{written}: targets.{name}", text, True
    for column, values in (edition.definitions.referrals or {}).items():
        for value in values:
            yield f"{written}: definitions.referrals", Segment(((column, value),)).label, False
    for event in edition.events:
        for text in event.segments:
            yield f"{written}: events: {event.label}", text, False
    for note in edition.notes.notes:
        pairs = parts_of(note.finding)[2].pairs
        own = tuple(pair for pair in pairs if pair[0] in edition.segments)
        yield f"{notes}: {note.finding}", Segment(own).label, False
    for text in edition.mail.recipients if edition.mail else ():
        yield f"{written}: mail.recipients", text, True
