"""Numbers, periods, segments and statuses as text: English words, and numbers as English writes them."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel import Locale
from babel.dates import format_date
from babel.numbers import get_currency_precision, get_currency_symbol

from cs_lib.edition import Edition
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.metrics.catalogue.rules import Rule
from cs_lib.period import ALL, MONTH, QUARTER, WEEK, Period
from cs_lib.report.text.measure_row import Number, Reading, number, segment_pairs
from cs_lib.report.text.missing_figures import (
    undefined_why,
    unobserved_why,
)
from cs_lib.vocabulary import (
    COUNT,
    DAYS,
    IMMATURE,
    MONEY,
    MONTHS,
    OK,
    PER_YEAR,
    PERCENT,
    POINTS,
    RATIO,
    SCORE,
    SUPPRESSED,
)

#: where paper is Letter (CLDR, territory information); A4 everywhere else
LETTER = frozenset(
    ["BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE"]
)
MISSING = "–"
#: how numbers are written, wherever an edition is at home: beside English words "fell by 13,7 %" misleads
ENGLISH = "en_US"
_DECIMALS = {PERCENT: 1, POINTS: 1, SCORE: 2, RATIO: 1, MONTHS: 1, PER_YEAR: 1, COUNT: 0, DAYS: 1}
_AFTER = {POINTS: " points", RATIO: "×", MONTHS: " months", DAYS: " days", PER_YEAR: " a year"}
#: names of columns that are abbreviations, whatever their case
ABBREVIATED = ("mrr", "arr", "nps", "csat", "ces", "cac")
_IRREGULAR = {"person": "people"}
_COMPACT_FROM = 10_000
#: counts below it are told as they are, not by a share
FEW = 20
#: a change of more times the old figure is told as an amount
MOST_TIMES = 10
#: a ratio whose interval ends beyond it could be anything
UNBOUNDED = 1_000
_TIMES = {2: "twice"} | {
    each: f"{word} times"
    for each, word in enumerate(
        ["three", "four", "five", "six", "seven", "eight", "nine", "ten"], 3
    )
}
_PARTS = {2: "half", 3: "a third of", 4: "a quarter of", 5: "a fifth of"}
#: how far from a whole multiple a figure may lie to be told as that
_NEAR = 0.12
_SCALES = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K"))
#: decimals of an amount, what it is divided by, and the letter that says so
Style = tuple[int, float, str]


@dataclass(frozen=True)
class Formatter:
    """How an edition writes: its currency, its confidence level and its smallest n.

    `locale` says what paper it prints on, and no more: words and numbers are English.
    """

    currency: str = "USD"
    locale: str = "en_US"
    confidence: float = 0.95
    min_n: int = 5

    @classmethod
    def of(cls, edition: Edition) -> "Formatter":
        return cls(edition.currency, edition.locale, edition.confidence, edition.min_n)

    @property
    def prints_on_letter(self) -> bool:
        """Whether paper is Letter where the locale is."""
        return Locale.parse(self.locale).territory in LETTER

    # --- numbers -------------------------------------------------------------------------------

    def value(self, value: Number, unit: str, *, compact: bool = False, bare: bool = False) -> str:
        """A figure with its unit; `compact` shortens large money, `bare` leaves unit words off."""
        figure = number(value)
        if math.isnan(figure):
            return MISSING
        if unit == PERCENT:
            return self.percent(figure)
        if unit == MONEY:
            return self.money(figure, compact=compact)
        text = self.decimal(figure, self._decimals(figure, unit))
        if bare or unit not in _AFTER:
            return text
        after = _AFTER[unit]
        return text + (after[:-1] if text == "1" and after.endswith("s") else after)

    def short(self, value: Number, unit: str) -> str:
        """A figure with its unit as a sentence has it: large money to three digits."""
        return self.value(value, unit, compact=True)

    def signed(self, amount: float) -> str:
        """ "+$1.20K", "−$300", "$0": what was gained or lost."""
        text = self.short(amount, MONEY)
        return text if amount <= 0 else f"+{text}"

    def percent(self, share: float, decimals: int | None = None) -> str:
        """A fraction as a percentage; one decimal, more when it would read 0, none from 1,000 %."""
        if decimals is None:
            decimals = self._decimals(share * 100, PERCENT)
        return f"{self.decimal(share * 100, decimals)}%"

    def money(self, amount: float, *, compact: bool = False) -> str:
        """An amount in the edition's currency: cents only below 100, three digits when compact."""
        size = abs(amount)
        if compact and size >= _COMPACT_FROM:
            shown = float(f"{amount:.3g}")
            scale, letter = next(each for each in _SCALES if abs(shown) >= each[0])
            whole = len(str(int(abs(shown) / scale)))
            return self._in_currency(shown / scale, max(0, 3 - whole), letter)
        cents = size < 100 and bool(round(size, 2) % 1)
        return self._in_currency(amount, get_currency_precision(self.currency) if cents else 0)

    def _in_currency(self, amount: float, decimals: int, letter: str = "") -> str:
        """ "−$1.2K": the sign of the currency before the number, letters apart from it."""
        digits = self.decimal(amount, decimals)
        minus = digits[:1] if digits.startswith("−") else ""
        return f"{minus}{self.sign}{digits.removeprefix(minus)}{letter}"

    @property
    def sign(self) -> str:
        """The sign of the currency, as English writes it where the edition is at home; letters stand apart."""
        at_home = self.locale if self.locale.startswith("en") else ENGLISH
        sign = get_currency_symbol(self.currency, at_home).replace('"', "")
        return f"{sign}\u00a0" if sign[-1:].isalpha() else sign

    def alike(self, figures: Sequence[Number], unit: str, *, bare: bool = False) -> list[str]:
        """Figures of one line or column, in one style: "$14.7K" beside "$3.6K", "9 days" beside "22 days"."""
        values = [number(each) for each in figures]
        if unit == MONEY:
            return self._styled(values, self._style(values))
        return [self.value(each, unit, bare=bare) for each in _in_wholes(values, unit)]

    def ends(
        self, figures: Sequence[Number], unit: str, *, now: int = 0, then: Sequence[int] = ()
    ) -> list[str]:
        """As `alike`, but amounts with as many digits as bear out by what share one differs from others.

        "$254.9K" beside "$243.7K", up 4.6%: $255K beside $244K would make it 4.5%. `now` is the place of the one,
        `then` are those of the others (all the rest).
        """
        values = [number(each) for each in figures]
        if unit != MONEY:
            return self.alike(values, unit)
        places = then or [place for place in range(len(values)) if place != now]
        return self._styled(values, self._bearing_out(values, [(now, each) for each in places]))

    def moved(
        self, opening: Number, steps: Sequence[Number], closing: Number, *beside: Number
    ) -> list[str]:
        """Amounts from opening over steps to closing in one style, as a picture, its sentence and its table have them;
        `beside` are written in that style too."""
        amounts = [number(each) for each in (opening, *steps, closing)]
        style = self._bearing_out(amounts, [(len(amounts) - 1, 0)])
        return self._styled([*amounts, *map(number, beside)], style)

    def parts(
        self,
        amounts: Sequence[Number],
        pairs: Sequence[tuple[int, int]],
        told: Callable[[float, float], str] | None = None,
    ) -> list[str]:
        """Amounts with as many digits as bear out what is `told` of `pairs` of them: what part of the other one is."""
        values = [number(each) for each in amounts]
        return self._styled(values, self._bearing_out(values, pairs, told or self._part))

    def _part(self, one: float, other: float) -> str:
        return self.percent(one / other) if other else ""

    def _bearing_out(
        self,
        values: Sequence[float],
        pairs: Sequence[tuple[int, int]],
        told: Callable[[float, float], str] | None = None,
    ) -> Style:
        """The shortest style in which what is `told` of two amounts is the same of the amounts as they are printed."""
        told = told or self.relative
        decimals, scale, letter = self._style(values)
        for style in ((decimals, scale, letter), (max(decimals, int(scale > 1)), scale, letter)):
            shown = [float(_rounded(each / style[1], style[0])) for each in values]
            if all(
                told(shown[one], shown[other]) == told(values[one], values[other])
                for one, other in pairs
            ):
                return style
        return self._whole(values)

    def _styled(self, values: Sequence[float], style: Style) -> list[str]:
        decimals, scale, letter = style
        return [
            MISSING
            if each != each
            else self._in_currency(each / scale, decimals, letter)
            if each
            else self.money(0)
            for each in values
        ]

    def _style(self, values: Sequence[float]) -> Style:
        """Decimals, scale and its letter for amounts that stand together; in full where one is too small."""
        sizes = [abs(each) for each in values if each == each]
        most = float(f"{max(sizes, default=0):.3g}")
        least = min((each for each in sizes if each >= 0.005), default=0)
        for scale, letter in _SCALES:
            if most >= max(scale, _COMPACT_FROM) and least >= 100 * scale:
                return 0, scale, letter
            if most >= 10 * scale and least > scale / 20:
                return 1, scale, letter
            if most >= scale >= 100 * _COMPACT_FROM and least >= scale / 10:
                return 2, scale, letter
        return self._whole(values)

    def _whole(self, values: Sequence[float]) -> Style:
        """Amounts in full; with cents where all are small and one has them."""
        sizes = [abs(each) for each in values if each == each]
        cents = 0 < max(sizes, default=0) < 100 and any(round(each, 2) % 1 for each in sizes)
        return (get_currency_precision(self.currency) if cents else 0), 1, ""

    def decimal(self, value: float, decimals: int) -> str:
        """A number with so many decimals, a true minus sign before what is below zero as printed."""
        text = f"{_exact(value, 12):,.{decimals}f}"
        return text.replace("-", "−" if _shows(text) else "", 1)

    def tick(self, value: float, unit: str) -> str:
        """A figure for an axis: as short as it can be without losing digits."""
        value = number(value)
        if math.isnan(value):
            return MISSING
        value = round(value, 9)
        if unit == MONEY:
            if abs(value) < _COMPACT_FROM:
                return self.money(value)
            return re.sub(
                r"(\.\d*?)0+(?=\D|$)", _no_trailing_point, self.money(value, compact=True)
            )
        shown = value * 100 if unit == PERCENT else value
        decimals = next((d for d in range(4) if abs(round(shown, d) - shown) < 1e-6), 3)
        return self.percent(value, decimals) if unit == PERCENT else self.decimal(value, decimals)

    def _decimals(self, shown: float, unit: str) -> int:
        usual = _DECIMALS[unit]
        if unit in (COUNT, DAYS):
            return 0 if shown == round(shown) or abs(shown) >= 100 else 1
        if unit == PERCENT and abs(shown) >= 999.5:
            return 0
        size = abs(shown)
        if 0.5e-4 <= size < 0.5 * 10**-usual:
            return min(4, -math.floor(math.log10(size)))
        return usual

    def interval(self, low: Number, high: Number, unit: str, *, compact: bool = False) -> str:
        """ "2.2% to 4.3%"; empty when there is no interval."""
        if math.isnan(number(low)) or math.isnan(number(high)):
            return ""
        if unit == MONEY and compact:
            return " to ".join(self.alike((low, high), unit))
        if unit == RATIO and number(high) >= UNBOUNDED:
            return f"{self.value(low, unit, bare=True)} or more"
        if unit == PERCENT:  # as exact as the wider end: "0.0% to 1.7%"
            widest = max(abs(number(low)), abs(number(high)))
            places = self._decimals(widest * 100, PERCENT)
            return " to ".join(self.percent(number(end), places) for end in (low, high))
        return " to ".join(self.value(end, unit, bare=True) for end in (low, high))

    def basis(self, reading: Reading, unit: str) -> str:
        """ "95% interval 2.2% to 4.3%"; empty when there is no interval."""
        if not reading.has_interval:
            return ""
        return (
            f"{self.level} interval {self.interval(reading.low, reading.high, unit, compact=True)}"
        )

    @property
    def level(self) -> str:
        """The confidence level: "95%"."""
        return self.tick(self.confidence, PERCENT)

    # --- changes -------------------------------------------------------------------------------

    def change(self, new: Number, old: Number, unit: str, *, full: bool = False) -> str:
        """ "up 0.4 points", "down 3.2%", "unchanged" as far as is printed; empty when either is missing.

        Money and counts change by a share of the old figure, small counts by how many. All else changes by the
        difference of the two figures as they are printed: a reader subtracts those. `full`: money is written out.
        """
        new, old = number(new), number(old)
        if math.isnan(new - old):
            return ""
        size = self._change_size(new, old, unit, full)
        if len(set(self.alike((new, old), unit))) == 1 or not _shows(size):
            return "unchanged"
        return f"{'up' if new > old else 'down'} {size}"

    def change_short(self, new: Number, old: Number, unit: str, *, full: bool = False) -> str:
        """The same for a table cell: "+0.4 pp", "−3.2%", "3 → 1", "0"."""
        text = self.change(new, old, unit, full=full)
        if text == "unchanged":
            return "0"
        if text and unit == COUNT and self._few(number(new), number(old)):
            return f"{self.value(old, COUNT)} → {self.value(new, COUNT)}"
        text = text.replace(" percentage points", " pp").replace(" points", "")
        return text.replace("up ", "+").replace("down ", "−")

    @staticmethod
    def _few(new: float, old: float) -> bool:
        """Whether a share of so few would say more than there is."""
        return max(abs(new), abs(old)) < FEW

    def _change_size(self, new: float, old: float, unit: str, full: bool) -> str:
        few = unit == COUNT and self._few(new, old)
        share = self.relative(new, old) if unit in (MONEY, COUNT) and not few else ""
        if share:
            return share
        if unit == MONEY:
            one = self._style((new, old))
            styles = [self._whole((each,)) if full else one for each in (new, old)]
            sizes = [
                _rounded(each / scale, decimals)
                for each, (decimals, scale, _) in zip((new, old), styles, strict=True)
            ]
            size, (decimals, _, letter) = float(abs(sizes[0] - sizes[1])), max(styles)
            return self._in_currency(size, decimals, letter)
        times = 100 if unit == PERCENT else 1
        ends = [each * times for each in _in_wholes((new, old), unit)]
        sizes = [_rounded(each, self._decimals(each, unit)) for each in ends]
        size = float(abs(sizes[0] - sizes[1]))
        if unit in (COUNT, DAYS):
            return self.value(size, unit)
        places = max(self._decimals(each, unit) for each in ends)
        return self.decimal(size, places) + (
            " percentage points" if unit == PERCENT else _AFTER.get(unit, "")
        )

    def relative(self, new: float, old: float) -> str:
        """By what share of the old a figure changed: "3.2%"; empty where that says nothing.

        A share of nothing, or of less than nothing, has no meaning, nor has one of a thousand per cent; what is
        gone altogether is told by how much it was.
        """
        if not (old > 0 and new > 0 and abs(new - old) < MOST_TIMES * old):
            return ""
        return self.percent(abs(new - old) / old)

    # --- words ---------------------------------------------------------------------------------

    def count(self, many: Number, noun: str) -> str:
        """ "1 customer", "1,004 customers"."""
        text = self.value(many, COUNT)
        return f"{text} {noun if text == '1' else plural(noun)}"

    def period(self, period: Period | None) -> str:
        """ "June 2026", "Q2 2026", "week 24 of 2026", "2026"."""
        if period is not None and period.grain == WEEK:
            year, week, _ = period.start.isocalendar()
            return f"week {week} of {year}"
        return self.period_short(period, month="MMMM")

    def day(self, day: date) -> str:
        """ "31 July 2026"."""
        return format_date(day, "d MMMM y", locale="en")

    def month(self, day: date) -> str:
        """The month of a day: "July 2026"."""
        return self.period(Period.containing(day, MONTH))

    def period_short(self, period: Period | None, month: str = "MMM") -> str:
        """ "Jun 2026", "Q2 2026", "2026-W24", "2026"."""
        if period is None:
            return "an unknown period"
        if period.grain == MONTH:
            return format_date(period.start, f"{month} y", locale="en")
        if period.grain == QUARTER:
            return f"Q{period.start.month // 3 + 1} {period.start.year}"
        return period.label

    def span(self, first: Period, last: Period) -> str:
        """ "March 2026", "March and April 2026", "November 2025 to January 2026"."""
        if first == last:
            return self.period(first)
        joined = " and " if first.back(-1) == last else " to "
        start, end = self.period(first), self.period(last)
        if first.grain == MONTH and first.start.year == last.start.year:
            start = start.rpartition(" ")[0]
        return f"{start}{joined}{end}"

    def within(self, first: Period, last: Period) -> str:
        """ "in March 2026", "in March and April 2026", "from November 2025 to January 2026"."""
        span = self.span(first, last)
        return f"from {span}" if " to " in span else f"in {span}"

    def segment(self, by: str, segment: str) -> str:
        """ "plan Pro, region EMEA"; empty for all customers."""
        return ", ".join(
            f"{spoken(column)} {value}" for column, value in segment_pairs(by, segment)
        )

    def dated(self, title: str, period: Period | None, *, unless: Period | None) -> str:
        """ "Response rate (May 2026)": of another period than the figures around it."""
        if period is None or unless is None or period == unless:
            return title
        return f"{title} ({self.period_short(period)})"

    def status(self, reading: Reading, rule: Rule | None = None) -> str:
        """Why there is no figure, in words; empty when there is one."""
        if reading.status == OK:
            return ""
        if reading.status == IMMATURE:
            return unobserved_why(rule)
        if reading.status == SUPPRESSED:
            return f"hidden: fewer than {self.min_n}"
        why = undefined_why(rule, reading.status)
        return f"undefined ({why})" if why else "undefined"

    def figure(self, reading: Reading, unit: str, *, rule: Rule | None = None) -> str:
        """The figure of a reading, or why there is none."""
        if reading.ok:
            return self.value(reading.value, unit)
        return self.status(reading, rule)


