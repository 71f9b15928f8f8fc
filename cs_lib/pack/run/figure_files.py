"""The figures of a pack as files, and the few of them that its index shows."""

import csv
import hashlib
import json
import math
import shutil
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING

from cs_lib.period import MONTH, PERIODS_A_YEAR, Period, Segment
from cs_lib.vocabulary import CHANGED, INDEX_HEADLINES, MONEY, OK

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    from pyarrow.csv import CSVStreamingReader

    from cs_lib.edition import Edition
    from cs_lib.judgement.finding import Finding
    from cs_lib.kit.selection import Selection
    from cs_lib.metrics.measures import Measures
    from cs_lib.pack.run.plan import RunPlan
    from cs_lib.report.tables.scorecard_table import ScorecardRow
    from cs_lib.report.text.formatting import Formatter

FILES = ("measures", "cohorts", "curves", "risk", "restated")
FINDINGS = "findings"
PARQUET = "measures.parquet"
WORKBOOK = "pack.xlsx"
DIGITS = 12
FLOATS = f"%.{DIGITS}g"
#: squares are summed as floats, whose last digits hang on the order in which an engine adds them up
ENDS, DIGITS_OF_ENDS = ("low", "high"), 9
MOST = 6
#: so many rows are looked at, or written as text, at a time; and so many stand in a group of a Parquet file
ROWS, ROWS_A_GROUP = 100_000, 1024 * 1024
#: from how many segments of a column on its index says more than their names, and how many figures it says
MANY_SEGMENTS, MOST_BESIDE_A_NAME = 20, 2


def digest_of(measures: "Measures") -> str:
    """A digest of every figure, to the digits that are published: the same for the same figures, whatever package
    wrote them, and in whatever order an engine added up."""
    import pandas as pd

    from cs_lib.metrics.audit.cache import FRAMES

    whole = hashlib.sha256()
    for name in FRAMES:
        frame = getattr(measures, name)
        whole.update(json.dumps([name, *frame.columns]).encode())
        for start in range(0, len(frame), ROWS):
            rows = to_digits(frame.iloc[start : start + ROWS])
            whole.update(pd.util.hash_pandas_object(rows, index=False).to_numpy().tobytes())
    whole.update(measures.restated_since.encode())
    told = {name: measures.data.get(name) for name in ("hazard", "renewals_ahead", CHANGED)}
    whole.update(json.dumps(told, sort_keys=True).encode())
    return whole.hexdigest()


def to_digits(frame: "pd.DataFrame") -> "pd.DataFrame":
    """The frame with numbers of so many digits as are published, and moments of one kind."""
    changed = {
        name: frame[name].astype("datetime64[us]") for name in frame.select_dtypes("datetime")
    }
    for name in frame.select_dtypes("float"):
        of_squares = name in ENDS or name.endswith("_squared")
        changed[name] = _rounded(frame[name], DIGITS_OF_ENDS if of_squares else DIGITS)
    return frame.assign(**changed)


