"""Databases that the environment names: a query runs there, and its rows stream here as Arrow.

An address holds a password. It stands in the environment alone: no message quotes it, nor what a
driver says of it, which may hold pieces of it.
"""

import os
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from cs_lib.data.sources.fetched import Result
from cs_lib.edition import Source
from cs_lib.errors import DataError

if TYPE_CHECKING:
    from adbc_driver_manager.dbapi import Connection

POSTGRESQL, SNOWFLAKE, BIGQUERY = "postgresql", "snowflake", "bigquery"
_FORMS = {
    POSTGRESQL: "postgresql://user:password@host:port/database",
    SNOWFLAKE: "snowflake://user:password@account/database/schema?warehouse=name",
    BIGQUERY: "bigquery://project/dataset",
}
#: seconds to wait for a database to answer, and milliseconds for it to acknowledge what was sent
_PATIENCE = {
    "connect_timeout": "10",
    "tcp_user_timeout": "60000",
    "application_name": "cs-report-kit",
}
_BATCH_BYTES = 16 * 2**20
#: how a statement begins that only reads, where the database itself can't be told to let nothing be written
_READS = re.compile(
    r"(?:\s|--[^\n]*\n|/\*.*?\*/|\()*(select|with|from|table|values)\b", re.I | re.S
)
#: what of a statement is text, a name or a remark: a semicolon there ends no statement
_IN_QUOTES = re.compile(
    r"""'(?:[^'\\]|\\.)*'|"[^"]*"|`[^`]*`|\$\$.*?\$\$|--[^\n]*|/\*.*?\*/""", re.S
)

#: what PostgreSQL's client says, and what it means
_NO_CONNECTION = {
    r"password|authentication failed|role .* does not exist": "refuses the user or the password. Correct them in {name}.",
    r"database .* does not exist": "does not exist. Correct its name in {name}.",
    r"could not translate host name": "stands on a host that nobody knows. Correct it in {name}.",
    r"refused|timeout|timed out|no route|unreachable|reset|closed the connection": "cannot be reached. Is it "
    "running, and may this machine connect to it?",
    r"too many|remaining connection slots|starting up|shutting down": "takes no further connection now. Run "
    "again later.",
    r"pg_hba|SSL|TLS|certificate": "does not let this machine in as {name} asks. Have it allowed there, or "
    "say otherwise with sslmode in {name}.",
}
_LOST = re.compile(r"08...|57P0.|XX000")
_STOPPED, _WRITES = "57014", "25006"


def fetch(table: str, source: Source, copy: Path) -> Result:
    """Run a source's query in its database, in a transaction that only reads, and keep its rows in a file.

    Raises DataError, in a sentence without the secret.
    """
    import pyarrow as pa

    from cs_lib.data.sources import arrow_columns

    where = f"tables.{table}: the database in {source.variable}"
    address = _address(table, source)
    kind = _kind(address)
    with (
        _connected(address, kind, where, source) as connection,
        closing(connection.cursor()) as cursor,
    ):
        try:
            _only_read(cursor, kind, source, where)
            cursor.execute(source.statement)
            reader = cursor.fetch_record_batch()
            return arrow_columns.written(reader, reader.schema, copy)
        except arrow_columns.UnreadableColumnError as error:
            raise DataError(f"tables.{table}: {error}.") from None
        except (_driver_error(), OSError, pa.ArrowException) as error:
            raise DataError(f"{where} {_wrong_query(error, address, source)}") from None


def _address(table: str, source: Source) -> str:
    address = os.environ.get(source.variable, "").strip()
    if not address:
        raise DataError(
            f"tables.{table}: {source.variable} is not set. Set it in the environment to the address of the "
            f"database, such as {_FORMS[POSTGRESQL]}."
        )
    if _kind(address) not in _FORMS:
        raise DataError(
            f"tables.{table}: {source.variable} is not written as {', '.join(_FORMS.values())}."
        )
    return address


def _kind(address: str) -> str:
    scheme = address.partition("://")[0].lower()
    return POSTGRESQL if scheme == "postgres" else scheme


