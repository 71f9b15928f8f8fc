"""The few bytes between a worker that wants a kernel and the helper process that forks it."""

import array
import contextlib
import os
import socket
import struct

#: what a wire tells: the kernel listens (with its process id), or has ended (with its exit status)
READY, ENDED = b"R", b"E"
_TOLD, _LENGTH = struct.Struct("!ci"), struct.Struct("!I")


def tell(wire: socket.socket, kind: bytes, number: int) -> None:
    """Say something about a kernel to the worker that asked for it, if it is still there."""
    with contextlib.suppress(OSError):
        wire.sendall(_TOLD.pack(kind, number))


def receive(wire: socket.socket) -> tuple[bytes, int] | None:
    """What was told; None when the other side is gone."""
    told = wire.recv(_TOLD.size)
    return _TOLD.unpack(told) if len(told) == _TOLD.size else None


def send_request(wire: socket.socket, request: bytes, log: int) -> None:
    """Ask for a kernel that writes to the open file `log`."""
    rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [log]))
    wire.sendmsg([_LENGTH.pack(len(request))], [rights])
    wire.sendall(request)


def receive_request(wire: socket.socket) -> tuple[bytes, int] | None:
    """A request and the log that came with it; None when whoever asked is gone."""
    head, logs, _, _ = socket.recv_fds(wire, _LENGTH.size, 1)
    if len(head) < _LENGTH.size or not logs:
        return None
    left, parts = _LENGTH.unpack(head)[0], []
    while left:
        part = wire.recv(left)
        if not part:
            os.close(logs[0])
            return None
        parts.append(part)
        left -= len(part)
    return b"".join(parts), logs[0]
