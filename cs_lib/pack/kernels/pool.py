"""Reports made side by side in worker processes, none of which outlives the run."""

import atexit
import contextlib
import multiprocessing
import os
import shutil
import threading
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from cs_lib.errors import KitError
from cs_lib.pack.kernels import LIMIT
from cs_lib.pack.kernels.fork_server import Helper, can_fork
from cs_lib.scratch import new_folder
from cs_lib.vocabulary import FAILED, MADE

if TYPE_CHECKING:
    from cs_lib.pack.pages.header import ReportHeader

#: bytes of a folder's name that leave room for that of a socket in it
SOCKET_FOLDER = 85
DIED = "the worker process died. Was there memory enough?"


@dataclass(frozen=True)
class Job:
    """All that a worker needs to make one report; without a `header` it executes and stores only."""

    slug: str
    notebook: Path
    shown: str
    parameters: dict[str, str] | None
    copy_to: Path
    root: Path
    scratch: Path
    env: dict[str, str] = field(default_factory=dict)
    header: "ReportHeader | None" = None
    html_to: Path | None = None
    limit: float = LIMIT
    helper: str = ""


@dataclass(frozen=True)
class Made:
    """What became of one job."""

    slug: str
    status: str
    error: str = ""
    seconds: float = 0.0
    stderr_lines: int = 0


def make(job: Job) -> Made:
    """Execute, store the executed copy, render. Trouble in one report stays in that report."""
    from cs_lib.pack.kernels.execute import notebook_text, run_notebook, stderr_lines

    started, lines = time.perf_counter(), 0
    try:
        executed, trouble = run_notebook(
            job.notebook,
            job.parameters,
            root=job.root,
            scratch=job.scratch,
            env=job.env,
            helper=job.helper,
            limit=job.limit,
        )
        job.copy_to.write_text(notebook_text(executed), encoding="utf-8", newline="\n")
        lines = stderr_lines(executed)
        if not trouble and job.header and job.html_to:
            from cs_lib.pack.pages.render import render

            page = render(executed, job.header, shown=job.shown)
            job.html_to.write_text(page, encoding="utf-8", newline="\n")
    except KitError as error:
        trouble = str(error)
    except Exception as error:  # the report fails with its traceback kept, the others go on
        job.copy_to.with_suffix(".txt").write_text(traceback.format_exc(), encoding="utf-8")
        trouble = f"{type(error).__name__}: {error}"
    seconds = round(time.perf_counter() - started, 2)
    return Made(job.slug, FAILED if trouble else MADE, trouble or "", seconds, lines)


class Pool:
    """Worker processes, started when asked for or with the first job, that die with this process."""

    def __init__(self, workers: int, *, root: Path | None = None, cold: bool = False) -> None:
        self._workers = max(1, workers)
        self._helper = Helper(root) if can_fork() and not cold else None
        self._executor: ProcessPoolExecutor | None = None
        self._used = False

    def __enter__(self) -> "Pool":
        return self

    def start(self) -> None:
        """Start the processes, and do not wait until they have imported what they need."""
        if self._executor:
            return
        if self._helper:
            self._helper.__enter__()
        _keep_sockets_apart()
        context = multiprocessing.get_context(_method())
        if _method() == "forkserver":
            context.set_forkserver_preload(
                ["cs_lib.pack.kernels.execute", "cs_lib.pack.pages.render"]
            )
        lifeline, self._lifeline = context.Pipe(duplex=False)
        self._executor = executor = ProcessPoolExecutor(
            self._workers, mp_context=context, initializer=_start_worker, initargs=(lifeline,)
        )
        threading.Thread(target=self._begin_workers, args=(executor,), daemon=True).start()

    def _begin_workers(self, executor: ProcessPoolExecutor) -> None:
        """Have each worker begin; the first of them waits for the server that forks them."""
        with contextlib.suppress(RuntimeError):  # the pool is closed already
            for _ in range(self._workers):
                executor.submit(_warm_up)

    def run(self, jobs: list[Job]) -> Iterator[Made]:
        """Begin all jobs; gives what became of each, as they finish."""
        begun: dict[Future[Made], Job] = {}
        if jobs:
            self.start()
            self._used = True
        for job in jobs:
            assert self._executor
            address = self._helper.address if self._helper else ""
            try:
                future = self._executor.submit(make, replace(job, helper=address))
            except BrokenProcessPool as broken:
                future = Future()
                future.set_exception(broken)
            begun[future] = job
        return self._finished(begun)

    def _finished(self, begun: dict[Future[Made], Job]) -> Iterator[Made]:
        for future in as_completed(begun):
            try:
                yield future.result()
            except BrokenProcessPool:
                yield Made(begun[future].slug, FAILED, DIED)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self._executor:
            return
        if kind is not None or not self._used:
            self._lifeline.close()  # nobody waits for what is still being imported
        self._executor.shutdown(wait=True, cancel_futures=True)
        self._lifeline.close()
        if self._helper:
            self._helper.close(patience=5 if self._used else 0)


def _keep_sockets_apart() -> None:
    """Have multiprocessing's sockets in a folder that the next run sweeps, should this one be killed."""
    config = multiprocessing.current_process()._config  # type: ignore[attr-defined]  # no public way
    if "tempdir" not in config:
        folder = new_folder()
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        if len(os.fsencode(folder)) < SOCKET_FOLDER:
            config["tempdir"] = str(folder)


def _method() -> str:
    return "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"


def _start_worker(lifeline: Connection) -> None:
    """Make this worker answer to its parent alone: not to Ctrl-C, and gone when the parent is."""
    if hasattr(os, "setsid"):
        os.setsid()
    threading.Thread(target=_die_with_parent, args=(lifeline,), daemon=True).start()


def _die_with_parent(lifeline: Connection) -> None:
    try:
        lifeline.recv_bytes()
    except (EOFError, OSError):
        from cs_lib.pack.kernels.kernel_provider import kill_live_kernels

        kill_live_kernels()
        os._exit(1)


def _warm_up() -> None:
    """Import what a report needs while the parent is still measuring."""
    import cs_lib.pack.kernels.execute
    import cs_lib.pack.pages.render  # noqa: F401
