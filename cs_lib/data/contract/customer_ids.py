"""Ids of customers that are not what they seem: one customer under several, several under one, or nobody's.

Each is told by where it stands, never by whom it is of.
"""

from collections import defaultdict
from collections.abc import Iterator
from unicodedata import normalize

import narwhals as nw

from cs_lib.data.contract.column_words import odd
from cs_lib.data.contract.data_findings import DataFinding, counted
from cs_lib.data.contract.likeness import WITHOUT, ZEROS, plain, without
from cs_lib.data.contract.nobodys_ids import ID, NUMBERS_OF_NOBODY, is_nobody, nobody_in
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.engines.dialect import DUCKDB
from cs_lib.data.engines.distinct_rows import distinct, flag
from cs_lib.data.sources.headers import as_expression, folded
from cs_lib.data.sources.staged_table import Staged

CASE = "case"
#: what makes ids alike that differ in one way, inside double quotes
_ALIKE = {
    CASE: "lower({})",
    ZEROS: "regexp_replace({}, '^(|[^0-9]*[-_/#])0+([0-9]+)$', '\\\\1\\\\2')",
}
#: what a spreadsheet makes of a long number, of which the last digits are lost
_SHORTENED = r"^-?\d(?:[.,]\d+)?[eE]\+?\d+$"
#: a number too long for a spreadsheet, and one of which it has kept fifteen digits
_LONG, _ROUNDED = r"^\d{16,19}$", r"^\d{15}0{1,4}$"
#: what a spreadsheet makes of 3-5 and MAR5
_MONTH = r"(?:jan|feb|mar|mrz|mär|apr|may|mai|jun|jul|aug|sep|sept|oct|okt|nov|dec|dez)"
_DATED = rf"(?i:^\d{{1,2}}[- ]{_MONTH}$|^{_MONTH}[- ]\d{{1,2}}$)|^(?:19|20)\d\d-\d\d-\d\d 00:00:00$"
#: where more of all ids are days, they are meant
MOST_DATED = 0.5
#: signs that a letter may be written with or without: accents apart, full width, letters of other scripts, other dashes
_COMPOSED = r"[\x{0300}-\x{036f}\x{0370}-\x{03ff}\x{0400}-\x{04ff}\x{2010}-\x{2015}\x{2212}\x{ff01}-\x{ff5e}]"
#: letters of Greek and Cyrillic and dashes that look like one of ASCII, and what they look like
_LOOKS_LIKE = str.maketrans(
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧονАВЕЅІЈКМНОРСТУХаеіјорсухѕ‐‑‒–—―−",
    "ABEZHIKMNOPTYXovABESIJKMHOPCTYXaeijopcyxs-------",
)
#: what an id may look like that was changed on its way; hardly any does
_CHANGED = {
    "shortened": _SHORTENED,
    "long": _LONG,
    "rounded": _ROUNDED,
    "composed": _COMPOSED,
    "dated": _DATED,
}
_OF_A_TEST = (
    r"^(?:test|demo|dummy)[ _.-]?(?:account|customer|user|client|company|org)?[ _.-]?\d*$"
    r"|^(?:test|demo|dummy)@|@(?:test|example)\.(?:com|org|net)$"
)
#: columns of customers in which a name stands, folded
_NAMED = (
    "name",
    "customername",
    "companyname",
    "company",
    "accountname",
    "account",
    "email",
    "emailaddress",
)
_OF_PEOPLE = ("customers", "survey_responses", "orders")
#: where more of all customers are called so, it is a made-up company
MOST_TESTS = 0.5
MOST_ODD = 1000


def id_findings(staged: list[Staged]) -> Iterator[DataFinding]:
    """Warnings on the ids of each table, and on those that only tables together spell otherwise."""
    for each in staged:
        for column in filter(each.has, ("respondent_id", "user_id")):
            yield from nobody_in(each, column)
        if each.table.name in _OF_PEOPLE and not each.source.recipe:
            yield from _called_a_test(each)
    with_ids = [each for each in staged if each.has(ID)]
    counts = [_counts(each, _ids(each)) for each in with_ids]
    for each, found in zip(with_ids, counts, strict=True):
        yield from _of_table(each, found)
    if len(with_ids) > 1 and all(each.table.name != "customers" for each in with_ids):
        yield from _across(with_ids, sum(each["ids"] - each["plain"] for each in counts))


