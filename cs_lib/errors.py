"""One family of errors: each says what came, where, and what to do about it."""

import difflib
from collections.abc import Iterable


class KitError(Exception):
    """An error for the person at the keyboard: shown without a traceback."""

    exit_status = 1


class EditionError(KitError):
    """The params file, or a choice made on the command line, cannot be used."""

    exit_status = 2


class DataError(KitError):
    """The data breaks the input contract; `findings` are what it says, one by one, where they are known."""

    exit_status = 3

    def __init__(self, says: str, findings: Iterable[object] = ()) -> None:
        super().__init__(says)
        self.findings = tuple(findings)


class EngineError(KitError):
    """The engine could not run what it was asked; the caller says what that means."""


class ReportError(KitError):
    """At least one report could not be made whole."""

    exit_status = 4


class ReconciliationError(KitError):
    """A proof that the figures agree with each other has failed."""

    exit_status = 5


class PlaceError(KitError):
    """A folder or a disk cannot be read or written."""

    exit_status = 6


class MailError(KitError):
    """A mail could not be handed to the mail server, or not for everybody."""

    exit_status = 7


class KitWarning(UserWarning):
    """What the person at the keyboard should know, though the work goes on."""


def did_you_mean(name: object, known: Iterable[object]) -> str:
    """The end of an error message: the nearest known name, or the whole list when none is near."""
    words = sorted(str(each) for each in known)
    near = difflib.get_close_matches(str(name), words, n=1, cutoff=0.6)
    if near:
        return f"Did you mean {near[0]}?"
    return f"Known: {', '.join(words)}." if words else "None is known here."
