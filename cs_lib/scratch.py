"""What a run keeps for itself: folders that the next run sweeps when this one was killed, private
files, and texts that show whether they are whole."""

import contextlib
import hashlib
import json
import os
import platform
import re
import shutil
import tempfile
from pathlib import Path

import psutil

#: how the names of the kit's temporary folders begin
KIT = "cs-kit"
#: seconds by which two looks at one process may differ about when it began
SLACK = 2
_OWNED = re.compile(r"-(?P<host>[0-9a-f]{4})-(?P<pid>\d+)-(?P<began>\d+)-")


def owned(prefix: str = KIT) -> str:
    """The start of a name that says whose it is: this machine, this process and when it began."""
    began = int(psutil.Process().create_time())
    return f"{prefix}-{_host()}-{os.getpid()}-{began}-"


def new_folder(prefix: str = KIT, inside: Path | None = None) -> Path:
    """A new folder of this process, in the temporary folder unless told otherwise."""
    return Path(tempfile.mkdtemp(prefix=owned(prefix), dir=inside))


def sweep(prefix: str = KIT, inside: Path | None = None) -> None:
    """Remove what processes of this machine left behind that are gone."""
    inside = inside or Path(tempfile.gettempdir())
    with contextlib.suppress(OSError):
        for path in inside.glob(f"{prefix}-*"):
            if is_orphan(path.name, prefix):
                _remove(path)


def is_orphan(name: str, prefix: str = KIT) -> bool:
    """Whether a name is that of a process of this machine that is gone."""
    owner = _OWNED.match(name.removeprefix(prefix))
    if not owner or owner["host"] != _host():
        return False
    try:
        process = psutil.Process(int(owner["pid"]))
        began = process.create_time()
        if process.status() == psutil.STATUS_ZOMBIE:  # dead, and buried by nobody
            return True
    except psutil.NoSuchProcess:
        return True
    except (psutil.Error, OverflowError):
        return False
    return abs(began - int(owner["began"])) > SLACK


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink()


def _host() -> str:
    """This machine, whose processes alone can be asked about."""
    return hashlib.sha256(platform.node().encode()).hexdigest()[:4]


def for_the_owner(path: str, flags: int) -> int:
    """Open a new file that its owner alone may read: an opener for `open`."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
    return os.open(path, flags | os.O_EXCL, 0o600)


def sealed(value: object) -> str:
    """A plain value as text that begins with its own digest."""
    text = json.dumps(value, sort_keys=True)
    return f"{hashlib.sha256(text.encode()).hexdigest()}\n{text}"


def unsealed(text: str) -> object:
    """The value of a sealed text; ValueError where the text is not what was written."""
    digest, _, value = text.partition("\n")
    if hashlib.sha256(value.encode()).hexdigest() != digest:
        raise ValueError("this is not what was written")
    return json.loads(value)
