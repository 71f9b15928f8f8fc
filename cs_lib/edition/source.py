"""Where an edition's tables come from, and how their text is read."""

import codecs
import re
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from cs_lib.edition.adapter import Adapter
from cs_lib.edition.spellings import ISO, Chosen, Constant, DateFormats, Words, Zone
from cs_lib.params import Part, Text, Whole

EVERY_COLUMN = "every column"
#: what to write for what the kit fills in itself
_INSTEAD = {
    "recipe": "Name an adapter with adapter",
    "sources": "Write the sources as a list under the table's name",
    "part": "The order of the list numbers its sources",
}


def _text_encoding(value: str) -> str:
    try:
        found = codecs.lookup(value)
    except LookupError:
        found = None
    if found is None or not found._is_text_encoding:
        raise ValueError(f"{value!r} is not an encoding such as utf-8, cp1252 or utf-16")
    return found.name.removesuffix("-sig")


def _by_its_name(value: object) -> object:
    """The name of an environment variable. What stands there otherwise may be a password: it is not quoted."""
    found = re.fullmatch(r"env:([A-Za-z_]\w*)", value) if isinstance(value, str) else None
    if not found:
        raise ValueError(
            "write env:NAME, where NAME is the environment variable that holds the address of the database, "
            "such as env:ACME_DB. No password stands in an edition"
        )
    return value


#: a table as databases name it: with its schema, and quoted where it must be
_TABLE_NAME = r"""(?:[\w$-]+|"[^"]+"|`[^`]+`)(?:\.(?:[\w$-]+|"[^"]+"|`[^`]+`)){0,3}"""


def _table_name(value: str) -> str:
    if not re.fullmatch(_TABLE_NAME, value):
        raise ValueError(f"{value!r} does not name a table. Give a query under sql")
    return value


Encoding = Annotated[str, AfterValidator(_text_encoding)]


