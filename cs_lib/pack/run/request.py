"""What the person at the keyboard asked a run for."""

import os
from dataclasses import dataclass
from pathlib import Path

from cs_lib.pack.kernels import LIMIT

#: what may be printed: the board book alone, or every report and the whole pack too
BOOK_ALONE, EVERYTHING = "book", "all"


@dataclass(frozen=True)
class RunRequest:
    """The words of the command line."""

    period: str | None = None
    segments: tuple[str, ...] = ()
    notebooks: tuple[str, ...] = ()
    jobs: int | None = None
    data_dir: Path | None = None
    allow_rejects: bool = False
    force: bool = False
    cold: bool = False
    timeout: float = LIMIT
    pdf: str | None = None
    against: str | None = None

    @property
    def is_partial(self) -> bool:
        """Whether some reports alone are asked for, and not the edition's pack."""
        return bool(self.segments or self.notebooks)

    @property
    def workers(self) -> int:
        return self.jobs or os.cpu_count() or 1
