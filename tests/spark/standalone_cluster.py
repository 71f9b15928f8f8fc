"""A standalone cluster on the loopback: a master and two workers, each a process of its own."""

import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

import psutil

#: a short life: little is compiled, one thread cleans up, and nothing is written outside the folder
SMALL = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData -Djava.io.tmpdir={folder}"
T = TypeVar("T")
EXECUTOR = "CoarseGrainedExecutorBackend"


def spark_home() -> Path:
    """Where pip has put Spark; it is an extra, so that this file can be read without it."""
    spec = find_spec("pyspark")
    assert spec and spec.origin
    return Path(spec.origin).parent


@dataclass
class Cluster:
    """A running master with its workers. All that they write lies in the folder."""

    folder: Path
    address: str = ""
    processes: list[subprocess.Popen] = field(default_factory=list)

    def environment(self, **settings: str) -> dict[str, str]:
        """What a machine of the cluster has in its environment: the address and the settings as its administrator
        wrote them, in spark-defaults.conf."""
        small = SMALL.format(folder=self.folder)
        told = {
            "spark.master": self.address,
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.memory": "1g",
            "spark.driver.extraJavaOptions": small,
            "spark.executor.memory": "600m",
            "spark.executor.extraJavaOptions": small,
            "spark.local.dir": str(self.folder),
            "spark.sql.warehouse.dir": str(self.folder / "warehouse"),
            "spark.sql.shuffle.partitions": "2",
            "spark.default.parallelism": "2",
            # small data: compiling a query takes longer than running it
            "spark.sql.codegen.wholeStage": "false",
            "spark.sql.codegen.factoryMode": "NO_CODEGEN",
            "spark.sql.adaptive.enabled": "false",
            "spark.ui.port": "0",
            "spark.ui.showConsoleProgress": "false",
            **settings,
        }
        place = self.folder / "conf"
        place.mkdir(exist_ok=True)
        lines = [f"{key} {value}" for key, value in told.items()]
        (place / "spark-defaults.conf").write_text("\n".join([*lines, ""]))
        return {**self._surroundings, "SPARK_CONF_DIR": str(place)}

    @property
    def _surroundings(self) -> dict[str, str]:
        small = SMALL.format(folder=self.folder)
        return {
            **os.environ,
            "SPARK_HOME": str(spark_home()),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_LOCAL_DIRS": str(self.folder),
            "SPARK_DAEMON_MEMORY": "128m",
            "SPARK_DAEMON_JAVA_OPTS": small,
            "TMPDIR": str(self.folder),
        }

    def start(self, command: list[str], *, log: Path, env: dict[str, str] | None = None, **keys):
        """A process in a group of its own, which `stop` ends with all that it has started."""
        with log.open("w") as out:
            process = subprocess.Popen(
                command, stdout=out, stderr=out, env=env or self._surroundings, start_new_session=True, **keys
            )  # fmt: skip
        self.processes.append(process)
        return process

    def daemon(self, name: str, *arguments: str) -> Path:
        log = self.folder / f"{name}-{len(self.processes)}.log"
        java = f"org.apache.spark.deploy.{name.lower()}.{name}"
        command = [str(spark_home() / "bin" / "spark-class"), java, "--host", "127.0.0.1"]
        self.start([*command, "--webui-port", "0", *arguments], log=log)
        return log

    def executors(self) -> list[psutil.Process]:
        """The processes that do the work."""
        return [
            each
            for daemon in self.processes[1:3]
            for each in psutil.Process(daemon.pid).children(recursive=True)
            if any(EXECUTOR in word for word in _words(each))
        ]

    def kill_executor(self) -> int:
        victim = self.executors()[0]
        victim.kill()
        return victim.pid

    def lose_worker(self) -> None:
        """End a worker with its executor, as when its machine is gone."""
        os.killpg(self.processes[1].pid, signal.SIGKILL)

    def stop(self) -> None:
        for process in reversed(self.processes):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


@contextmanager
def standalone(folder: Path, *, memory: str = "700m") -> Iterator[Cluster]:
    """A master and two workers of a core each; ended whatever happens."""
    cluster = Cluster(folder)
    try:
        log = cluster.daemon("Master", "--port", "0")
        cluster.address = found_in(log, r"Starting Spark master at (spark://\S+)")
        for _ in range(2):
            log = cluster.daemon(
                "Worker", "--cores", "1", "--memory", memory,
                "--work-dir", str(folder / "work"), cluster.address,
            )  # fmt: skip
            found_in(log, r"(Successfully registered with master)")
        yield cluster
    finally:
        cluster.stop()


def found_in(log: Path, pattern: str, *, seconds: float = 60) -> str:
    """What a log says, once it says it."""
    found = until(lambda: re.search(pattern, log.read_text()), f"{pattern} in {log}", seconds)
    return found[1]


def until(ask: Callable[[], T], what: str, seconds: float = 60) -> T:
    """The first answer that is not empty."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := ask():
            return answer
        time.sleep(0.1)
    raise TimeoutError(f"not seen in {seconds} s: {what}")


def status(address: str, *path: str) -> list[dict]:
    """What the application that has its pages at the address says of itself."""
    with urllib.request.urlopen("/".join([address, "api/v1/applications", *path]), timeout=10) as answer:  # fmt: skip
        return json.load(answer)


def lost(address: str) -> list[dict]:
    """The executors that the application has lost."""
    [application] = status(address)
    every = status(address, application["id"], "allexecutors")
    return [each for each in every if not each["isActive"]]


def broadcast(address: str) -> set[str]:
    """What the application has sent through its driver to all workers: the scans below each such exchange.

    `LocalTableScan` is what was with the driver from the first.
    """
    found: set[str] = set()
    with suppress(OSError, ValueError):
        [application] = status(address)
        asked = "sql?details=false&planDescription=true&length=10000"
        for plan in status(address, application["id"], asked):
            lines = plan["planDescription"].splitlines()
            for place, line in enumerate(lines):
                if "- BroadcastExchange" in line:
                    found.update(_scans(lines[place:]))
    return found


def _scans(tree: list[str]) -> Iterator[str]:
    """The names of the scans below a tree's first line."""
    top = _depth(tree[0])
    for line in tree[1:]:
        if _depth(line) <= top:
            return
        if "Scan" in line:
            yield re.sub(r" \(\d+\)$", "", line[_depth(line) :])


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" :+-*()0123456789"))


def jobs_done(address: str) -> int:
    """How many jobs the application has done; none before its pages are there."""
    try:
        [application] = status(address)
        return len(status(address, application["id"], "jobs?status=succeeded"))
    except (OSError, ValueError):
        return 0


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]
