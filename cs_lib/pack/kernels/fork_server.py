"""The helper process of a run: it imports the tools once and forks a kernel for each report.

A forked kernel shares no state with another one: the helper never runs a cell, and each kernel is
a process of its own, used for one report. The helper has one thread, for forking a process with more
is not safe. It ends, with all its kernels, when the run that started it closes the lifeline or dies.
"""

import contextlib
import gc
import os
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

from cs_lib.pack.kernels.kernel_messages import receive_files
from cs_lib.scratch import new_folder

#: what a report's first cells would import; pyplot's backend must not be chosen here, or a kernel
#: could not choose the inline one and its pictures would vanish
TOOLS = (
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "cs_lib.kit.kit",
    "cs_lib.pack.kernels.forked_kernel",
    "ipykernel.ipkernel",
    "matplotlib.backends.backend_agg",
    "matplotlib.pyplot",
    "pandas",
    "pyarrow.dataset",
    "pyarrow.parquet",
    "scipy.special",
)
#: what only some reports need, and what takes long: a run of few reports does not wait for it
LATER, IDLE, MANY = ("seaborn",), 3.0, 4
#: what keeps libraries from starting threads at import
ONE_THREAD = {
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "MKL_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


def can_fork() -> bool:
    """Whether kernels can be forked here: macOS has fork, but its own libraries do not survive it."""
    return hasattr(os, "fork") and hasattr(socket, "recv_fds") and sys.platform != "darwin"


class Helper:
    """The helper process, from the side of the run: `address` is where it is asked for kernels."""

    def __init__(self, root: Path | None = None) -> None:
        self._root = root

    def __enter__(self) -> "Helper":
        from cs_lib.pack.kernels.kernel_provider import kernel_environment

        self._folder = new_folder()
        self.address = str(self._folder / "warm")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self.address)
            listener.listen(64)
            number = str(listener.fileno())
            self._process = subprocess.Popen(
                [sys.executable, "-m", "cs_lib.pack.kernels.fork_server", number],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                pass_fds=[listener.fileno()],
                env={**kernel_environment(self._folder, {}), **ONE_THREAD},
                cwd=self._root,
                start_new_session=True,
            )
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self, patience: float = 5) -> None:
        """End the helper, with the kernels it may still have."""
        lifeline = self._process.stdin
        assert lifeline
        lifeline.close()
        try:
            self._process.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


# ---------------------------------------------------------------- inside the helper


#: what a kernel is asked to run with, the socket along which it is told, and its log
Request = tuple[dict, socket.socket, int]


class _Nursery:
    """The helper's one loop: requests in, forks out, ends told, until the lifeline closes."""

    def __init__(self, listener: socket.socket, lifeline: int) -> None:
        self._listener, self._lifeline = listener, lifeline
        self._lives: dict[int, socket.socket] = {}
        self._later: tuple[str, ...] = LATER
        self._forked = 0
        self._select = selectors.DefaultSelector()
        self._woken, self._wake = os.pipe()
        for end in (self._woken, self._wake):
            os.set_blocking(end, False)
        for readable in (listener, lifeline, self._woken):
            self._select.register(readable, selectors.EVENT_READ)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake)

    def serve(self) -> Request:
        """Fork kernels till the end. It returns in a kernel alone."""
        while True:
            ready = self._select.select(IDLE if self._later else None)
            if self._later and (not ready or self._forked >= MANY):
                _import(*self._later)  # once, instead of in every report that needs it
                _freeze()
                self._later = ()
            for key, _ in ready:
                if key.fileobj is self._lifeline:
                    self._end()
                if key.fileobj is self._woken:
                    self._reap()
                elif key.fileobj is self._listener:
                    request = self._fork()
                    if request is not None:
                        return request
                elif key.data in self._lives:
                    self._kill(key.data)  # whoever asked for it is gone

    def _fork(self) -> Request | None:
        life, _ = self._listener.accept()
        received = receive_files(life, 2)
        if received is None:
            life.close()
            return None
        request, files = received
        pid = os.fork()
        if pid == 0:
            os.setpgid(0, 0)
            self._forget()
            life.close()
            return request, socket.socket(fileno=files[0]), files[1]
        for number in files:
            os.close(number)
        with contextlib.suppress(OSError):
            os.setpgid(pid, pid)  # on both sides, so that it is done whoever comes first
        self._lives[pid] = life
        self._forked += 1
        self._select.register(life, selectors.EVENT_READ, pid)
        return None

    def _forget(self) -> None:
        """In a kernel: let go of all that is the helper's."""
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self._select.close()
        self._listener.close()
        for life in self._lives.values():
            life.close()
        for end in (self._woken, self._wake):
            os.close(end)

    def _reap(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._woken, 4096)
        for pid in tuple(self._lives):
            ended, _ = os.waitpid(pid, os.WNOHANG)
            if ended:
                _kill_group(pid)  # what it started and left behind
                life = self._lives.pop(pid)
                self._unwatch(life)
                life.close()

    def _kill(self, pid: int) -> None:
        self._unwatch(self._lives[pid])
        _kill_group(pid)

    def _unwatch(self, life: socket.socket) -> None:
        with contextlib.suppress(KeyError):
            self._select.unregister(life)

    def _end(self) -> NoReturn:
        """The run has closed the lifeline, or died: take everything along."""
        for pid in self._lives:
            _kill_group(pid)
        shutil.rmtree(Path(self._listener.getsockname()).parent, ignore_errors=True)
        os._exit(0)


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _import(*names: str) -> None:
    from importlib import import_module

    for name in names:
        import_module(name)


def _freeze() -> None:
    """Keep what is there from the kernels' own collections of garbage."""
    gc.collect()
    gc.freeze()


def _rehearse() -> None:
    """Look up once what every report would look up again: fonts, and how money is written."""
    from cs_lib.report.figures.chart import rehearse
    from cs_lib.report.text.formatting import Formatter

    Formatter().money(0)
    rehearse()


def main() -> NoReturn:
    """The life of the helper; in a kernel forked from it, the life of the kernel."""
    gc.disable()  # what is imported stays: looking for garbage in it took a seventh of the time
    if Path(sys.path[0]) == Path.cwd():
        del sys.path[0]  # as the kernel's own launcher does
    listener = socket.socket(fileno=int(sys.argv[1]))
    # each kernel would try the temporary folder with a file of its own, which a kill could leave
    tempfile.tempdir = str(Path(listener.getsockname()).parents[1])
    # a kernel loads the debugger when it starts, for which a report has no use
    sys.modules["debugpy"] = None  # type: ignore[assignment]  # None bars the import
    _import(*TOOLS, "ipykernel.debugger")
    del sys.modules["debugpy"]
    _rehearse()
    _freeze()
    from cs_lib.pack.kernels.forked_kernel import be_kernel

    request = _Nursery(listener, sys.stdin.fileno()).serve()
    status = 1
    try:
        be_kernel(*request)
        status = 0
    except SystemExit as left:
        status = left.code if isinstance(left.code, int) else 1
    finally:
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    main()
