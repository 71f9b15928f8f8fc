"""One fresh kernel for each report, in this very Python and sealed from the user's own profile.

A manager of another class may be given to `execute.run_notebook`: that is where kernels forked
from a warm helper process come in.
"""

import os
import signal
import sys
from pathlib import Path

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

#: process ids of the kernels that this process has started and not yet seen end
LIVE: set[int] = set()


class FreshKernel(AsyncKernelManager):
    """A kernel of the running interpreter, whatever kernel specs the user has installed."""

    @property
    def kernel_spec(self):
        return KernelSpec(
            argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            display_name="Python 3 (ipykernel)",
            language="python",
        )

    async def _async_launch_kernel(self, kernel_cmd, **kwargs):
        await super()._async_launch_kernel(kernel_cmd, **kwargs)
        self._pid = self.provisioner.process.pid
        LIVE.add(self._pid)

    async def _async_cleanup_resources(self, restart=False):
        await super()._async_cleanup_resources(restart=restart)
        LIVE.discard(getattr(self, "_pid", None))

    # the traitlets of the parent class bind these names, so both spellings are needed
    cleanup_resources = _async_cleanup_resources


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