def _of_table(staged: Staged, found: dict[str, int]) -> Iterator[DataFinding]:
    if found["ids"] > found["plain"]:
        yield _alike(staged, found["ids"] - found["plain"])
    if found["composed"]:
        yield from _composed(staged)
    if found["shortened"]:
        yield _shortened(staged, _SHORTENED, "1.23E+11")
    if 1 < found["rounded"] == found["long"]:
        yield _shortened(staged, _ROUNDED, "123456789012345000")
    if 0 < found["dated"] < MOST_DATED * found["ids"]:
        yield _dated(staged)
    if found["nobody"] or (found["numbers"] and staged.table.name != "customers"):
        yield from nobody_in(staged, ID)
    if found["test"]:
        yield _of_a_test(staged)


def _ids(staged: Staged) -> nw.LazyFrame:
    return distinct(staged.held.filter(~nw.col(ID).is_null()).select(ID), ID)


def _counts(staged: Staged, ids: nw.LazyFrame) -> dict[str, int]:
    """How many ids there are, how many without what they may differ by, and how many are odd: in one pass, and
    in another where any was changed."""
    odd = {
        "changed": nw.col(ID).str.contains("|".join(_CHANGED.values())),
        "nobody": is_nobody(staged, ID),
        "numbers": nw.col(ID).is_in(NUMBERS_OF_NOBODY),
        "test": _is_test(),
    }
    found = _sums(
        staged, ids, {"ids": nw.len(), "plain": plain(staged, ID).n_unique(), **_flags(odd)}
    )
    if not found["changed"]:
        return {**found, **dict.fromkeys(_CHANGED, 0)}
    changed = {each: nw.col(ID).str.contains(pattern) for each, pattern in _CHANGED.items()}
    return {**found, **_sums(staged, ids, _flags(changed))}


def _flags(odd: dict[str, nw.Expr]) -> dict[str, nw.Expr]:
    return {name: flag(test).sum() for name, test in odd.items()}


def _sums(staged: Staged, ids: nw.LazyFrame, asked: dict[str, nw.Expr]) -> dict[str, int]:
    found = staged.engine.collect(ids.select(**asked)).iloc[0].fillna(0)
    return {name: int(number) for name, number in found.items()}


def _ways(staged: Staged, ids: nw.LazyFrame) -> list[str]:
    """By what ids differ; by all of it where no single thing makes two alike."""
    forms = [
        nw.col(ID).str.to_lowercase(),
        *(without(staged, nw.col(ID), way) for way in WITHOUT),
    ]
    rows = ids.with_columns(**{f"form_{number}": form for number, form in enumerate(forms)})
    asked = {f"form_{number}": nw.col(f"form_{number}").n_unique() for number in range(len(forms))}
    found = staged.engine.collect(rows.select(ids=nw.len(), **asked)).iloc[0]
    every = [CASE, *WITHOUT]
    fewer = [each for number, each in enumerate(every) if found[f"form_{number}"] < found["ids"]]
    return fewer or every


def _is_test() -> nw.Expr:
    return nw.col(ID).str.to_lowercase().str.contains(_OF_A_TEST)


def _alike(staged: Staged, more: int) -> DataFinding:
    """So many ids are another one in another spelling."""
    ids = _ids(staged).with_columns(plain=plain(staged, ID))
    several = ids.group_by("plain").agg(spellings=nw.len()).filter(nw.col("spellings") > 1)
    own = staged.held.with_columns(plain=plain(staged, ID)).join(several, on="plain", how="inner")
    rows, first = staged.how_many(own)
    ways = _ways(staged, _ids(staged))
    alike = _ALIKE.get(ways[0]) if len(ways) == 1 else None
    if ways == [ZEROS] and staged.engine.dialect is not DUCKDB:
        alike = None
    return _spelled_otherwise(staged, more, rows, first, " or ".join(ways), alike)


def _spelled_otherwise(
    staged: Staged, more: int, rows: int, first: int, ways: str, alike: str | None
) -> DataFinding:
    """So many ids that differ from another only in some ways; an expression of the engine's may make them alike."""
    key = ""
    if alike and not staged.source.recipe:
        name = as_expression(staged.source.columns.get(ID, _column(staged)))
        key = f', or say columns: {{{ID}: "{alike.format(name)}"}} for each table with these ids'
    says = (
        f"{staged.called}: {counted(more, 'id')} of customers {'differs' if more == 1 else 'differ'} from another "
        f"only by {ways}, the first in {staged.location(first)}, and "
        f"{'counts as a customer of its' if more == 1 else 'count as customers of their'} own. "
        f"If they are the same, spell them alike in the export{key}."
    )
    return DataFinding(WARNING, staged.table.name, "one customer under several ids", says, rows)


