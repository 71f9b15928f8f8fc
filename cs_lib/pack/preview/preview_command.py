"""`python -m cs_lib preview`: a report seen again whenever its notebook, its edition or the code changes.

The process that makes the page (preview_session.py) is started anew when the code changed, so that what it and
its kernels run is the code as it stands. This one imports little, and outlives code that does not run.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import webbrowser
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from cs_lib.errors import EditionError, did_you_mean
from cs_lib.pack.preview.preview_page import (
    NOTEBOOKS,
    PreviewRequest,
    put_page,
    trouble_page,
)
from cs_lib.pack.preview.watched_files import stamps_of_code

SESSION = "cs_lib.pack.preview.preview_session"
#: seconds between two looks at the code, and those that a process is given to end
LOOK, PATIENCE = 0.5, 10.0
Say = Callable[[str], None]


def preview(asked: PreviewRequest, *, root: Path, open_page: bool, once: bool, say: Say) -> None:
    """Keep the page of a report up to date until the user stops it (Ctrl-C); with `once`, make it once.

    EditionError where there is no such notebook; with `once`, the error that the page shows.
    """
    _refuse_unknown(asked, root)
    page = asked.page(root)
    if once:
        _make_once(asked, root)
        say(f"{page}")
        return
    say(f"{page}\nis made again whenever its files change. Ctrl-C ends it.")
    reader = _Reader(page, open_page and can_open(), say)
    while True:
        seen = stamps_of_code()
        with _session(asked, root, reader) as session:
            while stamps_of_code() == seen:
                session.tell_if_dead(page, say)
                time.sleep(LOOK)
        say("cs_lib has changed: it is started anew.")


def can_open() -> bool:
    """Whether there is a display to open a page on: elsewhere a browser would take over the terminal."""
    shown = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return bool(shown) or sys.platform in ("darwin", "win32")


def _refuse_unknown(asked: PreviewRequest, root: Path) -> None:
    if not asked.file(root).is_file():
        known = (each.stem for each in (root / NOTEBOOKS).glob("*.ipynb"))
        raise EditionError(
            f"there is no notebook {asked.notebook}. " + did_you_mean(asked.notebook, known)
        )


def _make_once(asked: PreviewRequest, root: Path) -> None:
    from cs_lib.pack.preview.preview_session import report_of

    with report_of(asked, root) as report:
        error = report.make()
    if error:
        raise error


@dataclass
class _Reader:
    """Hears of each page that is made, tells it, and opens the first."""

    page: Path
    to_open: bool
    say: Say

    def hear(self, process: subprocess.Popen) -> None:
        assert process.stdout
        for line in process.stdout:
            told = json.loads(line)
            self.say(told["trouble"] or f"made in {told['seconds']:.1f} s")
            if self.to_open:
                self.to_open = False
                webbrowser.open(self.page.as_uri())


@dataclass
class _Session:
    process: subprocess.Popen
    log: Path
    told: bool = False

    def tell_if_dead(self, page: Path, say: Say) -> None:
        """Where the process died before it was told to: put its last words on the page."""
        if self.told or self.process.poll() is None:
            return
        self.told = True
        words = self.log.read_text(errors="replace").strip() or "Was there memory enough?"
        put_page(page, trouble_page("The process that makes it died.", words))
        say(words.splitlines()[-1])


@contextlib.contextmanager
def _session(asked: PreviewRequest, root: Path, reader: _Reader) -> Iterator[_Session]:
    """The process that makes the page; it has ended when the block is left."""
    import cs_lib

    code = str(Path(cs_lib.__path__[0]).parent)
    path = os.pathsep.join(filter(None, [code, os.environ.get("PYTHONPATH", "")]))
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("wb") as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", SESSION, json.dumps(asdict(asked))],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                cwd=root,
                env={**os.environ, "PYTHONPATH": path},
                start_new_session=True,  # Ctrl-C is for this process, which ends that one
            )
        hearing = threading.Thread(target=reader.hear, args=(process,), daemon=True)
        hearing.start()
        try:
            yield _Session(process, log)
        finally:
            _end(process)
            hearing.join(timeout=PATIENCE)


def _end(process: subprocess.Popen) -> None:
    """End the process, and with it its kernels, which live no longer than it does."""
    assert process.stdin
    with contextlib.suppress(OSError):
        process.stdin.close()
    try:
        process.wait(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
