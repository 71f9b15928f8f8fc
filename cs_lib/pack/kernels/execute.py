"""Running one notebook to its end, and knowing whether it got there."""

import contextlib
import itertools
import logging
import os
import re
import sys
import sysconfig
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

# jupyterlab's extras of jsonschema make this module build parsers for over a second in every
# process that imports nbformat; jsonschema guards the import, so leaving it out is safe
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None bars the import

from nbclient.exceptions import (  # noqa: E402
    CellExecutionError,
    CellTimeoutError,
    DeadKernelError,
)
from papermill.clientwrap import PapermillNotebookClient  # noqa: E402
from papermill.engines import NBClientEngine, papermill_engines  # noqa: E402
from papermill.exceptions import PapermillException  # noqa: E402
from papermill.execute import ERROR_MARKER_TAG, execute_notebook  # noqa: E402

from cs_lib.pack.kernels.kernel_provider import OwnKernel, WarmKernel, kernel_environment  # noqa: E402

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from papermill.engines import NotebookExecutionManager

INJECTED = "injected-parameters"
ENGINE = "cs-kit"
#: where the kit is installed
KIT = Path(__file__).resolve().parents[3]
#: bytes that every system allows in the path of a socket
SOCKET_PATH = 100
_COUNT = itertools.count()
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class _Client(PapermillNotebookClient):
    """Papermill's client, which shows what is written as one text, at whatever times it comes."""

    def output(
        self, outs: list["NotebookNode"], msg: dict, display_id: str, cell_index: int
    ) -> "NotebookNode | None":
        last, content = outs[-1] if outs else {}, msg["content"]
        goes_on = msg["msg_type"] == last.get("output_type") == "stream"
        if goes_on and last["name"] == content["name"] and not self.clear_before_next_output:
            last["text"] += content["text"]
            return None
        return super().output(outs, msg, display_id, cell_index)


class _Warm(_Client):
    """A notebook whose cells run in a kernel forked from the helper."""

    def __init__(
        self, nb_man: "NotebookExecutionManager", *, kernel: WarmKernel, limit: float
    ) -> None:
        super().__init__(nb_man)
        self._kernel, self._limit = kernel, limit
        self._end = time.monotonic() + limit

    def execute(self, **_: Any) -> None:
        self.reset_execution_trackers()
        with contextlib.closing(self._kernel):
            self.papermill_execute_cells()

    def execute_cell(self, cell: "NotebookNode", cell_index: int, **_: Any) -> None:
        if not _must_run(cell):
            return
        cell.outputs, self.clear_before_next_output = [], False
        try:
            for message in self._kernel.execute(cell.source, self._end):
                if message["msg_type"] != "execute_reply":
                    self.process_message(message, cell, cell_index)
        except EOFError:
            raise DeadKernelError("Kernel died") from None
        except TimeoutError:
            raise CellTimeoutError.error_from_timeout_and_cell(
                "Cell execution timed out", int(self._limit), cell
            ) from None
        reply = message["content"]
        cell.execution_count = reply["execution_count"]
        if reply["status"] == "error" and "raises-exception" not in cell.metadata.get("tags", ()):
            raise CellExecutionError.from_cell_and_msg(cell, reply)


class _Cold(_Client):
    """A notebook with an ordinary kernel, reached through files instead of ports."""

    kernel_manager_class = OwnKernel

    def __init__(self, nb_man: "NotebookExecutionManager", *, scratch: Path, limit: float) -> None:
        end = time.monotonic() + limit
        super().__init__(
            nb_man,
            shutdown_kernel="immediate",
            timeout_func=lambda cell: max(0.1, end - time.monotonic()),
        )
        self._scratch = scratch

    def create_kernel_manager(self) -> OwnKernel:
        file = self._scratch / f"{os.getpid()}-{next(_COUNT)}.json"
        short = len(os.fsencode(f"{file}-ipc-1")) <= SOCKET_PATH
        self.km = self.kernel_manager_class(
            kernel_name="python3",
            transport="ipc" if short and os.name != "nt" else "tcp",
            connection_file=str(file),
        )
        return self.km


class _Engine(NBClientEngine):
    """Papermill's engine, which hands out the notebook even when its kernel dies, and never
    changes the working directory of this process."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: "NotebookExecutionManager",
        kernel_name: str,
        *,
        keep: list["NotebookNode"],
        root: Path,
        scratch: Path,
        env: Mapping[str, str],
        helper: str,
        limit: float,
        **_: Any,
    ) -> None:
        keep.append(nb_man.nb)
        cwd, environment = str(root), kernel_environment(scratch, env)
        with _log(scratch).open("a+b") as log:
            kernel = (
                WarmKernel.forked(helper, cwd=cwd, env=environment, log=log.fileno())
                if helper
                else None
            )
            if kernel:
                _Warm(nb_man, kernel=kernel, limit=limit).execute()
            else:
                cold = _Cold(nb_man, scratch=scratch, limit=limit)
                cold.execute(cwd=cwd, env=environment, stdout=log, stderr=log)


papermill_engines.register(ENGINE, _Engine)
# it warns of parameters that it cannot read; ours are checked before the run
logging.getLogger("papermill").setLevel(logging.CRITICAL)


def _log(scratch: Path) -> Path:
    """What this process's kernels write beside their notebooks: the last words of one that dies."""
    return scratch / f"{os.getpid()}.log"


