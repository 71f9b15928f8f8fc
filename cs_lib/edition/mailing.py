"""To whom an edition's front page is mailed."""

import re
from email.utils import parseaddr
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from cs_lib.params import Part, Text

_BARE = r"[^\s<>@,;:\"()\[\]\\]+@[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*"
_ADDRESS = re.compile(rf'{_BARE}|(?:"[^"\\]*"|[^"<>,;:@()\[\]\\]*) *<{_BARE}>')


def _is_an_address(value: str) -> str:
    written = value.isprintable() and _ADDRESS.fullmatch(value.strip())
    if not written or not parseaddr(value)[1].isascii():
        raise ValueError(
            f"{value!r} is not a mail address such as board@example.com or "
            '"The board <board@example.com>"'
        )
    return value


def _is_a_page(value: str) -> str:
    if not re.match(r"https?://[^\s/]+", value) or re.search(r"\s", value):
        raise ValueError(f"{value!r} is not an address such as https://reports.example.com/")
    return value


def _listed(value: object) -> object:
    """One address is a list of one."""
    return [value] if isinstance(value, str) else value


Address = Annotated[Text, AfterValidator(_is_an_address)]
Addresses = Annotated[tuple[Address, ...], BeforeValidator(_listed), Field(min_length=1)]


class Mail(Part):
    """`recipients` by segment. `attach`: the board book goes along, where there is one; `link`: where the
    folder of reports can be opened; `approved_only`: nothing is sent that nobody approved."""

    sender: Address = Field(alias="from")
    recipients: Annotated[dict[str, Addresses], Field(min_length=1)]
    attach: bool = False
    link: Annotated[Text, AfterValidator(_is_a_page)] | None = None
    approved_only: bool = False
