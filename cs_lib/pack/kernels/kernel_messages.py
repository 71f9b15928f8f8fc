"""What a worker, the helper process and a forked kernel say to one another: JSON along a socket."""

import contextlib
import json
import os
import socket
import struct

_LENGTH = struct.Struct("!I")


def send(channel: socket.socket, message: dict, files: tuple[int, ...] = ()) -> None:
    """Say something, and hand over open files with it; OSError when the other side is gone."""
    text = json.dumps(message).encode()
    length = _LENGTH.pack(len(text))
    if files:
        socket.send_fds(channel, [length], files)
        channel.sendall(text)
    else:
        channel.sendall(length + text)


def receive(channel: socket.socket) -> dict | None:
    """What was said; None when the other side is gone."""
    length = _exactly(channel, _LENGTH.size)
    text = length and _exactly(channel, _LENGTH.unpack(length)[0])
    return json.loads(text) if text else None


def receive_files(channel: socket.socket, many: int) -> tuple[dict, list[int]] | None:
    """What was said and the files that came with it; None when the other side is gone."""
    length, files, _, _ = socket.recv_fds(channel, _LENGTH.size, many)
    for number in files:
        os.set_inheritable(number, False)
    text = len(length) == _LENGTH.size and _exactly(channel, _LENGTH.unpack(length)[0])
    if text and len(files) == many:
        return json.loads(text), files
    for number in files:
        os.close(number)
    return None


def _exactly(channel: socket.socket, size: int) -> bytes | None:
    whole, have = bytearray(size), 0
    with contextlib.suppress(ConnectionError):
        while have < size:
            got = channel.recv_into(memoryview(whole)[have:])
            if not got:
                return None
            have += got
        return bytes(whole)
    return None
