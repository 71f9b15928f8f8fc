"""Which tests go together, in what order they begin, and the processes in which those that publish do so."""

import contextlib
import os
import sys
from pathlib import Path

import pytest
from xdist.scheduler import LoadFileScheduling

#: what several folders of tests share
sys.path.insert(0, str(Path(__file__).parent))

#: folders whose files share what is dear to make (a published pack, a Spark session): one process runs each
TOGETHER = ("tests/spark/", "tests/browser/")
#: what takes longest begins first, so that no core waits for it at the end
LONGEST = (
    *TOGETHER,
    "independent/test_agreement.py",
    "fuzz/test_fuzz.py",
    "metrics/test_optional_columns.py",
    "pack/test_shown_verdicts.py",
    ".ipynb",
)


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: _place(item.path.as_posix()))


def _place(path):
    return next((n for n, each in enumerate(LONGEST) if each in path), len(LONGEST))


class TogetherScheduling(LoadFileScheduling):
    """A file is a process's, as with `--dist loadfile`, and so is a folder of `TOGETHER`."""

    def _split_scope(self, nodeid):
        return next((each for each in TOGETHER if each in nodeid), super()._split_scope(nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Nothing, and so the usual one, for whoever asks for another `--dist`."""
    return TogetherScheduling(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data sets, which is not part of the project."""
    here = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("CS_KIT_REAL_DATA", here))
    if not folder.is_dir():
        pytest.skip(f"no real data in {folder}; set CS_KIT_REAL_DATA to its folder")
    return folder


@pytest.fixture(scope="session")
def pool():
    """Worker processes for all tests: a run of its own has its own."""
    from cs_lib.pack.kernels.pool import Pool

    with Pool(2) as workers:
        yield workers


@pytest.fixture(scope="session")
def publish(pool):
    """`publish(root, edition, notebooks=…)` publishes a real pack in the shared processes, and gives it."""
    from cs_lib.pack.run.request import RunRequest
    from cs_lib.pack.run.run import run_packs

    def go(root, edition="tiny", **asked):
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(root)
            patch.setattr("cs_lib.pack.run.run.Pool", lambda *_, **__: contextlib.nullcontext(pool))
            [made] = run_packs(
                (edition,), RunRequest(**asked), root=root, progress=lambda _: lambda _: None
            )
        return made

    return go