def _exact(value: float, places: int) -> Decimal:
    """The decimal number that a float is written as, so that rounding is the reader's rounding."""
    return Decimal(repr(round(float(value), places)))


def _rounded(value: float, decimals: int) -> Decimal:
    """A number as it is printed with so many decimals."""
    return _exact(value, 12).quantize(Decimal(1).scaleb(-decimals))


def _in_wholes(values: Sequence[float], unit: str) -> Sequence[float]:
    """Counts and days that stand together: whole ones, where one of them is ten or more."""
    sizes = [abs(each) for each in values if each == each]
    if unit not in (COUNT, DAYS) or max(sizes, default=0) < 10:
        return values
    return [each if each != each else float(round(each)) for each in values]


def _shows(size: str) -> bool:
    """Whether a size is anything but nothing as it is printed."""
    return any(letter in "123456789" for letter in size)


def _no_trailing_point(found: re.Match) -> str:
    return "" if found[1] == "." else found[1]


def plural(noun: str) -> str:
    """The plural of an English noun of the kind this kit counts."""
    if noun in _IRREGULAR:
        return _IRREGULAR[noun]
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "ch", "sh")) else f"{noun}s"


def spoken(name: str) -> str:
    """A column's name as words: `end_reason` is "end reason"."""
    return name.replace("_", " ").strip()


