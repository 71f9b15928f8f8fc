"""Open an edition's data: every table typed and staged in the engine, checked, and lazy from there."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import narwhals as nw
import pandas as pd

from cs_lib.data.contract.contract_check import Checked, DataFinding, check
from cs_lib.data.contract.latest_file import keep_latest
from cs_lib.data.contract.table_declaration import ERROR
from cs_lib.data.engines.engine import StagingEngine
from cs_lib.data.engines.open_engine import SPARK, open_engine
from cs_lib.data.fingerprints import together
from cs_lib.data.sources.fetched import Fetched
from cs_lib.data.sources.load_table import stage
from cs_lib.data.sources.recognised import adapter_hint
from cs_lib.data.sources.source_files import data_folder
from cs_lib.data.sources.staged_table import Staged
from cs_lib.edition import Edition, find_root
from cs_lib.errors import DataError

NO_ADAPTER_ON_SPARK = "tables.{table}: adapters are read by DuckDB. Leave out engine: spark, or write the table as Parquet first."


@dataclass(frozen=True)
class InputTable:
    """What one table was read from (its `files` with the `columns` they have), how much of it counts, and what
    days it speaks of."""

    table: str
    source: str
    rows: int
    rejected: int
    fingerprint: str
    first: date | None
    last: date | None
    files: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Data:
    """An edition's tables as valid, typed, lazy frames, and what there is to say about them.

    Each table has every column of the contract; `given` are those in which its source says anything.
    """

    tables: dict[str, nw.LazyFrame]
    given: dict[str, tuple[str, ...]]
    engine: StagingEngine
    findings: tuple[DataFinding, ...]
    inputs: tuple[InputTable, ...]
    as_of: date
    rejects: dict[tuple[str, str], int]

    def close(self) -> None:
        self.engine.close()

    def __enter__(self) -> "Data":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_data(
    edition: Edition,
    *,
    root: Path | None = None,
    data_dir: Path | str | None = None,
    allow_rejects: bool = False,
    rejects_to: Path | None = None,
    fetched: Fetched | None = None,
) -> Data:
    """Open, type and check every table of an edition, on the engine it names.

    Raises DataError with every violation of the contract, unless `allow_rejects`: then the rows at
    fault are left out, counted by reason and written to `rejects_to`. What databases gave before is
    `fetched`, and not asked for again.
    """
    root = root or find_root()
    folder = data_folder(edition, root, data_dir)
    engine = open_engine(edition, root, fetched)
    try:
        staged = _stage_all(engine, edition, root, folder)
        checked = check(staged, edition, allow_rejects=allow_rejects, rejects_to=rejects_to)
        return Data(
            tables={name: _valid(parts) for name, parts in _by_table(staged).items()},
            given={name: _given(parts) for name, parts in _by_table(staged).items()},
            engine=engine,
            findings=checked.findings,
            inputs=tuple(_input(parts, checked) for parts in _by_table(staged).values()),
            as_of=checked.as_of,
            rejects=checked.rejects,
        )
    except BaseException:
        engine.close()
        raise


def _stage_all(engine: StagingEngine, edition: Edition, root: Path, folder: Path) -> list[Staged]:
    """Every source of every table in the engine; DataError with what is wrong with any of them."""
    staged, faults = [], list[DataFinding]()
    sources = ((name, part) for name, each in sorted(edition.tables.items()) for part in each.parts)
    for name, source in sources:
        try:
            if source.recipe and edition.engine == SPARK:
                raise DataError(NO_ADAPTER_ON_SPARK.format(table=name))
            table = stage(engine, name, source, edition=edition, folder=folder, root=root)
            staged.append(
                keep_latest(table, table.files) if source.latest and table.files else table
            )
        except DataError as error:
            hint = adapter_hint(name, source, folder, root)
            says = f"{error}\n{hint}" if hint else str(error)
            faults.append(DataFinding(ERROR, name, "not opened", says, part=source.part))
    if faults:
        raise DataError("\n".join(each.says for each in faults), faults)
    return staged


def _by_table(staged: list[Staged]) -> dict[str, list[Staged]]:
    """Table → its sources, in the order of its list."""
    found: dict[str, list[Staged]] = {}
    for each in staged:
        found.setdefault(each.table.name, []).append(each)
    return found


def _given(parts: list[Staged]) -> tuple[str, ...]:
    """The columns in which any of a table's sources says anything."""
    return tuple(dict.fromkeys(name for each in parts for name in each.given))


def _valid(parts: list[Staged]) -> nw.LazyFrame:
    """The rows that count, of all the sources of a table; what only some of them have is null in the others."""
    if len(parts) == 1:
        held = parts[0].held.select(*parts[0].columns)
        return held.with_columns(**parts[0].absent) if parts[0].absent else held
    known = [each.name for each in parts[0].table.columns]
    further = dict.fromkeys(name for each in parts for name in each.columns if name not in known)
    frames = []
    for each in parts:
        lacking = {name: nw.lit(None) for name in further if name not in each.columns}
        held = each.held.with_columns(**each.absent, **lacking)
        frames.append(held.select(*known, *(nw.col(name).cast(nw.String()) for name in further)))
    return nw.concat(frames)


def _input(parts: list[Staged], checked: Checked) -> InputTable:
    """What a table was read from, all its sources together."""
    found = [_input_of(each, checked) for each in parts]
    first = [each.first for each in found if each.first]
    last = [each.last for each in found if each.last]
    return InputTable(
        table=found[0].table,
        source=", ".join(each.source for each in found),
        rows=sum(each.rows for each in found),
        rejected=sum(each.rejected for each in found),
        fingerprint=together([each.fingerprint for each in found]),
        first=min(first, default=None),
        last=max(last, default=None),
        files=tuple(name for each in found for name in each.files),
        columns=tuple(dict.fromkeys(name for each in found for name in each.columns)),
    )


def _input_of(staged: Staged, checked: Checked) -> InputTable:
    dates = [each for each in staged.table.dates if staged.has(each)]
    ends: dict[str, nw.Expr] = {}
    for column in dates:
        ends |= {f"{column} first": nw.col(column).min(), f"{column} last": nw.col(column).max()}
    found = staged.engine.collect(staged.held.select(**ends)).iloc[0] if ends else ()
    days = sorted(each.date() for each in found if not pd.isna(each))
    return InputTable(
        table=staged.table.name,
        source=staged.source.shown,
        rows=staged.row_count + staged.ragged_rows + checked.swallowed[staged.name],
        rejected=checked.rejected[staged.name],
        fingerprint=staged.fingerprint,
        first=days[0] if days else None,
        last=days[-1] if days else None,
        files=staged.files.all_shown if staged.files else (),
        columns=staged.header,
    )
