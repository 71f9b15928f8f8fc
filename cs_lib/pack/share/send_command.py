"""What `send` does: the front page of a published pack mailed to the recipients of each segment, once."""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from cs_lib.edition import Edition, read_edition
from cs_lib.edition.mailing import Mail
from cs_lib.errors import EditionError, MailError, did_you_mean
from cs_lib.pack.pages.book_pdf import BOOK_PDF
from cs_lib.pack.pages.header import period_words, segment_words
from cs_lib.pack.pages.navigation import INDEX
from cs_lib.pack.run.choices import in_known_order
from cs_lib.pack.run.manifest import entries_of
from cs_lib.pack.run.plan import refuse_wrong_words
from cs_lib.pack.run.publish import PackPaths
from cs_lib.pack.run.request import RunRequest
from cs_lib.pack.share.approval import ApprovalState, approval_of
from cs_lib.pack.share.approve_command import digest_of, held, refuse_older_reports
from cs_lib.pack.share.message import Letter, address_of, message_of
from cs_lib.pack.share.smtp import Postman, Server, UnsureError, connected
from cs_lib.period import Period, Segment
from cs_lib.scratch import for_the_owner

if TYPE_CHECKING:
    from cs_lib.metrics.measures import Measures

SENT, UNSURE = "sent", "unsure"
Say = Callable[[str], None]


@dataclass(frozen=True)
class Dispatch:
    """What mails are made from, and for whom: an edition, its measures, and the pack that stands for them."""

    edition: Edition
    mail: Mail
    measures: "Measures"
    paths: PackPaths
    manifest: dict
    recipients: dict[Segment, tuple[str, ...]]
    say: Say

    @property
    def root(self) -> Path:
        return self.paths.root

    @property
    def period(self) -> Period:
        return Period.parse(self.paths.period)

    @cached_property
    def approval(self) -> ApprovalState:
        return approval_of(self.edition, self.measures, self.period)

    def letter(self, segment: Segment) -> Letter:
        from cs_lib.kit.kit_front import front_page
        from cs_lib.kit.selection import Selection
        from cs_lib.report.display import LeftOut

        front = front_page(Selection(self.edition, self.measures, self.period, segment))
        if isinstance(front, LeftOut):
            raise EditionError(
                f"There is no front page of {segment} for {self.period}: {front.reason}."
            )
        brand = self.edition.brand
        logo = self.root / brand.logo if brand.logo else None
        book = self.paths.pack / BOOK_PDF
        # the book tells of every segment: it is for those who get the whole
        attached = self.mail.attach and not segment.pairs and book.is_file()
        if attached and self.manifest["approval"] != self.approval.as_dict():
            raise EditionError(
                f"{book.relative_to(self.root).as_posix()} was printed before the pack was approved, and "
                f"says otherwise. Print it again: python -m cs_lib run {self.edition.name} --period "
                f"{self.period} --pdf"
            )
        page = self._page(segment)
        return Letter(
            company=self.edition.company,
            segment=segment_words(segment) if segment.pairs else "",
            period=period_words(self.period),
            front=front,
            approval=self.approval,
            where=self._where(page, attached),
            link=self._link(page),
            accent=brand.accent or "",
            logo=logo if logo and logo.suffix.lower() == ".png" else None,
            book=book if attached else None,
        )

    def _page(self, segment: Segment) -> str:
        """Where a reader goes on: the pack's index, an owner's sheet, or the first report of a segment."""
        for sheet in self.manifest.get("sheets", ()):
            if sheet["segment"] == segment.label:
                return sheet["html"]
        own = (e for e in entries_of(self.manifest).values() if e.segment == segment.label)
        first = next((each.html for each in own if each.has_page), INDEX)
        return first if segment.pairs else INDEX

    def _where(self, page: str, attached: bool) -> str:
        start = "The board book is attached; its evidence" if attached else "The reports behind it"
        if self.mail.link:
            return f"{start}:"
        path = (self.paths.pack / page).relative_to(self.root).as_posix()
        return f"{start} {'stands' if attached else 'stand'} in {path}."

    def _link(self, page: str) -> str:
        if not self.mail.link:
            return ""
        place = quote(f"{self.paths.edition}/{self.paths.period}/{page}")
        return f"{self.mail.link.rstrip('/')}/{place}"


