"""One fresh kernel for each report, in this very Python and sealed from the user's own profile.

Where a helper process is there (fork_server.py), the kernel is forked from it: it starts warm, and is told
what to run along one socket (forked_kernel.py). Where it is not, or does not answer, the kernel is an ordinary
one, spoken to by Jupyter's client. Both are told the same and show the same.
"""

import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

from cs_lib.pack.kernels.kernel_messages import receive, send
from cs_lib.vocabulary import MAIL_SERVER

#: process ids of the kernels that this process has started and not yet seen end
LIVE: set[int] = set()
#: seconds a helper may take to import its tools and fork
PATIENCE = 60
#: a history would be one database that all kernels of a run wait for
OPTIONS = ["--HistoryManager.enabled=False"]


class OwnKernel(AsyncKernelManager):
    """A kernel of the running interpreter, whatever kernel specs the user has installed."""

    @property
    def kernel_spec(self) -> KernelSpec:
        launcher = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(
            argv=[*launcher, *OPTIONS],
            display_name="Python 3 (ipykernel)",
            language="python",
        )

    _pid = 0

    async def _async_launch_kernel(self, kernel_cmd: list[str], **kwargs: Any) -> None:
        await super()._async_launch_kernel(kernel_cmd, **kwargs)
        self._pid = self.provisioner.process.pid  # type: ignore[union-attr]  # that of a local process
        LIVE.add(self._pid)

    async def _async_cleanup_resources(self, restart: bool = False) -> None:
        await super()._async_cleanup_resources(restart=restart)
        LIVE.discard(self._pid)

    # the traitlets of the parent class bind these names, so both spellings are needed
    cleanup_resources = _async_cleanup_resources


class WarmKernel:
    """A kernel forked from the helper. Closing it ends it, with whatever it started itself."""

    def __init__(self, life: socket.socket, channel: socket.socket) -> None:
        self._life, self._channel = life, channel

    @classmethod
    def forked(
        cls, helper: str, *, cwd: str, env: Mapping[str, str], log: int
    ) -> "WarmKernel | None":
        """A kernel that listens; None where the helper gives none."""
        channel, its_end = socket.socketpair()
        kernel = cls(socket.socket(socket.AF_UNIX), channel)
        request = {"argv": OPTIONS, "cwd": cwd, "env": env}
        try:
            with its_end:
                kernel._life.settimeout(PATIENCE)
                kernel._life.connect(helper)
                send(kernel._life, request, (its_end.fileno(), log))
            channel.settimeout(PATIENCE)
            if receive(channel):
                return kernel
        except OSError:
            pass
        kernel.close()
        return None

    def execute(self, code: str, end: float) -> Iterator[dict]:
        """The messages of a cell, its reply the last of them.

        TimeoutError when it is not there at `end`, EOFError when the kernel dies.
        """
        kind = ""
        with contextlib.suppress(ConnectionError):
            send(self._channel, {"code": code})
        while kind != "execute_reply":
            self._channel.settimeout(max(0.1, end - time.monotonic()))
            message = receive(self._channel)
            if message is None:
                raise EOFError
            kind = message["msg_type"]
            yield {"header": message, "parent_header": {}, "buffers": [], **message}

    def close(self) -> None:
        """Let go of it, whereupon the helper ends it."""
        self._channel.close()
        self._life.close()


def kernel_environment(scratch: Path, extra: Mapping[str, str]) -> dict[str, str]:
    """The environment of a kernel: this one, without the user's IPython profile and hash seed, and without
    the mail server's password, which no notebook needs."""
    import cs_lib

    code = str(Path(cs_lib.__path__[0]).parent)
    paths = [code, *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    own = {name: value for name, value in os.environ.items() if name != MAIL_SERVER}
    return {
        **own,
        "PYTHONPATH": os.pathsep.join(dict.fromkeys(filter(None, paths))),
        "PYTHONHASHSEED": "0",
        "IPYTHONDIR": str(scratch / "ipython"),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        **extra,
    }


def kill_live_kernels() -> None:
    """End at once every kernel this process has started, with whatever they started themselves."""
    for pid in tuple(LIVE):
        try:
            os.killpg(pid, signal.SIGKILL)
        except AttributeError:  # no process groups on Windows
            os.kill(pid, signal.SIGTERM)
        except ProcessLookupError:
            pass
        LIVE.discard(pid)
