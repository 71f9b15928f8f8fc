"""The process behind a preview: it keeps its warm kernels and measures, and makes the page when files change.

It ends, with all that it started, when whoever started it closes its standard input or dies.
"""

import contextlib
import json
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from cs_lib.edition import find_root
from cs_lib.pack.kernels.pool import Pool
from cs_lib.pack.preview.preview_page import PreviewRequest
from cs_lib.pack.preview.previewed_report import PreviewedReport
from cs_lib.pack.preview.watched_files import Stamps
from cs_lib.scratch import new_folder, sweep

#: seconds between two looks at the files, and those that the work at hand is given to end
LOOK, PATIENCE = 0.1, 5


def main() -> None:
    """Make the page that the argument asks for whenever its files change, and say a line of each."""
    asked = PreviewRequest(**json.loads(sys.argv[1]))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with contextlib.suppress(KeyboardInterrupt), report_of(asked, find_root()) as report:
        _follow(report)


@contextlib.contextmanager
def report_of(asked: PreviewRequest, root: Path) -> Iterator[PreviewedReport]:
    """The report with its warm kernels, which have ended when the block is left."""
    sweep()
    scratch = new_folder()
    try:
        with Pool(1, root=root) as pool:
            pool.start()
            yield PreviewedReport(asked, root, scratch, pool)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _follow(report: PreviewedReport) -> None:
    seen: Stamps | None = None
    while True:
        before = report.stamps()
        if before != seen:
            started = time.perf_counter()
            error = report.make()
            # which files its data are is known once it was made
            seen = {file: before.get(file, now) for file, now in report.stamps().items()}
            told = {"trouble": str(error or ""), "seconds": time.perf_counter() - started}
            print(json.dumps(told), flush=True)
        time.sleep(LOOK)


def _end_with_parent() -> None:
    """Stop the work at hand, as Ctrl-C does; where it does not stop, end without it."""
    sys.stdin.buffer.read()
    if hasattr(signal, "pthread_kill"):  # wakes the main thread from whatever it waits for
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    else:
        signal.raise_signal(signal.SIGINT)
    time.sleep(PATIENCE)
    os._exit(1)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job ignores it
    main()
