"""What drivers of databases give as Arrow, in the types that Parquet and the engine keep."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cs_lib.data.sources.fetched import Result
from cs_lib.data.sources.source_files import distinct_names

#: PostgreSQL's -infinity and infinity as its driver gives them, and as DuckDB has them
_ENDLESS = {
    pa.int32(): ((-2147472691, -(2**31 - 1)), (-2147472692, 2**31 - 1)),
    pa.int64(): ((-9222425352054775808, -(2**63 - 1)), (-9222425352054775809, 2**63 - 1)),
}
_TYPE_NAME = b"POSTGRESQL:type"


class UnreadableColumnError(Exception):
    """A column of a type whose values can't be told for sure; its text says what to do."""


def written(batches: Iterable[pa.RecordBatch], schema: pa.Schema, copy: Path) -> Result:
    """The rows as they stream by, written to a Parquet file, a batch at a time."""
    header = tuple(schema.names)
    fields = [
        pa.field(name, _kept_type(each))
        for name, each in zip(distinct_names(header), schema, strict=True)
    ]
    with pq.ParquetWriter(copy, pa.schema(fields)) as writer:
        for batch in batches:
            columns = [
                _kept(column, field.type)
                for column, field in zip(batch.columns, fields, strict=True)
            ]
            writer.write_table(pa.table(columns, schema=pa.schema(fields)))
    numerals = [each.name for each, own in zip(fields, schema, strict=True) if _is_numeral(own)]
    return Result(copy, header, tuple(numerals))


def _is_numeral(field: pa.Field) -> bool:
    return isinstance(field.type, pa.OpaqueType) and field.type.type_name == "numeric"


def _kept_type(field: pa.Field) -> pa.DataType:
    if (field.metadata or {}).get(_TYPE_NAME) == b"money":
        raise UnreadableColumnError(
            f"the column {field.name} is of the type money, whose cents depend on the server's language. "
            f"Give it as a number: SELECT {field.name}::numeric AS {field.name}, …"
        )
    if isinstance(field.type, pa.BaseExtensionType) or _is_told_as_text(field.type):
        return pa.string()
    if pa.types.is_dictionary(field.type):
        return field.type.value_type
    return field.type


def _is_told_as_text(kind: pa.DataType) -> bool:
    binary = pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary
    spans = pa.types.is_interval, pa.types.is_duration, pa.types.is_null
    return any(each(kind) for each in (*binary, *spans))


def _kept(column: pa.Array, kind: pa.DataType) -> pa.Array:
    if isinstance(column.type, pa.BaseExtensionType) and pa.types.is_string(
        column.type.storage_type
    ):
        return column.storage
    if isinstance(column.type, pa.BaseExtensionType) or _is_told_as_text(column.type):
        return pa.array(_texts(column.to_pylist()), pa.string())
    if pa.types.is_date32(kind) or pa.types.is_timestamp(kind):
        return _with_endless(column)
    return column.cast(kind) if column.type != kind else column


def _texts(values: Iterable[Any]) -> Iterator[str | None]:
    """Bytes as PostgreSQL writes them, \\x and hexadecimal digits; all else by its own word."""
    for value in values:
        if isinstance(value, bytes):
            yield f"\\x{value.hex()}"
        else:
            yield None if value is None else str(value)


def _with_endless(column: pa.Array) -> pa.Array:
    """Days and times with those that never come or always were, which the driver makes years B.C."""
    numbers = pa.int32() if pa.types.is_date32(column.type) else pa.int64()
    raw = column.view(numbers) if column.offset == 0 else column.cast(numbers)
    for given, meant in _ENDLESS[numbers]:
        found = pc.equal(raw, pa.scalar(given, numbers))
        if pc.any(found).as_py():
            raw = pc.if_else(found, pa.scalar(meant, numbers), raw)
            column = raw.view(column.type)
    return column