def send(
    which: str,
    *,
    root: Path,
    period: str | None = None,
    segment: str | None = None,
    dry_run: bool = False,
    again: bool = False,
    data_dir: Path | None = None,
    allow_rejects: bool = False,
    say: Say,
) -> None:
    """Mail the front page of a published pack to whom the edition names. Raises MailError, EditionError."""
    from cs_lib.metrics.audit.cache import load_measures

    edition = read_edition(which, root=root)
    refuse_wrong_words(edition, RunRequest(period=period), root=root)
    mail = edition.mail
    if mail is None:
        raise EditionError(
            f"params/{edition.name}.yaml names nobody to send to. Add, for example, "
            "mail: {from: reports@example.com, recipients: {all: [board@example.com]}}"
        )
    recipients = _recipients(edition, mail, segment)
    with held(edition, root, period) as (paths, manifest):
        measures = load_measures(edition, root=root, data_dir=data_dir, allow_rejects=allow_rejects)
        about = Dispatch(edition, mail, measures, paths, manifest, recipients, say)
        _refuse_another_pack(about)
        if not dry_run and edition.asks_approval and not about.approval.is_valid:
            raise EditionError(
                f"{edition.name} asks for an approval before anything is sent. {about.approval.words} Read "
                f"the pack of {about.period}, then: python -m cs_lib approve {which} --period {about.period} "
                "--by NAME"
            )
        letters = {each: about.letter(each) for each in recipients}
        if dry_run:
            _write_down(about, letters)
        else:
            _send_to_those_waiting(about, letters, again=again)


def _send_to_those_waiting(about: Dispatch, letters: dict[Segment, Letter], *, again: bool) -> None:
    server, ledger = Server.from_environment(), Ledger.of(about)
    waiting = about.recipients
    if not again:
        for segment, to in waiting.items():
            _tell_of_earlier(segment, to, ledger, about.say)
        waiting = {s: ledger.waiting(s, to) for s, to in waiting.items()}
    if any(waiting.values()):
        with connected(server) as postman:
            _send_all(postman, about, letters, waiting, ledger)


def _recipients(
    edition: Edition, mail: Mail, segment: str | None
) -> dict[Segment, tuple[str, ...]]:
    named: dict[Segment, tuple[str, ...]] = {}
    for text, to in mail.recipients.items():
        known = in_known_order(Segment.parse(text), edition)
        named[known] = tuple(dict.fromkeys((*named.get(known, ()), *to)))
    if segment is None:
        return named
    asked = in_known_order(Segment.parse(segment), edition)
    if asked not in named:
        raise EditionError(
            f"--segment {segment}: mail.recipients names nobody for it. "
            + did_you_mean(segment, [each.label for each in named])
        )
    return {asked: named[asked]}


def _refuse_another_pack(about: Dispatch) -> None:
    """EditionError where the pack is of other figures, definitions or notes than the edition has now."""
    from cs_lib.pack.run.choices import check_names

    edition, period = about.edition, about.period
    check_names(edition, about.measures)
    before = f"it is sent: python -m cs_lib run {edition.name} --period {period}"
    if about.approval.digest != digest_of(about.manifest, about.paths):
        raise EditionError(
            f"{edition.name}: figures, definitions or notes were changed since the pack of {period} was "
            f"published. Publish it again before {before}"
        )
    refuse_older_reports(about.manifest, before)


def _write_down(about: Dispatch, letters: dict[Segment, Letter]) -> None:
    """Put the mails beside the pack as files, for their owner alone."""
    folder = about.paths.shelf / f"{about.period}.mail"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    for segment, letter in letters.items():
        path = folder / f"{segment.slug}.eml"
        with open(path, "wb", opener=for_the_owner) as to:
            to.write(bytes(message_of(letter, about.mail.sender, about.recipients[segment])))
        whom = ", ".join(about.recipients[segment])
        about.say(f"{path.relative_to(about.root).as_posix()}: to {whom}. Nothing was sent.")


