"""Benchmarks: what other companies have, from a file that an edition names. Nothing is judged by them."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import get_args

from cs_lib.errors import EditionError, did_you_mean
from cs_lib.params import MOST_BYTES, QUOTED, Part
from cs_lib.period import FIRST_YEAR, LAST_YEAR, Grain
from cs_lib.vocabulary import MONEY, PERCENT, UNITS

NEEDED = ("metric", "unit", "population", "year", "n", "median", "source")
QUARTILES = ("lower_quartile", "upper_quartile")
COLUMNS = (*NEEDED, "variant", "grain", *QUARTILES)
#: what a figure is of, as the column `unit` has it; money is in a currency, by its code
WORDS = tuple(each for each in UNITS if each != MONEY)
_NUMBER = re.compile(r"[-−]?[0-9]{1,15}(\.[0-9]{1,15})?")


class Benchmark(Part):
    """One row: a figure of a metric in a population, with its quartiles.

    `variant` empty is the canonical rule. `grain` empty: of a figure that means the same at any. Shares are fractions.
    """

    line: int
    metric: str
    variant: str
    grain: str
    unit: str
    population: str
    year: int
    n: int
    lower_quartile: float | None
    median: float
    upper_quartile: float | None
    source: str

    @property
    def about(self) -> tuple:
        """What no two rows of a file share."""
        return (
            *(self.metric, self.variant, self.grain, self.unit),
            *(self.population.casefold(), self.year, self.source.casefold()),
        )


class _Wrong(ValueError):
    """A value that a column does not take, in words, with what to do."""


def read_benchmarks(path: Path, shown: Path | str) -> tuple[Benchmark, ...]:
    """The rows of a file; EditionError that names every wrong value by file, line and column."""
    rows = csv.reader(io.StringIO(_text(path, shown), newline=""), strict=True)
    try:
        header = [each.strip().casefold() for each in next(rows, [])]
        _refuse_header(header, shown)
        lines = [(rows.line_num, cells) for cells in rows if any(each.strip() for each in cells)]
    except csv.Error as error:
        raise EditionError(f"{shown}, line {rows.line_num}: this is no CSV: {error}.") from None
    found: list[Benchmark] = []
    wrong: list[str] = []
    for line, cells in lines:
        if len(cells) != len(header):
            wrong.append(
                f"{shown}, line {line}: it has {len(cells)} values, and the header {len(header)} names. "
                "Put a value that holds a comma in quotes."
            )
            continue
        row = {name: each.strip() for name, each in zip(header, cells, strict=True)}
        read, said = _read(row)
        wrong += [f"{shown}, line {line}, column {each}" for each in said]
        if not said:
            found.append(Benchmark(line=line, **read))
    wrong += [f"{shown}, {each}" for each in _twice(found)]
    if wrong:
        raise EditionError("\n".join(wrong))
    if not found:
        raise EditionError(f"{shown}: there is no row. Write one, or take benchmarks out.")
    return tuple(found)


def _text(path: Path, shown: Path | str) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise EditionError(f"{shown}: this is too large for a list of benchmarks.")
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise EditionError(f"{shown}: this is not UTF-8. Save it as CSV UTF-8.") from None
    except ValueError:
        raise EditionError(f"{shown}: this is no name for a file.") from None
    except OSError as error:
        raise EditionError(
            f"{shown}: this cannot be read: {error.strerror}. The key benchmarks of the edition names it, "
            "from the project's root."
        ) from None


def _refuse_header(header: list[str], shown: Path | str) -> None:
    if len(header) == 1 and any(sign in header[0] for sign in ";\t"):
        raise EditionError(
            f"{shown}, line 1: the columns stand apart by commas, not by {header[0]!r}."
        )
    for name in header:
        if name not in COLUMNS:
            raise EditionError(
                f"{shown}, line 1: {name!r} is not a column of benchmarks. {did_you_mean(name, COLUMNS)}"
            )
        if header.count(name) > 1:
            raise EditionError(f"{shown}, line 1: the column {name} is there twice. Keep one.")
    missing = [name for name in NEEDED if name not in header]
    if missing:
        raise EditionError(
            f"{shown}, line 1: there is no column {', '.join(missing)}. The columns are {', '.join(COLUMNS)}."
        )


def _read(row: dict[str, str]) -> tuple[dict, list[str]]:
    """The values of a row, and what is wrong with it, each with its column before it."""
    read: dict = {}
    wrong: list[str] = []

    def take(name: str, reader: Callable[[str], object]) -> None:
        try:
            read[name] = reader(row.get(name, ""))
        except _Wrong as error:
            wrong.append(f"{name}: {error}")

    take("unit", _unit)
    for name in ("metric", "population", "source"):
        take(name, _said)
    read["variant"] = row.get("variant", "")
    take("grain", _grain)
    take("year", _year)
    take("n", _count)
    share = read.get("unit") == PERCENT
    take("median", lambda text: _figure(text, share))
    for name in QUARTILES:
        take(name, lambda text: _figure(text, share) if text else None)
    if not wrong:
        wrong += _out_of_order(read, row)
    return read, wrong


def _out_of_order(read: dict, row: dict[str, str]) -> Iterator[str]:
    low, median, high = (read[each] for each in (QUARTILES[0], "median", QUARTILES[1]))
    if (low is None) != (high is None):
        yield f"{QUARTILES[0] if low is None else QUARTILES[1]}: it is blank. Give both quartiles, or neither."
    elif low is not None and not low <= median <= high:
        ends = " and ".join(f"{each} {row[each]}" for each in QUARTILES)
        yield f"median: {row['median']} does not lie between {ends}. Correct one of the three."


def _twice(found: list[Benchmark]) -> Iterator[str]:
    first: dict[tuple, int] = {}
    for each in found:
        line = first.setdefault(each.about, each.line)
        if line != each.line:
            yield (
                f"line {each.line}: the same metric, population, year and source stand in line {line}. "
                "Keep one of the two."
            )


def _said(text: str) -> str:
    if not text:
        raise _Wrong("it is blank. Say it: a benchmark is shown with it.")
    return " ".join(text.split())


def _unit(text: str) -> str:
    word = text.casefold()
    if word in WORDS:
        return word
    if re.fullmatch(r"[A-Z]{3}", text):
        return text
    if word == MONEY:
        raise _Wrong("money is in a currency. Write its code, such as USD.")
    if not text:
        raise _Wrong(f"it is blank. Write one of {', '.join(WORDS)}, or a currency such as USD.")
    known = did_you_mean(word, (*WORDS, "a currency's code such as USD"))
    raise _Wrong(f"{text[:QUOTED]!r} is not a unit. {known}")


def _grain(text: str) -> str:
    if text and text.casefold() not in get_args(Grain):
        raise _Wrong(
            f"{text[:QUOTED]!r} is not a kind of period. {did_you_mean(text, get_args(Grain))}"
        )
    return text.casefold()


def _year(text: str) -> int:
    if not re.fullmatch(r"\d{4}", text, re.ASCII) or not FIRST_YEAR <= int(text) <= LAST_YEAR:
        raise _Wrong(f"{text[:QUOTED]!r} is not a year. Write it in four digits, such as 2025.")
    return int(text)


def _count(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,11}", text, re.ASCII):
        raise _Wrong(
            f"{text[:QUOTED]!r} does not say how many stand behind the figure. Write a whole number, such as 1200."
        )
    return int(text)


def _figure(text: str, share: bool) -> float:
    """A number; of a share in per cent, so that 0.9 is not taken for 90% nor for 0.9%."""
    digits = text.removesuffix("%").rstrip() if share else text
    if not _NUMBER.fullmatch(digits):
        example = "3.2%" if share else "1200.50"
        raise _Wrong(f"{text[:QUOTED]!r} is not a number. Write it as {example}.")
    if share and not text.endswith("%"):
        raise _Wrong(f"{text[:QUOTED]!r} has no % sign. Write 3.2% for 3.2 of a hundred.")
    value = Decimal(digits.replace("−", "-"))
    return float(value / 100 if share else value)
