"""Numbers, periods, segments and statuses as text: English prose, figures in the locale."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from babel import Locale
from babel.dates import format_date
from babel.numbers import (
    format_compact_currency,
    format_currency,
    format_decimal,
    format_percent,
    get_decimal_symbol,
)

from cs_lib.edition import Edition
from cs_lib.metrics.catalogue.declaration import Metric, Rule
from cs_lib.period import ALL, MONTH, QUARTER, WEEK, Period
from cs_lib.report.text.measure_row import Number, Reading, number, segment_pairs
from cs_lib.report.text.missing_figures import undefined_why, unobserved_why
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
_DECIMALS = {PERCENT: 1, POINTS: 1, SCORE: 2, RATIO: 1, MONTHS: 1, PER_YEAR: 1, COUNT: 0, DAYS: 1}
_AFTER = {POINTS: " points", RATIO: "×", MONTHS: " months", DAYS: " days", PER_YEAR: " a year"}
_IRREGULAR = {"person": "people"}
_COMPACT_FROM = 10_000
#: a change of more times the old figure is told as an amount
MOST_TIMES = 10
_FULLWIDTH_YEN = "\uffe5"


@dataclass(frozen=True)
class Formatter:
    """How an edition writes: its currency, its locale, its confidence level and its smallest n."""

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
        pattern = Locale.parse(self.locale).percent_formats[None].pattern.split(";")[0]
        digits = "0." + "0" * decimals if decimals else "0"
        scaled = _exact(share, 12)
        return self._tidy(format_percent(scaled, pattern.replace("0", digits, 1), self.locale))

    def money(self, amount: float, *, compact: bool = False) -> str:
        """An amount in the edition's currency: cents only below 100, three digits when compact."""
        if compact and (short := self._compact(amount)):
            return short
        exact = _exact(amount, 6)
        cents = abs(exact) < 100 and exact != exact.to_integral_value()
        if not cents:
            exact = exact.quantize(Decimal(1))
        pattern = Locale.parse(self.locale).currency_formats["standard"].pattern.split(";")[0]
        if not cents:
            pattern = pattern.replace("0.00", "0")
        text = format_currency(exact, self.currency, pattern, self.locale, currency_digits=cents)
        return self._tidy(text)

    def _compact(self, amount: float, *, pad: bool = True) -> str | None:
        """Three significant digits with the locale's word for the size; None where it has none."""
        rounded = Decimal(f"{amount:.3g}")
        text = format_compact_currency(
            rounded, self.currency, locale=self.locale, fraction_digits=2
        )
        if abs(amount) < _COMPACT_FROM or sum(letter.isdigit() for letter in text) >= 5:
            return None
        if not pad:
            return self._tidy(text)
        return self._tidy(re.sub(r"\d+(\D\d+)?", self._three_digits, text, count=1))

    def _three_digits(self, found: re.Match) -> str:
        """ "1.2" as "1.20", so that amounts of one size show the same digits."""
        text = found[0]
        missing = 3 - sum(letter.isdigit() for letter in text)
        point = "" if found[1] else get_decimal_symbol(self.locale)
        return text + point + "0" * missing if missing > 0 else text

    def decimal(self, value: float, decimals: int) -> str:
        pattern = "#,##0." + "0" * decimals if decimals else "#,##0"
        text = format_decimal(_exact(value, 12), pattern, self.locale)
        return self._tidy(text)

    def tick(self, value: float, unit: str) -> str:
        """A figure for an axis: as short as it can be without losing digits."""
        value = number(value)
        if math.isnan(value):
            return MISSING
        value = round(value, 9)
        if unit == MONEY:
            return self._compact(value, pad=False) or self.money(value)
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

    @staticmethod
    def _tidy(text: str) -> str:
        """A true minus sign (none before a zero), and a yen sign that common fonts hold."""
        text = text.replace(_FULLWIDTH_YEN, "¥")
        if "-" in text or "\u2212" in text:
            sign = "\u2212" if any(letter in "123456789" for letter in text) else ""
            text = text.replace("-", sign, 1) if "-" in text else text.replace("\u2212", sign, 1)
        return text

    def interval(self, low: Number, high: Number, unit: str, *, compact: bool = False) -> str:
        """ "2.2% to 4.3%"; empty when there is no interval."""
        if math.isnan(number(low)) or math.isnan(number(high)):
            return ""
        ends = [self.value(end, unit, compact=compact, bare=True) for end in (low, high)]
        return " to ".join(ends)

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

    def change(self, new: Number, old: Number, unit: str) -> str:
        """ "up 0.4 percentage points", "down 3.2%", "unchanged"; empty when either is missing.

        Money and counts change by a share of the old figure where `relative` gives one.
        """
        difference = number(new) - number(old)
        if math.isnan(difference):
            return ""
        if difference == 0:
            return "unchanged"
        size = self._change_size(abs(difference), number(old), number(new), unit)
        if not any(letter in "123456789" for letter in size):
            return "almost unchanged"
        return f"{'up' if difference > 0 else 'down'} {size}"

    def change_short(self, new: Number, old: Number, unit: str) -> str:
        """The same for a table cell: "+0.4 pp", "−3.2%", "0"."""
        text = (
            self.change(new, old, unit).replace(" percentage points", " pp").replace(" points", "")
        )
        if text in ("unchanged", "almost unchanged"):
            return "0" if text == "unchanged" else "≈ 0"
        return text.replace("up ", "+").replace("down ", "\u2212")

    def _change_size(self, size: float, old: float, new: float, unit: str) -> str:
        if unit == PERCENT:
            return (
                f"{self.decimal(size * 100, self._decimals(size * 100, PERCENT))} percentage points"
            )
        share = self.relative(new, old) if unit in (MONEY, COUNT) else ""
        return share or self.value(size, unit, compact=True)

    def relative(self, new: float, old: float) -> str:
        """By what share of the old a figure changed: "3.2%"; empty where that says nothing.

        A share of nothing, or of less than nothing, has no meaning, nor has one of a thousand per cent.
        """
        if not (old > 0 and new >= 0 and abs(new - old) < MOST_TIMES * old):
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
        why = undefined_why(rule)
        return f"undefined ({why})" if why else "undefined"

    def figure(self, reading: Reading, unit: str, *, rule: Rule | None = None) -> str:
        """The figure of a reading, or why there is none."""
        if reading.ok:
            return self.value(reading.value, unit)
        return self.status(reading, rule)


def _exact(value: float, places: int) -> Decimal:
    """The decimal number that a float is written as, so that rounding is the reader's rounding."""
    return Decimal(repr(round(float(value), places)))


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
    return "All" if words == ALL else words[:1].upper() + words[1:]


def listed(parts: Sequence[str], *, most: int = 0) -> str:
    """ "a", "a and b", "a, b and c"; with `most`, "a, b and 3 more"."""
    if most and len(parts) > most:
        parts = [*parts[:most], f"{len(parts) - most} more"]
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def metric_title(metric: Metric, variant: str | None = None, *, where: str = "") -> str:
    """The metric's title, with its variant wherever that is not the canonical, unnamed one, and for whom."""
    rule = metric.rule(variant)
    name = rule.label or ("" if rule.variant == metric.canonical else spoken(rule.variant))
    title = f"{metric.title} ({name})" if name else metric.title
    return f"{title} for {where}" if where else title


def split_title(title: str, by: str) -> str:
    """A title beside which its split is said: "Lost customers" of "Lost customers by reason"."""
    return title.removesuffix(f" by {spoken(by).split()[-1]}")
