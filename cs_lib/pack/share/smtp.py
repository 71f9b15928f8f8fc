"""The mail server that the environment names, and messages handed to it. Its password is shown nowhere."""

import os
import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from cs_lib.errors import MailError
from cs_lib.vocabulary import MAIL_SERVER

FORM = "smtp[s]://user:password@host:port"
PORTS = {"smtp": 587, "smtps": 465}
#: seconds that a server may take to answer
PATIENCE = 30.0
#: where a password may travel in the clear: it does not leave the machine
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class UnsureError(MailError):
    """A message was on its way when the connection broke: nobody knows whether it arrived."""


@dataclass(frozen=True)
class Server:
    """A mail server: `smtps` speaks TLS from the start, `smtp` after STARTTLS where the server has it."""

    host: str
    port: int
    tls: bool
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def from_environment(cls) -> "Server":
        """The server that CS_KIT_SMTP names; MailError where it names none."""
        given = os.environ.get(MAIL_SERVER, "")
        if not given:
            raise MailError(f"{MAIL_SERVER} is not set. Set it to {FORM}, or ask for --dry-run.")
        try:
            parts = urlsplit(given)
            host, port = parts.hostname, parts.port
            user, password = (unquote(each or "") for each in (parts.username, parts.password))
        except ValueError:
            host, parts = None, None
        if not host or parts is None or parts.scheme not in PORTS or parts[2:] not in _NO_PATH:
            raise MailError(
                f"{MAIL_SERVER} is not written as {FORM}. In a password, % stands for %25, @ for %40, / for "
                "%2F, : for %3A and # for %23."
            )
        return cls(host, port or PORTS[parts.scheme], parts.scheme == "smtps", user, password)

    @property
    def shown(self) -> str:
        return f"{self.host}:{self.port}"


_NO_PATH = (("", "", ""), ("/", "", ""))


@dataclass(frozen=True)
class Handed:
    """What became of a message: who it was taken for, and who was refused, with the server's words."""

    taken: tuple[str, ...]
    refused: dict[str, str]


@contextmanager
def connected(server: Server) -> Iterator["Postman"]:
    """A connection that may send; MailError, in one sentence, where there is none or it breaks."""
    context = ssl.create_default_context()
    smtp: smtplib.SMTP | None = None
    try:
        try:
            smtp = (
                smtplib.SMTP_SSL(server.host, server.port, timeout=PATIENCE, context=context)
                if server.tls
                else smtplib.SMTP(server.host, server.port, timeout=PATIENCE)
            )
            _secure(smtp, server, context)
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            raise _no_connection(error, server) from None
        yield Postman(smtp, server)
    finally:
        if smtp is not None:
            _leave(smtp)


def _secure(smtp: smtplib.SMTP, server: Server, context: ssl.SSLContext) -> None:
    smtp.ehlo_or_helo_if_needed()
    if not server.tls and smtp.has_extn("starttls"):
        smtp.starttls(context=context)
        smtp.ehlo()
    elif not server.tls and server.password and server.host not in LOOPBACK:
        raise MailError(
            f"The mail server {server.shown} offers no TLS, and the password would travel in the clear. "
            f"Write {MAIL_SERVER} as smtps://…, with the port that speaks TLS."
        )
    if server.user:
        smtp.login(server.user, server.password)


def _no_connection(error: Exception, server: Server) -> MailError:
    where = f"The mail server {server.shown}"
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return MailError(
            f"{where} refused the login ({error.smtp_code}). Look at the name and the password in "
            f"{MAIL_SERVER}. Nothing was sent."
        )
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return MailError(f"{where} takes no login. Leave user and password out of {MAIL_SERVER}.")
    if isinstance(error, UnicodeError):
        return MailError(
            f"The name or the password in {MAIL_SERVER} holds signs that a login cannot carry. Nothing was "
            "sent."
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        return MailError(
            f"{where} cannot be trusted: {error.verify_message}. Nothing was sent. A certificate of your "
            "own is named in SSL_CERT_FILE."
        )
    if isinstance(error, ssl.SSLError):
        return MailError(
            f"{where} does not speak TLS as {MAIL_SERVER} says. smtps:// needs the port that speaks TLS from "
            "the start, often 465; smtp:// any other. Nothing was sent."
        )
    if isinstance(error, smtplib.SMTPResponseException):
        return MailError(f"{where} does not answer as one ({error.smtp_code}). Nothing was sent.")
    if isinstance(error, smtplib.SMTPServerDisconnected | TimeoutError):
        return MailError(f"{where} broke the connection off, or does not answer. Nothing was sent.")
    why = getattr(error, "strerror", None) or type(error).__name__
    return MailError(f"{where} cannot be reached: {why}. Nothing was sent.")


def _leave(smtp: smtplib.SMTP) -> None:
    try:
        smtp.quit()
    except (OSError, smtplib.SMTPException):
        smtp.close()


@dataclass(frozen=True)
class Postman:
    """An open connection to a mail server."""

    smtp: smtplib.SMTP = field(repr=False)
    server: Server

    def hand_over(self, message: bytes, sender: str, recipients: Sequence[str]) -> Handed:
        """Send a message. Raises MailError where nobody got it, UnsureError where that cannot be known."""
        where = f"The mail server {self.server.shown}"
        try:
            self._ask(*self.smtp.mail(sender, [f"size={len(message)}"] if self._sized else []))
            answers = {each: self.smtp.rcpt(each) for each in recipients}
        except _Refused as error:
            raise MailError(f"{where} refused the sender {sender}: {error}") from None
        except (OSError, smtplib.SMTPException):
            raise MailError(
                f"{where} broke the connection off before it took the message."
            ) from None
        refused = {each: self._said(*a) for each, a in answers.items() if a[0] not in (250, 251)}
        taken = tuple(each for each in recipients if each not in refused)
        if not taken:
            self._forget()
            return Handed((), refused)
        try:
            self._ask(*self.smtp.data(message))
        except _Refused as error:
            raise MailError(f"{where} refused the message: {error}") from None
        except smtplib.SMTPDataError as error:
            said = self._said(error.smtp_code, error.smtp_error)
            raise MailError(f"{where} refused the message: {said}") from None
        except (OSError, smtplib.SMTPException):
            raise UnsureError(
                f"The connection to the mail server {self.server.shown} was lost while the message was on "
                f"its way to {', '.join(taken)}: it may have arrived. Ask before you send it --again."
            ) from None
        return Handed(taken, refused)

    @property
    def _sized(self) -> bool:
        return self.smtp.has_extn("size")

    def _ask(self, code: int, words: bytes) -> None:
        if code != 250:
            raise _Refused(self._said(code, words))

    def _said(self, code: int, words: bytes | str) -> str:
        """The server's answer in one line, without the password should it hold it."""
        text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
        line = " ".join(text.split())[:200]
        hidden = self.server.password
        shown = line if line.isprintable() and not (hidden and hidden in line) else ""
        return f"{code} {shown}".strip()

    def _forget(self) -> None:
        try:
            self.smtp.rset()
        except (OSError, smtplib.SMTPException):
            self.smtp.close()


class _Refused(Exception):
    """The server said no."""