def _tell_of_earlier(segment: Segment, to: tuple[str, ...], ledger: "Ledger", say: Say) -> None:
    how = {each: ledger.how(segment, each) for each in to}
    if sent := ", ".join(each for each in to if how[each] == SENT):
        say(f"{segment}: these figures went to {sent} before. --again sends them again.")
    if unsure := ", ".join(each for each in to if how[each] == UNSURE):
        say(
            f"{segment}: nobody knows whether these figures reached {unsure}. Ask, and where they did "
            "not, send them --again."
        )


def _send_all(
    postman: Postman,
    about: Dispatch,
    letters: dict[Segment, Letter],
    waiting: dict[Segment, tuple[str, ...]],
    ledger: "Ledger",
) -> None:
    trouble = []
    for segment, to in waiting.items():
        if not to:
            continue
        message = message_of(letters[segment], about.mail.sender, to)
        addresses = {address_of(each): each for each in to}
        try:
            handed = postman.hand_over(
                bytes(message), address_of(about.mail.sender), list(addresses)
            )
        except BaseException as error:
            if isinstance(error, UnsureError) or not isinstance(error, MailError):
                ledger.add(segment, list(addresses), UNSURE)  # also where someone pressed Ctrl-C
            raise
        ledger.add(segment, list(handed.taken), SENT)
        if handed.taken:
            about.say(f"{segment}: sent to {', '.join(addresses[each] for each in handed.taken)}.")
        trouble += [f"{segment}: {to} was refused: {why}." for to, why in handed.refused.items()]
    if trouble:
        raise MailError("\n".join(trouble))


def _is_a_line(each: object) -> bool:
    needed = ("to", "figures", "segment")
    return isinstance(each, dict) and all(isinstance(each.get(name), str) for name in needed)


@dataclass
class Ledger:
    """Who got which figures: a file beside the pack, for its owner alone."""

    path: Path
    figures: str
    lines: list[dict]

    @classmethod
    def of(cls, about: Dispatch) -> "Ledger":
        path = about.paths.shelf / f"{about.period}.sent.json"
        figures = digest_of(about.manifest, about.paths).partition(".")[0]
        if not path.is_file():
            return cls(path, figures, [])
        try:
            lines = json.loads(path.read_text(encoding="utf-8"))
            if not (isinstance(lines, list) and all(map(_is_a_line, lines))):
                raise ValueError
        except (OSError, ValueError, RecursionError):
            raise MailError(
                f"{path.relative_to(about.root).as_posix()}, which says who got which figures, cannot be "
                "read. Move it away once you know to whom they went. Nothing was sent."
            ) from None
        return cls(path, figures, lines)

    def waiting(self, segment: Segment, to: tuple[str, ...]) -> tuple[str, ...]:
        """Those to whom these figures of a segment were not sent."""
        return tuple(each for each in to if not self.how(segment, each))

    def how(self, segment: Segment, to: str) -> str:
        """Whether these figures of a segment were sent to someone, or nobody knows; empty: they were not."""
        sought = {"segment": segment.label, "to": address_of(to), "figures": self.figures}
        found = {e.get("how") for e in self.lines if sought.items() <= e.items()}
        return (UNSURE if found == {UNSURE} else SENT) if found else ""

    def add(self, segment: Segment, to: list[str], how: str) -> None:
        """Write down to whom a segment's figures went, at once: what follows may fail."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        self.lines += [
            {"segment": segment.label, "to": each, "figures": self.figures, "how": how, "at": now}
            for each in to
        ]
        text = json.dumps(self.lines, indent=1, ensure_ascii=False) + "\n"
        beside = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        with open(beside, "w", opener=for_the_owner, encoding="utf-8") as file:
            file.write(text)
        beside.replace(self.path)
