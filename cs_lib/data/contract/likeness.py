"""Words that differ only in their spelling: ids of customers, and names of segments."""

import re
from collections.abc import Iterator
from unicodedata import normalize

import narwhals as nw

from cs_lib.data.contract.data_findings import DataFinding, counted, only_first
from cs_lib.data.contract.edition_keys import mapped, quoted
from cs_lib.data.contract.same_names import (
    country,
    may_be_countries,
    one_name,
    turned_name,
)
from cs_lib.data.contract.segment_words import UNKNOWN, odd_words
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.contract.tables import SPLITS
from cs_lib.data.engines.dialect import DUCKDB
from cs_lib.data.engines.distinct_rows import distinct
from cs_lib.data.sources.staged_table import Staged
from cs_lib.edition import Edition
from cs_lib.vocabulary import OWNER

MANY = 1000
#: so many rows of use tell how its features are spelled
LOOKED_AT = 200_000
#: blanks of all kinds, and signs that take no room
INVISIBLE = r"[\s\x{00a0}\x{200b}-\x{200f}\x{2060}\x{feff}]+"
#: what ids may differ by beside case: a pattern, and what takes its place where they are alike
ZEROS = "zeros before"
WITHOUT = {
    "blanks or signs that nobody sees": (INVISIBLE, ""),
    "a .0 behind": (r"\.0+$", ""),
    ZEROS: (r"^0+", ""),
}
#: what may stand between a prefix and a number, and a prefix with zeros behind
_BETWEEN, _PREFIX = "-_/#", r"^([^0-9]*[-_/#])0+([0-9]+)$"
NOTHING = (
    "null",
    "none",
    "nan",
    "nil",
    "n/a",
    "#n/a",
    "na",
    "nat",
    "undefined",
    "(null)",
    "-",
    "?",
)


def likely_the_same(staged: Staged, unknown: nw.LazyFrame, known: nw.LazyFrame) -> str:
    """How many unknown customers a known one resembles: without case, blanks, zeros before, .0 after."""
    own, others = (
        distinct(each.select(plain(staged, "customer_id").alias("plain")), "plain")
        for each in (unknown, known)
    )
    same = own.join(others, on="plain", how="inner")
    customers = staged.count(same)
    if not customers:
        return ""
    differ = "differs" if customers == 1 else "differ"
    return (
        f" {customers:,} of them {differ} from a customer there only by case, blanks, leading zeros or "
        "a trailing .0."
    )


def plain(staged: Staged, name: str) -> nw.Expr:
    """An id without case, blanks, zeros before it or behind AC-, and .0 behind."""
    text = nw.col(name).str.to_lowercase()
    for way in WITHOUT:
        text = without(staged, text, way)
    return text


def without(staged: Staged, text: nw.Expr, way: str) -> nw.Expr:
    """A text without what it may differ by in this way."""
    pattern, value = WITHOUT[way]
    text = text.str.replace_all(pattern, value)
    if way != ZEROS:
        return text
    # looked for by its sign first, which costs little where nothing stands before the number
    prefixed = [text.str.contains(f"{each}0", literal=True) for each in _BETWEEN]
    kept = r"\1\2" if staged.engine.dialect is DUCKDB else "$1$2"
    shorter = text.str.replace_all(_PREFIX, kept)
    return nw.when(nw.any_horizontal(*prefixed, ignore_nulls=True)).then(shorter).otherwise(text)


def odd_segments(staged: Staged, edition: Edition) -> Iterator[DataFinding]:
    """Names that figures are split by which differ only in their spelling, and those that are a word for nothing."""
    shown = dict.fromkeys((*edition.segments, OWNER, *SPLITS))
    for name in filter(staged.has, shown):
        given = staged.held.filter(~nw.col(name).is_null())
        if staged.table.name == "usage_events":
            given = given.head(LOOKED_AT)
        # a name of its own: engines would take plan.name for a column of a table
        counts = given.select(value=nw.col(name)).group_by("value").agg(rows=nw.len())
        counts = counts.sort("value").head(MANY)
        rows = {
            str(value): int(number)
            for value, number in staged.engine.collect(counts).itertuples(index=False)
        }
        renamed = name in (*edition.segments, OWNER)
        yield from _spelled_alike(staged, name, rows, renamed=renamed)
        if renamed:
            yield from odd_words(staged, name, rows)
            for value in rows:
                if value.casefold().strip() in (*NOTHING, *UNKNOWN):
                    yield _nothing(staged, name, value, rows[value])
        if name in edition.segments:
            yield from _misread(staged, name, rows)


