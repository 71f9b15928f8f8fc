"""What to do about a value that was read and that a rule refuses: off its scale, of a currency without a rate, too large."""

import re

from cs_lib.data.contract.currency_signs import currency_words
from cs_lib.data.contract.edition_keys import mapped
from cs_lib.data.contract.number_remedies import number_in
from cs_lib.data.sources.headers import as_expression
from cs_lib.edition import Source

#: what questionnaires write for no answer, beside what lies far beyond a scale
_NO_ANSWER = ("-1", "-9", "66", "77", "88", "96", "97", "98", "99", "998", "999")


def in_thousands(column: str, source: Source) -> str:
    """The remedy for amounts beyond what can be counted."""
    name = as_expression(source.columns.get(column, column))
    return (
        f'Set columns: {{{column}: "{number_in(name, source)} * 0.001"}} for this table, and say in '
        "company that every figure is in thousands."
    )


def code_remedy(scale: tuple[int, int] | None, score: str | None, source: Source) -> str:
    """The key that takes a usual code for no answer, where the score is one and lies far off its scale."""
    if scale is None or score not in _NO_ANSWER or 0 <= int(score) <= 2 * scale[1]:
        return ""
    return f", or set {mapped('score', {score: None}, source)} for this table if {score} is one"


def scale_remedy(instrument: str | None, scale: tuple[int, int] | None, score: str | None) -> str:
    """What to say in the edition where an instrument is asked on another scale."""
    if instrument == "nps":
        other = "answers on any other scale than 0 to 10 or 1 to 10 are of the instrument csat"
        if scale != (0, 10) and score == "0":
            return f", or set nps: {{scale: [0, 10]}} under definitions; {other}"
        return f"; {other}"
    if instrument == "csat":
        return (
            ", or state scale and satisfied under definitions, for example "
            "csat: {scale: [1, 10], satisfied: [9, 10]}"
        )
    return ", or state scale, direction and easy under definitions"


def rate_remedy(currency: str | None, words: tuple[str, ...], own: str, source: Source) -> str:
    """What to say of a currency without a rate, which may be one by its sign or its name, among `words`."""
    codes: dict[str, str | None] = {**currency_words(words, own)}
    if currency in codes:
        others = dict.fromkeys(each for each in codes.values() if each != own)
        rates = f", with the rate of {' and '.join(map(str, others))} under rates" if others else ""
        return f"Set {mapped('currency', codes, source)} for this table{rates}"
    if currency and re.fullmatch(r"[A-Z]{3}", currency):
        return f"Add it under rates: one unit of it in {own}"
    return f"Write the code of a currency such as EUR, and give its rate under rates: one unit of it in {own}"
