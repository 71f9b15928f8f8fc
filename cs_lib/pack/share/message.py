"""The front page of a pack as a mail: text, and HTML that needs neither style sheet nor network."""

import re
import textwrap
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid, parseaddr
from pathlib import Path
from typing import TYPE_CHECKING

from cs_lib.pack.pages.index import template
from cs_lib.pack.share.approval import ApprovalState

if TYPE_CHECKING:
    from cs_lib.report.tables.front_page import FrontPage

LOGO = "logo"
WIDTH = 76
TILES_A_ROW = 3
ACCENT = "#1b6f6a"
#: how a line of the front page begins that has an empty one before it
_BLOCK = re.compile(r"(?P<story>\d+|Good news)(?=: )|Decide(?=: )|Action(?=: )")


@dataclass(frozen=True)
class Letter:
    """What a mail says: a front page, whose and of when, how it stands, and where the rest is."""

    company: str
    segment: str
    period: str
    front: "FrontPage"
    approval: ApprovalState
    where: str
    link: str = ""
    accent: str = ""
    logo: Path | None = None
    book: Path | None = None

    @property
    def name(self) -> str:
        return " · ".join(filter(None, [self.company, self.segment, self.period]))

    @property
    def subject(self) -> str:
        tag = self.front.headline[0].rstrip(".") if self.front.headline else ""
        return _line(f"{self.name}: {tag}" if tag else self.name)


def _line(text: str) -> str:
    """A text in one line, as a header of a mail needs it."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def message_of(letter: Letter, sender: str, recipients: tuple[str, ...]) -> EmailMessage:
    """The mail: its text, or its HTML with the logo, and the board book where one goes along."""
    mail = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    mail["From"], mail["To"], mail["Subject"] = sender, ", ".join(recipients), letter.subject
    mail["Date"] = format_datetime(datetime.now(UTC))
    mail["Message-ID"] = make_msgid(domain=address_of(sender).rpartition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text_of(letter))
    mail.add_alternative(html_of(letter), subtype="html")
    if letter.logo:
        _, html = mail.iter_parts()
        html.add_related(letter.logo.read_bytes(), "image", "png", cid=f"<{LOGO}>")
    if letter.book:
        name = f"{letter.name}.pdf".replace("/", "-")
        mail.add_attachment(letter.book.read_bytes(), "application", "pdf", filename=_line(name))
    return mail


def address_of(written: str) -> str:
    """The bare address of one such as "The board <board@example.com>"."""
    return parseaddr(written)[1]


def text_of(letter: Letter) -> str:
    """The mail as plain text, each story and list after an empty line."""
    lines = [letter.name, *filter(None, [letter.approval.words]), ""]
    before = ""
    for line in str(letter.front).split("\n"):
        kind = _BLOCK.match(line)
        if kind and (kind["story"] or kind[0] != before):
            lines.append("")
        lines.append(line)
        before = kind[0] if kind else before
    lines += ["", " ".join(filter(None, [letter.where, letter.link]))]
    return "\n".join(_wrapped(line) for line in lines) + "\n"


def _wrapped(line: str) -> str:
    indent = " " * (len(line) - len(line.lstrip()))
    return textwrap.fill(
        line,
        WIDTH,
        subsequent_indent=f"{indent}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def html_of(letter: Letter) -> str:
    """The mail as HTML: tables and inline styles, for mail programs know little else."""
    front = letter.front
    rows = [front.tiles[at : at + TILES_A_ROW] for at in range(0, len(front.tiles), TILES_A_ROW)]
    page = template("mail.html.j2").render(
        letter=letter,
        front=front,
        rows=rows,
        width=100 // TILES_A_ROW,
        accent=letter.accent or ACCENT,
        logo=f"cid:{LOGO}" if letter.logo else "",
    )
    return page.rstrip() + "\n"
