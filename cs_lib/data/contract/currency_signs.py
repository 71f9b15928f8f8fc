"""What the sign or the code of a currency beside an amount says, and the keys that read it."""

import re

#: signs of one currency alone; a dollar and a krone are of several countries
_CODES = {
    "€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "₽": "RUB", "zł": "PLN", "₺": "TRY", "₪": "ILS", "₫": "VND",
    "฿": "THB", "₴": "UAH", "₦": "NGN", "₱": "PHP", "R$": "BRL", "US$": "USD", "A$": "AUD", "C$": "CAD", "CA$": "CAD",
    "NZ$": "NZD", "HK$": "HKD", "S$": "SGD", "Kč": "CZK", "Ft": "HUF",
}  # fmt: skip
#: signs of several, with the currencies that they may be of, the likeliest first
_SHARED = {
    "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN"),
    "¥": ("JPY", "CNY"),
    "￥": ("JPY", "CNY"),
    "kr": ("SEK", "NOK", "DKK", "ISK"),
    "kr.": ("DKK", "NOK", "SEK", "ISK"),
}
#: currencies by their names
_NAMES = {
    **dict.fromkeys(("EURO", "EUROS"), "EUR"), **dict.fromkeys(("US DOLLAR", "US DOLLARS", "U.S. DOLLAR"), "USD"),
    **dict.fromkeys(("POUND", "POUNDS", "STERLING", "POUND STERLING", "POUNDS STERLING"), "GBP"),
    **dict.fromkeys(("YEN", "JAPANESE YEN"), "JPY"), **dict.fromkeys(("SWISS FRANC", "SWISS FRANCS", "SFR", "FR."), "CHF"),
}  # fmt: skip
_CODE = re.compile(r"\b[A-Z]{3}\b")


def code_of(sign: str, own: str) -> str | None:
    """The currency that a sign, or its own code, is of; of several the edition's own where that is one."""
    several = _SHARED.get(sign, ())
    if own in several:
        return own
    if sign in _CODES or several:
        return _CODES.get(sign) or (several[0] if several else None)
    return sign if _CODE.fullmatch(sign) else None


def currency_words(words: tuple[str, ...], own: str) -> dict[str, str]:
    """The codes of those of a column's words, in capitals, that are signs or names of currencies."""
    signs = {each.upper(): each for each in (*_CODES, *_SHARED)}
    found = {
        each: code_of(signs[each], own) if each in signs else _NAMES.get(each) for each in words
    }
    return {word: code for word, code in found.items() if code}


def sign_in(value: str) -> str | None:
    """The sign or the code beside an amount; None where there is none, and what is no currency's."""
    found = re.search(r"[^\d\s.,+\-()'’]+\.?(?=\s*[\d\-+(]|\s*\)?$)", value)
    sign = found[0] if found else ""
    return sign if sign in _CODES or sign in _SHARED or _CODE.fullmatch(sign) else None


def by_sign(name: str, signs: dict[str, str]) -> tuple[str, str]:
    """The currency and the amount of a column in which both stand, as expressions; `signs` → their codes."""
    longest = sorted(signs, key=len, reverse=True)
    cases = " ".join(f"WHEN {name} LIKE '%{sign}%' THEN '{signs[sign]}'" for sign in longest)
    amount = name
    for sign in longest:
        amount = f"replace({amount}, '{sign}', '')"
    return f"CASE {cases} END", f"trim({amount})"


def read_as(expression: str, own: str) -> str:
    """The keys that say in which currency the amounts are, which are added up as the edition's `own`; the expression
    as it stands inside double quotes."""
    return (
        f'Say columns: {{currency: "{expression}"}} for this table, and the rates; or, where they are in {own} already, '
        f"values: {{currency: {own}}}."
    )