def heading(name: str) -> str:
    """A column's name as the head of a table's column: "End reason"."""
    words = spoken(name)
    if words in ABBREVIATED:
        return words.upper()
    return "All" if words == ALL else words[:1].upper() + words[1:]


def listed(parts: Sequence[str], *, most: int = 0) -> str:
    """ "a", "a and b", "a, b and c"; with `most`, "a, b and 3 more", but not 1 more: that one is named."""
    if most and len(parts) > most + 1:
        parts = [*parts[:most], f"{len(parts) - most} more"]
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def multiple(value: float, rest: float) -> str:
    """ "twice", "a third of": where a figure is close to such a multiple of another; else nothing."""
    if not value * rest > 0:
        return ""
    value, rest = abs(value), abs(rest)
    words, ratio = (_TIMES, value / rest) if value > rest else (_PARTS, rest / value)
    near = ratio < MOST_TIMES + 1 and abs(ratio / round(ratio) - 1) < _NEAR
    return words.get(round(ratio), "") if near else ""


def metric_title(metric: Metric, variant: str | None = None, *, where: str = "") -> str:
    """The metric's title, with its variant wherever that is not the canonical, unnamed one, and for whom."""
    rule = metric.rule(variant)
    name = rule.label or ("" if rule.variant == metric.canonical else spoken(rule.variant))
    title = f"{metric.title} ({name})" if name else metric.title
    return f"{title} for {where}" if where else title


def split_title(title: str, by: str) -> str:
    """A title beside which its split is said: "Lost customers" of "Lost customers by reason"."""
    return title.removesuffix(f" by {spoken(by).split()[-1]}")
