"""A PostgreSQL server of the tests' own on the loopback, out of the programs that the machine has."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

USER, PASSWORD = "kit", "s3cr3t/p@ss:w#rd%"
QUOTED = "s3cr3t%2Fp%40ss%3Aw%23rd%25"
#: a server may not run as root
OWNER = "postgres"


@dataclass(frozen=True)
class Server:
    """A running server; what tests need of its address, and its own programs."""

    port: int
    folder: Path
    programs: Path

    @property
    def address(self) -> str:
        return f"postgresql://{USER}:{QUOTED}@127.0.0.1:{self.port}/postgres"

    def run(self, sql: str) -> str:
        """What statements print that the superuser runs."""
        asked = [self.programs / "psql", "-qAt", "-v", "ON_ERROR_STOP=1", "-X", "-f", "-"]
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", USER, "postgres"]
        done = subprocess.run(
            [*map(str, asked), *where],
            input=sql,
            text=True,
            check=True,
            stdout=subprocess.PIPE,
            env={**os.environ, "PGPASSWORD": PASSWORD},
        )
        return done.stdout

    def stop(self) -> None:
        _as_owner([self.programs / "pg_ctl", "-D", self.folder / "data", "-m", "immediate", "stop"])


def programs() -> Path | None:
    """The folder of the server's programs; None where there is none."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((each for each in folders if (each / "pg_ctl").exists()), None)


@contextmanager
def running(programs: Path) -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="cs-kit-postgres-"))
    try:
        (folder / "password").write_text(PASSWORD, encoding="utf-8")
        if os.getuid() == 0:
            for each in (folder, folder / "password"):
                shutil.chown(each, OWNER)
        made = [programs / "initdb", "-D", folder / "data", "-A", "scram-sha-256", "-U", USER]
        _as_owner(
            [*made, "--pwfile", folder / "password", "--no-sync", "-E", "UTF8", "--locale", "C"]
        )
        server = Server(_free_port(), folder, programs)
        settings = f"-p {server.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        start = ["-w", "-o", settings, "-l", folder / "log", "start"]
        _as_owner([programs / "pg_ctl", "-D", folder / "data", *start])
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as_owner(command: list) -> None:
    started = ["runuser", "-u", OWNER, "--"] if os.getuid() == 0 else []
    subprocess.run([*started, *map(str, command)], check=True, stdout=subprocess.DEVNULL, cwd="/")


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]
