"""The board book as PDF: its contents name the page that each section begins on.

Chromium leaves `target-counter()` unread, so the book is printed twice: once to see on which page each
anchor lands, and once with those numbers in the contents.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from cs_lib.errors import ReportError
from cs_lib.pack.pages.pdf import Press, PrintedPage, for_paper

BOOK_PDF = "board.pdf"
#: where the contents keep the number of a section's page
_PLACE = re.compile(r"<!-- page of (\S+) -->")
_COVER = "<style>@page :first { @bottom-right { content: none } @bottom-left { content: none } }</style>\n</head>"
#: what pypdf raises at a damaged document, beside its own errors
UNREADABLE = (OSError, ValueError, LookupError, TypeError, AttributeError)
#: as wide as any number of a page is
UNKNOWN = "00"


def print_book(html: str, words: str, folder: Path, *, press: Press) -> list[str]:
    """Print the book beside its page, `words` at its foot; what went wrong, in words."""
    to = folder / BOOK_PDF
    page = for_paper(PrintedPage("", html, words), press.paper).replace("</head>", _COVER, 1)
    try:
        press.print(_PLACE.sub(UNKNOWN, page), to)
        press.print(numbered(page, anchors(to)), to)
    except ReportError as error:
        to.unlink(missing_ok=True)
        return [str(error)]
    return []


def numbered(page: str, numbers: Mapping[str, int]) -> str:
    """The page with the numbers of the printed pages in its contents."""
    return _PLACE.sub(lambda found: str(numbers.get(found[1], "")), page)


def anchors(pdf: Path) -> dict[str, int]:
    """The number of the page, from 1, on which each anchor that a link leads to was printed."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    found = {}
    try:
        document = PdfReader(pdf)
        for name, place in document.named_destinations.items():
            number = document.get_destination_page_number(place)
            if number is not None:
                found[name.removeprefix("/")] = number + 1
    except (PyPdfError, *UNREADABLE):
        raise ReportError(f"{pdf.name} was printed, and cannot be read.") from None
    return found


def page_count(pdf: Path) -> int:
    """How many pages a document has; none where it cannot be read."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        return len(PdfReader(pdf).pages)
    except (PyPdfError, *UNREADABLE):
        return 0