def _driver_error() -> type[Exception]:
    from adbc_driver_manager import Error

    return Error


@contextmanager
def _connected(address: str, kind: str, where: str, source: Source) -> Iterator["Connection"]:
    try:
        driver = import_module(f"adbc_driver_{kind}.dbapi")
    except ModuleNotFoundError:
        raise DataError(
            f"{where} needs a driver. Install it: pip install 'cs-report-kit[{kind}]'."
        ) from None
    try:
        connection = driver.connect(**_options(address, kind), autocommit=True)
    except Exception as error:  # whatever it is, its text may hold pieces of the password
        raise DataError(f"{where} {_no_connection(str(error), kind, source)}") from None
    try:
        yield connection
    finally:
        connection.close()


def _options(address: str, kind: str) -> dict[str, Any]:
    """What a driver's `connect` takes for an address."""
    if kind == POSTGRESQL:
        stated = urlsplit(address).query
        more = [f"{key}={value}" for key, value in _PATIENCE.items() if f"{key}=" not in stated]
        return {"uri": address + ("&" if "?" in address else "?") + "&".join(more)}
    rest = address.partition("://")[2]
    if kind == SNOWFLAKE:
        return {"uri": rest}
    project, _, dataset = rest.strip("/").partition("/")
    options = {"adbc.bigquery.sql.project_id": project, "adbc.bigquery.sql.dataset_id": dataset}
    return {"db_kwargs": {key: value for key, value in options.items() if value}}


def _only_read(cursor: Any, kind: str, source: Source, where: str) -> None:
    """Let the session only read, for so long; the statement itself must, where no session can be told."""
    if kind == POSTGRESQL:
        cursor.execute("SET default_transaction_read_only = on")
        cursor.execute(f"SET statement_timeout = '{source.timeout}s'")
        cursor.adbc_statement.set_options(
            **{"adbc.postgresql.batch_size_hint_bytes": str(_BATCH_BYTES)}
        )
        return
    if not _READS.match(source.statement) or ";" in _IN_QUOTES.sub("", source.statement):
        raise DataError(f"{where} {_ONLY_READS}")
    if kind == SNOWFLAKE:
        cursor.execute(f"ALTER SESSION SET STATEMENT_TIMEOUT_IN_SECONDS = {source.timeout}")


_ONLY_READS = "would be written to by the query, and the kit only reads. Give a SELECT."


def _no_connection(message: str, kind: str, source: Source) -> str:
    for pattern, meaning in _NO_CONNECTION.items():
        if kind == POSTGRESQL and re.search(pattern, message, re.IGNORECASE):
            return meaning.format(name=source.variable)
    return (
        f"cannot be opened. Is {source.variable} written as {_FORMS[kind]}? In a password, % stands for "
        "%25, @ for %40, / for %2F, : for %3A and # for %23."
    )


def _wrong_query(error: Exception, address: str, source: Source) -> str:
    message, state = str(error), getattr(error, "sqlstate", None) or ""
    if state == _STOPPED or "statement timeout" in message:
        return (
            f"stopped the query after {source.timeout} s. Ask for less, or set timeout: "
            f"{source.timeout * 4} for this table."
        )
    if state == _WRITES:
        return _ONLY_READS
    says = _server_says(message)
    if _LOST.fullmatch(state) or says is None or re.search("connection|terminat", says):
        return "was lost while its rows were on their way. Run again."
    if any(each in says for each in _secrets(address)):
        says = "its message holds what is secret"
    return f"cannot run the query: {says}. Correct it in the edition."


def _server_says(message: str) -> str | None:
    """The first line of what the server found wrong, without the query; None where nobody answered."""
    found = re.search(r"(?:ERROR|FATAL): +([^\n]+)", message)
    if found:
        return found[1].strip().rstrip(".")
    if "libpq" in message or not message.strip():
        return None
    return message.strip().splitlines()[0].rstrip(".")


def _secrets(address: str) -> list[str]:
    """What of an address no message may hold."""
    try:
        password = urlsplit(address).password or ""
    except ValueError:
        return [address]
    return [each for each in (address, password, unquote(password)) if each]
