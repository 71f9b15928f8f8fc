"""One case of the fuzzer: a small edition with something changed, and what is known about it."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from random import Random

import fuzz_company as company
from fuzz_company import PLAIN, Row, Tables, Writing

NEUTRAL, LYING, EDITION = "neutral", "lying", "edition"


@dataclass
class Case:
    """What is written, and what must come of it.

    The figures must be those of one of `right`, or of one of `said` where a finding says so; or the data
    are refused, naming one of `places` (file, line) or of `keys`. Where one row `alone` is at fault, leaving
    it out leaves the others. A `neutral` case should not be refused at all.
    """

    name: str
    kind: str
    room: str
    table: str
    tables: Tables
    settings: dict
    rows: list[Row]
    files: dict[str, bytes] = field(default_factory=dict)
    edition: bytes | None = None
    right: list[Tables] = field(default_factory=list)
    said: list[Tables] = field(default_factory=list)
    places: list[tuple[str, int | None]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    measured: bool = False
    renamed: dict[str, str] = field(default_factory=dict)
    alone: int | None = None
    note: str = ""

    @classmethod
    def clean(cls, table: str, kind: str, name: str = "clean") -> "Case":
        """The small company that a table is read with, as it is."""
        tables = company.room_of(company.company(), table)
        settings = company.settings_of(table, tables)
        return cls(name, kind, table, table, tables, settings, rows=deepcopy(tables[table]))

    @property
    def file(self) -> str:
        return f"{self.table}.csv"

    @property
    def neutral(self) -> bool:
        return self.kind == NEUTRAL

    def source(self, **keys) -> None:
        """Say something about the table's source in the edition."""
        own = self.settings["tables"][self.table]
        own = {"path": own} if isinstance(own, str) else own
        self.settings["tables"][self.table] = {**own, **keys}

    def path(self, path: str) -> None:
        self.source(path=path)

    def write(self, content: str | bytes, name: str | None = None) -> None:
        self.files[name or self.file] = content.encode() if isinstance(content, str) else content

    def text(self, how: Writing = PLAIN, header: list[str] | None = None) -> str:
        """The changed rows as CSV."""
        return company.written(self.rows, header, how)

    def lines(self) -> list[str]:
        """The changed rows as lines of CSV, the header first."""
        return self.text().splitlines(keepends=True)

    def at(self, *lines: int, file: str | None = None) -> None:
        """A refusal may name these lines."""
        self.places += [(file or self.file, line) for line in lines]

    def poke(self, draw: Random, column: str, value, *right) -> int:
        """Change one cell that holds something, in a row drawn. `value` and `right` (what it then says)
        are texts, or make them of the old one; without `right` it can't be read at all."""
        index = draw.choice([n for n, row in enumerate(self.rows) if row[column]])
        old = self.rows[index][column]
        self.rows[index][column] = value(old) if callable(value) else value
        self.note = f"{column}: {old!r} → {self.rows[index][column]!r}"
        self.at(index + 2)
        self.alone = index
        for each in right:
            self.right.append(self.model_with(index, column, each(old) if callable(each) else each))
        return index

    def model(self) -> Tables:
        """A copy of the clean tables, to be changed into what is right."""
        return deepcopy(self.tables)

    def model_with(self, index: int, column: str, value: str) -> Tables:
        model = self.model()
        model[self.table][index][column] = value
        return model

    def as_rows(self) -> Tables:
        """The clean tables with this one as its rows now stand."""
        return {**self.model(), self.table: deepcopy(self.rows)}

    def finished(self) -> "Case":
        if not self.files:
            self.write(self.text())
        for name in set(self.tables) - {self.table}:
            self.write(company.written(self.tables[name]), f"{name}.csv")
        if self.neutral and not self.right:
            self.right = [self.tables]
        return self


@dataclass(frozen=True)
class Mutation:
    """A named way to change a case; `tables` are those it can be tried on."""

    name: str
    kind: str
    tables: tuple[str, ...]
    change: Callable[[Case, Random], None]


MUTATIONS: list[Mutation] = []


def mutation(kind: str, *tables: str, name: str | None = None):
    """Register a change; by default it can be tried on every table."""

    def register(change):
        known = name or change.__name__
        MUTATIONS.append(Mutation(known, kind, tables or tuple(company.ROOMS), change))
        return change

    return register
