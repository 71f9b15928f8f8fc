"""Exchange rates that are written the other way round, or for a hundred units."""

from collections.abc import Iterator
from math import log

from cs_lib.data.contract.data_findings import DataFinding
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.sources.staged_table import Staged
from cs_lib.edition import Edition

#: about what one unit is worth in US dollars: enough to tell a rate from its inverse
_DOLLARS = {
    **dict.fromkeys(("USD", "EUR", "GBP", "CHF", "CAD", "AUD", "NZD", "SGD"), 1),
    "JPY": 0.0075, "KRW": 0.0008, "INR": 0.012, "HUF": 0.0028, "CZK": 0.043, "ISK": 0.0075, "IDR": 0.000065,
    "VND": 0.00004, "CLP": 0.0012, "COP": 0.00025, "PHP": 0.018, "THB": 0.029, "TWD": 0.032, "MXN": 0.055, "ZAR": 0.06,
    "SEK": 0.1, "NOK": 0.1, "DKK": 0.15, "PLN": 0.26, "CNY": 0.15, "HKD": 0.128, "BRL": 0.2, "ILS": 0.28, "RON": 0.23,
}  # fmt: skip
#: a rate is wrong that is so many times another, where its inverse, or its hundredth, is within as many
_FAR, _NEAR = 5, 2.5


def rate_findings(staged: list[Staged], edition: Edition) -> Iterator[DataFinding]:
    """A warning for each rate that would be right the other way round."""
    if not any(each.has("currency") for each in staged) or edition.currency not in _DOLLARS:
        return
    for code, rate in edition.rates.items():
        if code not in _DOLLARS:
            continue
        about, own = _DOLLARS[code] / _DOLLARS[edition.currency], float(rate)
        ways = {1 / own: "the other way round", own / 100: "for a hundred units"}
        right = [each for each in ways if abs(log(each / about)) < log(_NEAR)]
        if abs(log(own / about)) > log(_FAR) and right:
            says = (
                f"rates.{code}: one {code} is said to be worth {rate} {edition.currency}, and is about {about:.2g}: the rate seems to be "
                f"{ways[right[0]]}. If so, say rates: {{{code}: {right[0]:.6g}}}."
            )
            yield DataFinding(WARNING, "", "a rate the other way round", says, about=code)
