"""Adapters as files: a query and what is said about it, two files of one name.

The package ships its own; those of `params/adapters` are an analyst's, and go before them.
"""

from functools import cache
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from cs_lib.edition.adapter import Adapter
from cs_lib.edition.edition_files import ADAPTERS, PARAMS
from cs_lib.edition.source import EVERY_COLUMN, Source
from cs_lib.errors import EditionError, did_you_mean
from cs_lib.params import explained, read_mapping

Name = TypeVar("Name", bound=str)
SHIPPED = Path(__file__).resolve().parents[1] / "data" / "sources" / ADAPTERS
#: keys of a source that an edition gives itself, and no adapter
_OF_THE_EDITION = (
    "path",
    "sql",
    "adapter",
    "picks",
    "columns",
    "recipe",
    "sources",
    "part",
    "connection",
    "table",
    "tables_in",
)


def adapters(root: Path) -> list[Adapter]:
    """Every adapter, by name."""
    own = sorted((root / PARAMS / ADAPTERS).glob("*.yaml"))
    found = {each.name: each for each in (*_shipped(), *(_read(path, root) for path in own))}
    return [found[name] for name in sorted(found)]


@cache
def _shipped() -> tuple[Adapter, ...]:
    return tuple(_read(path, SHIPPED.parent) for path in sorted(SHIPPED.glob("*.yaml")))


def _read(path: Path, root: Path) -> Adapter:
    shown = path.relative_to(root) if path.is_relative_to(root) else path
    query = path.with_suffix(".sql")
    if not query.is_file():
        raise EditionError(f"{shown}: its query is missing: there is no {query.name} beside it.")
    raw = read_mapping(path, shown)
    for key in Adapter.FILLED.keys() & raw.keys():
        raise EditionError(f"{shown}: {key} is not a key. {Adapter.FILLED[key]}")
    for key in raw.get("reading") or ():
        if key in _OF_THE_EDITION:
            raise EditionError(f"{shown}: reading.{key} is not a key: it stands in the edition.")
    sql = query.read_text(encoding="utf-8").strip().rstrip(";")
    try:
        adapter = Adapter.model_validate({**raw, "name": path.stem, "sql": sql})
        Source.model_validate({"path": "export", **adapter.reading})
    except ValidationError as error:
        raise EditionError(explained(error, shown, Adapter)) from None
    return adapter


def applied(tables: dict[Name, Source], shown: Path, root: Path) -> dict[Name, Source]:
    """The sources, each with the adapter that it names."""
    if not any(part.adapter for source in tables.values() for part in source.parts):
        return tables
    known = adapters(root)
    return {name: _applied(name, source, known, shown) for name, source in tables.items()}


def _applied(table: str, source: Source, known: list[Adapter], shown: Path) -> Source:
    if source.sources:
        each = tuple(_applied(table, one, known, shown) for one in source.sources)
        return source.model_copy(update={"sources": each})
    if source.adapter is None:
        return source
    fitting = [each for each in known if each.table == table]
    named = [each for each in known if each.name == source.adapter]
    own = named or [each for each in fitting if each.name.startswith(f"{source.adapter}_")]
    place = f"{shown}: tables.{table}.adapter"
    if not own:
        near = did_you_mean(source.adapter, [each.name for each in fitting])
        raise EditionError(f"{place}: {source.adapter} is not an adapter for {table}. {near}")
    if len(own) > 1:
        raise EditionError(
            f"{place}: {source.adapter} may be {' or '.join(each.name for each in own)}. Name one."
        )
    if own[0].table != table:
        raise EditionError(
            f"{place}: {own[0].name} makes {own[0].table}. Write it there, or name one of "
            f"{', '.join(each.name for each in fitting) or 'your own in params/adapters'}."
        )
    if not own[0].asks and (source.connection or "tables_in" in source.model_fields_set):
        raise EditionError(
            f"{place}: {own[0].name} reads an export, and no database: give its path."
        )
    unknown = next((each for each in source.picks if each not in own[0].picks), None)
    if unknown:
        raise EditionError(
            f"{shown}: tables.{table}.picks: {own[0].name} picks no {unknown}. "
            + did_you_mean(unknown, own[0].picks)
        )
    try:
        return _read_by(own[0], source)
    except ValidationError as error:
        raise EditionError(explained(error, shown, Source)) from None


def _read_by(adapter: Adapter, source: Source) -> Source:
    """The source as it is read: what the edition says goes before what the adapter says."""
    stated = source.model_dump(exclude_unset=True)
    keys = {**adapter.reading, **stated}
    own = stated.get("date_format", {})
    if own and EVERY_COLUMN not in own:
        shipped = Source.model_validate({"path": "export", **adapter.reading}).date_format
        keys["date_format"] = {**shipped, **own}
    asked = adapter.statement(source.tables_in) if source.connection else None
    return Source.model_validate(keys).model_copy(update={"recipe": adapter, "sql": asked})
