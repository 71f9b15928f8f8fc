"""What an edition and its files were when a pack was published, and what of them is otherwise now."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from cs_lib.edition import Edition
from cs_lib.edition.targets import Target, target_of
from cs_lib.metrics.audit.input_snapshot import Ledger, altered
from cs_lib.period import Segment
from cs_lib.vocabulary import OK

SEGMENT, TABLE, FILE, COLUMN, VALUE, TARGET, BENCHMARK = (
    "segment",
    "table",
    "file",
    "column",
    "value",
    "target",
    "benchmark",
)
#: a value is called otherwise where so many of its figures, and at least so large a share of them, are the same
SAME_FIGURES, SAME_SHARE = 3, 0.9
FIGURE = ["metric", "variant", "grain", "period_start"]


@dataclass(frozen=True)
class Change:
    """Something that differs: `old` is None where it is new, `new` where it is gone.

    `where` is the table of a file or a column, the column of a value, the metric of a target (whose segment is
    `what`) or of a benchmark (whose source, population and year are `what`). `rows`: how many rows of months told before came with a table's new files.
    """

    kind: str
    where: str = ""
    what: str = ""
    old: str | float | None = None
    new: str | float | None = None
    rows: int = 0


def stated(edition: Edition, inputs: Iterable[dict]) -> dict:
    """What a pack keeps of its edition and files: segments, targets, and each table's files and columns."""
    return {
        "segments": [*edition.segments],
        "targets": {
            metric: {
                segment: [each.model_dump(mode="json") for each in history]
                for segment, history in by_segment.items()
            }
            for metric, by_segment in edition.targets.items()
        },
        "benchmarks": _benchmarks_kept(edition),
        "tables": {
            each["table"]: {"files": [*each["files"]], "columns": [*each["columns"]]}
            for each in inputs
        },
    }


def changes(
    before: dict, now: dict, *, ledgers: tuple[Ledger, Ledger], days: tuple[date, date]
) -> list[Change]:
    """What differs in what two packs kept (see `stated`); `days` are the last ones they speak of."""
    found = [Change(SEGMENT, **each) for each in _listed(before["segments"], now["segments"])]
    old, new = before["tables"], now["tables"]
    found += [Change(TABLE, **each) for each in _listed(old, new)]
    for table in sorted(old.keys() & new.keys()):
        rows = altered(*ledgers, table, f"{days[0]:%Y-%m}")
        late = rows.late if rows else 0
        files = _listed(old[table]["files"], new[table]["files"])
        found += [
            Change(FILE, table, **each, rows=late if each["old"] is None else 0) for each in files
        ]
        columns = _listed(old[table]["columns"], new[table]["columns"])
        found += [Change(COLUMN, table, **each) for each in columns]
    found += _targets(before["targets"], now["targets"], days)
    return [*found, *_benchmarks(before.get("benchmarks", {}), now["benchmarks"])]


def _benchmarks_kept(edition: Edition) -> dict[str, dict[str, float]]:
    """metric → rule, grain, unit, population, year and source → the median."""
    kept: dict[str, dict[str, float]] = {}
    for each in edition.benchmark_rows:
        about = (each.variant, each.grain, each.unit, each.population, str(each.year), each.source)
        kept.setdefault(each.metric, {})[", ".join(filter(None, about))] = each.median
    return kept


def _benchmarks(before: dict, now: dict) -> Iterator[Change]:
    """Benchmarks that are new, gone, or of another median."""
    for metric in sorted({*before, *now}):
        old, new = before.get(metric, {}), now.get(metric, {})
        for about in sorted({*old, *new}):
            if old.get(about) != new.get(about):
                yield Change(BENCHMARK, metric, about, old.get(about), new.get(about))


def _listed(old: Iterable[str], new: Iterable[str]) -> list[dict]:
    """What is gone of a list, and what is new in it."""
    was, is_now = list(old), list(new)
    gone = [{"old": each, "new": None} for each in was if each not in is_now]
    return gone + [{"old": None, "new": each} for each in is_now if each not in was]


def _targets(before: dict, now: dict, days: tuple[date, date]) -> Iterator[Change]:
    """Targets in force on the last day of each pack that are not the same."""
    old, new = _read(before), _read(now)
    for metric in sorted({*old, *new}):
        for segment in sorted({*old.get(metric, {}), *new.get(metric, {})}):
            was, is_now = (
                target_of(each, metric, segment, day)
                for each, day in zip((old, new), days, strict=True)
            )
            old_value, new_value = (found[0].value if found else None for found in (was, is_now))
            if old_value != new_value:
                yield Change(TARGET, metric, segment, old_value, new_value)


def _read(kept: dict) -> dict[str, dict[str, tuple[Target, ...]]]:
    return {
        metric: {segment: tuple(Target(**one) for one in each) for segment, each in by.items()}
        for metric, by in kept.items()
    }


def changed_values(
    published: pd.DataFrame, now: pd.DataFrame, columns: Iterable[str]
) -> list[Change]:
    """Segments that are gone, new, or called otherwise: then the figures of one are those of the other."""
    found: list[Change] = []
    for column in columns:
        was, is_now = (
            frame[(frame["segment_by"] == column) & (frame["status"] == OK)]
            for frame in (published, now)
        )
        if was.empty or is_now.empty:
            continue
        gone, came = (
            sorted({*one["segment"]} - {*other["segment"]})
            for one, other in ((was, is_now), (is_now, was))
        )
        for segment in gone:
            other = next((each for each in came if _same(was, segment, is_now, each)), None)
            came = [each for each in came if each != other]
            found.append(
                Change(VALUE, column, old=_value(segment), new=_value(other) if other else None)
            )
        found += [Change(VALUE, column, new=_value(each)) for each in came]
    return found


def _same(was: pd.DataFrame, old: str, is_now: pd.DataFrame, new: str) -> bool:
    both = was[was["segment"] == old].merge(
        is_now[is_now["segment"] == new], on=FIGURE, suffixes=("_old", "_new")
    )
    both = both[both["value_old"] != 0]
    same = np.isclose(both["value_old"].astype(float), both["value_new"].astype(float))
    return len(both) >= SAME_FIGURES and float(same.mean()) >= SAME_SHARE


def _value(segment: str) -> str:
    return Segment.parse(segment).pairs[0][1]


def compared(published: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """The published figures by columns that figures are split by now: a list that was changed restates nothing."""
    return published[published["segment_by"].isin(now["segment_by"].unique())]