def run_notebook(
    notebook: Path,
    parameters: Mapping[str, str] | None,
    *,
    root: Path,
    scratch: Path,
    env: Mapping[str, str],
    helper: str = "",
    limit: float,
) -> tuple["NotebookNode", str | None]:
    """Execute a notebook in a kernel of its own, for at most `limit` seconds.

    Gives the executed notebook, normalised, and what went wrong in words (None when it is whole).
    `scratch` is a folder with a short name for the kernel's sockets; `helper` is where warm kernels
    are to be had.
    """
    keep: list[NotebookNode] = []
    trouble = None
    _log(scratch).write_bytes(b"")
    try:
        execute_notebook(
            str(notebook).replace("{", "{{").replace("}", "}}"),
            None,
            parameters,
            engine_name=ENGINE,
            kernel_name="python3",
            language="python",
            request_save_on_cell_execute=False,
            progress_bar=False,
            keep=keep,
            root=root,
            scratch=scratch,
            env=env,
            helper=helper,
            limit=limit,
        )
    except PapermillException as error:
        trouble = f"{error.__class__.__name__}: {error}"
    except DeadKernelError:
        words = last_line(_log(scratch).read_text(errors="replace")) or "Was there memory enough?"
        trouble = f"the kernel died in cell {_last_started(keep[0])}. {words}"
        return normalised(keep[0], root), trouble
    except CellTimeoutError:
        trouble = (
            f"cell {_last_started(keep[0])} was stopped: the report took longer than {limit:g} s. "
            "Give it longer with --timeout."
        )
        return normalised(keep[0], root), trouble
    executed = keep[0]
    return normalised(executed, root), what_is_missing(executed) or (trouble and last_line(trouble))


def what_is_missing(executed: "NotebookNode") -> str | None:
    """Why an executed notebook is not whole, or None when every cell ran to its end.

    Papermill takes `sys.exit(0)` for success, though the cells after it never ran.
    """
    cells = _own_cells(executed)
    for number, cell in enumerate(cells, start=1):
        if cell.cell_type != "code":
            continue
        for output in cell.outputs:
            if output.output_type != "error":
                continue
            if output.ename == "SystemExit":
                after = sum(1 for each in cells[number:] if _must_run(each))
                return (
                    f"cell {number} ended the notebook (SystemExit {output.evalue}); "
                    f"{after} code cells after it never ran."
                )
            return f"cell {number}: {last_line(f'{output.ename}: {output.evalue}')}"
        if _must_run(cell) and cell.execution_count is None:
            return f"cell {number} never ran."
    return None


def _must_run(cell: "NotebookNode") -> bool:
    return (
        cell.cell_type == "code"
        and bool(cell.source.strip())
        and "skip-execution" not in cell.metadata.get("tags", ())
    )


def _own_cells(executed: "NotebookNode") -> list["NotebookNode"]:
    """The cells as the notebook's author numbers them, without those that a run puts in."""
    put_in = {INJECTED, ERROR_MARKER_TAG}
    return [cell for cell in executed.cells if not put_in & set(cell.metadata.get("tags", ()))]


def _last_started(executed: "NotebookNode") -> int:
    started = [
        number
        for number, cell in enumerate(_own_cells(executed), start=1)
        if cell.metadata.get("papermill", {}).get("start_time")
    ]
    return started[-1] if started else 1


def last_line(text: str) -> str:
    """The last line of a message that says anything, without terminal colours."""
    lines = [line.strip() for line in _ANSI.sub("", text).splitlines() if line.strip()]
    return lines[-1] if lines else text


def stderr_lines(executed: "NotebookNode") -> int:
    """How many lines the notebook wrote to stderr: shown to whoever runs it, not to the board."""
    return sum(
        len(output.text.splitlines())
        for cell in executed.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "stream" and output.name == "stderr"
    )


def normalised(executed: "NotebookNode", root: Path) -> "NotebookNode":
    """The notebook without what differs from run to run and machine to machine: timings, random ids, tool versions,
    and in tracebacks the folders that the project, the kit and its packages are installed in."""
    executed.metadata.pop("papermill", None)
    executed.metadata.pop("widgets", None)
    executed.metadata["kernelspec"] = {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    }
    executed.metadata["language_info"] = {"name": "python", "pygments_lexer": "ipython3"}
    added = 0
    for cell in executed.cells:
        tags = cell.metadata.get("tags", [])
        if INJECTED in tags or ERROR_MARKER_TAG in tags:
            cell["id"] = f"added-{added}"
            added += 1
        for output in cell.get("outputs", ()):
            if output.output_type == "error":
                output["traceback"] = [_without_folders(line, root) for line in output.traceback]
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        if not tags:
            cell.metadata.pop("tags", None)
    return executed


def _without_folders(text: str, root: Path) -> str:
    """A text with the paths in it relative to the folder that they are installed in."""
    homes = {str(root), str(KIT), sys.prefix, sys.base_prefix, sysconfig.get_path("purelib")}
    for home in sorted(homes - {os.sep}, key=len, reverse=True):
        text = text.replace(f"{home}{os.sep}", "")
    return text


def notebook_text(executed: "NotebookNode") -> str:
    """The notebook as the bytes that are stored: keys sorted, one newline at the end."""
    import nbformat

    return nbformat.writes(executed).rstrip("\n") + "\n"
