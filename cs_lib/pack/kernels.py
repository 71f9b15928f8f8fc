"""One fresh kernel for each report, in this very Python and sealed from the user's own profile.

Where a helper process is there (see warm.py), the kernel is forked from it and starts warm. Where it is
not, or does not answer, the kernel is an ordinary one. Both are told the same and do the same.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from queue import Empty

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from traitlets import Unicode

from cs_lib.pack.wire import ENDED, READY, receive, send_request

#: process ids of the kernels that this process has started and not yet seen end
LIVE: set[int] = set()
#: seconds a helper may take to import its tools and fork
PATIENCE = 60
#: seconds a killed kernel may take to be gone
LAST_MOMENT = 2


class _Client(AsyncKernelClient):
    """Jupyter's client, which waits no longer than until the kernel answers on both channels.

    Jupyter's own goes on to listen until nothing has come for a fifth of a second. What it would hear
    belongs to no cell, and is passed over when cells are run.
    """

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:
        end = time.monotonic() + (timeout or float("inf"))
        while time.monotonic() < end:
            self.kernel_info()
            try:
                reply = await self.shell_channel.get_msg(timeout=1)
                # only when this channel is heard can nothing be lost of what a cell shows
                await self.iopub_channel.get_msg(timeout=1)
            except Empty:
                if not await self._async_is_alive():
                    raise RuntimeError("Kernel died before replying to kernel_info") from None
                continue
            if reply["msg_type"] == "kernel_info_reply":
                self._handle_kernel_info_reply(reply)
                return
        raise RuntimeError(f"Kernel didn't respond in {timeout:g} seconds")

    wait_for_ready = _async_wait_for_ready


class OwnKernel(AsyncKernelManager):
    """A kernel of the running interpreter, whatever kernel specs the user has installed."""

    client_factory = _Client
    #: the socket of the helper process; none for an ordinary kernel
    helper = Unicode()

    @property
    def kernel_spec(self):
        # a history would be one database that all kernels of a run wait for
        options = ["-f", "{connection_file}", "--HistoryManager.enabled=False"]
        return KernelSpec(
            argv=[sys.executable, "-m", "ipykernel_launcher", *options],
            display_name="Python 3 (ipykernel)",
            language="python",
        )

    async def _async_pre_start_kernel(self, **kwargs):
        if self.provisioner is None:
            self.provisioner = _Provisioner(kernel_spec=self.kernel_spec, parent=self)
        return await super()._async_pre_start_kernel(**kwargs)

    async def _async_launch_kernel(self, kernel_cmd, **kwargs):
        await super()._async_launch_kernel(kernel_cmd, **kwargs)
        self._pid = self.provisioner.process.pid
        LIVE.add(self._pid)

    async def _async_cleanup_resources(self, restart=False):
        await super()._async_cleanup_resources(restart=restart)
        LIVE.discard(getattr(self, "_pid", None))

    # the traitlets of the parent class bind these names, so both spellings are needed
    cleanup_resources = _async_cleanup_resources


class _Provisioner(LocalProvisioner):
    """Jupyter's local provisioner, which asks the helper first and does not doze after a kill."""

    async def launch_kernel(self, cmd, **kwargs):
        forked = _forked(self.parent.helper, cmd, **kwargs) if self.parent.helper else None
        if forked is None:
            return await super().launch_kernel(cmd, **kwargs)
        self.process, self.cwd = forked, kwargs["cwd"]
        self.pid = self.pgid = forked.pid
        return self.connection_info

    async def kill(self, restart=False):
        await super().kill(restart=restart)
        if self.process:
            self.process.wait(timeout=LAST_MOMENT)


def _forked(helper: str, cmd: list[str], *, cwd: str, env: dict, stderr, **_) -> "Forked | None":
    """A kernel forked from the helper, ready to be spoken to; None where the helper gives none."""
    wire = socket.socket(socket.AF_UNIX)
    try:
        wire.settimeout(PATIENCE)
        wire.connect(helper)
        asked = {"argv": cmd[3:], "cwd": str(cwd), "env": env}
        send_request(wire, json.dumps(asked).encode(), stderr.fileno())
        kind, pid = receive(wire) or (ENDED, 0)
    except OSError:
        kind = ENDED
    if kind != READY:
        wire.close()
        return None
    return Forked(pid, wire)


class Forked:
    """A kernel whose parent is the helper, spoken of as Popen speaks of its process.

    Its end comes over the wire from the helper; closing the wire ends the kernel.
    """

    stdin = stdout = stderr = None

    def __init__(self, pid: int, wire: socket.socket):
        self.pid, self._wire, self.returncode = pid, wire, None

    def poll(self) -> int | None:
        return self._heard(0)

    def wait(self, timeout: float | None = None) -> int:
        if self._heard(timeout) is None:
            raise subprocess.TimeoutExpired("kernel", timeout)
        return self.returncode

    def _heard(self, timeout: float | None) -> int | None:
        if self.returncode is None:
            self._wire.settimeout(timeout)
            try:
                told = receive(self._wire)
            except (BlockingIOError, TimeoutError):
                return None
            except OSError:
                told = None
            # without a helper there is no kernel: it ends with it
            self.returncode = told[1] if told else -signal.SIGKILL
            self._wire.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


def kernel_environment(scratch: Path, extra: dict[str, str]) -> dict[str, str]:
    """The environment of a kernel: this one, without the user's IPython profile and hash seed."""
    import cs_lib

    code = str(Path(cs_lib.__path__[0]).parent)
    paths = [code, *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    return {
        **os.environ,
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
