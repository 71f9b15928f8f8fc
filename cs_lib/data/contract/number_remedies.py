"""What to set so that values which were not read as numbers are: keys, a currency, or an expression."""

import re
from dataclasses import dataclass

from cs_lib.data.contract.currency_signs import by_sign, code_of, sign_in
from cs_lib.data.contract.number_keys import number_keys
from cs_lib.data.contract.odd_numbers import applied, as_sql, plain_numbers
from cs_lib.data.engines.dialect import DUCKDB
from cs_lib.data.sources import number_text
from cs_lib.data.sources.headers import inside_quotes
from cs_lib.data.sources.staged_table import Staged
from cs_lib.edition import Source


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """Values of a column that were not read, and its `name` as an expression has it.

    `marked` and `unclear` say that some which were read have a decimal mark, or three digits behind it;
    `priced` that they are money of a table whose source says no currency, and the edition's is `currency`.
    """

    values: tuple[str, ...]
    source: Source
    column: str
    name: str
    share: bool
    marked: bool
    unclear: bool
    currency: str
    priced: bool

    def keys(self) -> str | None:
        """The keys with which every value is a number, and whose amounts they would be."""
        keys = number_keys(self.values, self.source, marked=self.marked, share=self.share)
        if not keys:
            return None
        if "currency_sign" not in keys:
            return f"{_said(keys)} for this table"
        code = code_of(keys["currency_sign"], self.currency)
        if code == self.currency:
            return f"{_said(keys)} for this table"
        if code is None or not self.priced:
            return f"{_said(keys)} for this table if its amounts are in the edition's currency"
        return (
            f"{_said(keys)} and values: {{currency: {code}}} for this table, with the rate of {code} under rates; "
            f"without values if its amounts are in {self.currency}"
        )

    def by_currency(self) -> str | None:
        """The expressions that part amounts from the signs of several currencies, or from one's code."""
        found = {each: sign_in(each) for each in self.values}
        signs = dict.fromkeys(filter(None, found.values()))
        codes = {sign: code for sign in signs if (code := code_of(sign, self.currency))}
        if not self.priced or not codes or len(codes) < len(signs):
            return None
        bare = (
            re.sub(r"\s*(\)?)$", r"\1", each.replace(sign or "", "").strip())
            for each, sign in found.items()
        )
        keys = self._beside(tuple(bare))
        if keys is None:
            return None
        currency, amount = by_sign(self.name, codes)
        others = dict.fromkeys(each for each in codes.values() if each != self.currency)
        rates = f", with the rate of {' and '.join(others)} under rates" if others else ""
        columns = f'columns: {{currency: "{currency}", {self.column}: "{amount}"}}'
        return f"{columns}{_and(keys)} for this table{rates}"

    def rewritten(self) -> str | None:
        """The expression that makes plain numbers of the values, with the keys that it needs beside it."""
        for ways in plain_numbers(self.values, self.source.decimal, ambiguous=self.unclear):
            keys = self._beside(tuple(applied(ways, each) for each in self.values))
            if keys is not None:
                columns = f'columns: {{{self.column}: "{as_sql(ways, self.name)}"}}'
                return f"{columns}{_and(keys)} for this table"
        return None

    def _beside(self, values: tuple[str, ...]) -> dict[str, str] | None:
        """The keys with which these are numbers: none where they are so already; None where nothing helps."""
        pattern = number_text.number_pattern(self.source.decimal, self.source.thousands)
        if all(re.fullmatch(pattern, each, re.ASCII) for each in values):
            return {}
        return number_keys(values, self.source, marked=self.marked, share=False) or None


def as_number(staged: Staged, column: str, kind: str = "DECIMAL(24, 6)") -> str:
    """A column as a number, as an expression of the edition reads it inside double quotes: one of the export without
    the signs that the source's keys speak of."""
    source, cell = staged.source, staged.cell(column)
    return number_in(cell, source, kind) if staged.is_own(column) else f"CAST({cell} AS {kind})"


def number_in(cell: str, source: Source, kind: str = "DECIMAL(24, 6)") -> str:
    """What a text of the export, as an expression gives it, is as a number."""
    text = cell
    for word in source.empty:
        text = f"nullif({text}, {_literal(word)})"
    blank = " " if source.currency_sign else None
    signs = [each for each in (source.currency_sign, blank, source.thousands) if each]
    if source.decimal == "," and not source.thousands:
        signs.append(".")
    for sign in signs:
        text = f"replace({text}, {_literal(sign)}, '')"
    if source.decimal == ",":
        text = f"replace({text}, ',', '.')"
    if source.negative:
        text = f"replace(replace({text}, '(', '-'), ')', '')"
    return f"CAST({text} AS {kind})"


def _literal(text: str) -> str:
    return inside_quotes(DUCKDB.literal(text))


def _and(keys: dict[str, str]) -> str:
    return f" and {_said(keys)}" if keys else ""


def _said(keys: dict[str, str]) -> str:
    """Keys of numbers with their values, as one writes them."""
    bare = ("negative", "percent")
    return " and ".join(
        f"{key}: {value}" if key in bare else f'{key}: "{value}"' for key, value in keys.items()
    )