class Source(Part):
    """Where one input table comes from, and how its text is read: what each key says stands in TABLE_KEYS.
    `recipe` is the adapter's query, as the kit has found it. A table that is a list has `sources`, each of
    which is read by itself, and `part` is the number of one of them.
    """

    FILLED: ClassVar[tuple[str, ...]] = ("recipe", "sources", "part")

    sources: tuple["Source", ...] = ()
    part: int = 0

    path: Text | None = None
    sql: Text | None = None
    adapter: Text | None = None
    picks: dict[str, Text] = Field(default_factory=dict)
    recipe: Adapter | None = None
    sheet: Text | None = None
    connection: Annotated[str, BeforeValidator(_by_its_name)] | None = None
    table: Annotated[Text, AfterValidator(_table_name)] | None = None
    tables_in: Annotated[Text, AfterValidator(_table_name)] = "stripe"
    timeout: Annotated[Whole, Field(ge=1, le=86_400)] = 1800
    columns: dict[str, str] = Field(default_factory=dict)
    decimal: Literal[".", ","] = "."
    thousands: Literal[",", ".", " ", "'"] | None = None
    currency_sign: Annotated[str, Field(min_length=1, max_length=5)] | None = None
    values: dict[str, Constant] = Field(default_factory=dict)
    map: Words = Field(default_factory=dict)
    where: dict[str, Chosen] = Field(default_factory=dict)
    fill_down: dict[str, Text] = Field(default_factory=dict)
    months: Literal["columns"] | None = None
    movements: Literal["after", "change"] | None = None
    rename: dict[str, dict[str, Text]] = Field(default_factory=dict)
    empty: tuple[str, ...] = ()
    negative: Literal["parentheses"] | None = None
    percent: Literal[True] | None = None
    cents: Literal[True] | tuple[Text, ...] | None = None
    skip: Annotated[Whole, Field(ge=0, le=1000)] = 0
    header_rows: Annotated[Whole, Field(ge=1, le=10)] = 1
    footer: Annotated[Whole, Field(ge=0, le=1000)] = 0
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    encoding: Encoding = "utf-8"
    latest: Literal["file"] | None = None
    repeats: Literal["count"] | None = None
    date_format: dict[str, DateFormats] = Field(default_factory=dict)
    zones: dict[str, Zone] = Field(default_factory=dict)
    end_date: Literal["exclusive", "inclusive"] | None = None

    @model_validator(mode="before")
    @classmethod
    def _text_is_a_path(cls, value: object) -> object:
        if value is None:
            raise ValueError("give the path of a file, or a query under sql")
        if isinstance(value, list):
            return {"sources": value}
        for key in value.keys() & cls.FILLED if isinstance(value, dict) else ():
            raise ValueError(f"{key} is not a key. {_INSTEAD[key]}")
        if isinstance(value, dict) and value.get("thousands") == ".":
            return {"decimal": ",", **value}
        return {"path": value} if isinstance(value, str) else value

    @field_validator("date_format", mode="before")
    @classmethod
    def _formats_by_column(cls, value: object) -> object:
        by_column = (
            value if isinstance(value, dict) else {EVERY_COLUMN: () if value is None else value}
        )
        return {
            column: [each] if isinstance(each, str) else each for column, each in by_column.items()
        }

    @field_validator("fill_down", mode="before")
    @classmethod
    def _under_its_own_name(cls, value: object) -> object:
        """One column or a list of them keep their names; `{customer_id: Date}` gives a new one."""
        names = [value] if isinstance(value, str) else value
        return {each: each for each in names} if isinstance(names, list) else value

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if self.sources:
            return self._several()
        if not (self.path or self.sql or self.connection or self.table):
            raise ValueError("give either path or sql")
        if self.picks and not self.adapter:
            raise ValueError("picks belongs to an adapter. Name columns with columns")
        if self.adapter and (self.sql or self.table):
            raise ValueError("adapter needs the path of an export, not sql")
        if self.connection or self.table or (self.path and self.sql):
            self._refuse_what_no_database_takes()
        if self.latest and self.sql:
            raise ValueError("latest: file needs a path that names several files, not sql")
        if self.cuts and self.sql:
            raise ValueError(
                f"{' and '.join(self.cuts)} speak of a CSV file or a sheet, not of sql"
            )
        if self.sheet and self.sql:
            raise ValueError("sheet needs a path that names a workbook, not sql")
        for key in ("months", "fill_down"):
            if self.adapter and getattr(self, key):
                raise ValueError(f"an adapter makes the rows itself: leave out {key}")
        if self.fill_down and (self.sql or self.connection or self.table):
            raise ValueError(
                "fill_down needs the lines of a file in their order: name it with path"
            )
        if self.end_date == "inclusive" and (self.months or self.movements):
            raise ValueError(
                "end_date: inclusive speaks of days in the export, and with months or movements the kit "
                "makes the ends itself: leave it out"
            )
        if self.months and self.movements:
            raise ValueError("a table has columns of months or rows of movements, not both")
        twice = [name for name in self.values if name in self.columns]
        if twice:
            raise ValueError(f"{twice[0]} stands under columns and under values: keep one of them")
        if self.thousands == self.decimal:
            raise ValueError(f"thousands and decimal are both {self.decimal!r}")
        return self

    def _several(self) -> Self:
        for number, each in enumerate(self.sources):
            if each.sources:
                raise ValueError("a list of sources holds no other list")
            if each in self.sources[:number]:
                raise ValueError(f"{each.shown} stands twice in the list, and would count twice")
        return self

    @property
    def parts(self) -> tuple["Source", ...]:
        """The sources that a table is read from: those of its list, numbered, or this one alone."""
        numbered = enumerate(self.sources, 1)
        return tuple(each.model_copy(update={"part": n}) for n, each in numbered) or (self,)

    def stem(self, table: str) -> str:
        """The table's name, with the number of this source where it is one of several."""
        return f"{table}_{self.part}" if self.part else table

    def words(self, column: str) -> dict[str, str | None]:
        """What the words of a column mean; None is no value."""
        return self.map.get(column, {})

    def _refuse_what_no_database_takes(self) -> None:
        if self.connection and self.path:
            raise ValueError("give either path or connection")
        if not (self.connection or self.path):
            raise ValueError("table needs a connection, or the path of a SQLite or DuckDB file")
        if not self.adapter and (self.table is None) == (self.sql is None):
            raise ValueError("give either table or sql, to say what the database gives")
        lines = ("sheet",) if self.sheet else self.cuts
        if lines or self.latest:
            named = " and ".join(lines) or "latest"
            raise ValueError(f"{named}: this speaks of files, not of a database")

    @property
    def engine_sql(self) -> str | None:
        """SQL that the kit's own engine runs, and no database."""
        return None if self.path or self.connection else self.sql

    @property
    def statement(self) -> str:
        """What a database is asked for."""
        return (self.sql or f"SELECT * FROM {self.table}").strip().rstrip(";")

    @property
    def variable(self) -> str:
        """The environment variable that holds the address of the database."""
        return (self.connection or "").removeprefix("env:")

    @property
    def cuts(self) -> tuple[str, ...]:
        """The keys by which lines of a CSV file, or rows of a sheet, are no rows of the table."""
        own = {"skip": self.skip, "header_rows": self.header_rows - 1, "footer": self.footer}
        return tuple(key for key, lines in own.items() if lines)

    def in_cents(self, column: str) -> bool:
        """Whether a column of money is written in the smallest unit of its currency."""
        return self.cents is True or column in (self.cents or ())

    def with_iso(self) -> Self:
        """The source whose dates may be written as ISO has them too, as those of a workbook's cells are."""
        formats = {column: (*each, ISO) for column, each in self.date_format.items()}
        return self.model_copy(update={"date_format": formats})

    @property
    def query(self) -> str:
        """What of the edition makes rows of a table's inputs: its SQL, or its adapter's."""
        if self.recipe:
            within = f"\n{self.tables_in}" if self.recipe.asks else ""
            return self.recipe.model_dump_json() + within
        return self.sql or self.table or ""

    @property
    def shown(self) -> str:
        """Where the rows come from, in a word: the path, or SQL."""
        if self.sources:
            return ", ".join(each.shown for each in self.sources)
        if self.connection:
            return f"{self.table or 'SQL'} in {self.variable}"
        return self.path or "SQL"

    def date_formats(self, column: str) -> tuple[str, ...]:
        """The formats in which a column's dates are written; none is the ordinary reading."""
        return self.date_format.get(column, self.date_format.get(EVERY_COLUMN, ()))
