"""What Spark has computed, kept so that the loss of a worker costs no figure.

A frame that is kept is cut off from what it came from. It is never computed anew: rows were numbered on the way, and
what a shuffle gives comes in another order the second time, so that a number could come to stand for another row.
"""

import contextlib
import uuid
from collections.abc import Iterator

from py4j.java_gateway import JavaObject
from py4j.protocol import Py4JError
from pyspark import StorageLevel
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession

from cs_lib.errors import DataError
from cs_lib.scratch import is_orphan, owned

LOST = "Checkpoint block"
ANOTHER_FOLDER = "different number of partitions"
#: what Spark says of what is lost, and what we say
REMEDIES = {
    LOST: (
        "Spark has lost workers together with all copies of what they held. Name a folder that all workers "
        "reach under checkpoint_dir, and run again."
    ),
    ANOTHER_FOLDER: (
        "checkpoint_dir: the workers have written to a folder that this machine does not see. Name one that "
        "all of them and this machine reach, such as s3a://bucket/checkpoints."
    ),
}


class InWorkers:
    """Held by the workers themselves: each block by two of them, where there is more than one machine."""

    def __init__(self, session: SparkSession):
        alone = str(session.sparkContext.master).startswith("local")
        self._level = None if alone else StorageLevel.MEMORY_AND_DISK_2

    def kept(self, frame: DataFrame) -> DataFrame:
        return frame.localCheckpoint(storageLevel=self._level)

    def close(self) -> None:
        """Nothing: Spark forgets a block when nobody names it any more."""


class InFolder:
    """Written to a folder of this engine's own, inside one that all workers reach; removed at the end."""

    def __init__(self, session: SparkSession, inside: str):
        machine, context = session._jvm, session.sparkContext._jsc.sc()
        assert machine is not None
        self._context, self._some = context, machine.scala.Option.apply
        parent = machine.org.apache.hadoop.fs.Path(inside)
        self._files = parent.getFileSystem(context.hadoopConfiguration())
        self._folder = machine.org.apache.hadoop.fs.Path(parent, f"{owned()}{uuid.uuid4().hex[:8]}")
        if not self._files.mkdirs(self._folder):
            raise DataError(f"checkpoint_dir cannot be used: {inside} cannot be written to.")
        self._sweep(parent)

    def kept(self, frame: DataFrame) -> DataFrame:
        with self._as_checkpoint_folder():
            return frame.checkpoint()

    def close(self) -> None:
        with contextlib.suppress(PySparkException, Py4JError):
            self._files.delete(self._folder, True)

    @contextlib.contextmanager
    def _as_checkpoint_folder(self) -> Iterator[None]:
        """The context has one such folder. Whoever started it finds the own one as it was."""
        change = getattr(self._context, "checkpointDir_$eq")
        before: JavaObject = self._context.checkpointDir()
        change(self._some(self._folder.toString()))
        try:
            yield
        finally:
            change(before)

    def _sweep(self, parent: JavaObject) -> None:
        """Remove what processes of this machine left behind that are gone."""
        for each in self._files.listStatus(parent):
            path = each.getPath()
            if is_orphan(path.getName()):
                self._files.delete(path, True)


def checkpoints_of(session: SparkSession, folder: str | None) -> InWorkers | InFolder:
    """Where what is computed is kept: in the folder, if there is one, or by the workers."""
    return InFolder(session, folder) if folder else InWorkers(session)


def remedy_of(text: str) -> str | None:
    """What to do about a message of Spark that says it has lost what was kept."""
    return next((said for sign, said in REMEDIES.items() if sign in text), None)