def _rounded(numbers: "pd.Series", digits: int) -> "np.ndarray":
    """Numbers to so many digits that mean something."""
    import numpy as np

    values = numbers.to_numpy(dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        unit = 10.0 ** (digits - 1 - np.floor(np.log10(np.abs(values))))
        whole = np.rint(values * unit)
    return np.where(np.isfinite(unit), whole / unit, values)


def with_ends_as_published(frame: "pd.DataFrame") -> "pd.DataFrame":
    """The frame with the ends of intervals to the digits that are published."""
    ends = [name for name in ENDS if name in frame and frame[name].dtype.kind == "f"]
    return frame.assign(**{name: _rounded(frame[name], DIGITS_OF_ENDS) for name in ends})


def as_published(measures: "Measures") -> "Measures":
    """The measures to the digits that are published: the workbook holds them as numbers, which no text rounds."""
    return replace(measures, **{name: to_digits(getattr(measures, name)) for name in FILES})


def write_figures(
    measures: "Measures", plan: "RunPlan", folder: Path, *, found: list["Finding"]
) -> None:
    """Every figure, and what was found in them, as CSV (sorted, and the same text for the same figures), and the workbook."""
    from cs_lib.judgement.finding import frame_of
    from cs_lib.pack.workbook import write_workbook

    told = _since(measures.measures, plan)
    for name in FILES:
        frame = told if name == "measures" else getattr(measures, name)
        _write(folder / f"{name}.csv", with_ends_as_published(frame))
    write_parquet(folder / "measures.csv", folder / PARQUET, told)
    _write(folder / f"{FINDINGS}.csv", frame_of(found))
    write_workbook(folder / WORKBOOK, as_published(measures), plan.edition, plan.period)


def _since(figures: "pd.DataFrame", plan: "RunPlan") -> "pd.DataFrame":
    """The figures of periods that end within the edition's `history` of months, or later."""
    if plan.edition.reports.history is None:
        return figures
    import pandas as pd

    since = pd.Timestamp(plan.period.end) - pd.DateOffset(months=plan.edition.reports.history)
    return figures[figures["period_end"] > since]


def write_parquet(figures: Path, to: Path, frame: "pd.DataFrame") -> None:
    """A file of figures as Parquet: read from the CSV that is published, so that the two are the same figures.

    Words are words, numbers numbers, days days; what is missing is null.
    """
    import pyarrow as pa
    from pyarrow import csv as arrow_csv
    from pyarrow import parquet

    kinds = {"f": pa.float64(), "i": pa.int64(), "M": pa.date32()}
    types = {name: kinds.get(frame[name].dtype.kind, pa.string()) for name in frame}
    reading = arrow_csv.ConvertOptions(
        column_types=types, null_values=[""], strings_can_be_null=False
    )
    lines = arrow_csv.ParseOptions(newlines_in_values=True)
    told = {"parse_options": lines, "convert_options": reading}
    with (
        arrow_csv.open_csv(figures, **told) as rows,
        parquet.ParquetWriter(to, rows.schema, compression="zstd") as file,
    ):
        for group in _groups(rows):
            file.write_table(group)
    pa.default_memory_pool().release_unused()  # the workbook is made next


def _groups(rows: "CSVStreamingReader") -> Iterator["pa.Table"]:
    """The rows of a file by so many as stand in a group, so that no more of it is held than one."""
    import pyarrow as pa

    held = pa.Table.from_batches([], rows.schema)
    for batch in rows:
        held = pa.concat_tables([held, pa.Table.from_batches([batch])])
        while held.num_rows >= ROWS_A_GROUP:
            yield held.slice(0, ROWS_A_GROUP)
            held = held.slice(ROWS_A_GROUP)
    if held.num_rows:
        yield held


def take_over(pack: Path, folder: Path) -> bool:
    """Take the files over from a pack that holds the same figures; False where one is not there."""
    names = [*(f"{name}.csv" for name in (*FILES, FINDINGS)), PARQUET, WORKBOOK]
    there = all((pack / name).is_file() for name in names)
    for name in names if there else ():
        shutil.copy2(pack / name, folder / name)
    return there


def _write(path: Path, frame: "pd.DataFrame") -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        write_csv(file, frame)


def write_csv(file: IO[str], frame: "pd.DataFrame") -> None:
    """A frame as CSV, sorted by all its columns: a stretch at a time, for texts take many times what numbers do."""
    writer = csv.writer(file, lineterminator="\n")  # pandas' own takes half as long again
    writer.writerow(frame.columns)
    for rows in _in_order(frame):
        for start in range(0, len(rows), ROWS):
            stretch = rows.iloc[start : start + ROWS]
            writer.writerows(zip(*(_texts(stretch[name]) for name in stretch), strict=True))


def _in_order(frame: "pd.DataFrame") -> Iterator["pd.DataFrame"]:
    """The rows in order, those of one value of the first column after those of another."""
    import numpy as np

    codes, values = frame.iloc[:, 0].factorize(sort=True)
    for code in (*range(len(values)), -1):
        rows = frame.iloc[np.flatnonzero(codes == code)]
        yield rows.sort_values(list(rows.columns), kind="stable", ignore_index=True)


def _texts(column: "pd.Series") -> list[str]:
    """A column as it is written: days as ISO has them, floats to twelve digits, nothing for what is missing."""
    if column.dtype.kind == "f":
        return ["" if value != value else FLOATS % value for value in column.tolist()]
    places, kinds = column.factorize()
    names = [*(kinds.strftime("%Y-%m-%d") if column.dtype.kind == "M" else kinds), ""]
    return [names[place] for place in places.tolist()]


@dataclass(frozen=True)
class Headline:
    """One figure on the index: its name, the figure that is held against a target, and in words what belongs to it."""

    title: str
    value: str
    interval: str = ""
    change: str = ""
    target: str = ""
    status: str = ""
    line: str = ""


def lead(selection: "Selection") -> tuple[str, ...]:
    """What a front page says in short: its headline, and what happened in each story."""
    from cs_lib.kit.kit_front import front_page
    from cs_lib.report.tables.front_page import FrontPage

    page = front_page(selection)
    if not isinstance(page, FrontPage):
        return ()
    return (" ".join(page.headline), *(story.clause for story in page.stories))


def headlines(selection: "Selection") -> list[Headline]:
    """The first few figures of the period, each in its canonical variant."""
    from cs_lib.kit.kit_scorecard import headline_rows

    shown = [
        replace(
            row, usual=math.nan, signal=False, months=math.nan, series=_line(selection, row)
        )  # the index has no room for these
        for row in headline_rows(selection, {"": INDEX_HEADLINES})
        if row.now.ok and row.now.period == selection.period
        if row.now.variant == row.metric.canonical
    ]
    return [_headline(row, selection.period, selection.formatter) for row in shown[:MOST]]


def segment_lines(
    edition: "Edition", measures: "Measures", period: Period, segments: Collection[Segment]
) -> dict[str, str]:
    """Segment → its first figures in words: "MRR $3.1K, churn 4.2%"; of columns with so many segments that their
    names alone help nobody to choose."""
    from cs_lib.metrics.catalogue import metric_of
    from cs_lib.report.text.formatting import Formatter

    columns = Counter(each.by for each in segments if len(each.pairs) == 1)
    many = {by for by, count in columns.items() if count > MANY_SEGMENTS}
    if not many:
        return {}
    rows = measures.measures
    here = (rows["grain"] == period.grain) & (rows["period_start"] == str(period.start))
    rows = rows[here & (rows["status"] == OK) & rows["segment_by"].isin(many)]
    formatter = Formatter.of(edition)
    said: dict[str, list[str]] = {}
    for name in INDEX_HEADLINES:
        metric = metric_of(edition, name, measures.facts)
        mine = rows[(rows["metric"] == name) & (rows["variant"] == metric.canonical)]
        for segment, value in zip(mine["segment"], mine["value"], strict=True):
            words = f"{metric.title} {formatter.short(value, metric.unit_of())}"
            said.setdefault(segment, []).append(words)
    return {segment: ", ".join(words[:MOST_BESIDE_A_NAME]) for segment, words in said.items()}


def _line(selection: "Selection", row: "ScorecardRow") -> tuple[float, ...]:
    """The figure shown at each of the last periods: over twelve months where that is the one shown."""
    from cs_lib.judgement.tiles import tile_of

    figures, name = selection.judgement.figures, row.metric.name
    tile = tile_of(figures, name, selection.segment, selection.period)
    if tile is None or tile.figure.periods == 1:
        return row.series
    known = (at for at, value in enumerate(tile.line) if value == value)
    return tile.line[next(known, len(tile.line)) :]


def _headline(row: "ScorecardRow", period: Period, formatter: "Formatter") -> Headline:
    """A headline in words."""
    from cs_lib.report.tables.scorecard_table import scorecard_line

    said = scorecard_line(row, formatter)
    changes = [
        f"{said[key]} on {formatter.period_short(then)}"
        for key, then in (("change", period.back()), ("year", period.year_before()))
        if said.get(key)
    ]
    basis = f"{formatter.level} interval {said['interval']}" if said["interval"] else ""
    if row.metric.name == "mrr":
        basis = f"ARR {formatter.short(PERIODS_A_YEAR[MONTH] * row.now.value, MONEY)}"
    judged = row.judged
    alone = judged is None or (judged.first, judged.last) == (period, period)
    if judged is not None and not alone:
        over = f"Over {formatter.count(judged.periods, judged.first.grain)}"
        ends = f"{formatter.level} interval {said['judged_ends']}" if said["judged_ends"] else ""
        basis = ", ".join(filter(None, [over, ends]))
        by_itself = f"{formatter.period(period)} alone {said['value']}"
        changes = [f"{by_itself}: {changes[0]}", *changes[1:]] if changes else [by_itself]
    target = f"Target {said['target']}" if said.get("target") else ""
    return Headline(
        title=said["head"],
        value=(said["value"] if alone else said["judged"]).removesuffix(" points"),
        interval=basis,
        change=", ".join(changes),
        target=", ".join(filter(None, [target, said["plan"]])),
        status=said["status"] if row.standing else "",
        line=said["line"].html if said["line"] else "",
    )