def _spelled_alike(
    staged: Staged, name: str, rows: dict[str, int], *, renamed: bool
) -> Iterator[DataFinding]:
    groups = one_name(rows, _folded)
    alike = [(each, "differ only by case, blanks, dashes or how a letter is written") for each in groups]  # fmt: skip
    others = [(turned_name, "seem to be one person")] if renamed else []
    if renamed and name != OWNER and may_be_countries(rows):
        others.append((country, "are one country"))
    for way, how in others:
        groups = [each for each in one_name(rows, way) if len({*map(_folded, each)}) > 1]
        alike += [(each, how) for each in groups]
    for values, how in alike:
        shown = " and ".join(f'"{each}" ({counted(rows[each], "row")})' for each in values)
        says = (
            f"{staged.table.name}: {shown} are different {'segments' if renamed else 'values'} of {name}, and {how}. "
            f"Spell them alike in the export, or with {_as_yaml(staged, name, values, rows, renamed=renamed)} for this table."
            f"{_looked_at(staged)}"
        )
        yield DataFinding(
            WARNING,
            staged.table.name,
            "segment spelled otherwise",
            says,
            about=f"{name} {', '.join(values)}",
        )


def _looked_at(staged: Staged) -> str:
    many = staged.row_count if staged.table.name == "usage_events" else 0
    return only_first(many, LOOKED_AT)


def _misread(staged: Staged, name: str, rows: dict[str, int]) -> Iterator[DataFinding]:
    """Names whose letters were written as UTF-8 and read as cp1252 before they came here: Ã¶ for ö."""
    meant = {each: own for each in rows if (own := _as_utf8(each))}
    if meant:
        pairs = ", ".join(f"{quoted(each)}: {quoted(own)}" for each, own in meant.items())
        many = sum(rows[each] for each in meant)
        first = next(iter(meant))
        says = (
            f'{staged.table.name}: "{first}" is a segment of {name} ({counted(many, "row")} in all such), and seems to be '
            f'"{meant[first]}", read in a wrong encoding before it was exported. Mend it there, or say rename: '
            f"{{{name}: {{{pairs}}}}} for this table.{_looked_at(staged)}"
        )
        yield DataFinding(
            WARNING, staged.table.name, "segment in a wrong encoding", says, many, name
        )


def _as_utf8(value: str) -> str | None:
    """What the name says, if the signs of cp1252 that it is written in are those of UTF-8."""
    if value.isascii():
        return None
    for encoding in ("cp1252", "latin-1"):
        try:
            return value.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
    return None


def _folded(value: str) -> str:
    """A name without case, blanks and dashes, each letter composed."""
    return re.sub(r"[\s_‐‑‒–—−-]+", "", normalize("NFKC", value).casefold())


def _as_yaml(
    staged: Staged, name: str, values: list[str], rows: dict[str, int], *, renamed: bool
) -> str:
    """All of these values called by the name that most rows have."""
    most = max(values, key=lambda value: rows[value])
    if not renamed:
        others = {each.lower(): each for each in values if each != most}  # case counts for no word
        return mapped(name, dict.fromkeys(others.values(), quoted(most)), staged.source)
    pairs = (f"{quoted(each)}: {quoted(most)}" for each in values if each != most)
    return f"rename: {{{name}: {{{', '.join(pairs)}}}}}"


def _nothing(staged: Staged, name: str, value: str, rows: int) -> DataFinding:
    says = (
        f'{staged.table.name}: "{value}" is a segment of {name} ({counted(rows, "row")}). If it stands for '
        f"nothing, leave it blank in the export, or set {mapped(name, {value: None}, staged.source)} for this table."
    )
    return DataFinding(
        WARNING, staged.table.name, "segment named nothing", says, about=f"{name} {value}"
    )
