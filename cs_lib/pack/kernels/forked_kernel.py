"""Inside a process forked for one report: IPython's kernel, without the sockets it has elsewhere.

It is the kernel that `python -m ipykernel_launcher` starts, with its shell, its display hooks and its
comms. But it runs in the only thread, is told what to run along one socket, and answers there.
"""

import asyncio
import io
import os
import socket
import sys
import tempfile
import threading
import time
from importlib.util import find_spec
from types import SimpleNamespace
from typing import Any

from ipykernel.jsonutil import json_clean
from ipykernel.kernelapp import IPKernelApp
from jupyter_client.session import Session
from traitlets import Any as AnyTrait

from cs_lib.pack.kernels.kernel_messages import receive, send

#: seconds after which what has been written is told without being asked
SOON = 0.1


class _Session(Session):
    """Jupyter's session, whose messages all go to the one who asked for the report.

    Threads of a cell take turns; a process that a cell forks has no say.
    """

    channel, turn, owner = AnyTrait(), AnyTrait(), AnyTrait()

    def send(
        self, stream: Any, msg_or_type: str | dict, content: Any = None, *_: Any, **__: Any
    ) -> None:
        kind: Any = msg_or_type
        if isinstance(msg_or_type, dict):
            kind, content = msg_or_type["msg_type"], msg_or_type["content"]
        if os.getpid() == self.owner:
            with self.turn:
                send(self.channel, {"msg_type": kind, "content": content})


class _Stream(io.TextIOBase):
    """What Python writes to stdout or stderr, and what others write to the descriptor below it."""

    encoding = "UTF-8"

    def __init__(self, name: str, number: int, session: _Session) -> None:
        self.name, self._number, self._session = name, number, session
        self._kept, self._told = io.StringIO(), 0.0
        self._seen = os.fstat(number).st_size

    def fileno(self) -> int:
        return self._number

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if os.getpid() != self._session.owner:
            os.write(self._number, text.encode())
            return len(text)
        with self._session.turn:
            self._kept.write(self._below() + text)
        if time.monotonic() - self._told > SOON:
            self.flush()
        return len(text)

    def flush(self) -> None:
        if os.getpid() != self._session.owner:
            return
        with self._session.turn:
            text = self._kept.getvalue() + self._below()
            self._kept, self._told = io.StringIO(), time.monotonic()
            if text:
                self._session.send(None, "stream", {"name": self.name, "text": text})

    def _below(self) -> str:
        """What other processes and libraries have written since."""
        size = os.fstat(self._number).st_size
        below = os.pread(self._number, size - self._seen, self._seen)
        self._seen = size
        return below.decode(errors="replace")


class _App(IPKernelApp):
    """Jupyter's app of a kernel, which opens no socket and starts no thread."""

    outstream_class = None  # type: ignore[assignment]  # a trait, which may be None

    def _none(self, **_: Any) -> None:
        pass

    init_connection_file = init_poller = init_sockets = init_heartbeat = _none
    write_connection_file = log_connection_info = _none

    def init_io(self) -> None:
        sys.stdout, sys.stderr = (
            _Stream(name, number, self.session) for number, name in ((1, "stdout"), (2, "stderr"))
        )
        super().init_io()

    def init_kernel(self) -> None:
        self.kernel = self.kernel_class.instance(  # type: ignore[attr-defined]  # its trait says less
            parent=self,
            session=self.session,
            # where it asks whether it may listen to signals
            shell_channel_thread=SimpleNamespace(parent_thread=threading.main_thread()),
            log=self.log,
            profile_dir=self.profile_dir,
        )


def be_kernel(request: dict, channel: socket.socket, log: int) -> None:
    """Run the cells that come along the channel, until it closes."""
    import gc

    import numpy

    _take_descriptors(log)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"], JPY_PARENT_PID=str(os.getppid()))
    launcher = find_spec("ipykernel_launcher")
    sys.argv[:] = [str(launcher and launcher.origin), *request["argv"]]
    numpy.random.seed()  # its legacy state would be the same in every kernel
    # a report is short: a twentieth of its time went into looking for garbage
    gc.set_threshold(50_000)
    gc.enable()
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    session = _Session(channel=channel, turn=threading.RLock(), owner=os.getpid())
    app = _App.instance(session=session)
    app.initialize(request["argv"])
    streams = sys.stdout, sys.stderr  # a cell may put others in their place
    send(channel, {"msg_type": "ready", "content": {}})
    while cell := receive(channel):
        reply = loop.run_until_complete(app.kernel.do_execute(cell["code"], silent=False))
        for stream in streams:
            stream.flush()
        send(channel, {"msg_type": "execute_reply", "content": json_clean(reply)})


def _take_descriptors(log: int) -> None:
    """Nothing to read; what is written below Python goes into files, the last words into the log."""
    with open(os.devnull) as nothing, tempfile.TemporaryFile() as written:
        for ours, usual in ((nothing.fileno(), 0), (written.fileno(), 1), (log, 2)):
            os.dup2(ours, usual)
    os.close(log)
