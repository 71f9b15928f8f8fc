"""A pack is published whole or not at all, whenever the run is cut."""

import contextlib
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pytest

from cs_lib.pack.run.publish import PackPaths, building, put_in_place, put_private, recover

RUN = """
import pickle, signal, sys
from pathlib import Path
import cs_lib.pack.run.measured_edition as measured_edition
from cs_lib.__main__ import cli

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job of a shell ignores it
    measures = pickle.loads(Path("measures.pickle").read_bytes())
    measured_edition._load_measures = lambda *_, **__: measures
    cli(["run", "tiny", "--jobs", "2"], prog_name="test")
"""
SLEEPS = """
import os, pathlib, time
pathlib.Path(f"started-{os.getpid()}").touch()
time.sleep(120)
pathlib.Path(f"slept-{os.getpid()}").touch()
"""


@pytest.fixture
def place(tmp_path):
    return PackPaths(tmp_path, "tiny", "2026-05")


def publish(place, text: str) -> None:
    with building(place) as folder:
        (folder / "index.html").write_text(text)
        put_in_place(place)


def hidden(place) -> list[str]:
    return sorted(path.name for path in place.shelf.iterdir() if path.name != ".2026-05.lock")


def test_a_pack_takes_the_place_of_the_one_before(place):
    publish(place, "old")
    publish(place, "new")
    assert (place.pack / "index.html").read_text() == "new"
    assert hidden(place) == ["2026-05"]


def test_a_pack_that_is_not_finished_changes_nothing(place):
    publish(place, "old")
    with pytest.raises(RuntimeError), building(place) as folder:
        (folder / "index.html").write_text("half")
        raise RuntimeError
    assert (place.pack / "index.html").read_text() == "old"
    assert hidden(place) == ["2026-05"]


def test_a_swap_that_fails_between_its_renames_puts_the_old_pack_back(place, monkeypatch):
    publish(place, "old")
    rename = Path.rename

    def fails(self, target):
        if self.name.startswith(".2026-05.building"):
            raise OSError("disk full")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(OSError, match="disk full"):
        publish(place, "new")
    assert (place.pack / "index.html").read_text() == "old"


def test_a_swap_that_was_killed_between_its_renames_is_mended_by_the_next_run(place):
    publish(place, "old")
    place.pack.rename(place.shelf / ".2026-05.old-99999")
    (place.shelf / ".2026-05.building-99999").mkdir()
    recover(place)
    assert (place.pack / "index.html").read_text() == "old"
    assert hidden(place) == ["2026-05"]


def test_what_a_killed_run_set_aside_after_its_swap_is_removed(place):
    publish(place, "new")
    (place.shelf / ".2026-05.old-99999").mkdir()
    recover(place)
    assert (place.pack / "index.html").read_text() == "new"
    assert hidden(place) == ["2026-05"]


def test_a_run_mends_what_killed_runs_left_of_other_periods(place):
    other = replace(place, period="2026-04")
    publish(other, "old")
    other.pack.rename(place.shelf / ".2026-04.old-99999")
    (place.shelf / ".2026-04.building-99999").mkdir()
    publish(place, "new")
    assert (other.pack / "index.html").read_text() == "old"
    assert [each for each in hidden(place) if each != ".2026-04.lock"] == ["2026-04", "2026-05"]


def test_a_run_leaves_alone_what_another_is_making(place):
    other = replace(place, period="2026-04")
    with building(other) as folder:
        publish(place, "new")
        assert folder.is_dir()


def test_rows_left_out_lie_beside_the_pack_for_their_owner_alone(place, tmp_path):
    made = tmp_path / "rejects.csv"
    made.write_text("customer_id,telephone\n")
    publish(place, "new")
    put_private(place.rejects, made)
    assert hidden(place) == ["2026-05", "2026-05.rejects.csv"]
    assert place.rejects.stat().st_mode & 0o777 == 0o600
    made.unlink()
    put_private(place.rejects, made)
    assert hidden(place) == ["2026-05"], "they belonged to the pack before"


# --- a run that is cut, for real


@pytest.fixture
def short_folder():
    """A temporary folder whose name leaves room for that of a socket; a killed run litters it."""
    with tempfile.TemporaryDirectory(prefix="k") as folder:
        yield folder


@pytest.fixture
def started(project, run, measures, short_folder):
    """A pack is there; a second run has just begun on a notebook that would take two minutes."""
    project.notebook("scorecard", project.says)
    run()
    project.notebook("scorecard", SLEEPS)
    (project.root / "measures.pickle").write_bytes(pickle.dumps(measures()))
    (project.root / "go.py").write_text(RUN)
    code = Path(__file__).resolve().parents[2]
    path = os.pathsep.join(filter(None, (str(code), os.environ.get("PYTHONPATH", ""))))
    with subprocess.Popen(
        [sys.executable, "go.py"],
        cwd=project.root,
        env={**os.environ, "PYTHONPATH": path, "TMPDIR": short_folder},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            kernel = wait_for(lambda: next(project.root.glob("started-*"), None), process)
            yield process, int(kernel.name.removeprefix("started-"))
        finally:
            process.kill()


def wait_for(found, process):
    """What is found while the process runs, however long that takes."""
    while not (got := found()):
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.05)
    return got


def wait_until_gone(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        while not _is_zombie(pid):
            os.kill(pid, 0)
            time.sleep(0.05)


def _is_zombie(pid: int) -> bool:
    """Dead, and not yet buried by whatever adopted it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return False


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        (signal.SIGINT, 130, "Stopped. Nothing was published.\n"),
        (signal.SIGTERM, 130, "Stopped. Nothing was published.\n"),
        (signal.SIGKILL, -9, ""),
    ],
)
def test_a_cut_run_leaves_the_last_pack_whole_and_no_kernel(project, started, sent, status, said):
    process, kernel = started
    before = project.html()
    assert "tiny 2026-05 all" in before
    process.send_signal(sent)
    assert process.wait() == status
    wait_until_gone(kernel)
    assert not (project.root / f"slept-{kernel}").exists(), "it went before its cell had ended"
    assert said in process.stderr.read()
    assert project.html() == before