def _composed(staged: Staged) -> Iterator[DataFinding]:
    """Ids that are alike once their letters are composed, or by what they look like: é of one sign and of two, A in full
    width or in Cyrillic, a dash that is none."""
    odd = staged.engine.collect(
        _ids(staged).filter(nw.col(ID).str.contains(_COMPOSED)).sort(ID).head(MOST_ODD)
    )[ID]
    forms = defaultdict(set)
    for each in odd:
        forms[_looks(each)].add(each)
    plain_ones = staged.engine.collect(_ids(staged).filter(nw.col(ID).is_in([*forms])))[ID]
    same = [
        each
        for form, own in forms.items()
        if len(own) > 1 or form in set(plain_ones)
        for each in own
        if each != form
    ]
    if not same:
        return
    rows, first = staged.how_many(staged.held.filter(nw.col(ID).is_in(same)))
    another = any(normalize("NFKC", each) != _looks(each) for each in same)
    kinds = (
        "a letter of another script, another dash"
        if another
        else "é as one sign or two, full width"
    )
    ways = f"how a letter is written ({kinds})"
    # DuckDB composes neither full width nor what only looks alike, and Spark composes nothing
    composes = staged.engine.dialect is DUCKDB and not any(map(_is_another_letter, same))
    yield _spelled_otherwise(
        staged, len(same), rows, first, ways, "nfc_normalize({})" if composes else None
    )


def _looks(each: str) -> str:
    return normalize("NFKC", each).translate(_LOOKS_LIKE)


def _is_another_letter(each: str) -> bool:
    return normalize("NFC", each) != _looks(each)


def _shortened(staged: Staged, pattern: str, like: str) -> DataFinding:
    then = (
        ": a spreadsheet has cut a long number, and different customers are one. Export it again without opening it in a "
        "spreadsheet, or with the column as text."
    )
    test = nw.col(ID).str.contains(pattern)
    return odd(staged, test, "ids cut by a spreadsheet", f"an id such as {like}", then)


def _dated(staged: Staged) -> DataFinding:
    then = (
        ": a spreadsheet has made a day of it, and no other table has the customer under it. Export it again without opening "
        "it in a spreadsheet, or with the column as text."
    )
    test = nw.col(ID).str.contains(_DATED)
    return odd(staged, test, "ids made days", "an id such as 5-Mar", then)


def _of_a_test(staged: Staged) -> DataFinding:
    """Without the ids: some are addresses of people."""
    then = (
        f". Where they do not count, name their ids in where: {{{_column(staged)}: {{not: […]}}}} for "
        "this table."
    )
    what = "an id that seems to be a test's"
    return odd(staged, _is_test(), "a test among the customers", what, then)


def _called_a_test(staged: Staged) -> Iterator[DataFinding]:
    """Rows of customers whose name, and not their id, is a test's; without the names."""
    its_id = _is_test() if staged.has(ID) else nw.lit(False)
    named = [each for each in staged.columns if each != ID and folded(each) in _NAMED]
    for column in named:
        name = nw.col(column).cast(nw.String).str.to_lowercase()
        test = name.str.contains(_OF_A_TEST) & ~its_id
        many = staged.count(staged.held.filter(test))
        if 0 < many < MOST_TESTS * staged.row_count:
            then = (
                f". Where they do not count, name their ids in where: {{{_column(staged)}: {{not: […]}}}} for each table "
                "with these ids."
                if staged.table.name == "customers"
                else f". Where they do not count, say where: {{{staged.spelled.get(column, column)}: {{not: […]}}}} for this table."
            )
            what = f"what seems a test's {staged.spelled.get(column, column)}"
            yield odd(staged, test, "a test among the customers", what, then)
            return


def _column(staged: Staged) -> str:
    return staged.spelled.get(ID, ID)


def _across(staged: list[Staged], within: int) -> Iterator[DataFinding]:
    """Ids that are alike in two tables and differ between them; so many do so within one."""
    every = distinct(nw.concat([_ids(each) for each in staged]), ID)
    found = _counts(staged[0], every)
    more = found["ids"] - found["plain"] - within
    if more <= 0:
        return
    names = " and ".join(each.called for each in staged)
    says = (
        f"{names}: {counted(more, 'id')} of customers in one of them {'differs' if more == 1 else 'differ'} from an id "
        f"in another only by {' or '.join(_ways(staged[0], every))}: what they say of the same customer is not put together. If they are the "
        f"same, spell them alike in the exports."
    )
    yield DataFinding(WARNING, staged[0].table.name, "one customer under several ids", says)
