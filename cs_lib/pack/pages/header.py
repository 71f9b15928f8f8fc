"""What stands around the findings of a report, in words, and the one stylesheet of all pages."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cs_lib.pack.pages.page_brand import NO_BRAND, PageBrand
from cs_lib.pack.run.lineage import Lineage
from cs_lib.period import Period, Segment
from cs_lib.vocabulary import FAILED

if TYPE_CHECKING:
    from cs_lib.edition import Edition
    from cs_lib.pack.run.manifest import ReportEntry
    from cs_lib.pack.run.plan import Report

TEMPLATE = Path(__file__).parent / "template"
WARNINGS_SHOWN = 8


@dataclass(frozen=True)
class ReportHeader:
    """The head and foot of one report."""

    company: str
    title: str
    period: str
    segment: str
    data_to: str
    lineage: Lineage
    language: str = "en"
    sliced: bool = False
    whose: str = ""
    brand: PageBrand = NO_BRAND


def header_of(
    edition: "Edition", report: "Report", lineage: Lineage, brand: PageBrand = NO_BRAND
) -> ReportHeader:
    """The header of one report, in words."""
    from cs_lib.report.text.owner_sentences import todays_customers

    return ReportHeader(
        company=edition.company,
        title=report.notebook.title,
        period=period_words(report.period),
        segment=segment_words(report.segment),
        data_to=day_words(lineage.last_day),
        lineage=lineage,
        language=report.notebook.kit.get("language", "en"),
        sliced=bool(report.segment.pairs),
        whose=todays_customers(report.segment),
        brand=brand,
    )


def period_words(period: Period) -> str:
    from cs_lib.report.text.formatting import Formatter

    words = Formatter().period(period)
    return words[:1].upper() + words[1:]


def segment_words(segment: Segment) -> str:
    """The segment as a heading says it: All customers, or Plan Pro, region EMEA."""
    if not segment.pairs:
        return "All customers"
    words = ", ".join(f"{column.replace('_', ' ')} {value}" for column, value in segment.pairs)
    return words[:1].upper() + words[1:]


def day_words(day: str) -> str:
    """An ISO day as "30 June 2026"."""
    from datetime import date

    from babel.dates import format_date

    return format_date(date.fromisoformat(day), "d MMMM y", locale="en")


def outdated_words(entry: "ReportEntry") -> str:
    """What is said on a page that is not of the pack's own figures; nothing on any other."""
    if not entry.is_outdated:
        return ""
    made = day_words(entry.made_on)
    if entry.status == FAILED:
        return (
            f"This report is the last good one, made on {made}. It could not be made again on "
            f"{day_words(entry.failed_on)}: {entry.error}"
        )
    return f"This report was made on {made}, of older figures than the rest of the pack."


def stylesheet(brand: PageBrand = NO_BRAND) -> str:
    """The one stylesheet of all pages: tables first, then the page, the board book, and the edition's own."""
    texts = ((TEMPLATE / f"{name}.css").read_text("utf-8") for name in ("report", "book"))
    return "".join([*texts, brand.css])
