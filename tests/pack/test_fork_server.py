"""Warm kernels: forked from one process with its tools, and still strangers to one another."""

import os
import signal
import subprocess
import sys
import tempfile
import time

import pytest

from cs_lib.pack.kernels import fork_server
from cs_lib.pack.kernels.execute import notebook_text, run_notebook
from cs_lib.pack.kernels.fork_server import Helper, can_fork

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not can_fork(), reason="this system cannot fork kernels safely"),
]
CHANGES = """
import atexit, builtins, os, random, sys, warnings
import matplotlib, numpy, pandas
import matplotlib.pyplot as plt
left_behind = builtins.left_behind = 1
plt.figure()
plt.rcParams['lines.linewidth'] = 99
pandas.set_option('display.max_rows', 3)
pandas.DataFrame.left_behind = 1
numpy.random.seed(1), random.seed(1)
os.environ['LEFT_BEHIND'] = '1'
os.chdir('/')
sys.path.insert(0, '/left/behind')
warnings.simplefilter('error')
"""
LOOKS = """
import builtins, os, sys, warnings
import matplotlib, numpy, pandas
import matplotlib.pyplot as plt
print(
    'left_behind' in globals() or hasattr(builtins, 'left_behind'), plt.get_fignums(),
    plt.rcParams['lines.linewidth'], pandas.get_option('display.max_rows'),
    hasattr(pandas.DataFrame, 'left_behind'), 'LEFT_BEHIND' in os.environ,
    os.getcwd() == {root!r}, '/left/behind' in sys.path, sorted(os.environ), sys.argv[0][-11:],
    plt.get_backend(), __name__, sys.path,
)
"""
DRAWS = "import matplotlib.pyplot as plt\nplt.plot([1, 2], [3, 5])\nplt.title('MRR')"


@pytest.fixture(scope="module")
def helper():
    with Helper() as running:
        yield running


@pytest.fixture
def execute(project, helper, tmp_path):
    """Executes a notebook of these cells in a warm kernel; gives its text outputs and trouble."""

    def run(*cells, address=helper.address, limit=60):
        path = project.notebook("tried", *cells)
        scratch = tmp_path / "s"
        scratch.mkdir(exist_ok=True)
        return run_notebook(
            path, {}, root=project.root, scratch=scratch, env={}, helper=address, limit=limit
        )

    return run


def printed(executed) -> str:
    return "".join(o.get("text", "") for c in executed.cells for o in c.get("outputs", ()))


def shown(executed) -> list[list[str]]:
    """What each cell shows, in whatever order."""
    return [sorted(str(o) for o in c.get("outputs", ())) for c in executed.cells]


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().rpartition(")")[2].split()[0] != "Z"


def gone(pid: int) -> bool:
    """Whether the process ends within some seconds."""
    end = time.monotonic() + 10
    while is_there(pid) and time.monotonic() < end:
        time.sleep(0.05)
    return not is_there(pid)


def test_a_kernel_does_not_try_the_temporary_folder_with_a_file_that_a_kill_could_leave(
    execute, monkeypatch
):
    # a test's own folder has too long a name for a socket in it
    with tempfile.TemporaryDirectory(prefix="k") as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        monkeypatch.setenv("TMPDIR", folder)
        with Helper() as helper:
            execute("1", address=helper.address)
            before = os.stat(folder).st_mtime_ns
            asked = "import tempfile\nprint(tempfile.gettempdir())"
            executed, trouble = execute(asked, address=helper.address)
            assert not trouble and printed(executed).strip() == folder
            assert os.stat(folder).st_mtime_ns == before


def test_a_kernel_starts_warm(execute):
    executed, trouble = execute(
        "import os, sys; print('cs_lib.kit.kit' in sys.modules, os.getpid())"
    )
    assert trouble is None and printed(executed).startswith("True")


def test_what_takes_long_is_imported_while_nobody_asks(execute, monkeypatch):
    asks = "import sys; print('seaborn' in sys.modules)"
    # a test's own folder has too long a name for a socket in it
    with tempfile.TemporaryDirectory(prefix="k") as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        with Helper() as helper:
            assert printed(execute(asks, address=helper.address)[0]).strip() == "False"
            for _ in range(fork_server.MANY - 1):
                time.sleep(1.5 * fork_server.IDLE)
                later = printed(execute(asks, address=helper.address)[0]).strip()
                if later == "True":
                    break
            assert later == "True"


def test_what_takes_long_is_imported_once_for_a_run_of_many(execute, monkeypatch):
    asks = "import sys; print('seaborn' in sys.modules)"
    # a test's own folder has too long a name for a socket in it
    with tempfile.TemporaryDirectory(prefix="k") as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        with Helper() as helper:
            told = [
                printed(execute(asks, address=helper.address)[0]).strip()
                for _ in range(fork_server.MANY + 1)
            ]
    assert told == [*["False"] * fork_server.MANY, "True"]


def test_nothing_leaks_from_one_report_to_the_next(execute, project):
    looks = LOOKS.format(root=str(project.root)).strip()
    before, _ = execute(looks)
    _, trouble = execute(CHANGES.strip())
    after, _ = execute(looks)
    assert trouble is None
    assert printed(before).startswith("False [] 1.5 60 False False True False")
    assert printed(after) == printed(before)


def test_warnings_are_as_before(execute):
    looks = "import warnings; print(warnings.filters)"
    before = printed(execute(looks)[0])
    execute(CHANGES.strip())
    assert printed(execute(looks)[0]) == before


def test_random_numbers_differ_from_kernel_to_kernel(execute):
    draws = "import numpy, random; print(numpy.random.random(), random.random())"
    drawn = [printed(execute(draws)[0]).split() for _ in range(2)]
    assert drawn[0][0] != drawn[1][0] and drawn[0][1] != drawn[1][1]


def test_a_kernel_looks_for_garbage_though_its_helper_does_not(execute):
    assert printed(execute("import gc; print(gc.isenabled())")[0]).strip() == "True"


def test_a_warm_report_is_the_cold_one_byte_for_byte(execute):
    cells = (DRAWS, "{'b', 'a', 'c'}", "import pandas\npandas.DataFrame({'a': [1, 2]})")
    warm_one, cold_one = (execute(*cells), execute(*cells, address=""))
    assert warm_one[1] is cold_one[1] is None
    assert "image/png" in notebook_text(warm_one[0])
    assert notebook_text(warm_one[0]) == notebook_text(cold_one[0])


def test_a_warm_kernel_sees_what_a_cold_one_sees(execute, project):
    # only a cold one loads the debugger, which leaves a variable of its own in the environment
    looks = "import os; os.environ.pop('PYDEVD_USE_FRAME_EVAL', None)\n"
    looks += LOOKS.format(root=str(project.root)).strip()
    assert printed(execute(looks)[0]) == printed(execute(looks, address="")[0])


SHOWS = (
    "!echo shell",
    "import multiprocessing\n"
    "with multiprocessing.get_context('fork').Pool(1) as pool:\n    pool.map(print, 'ab')\nprint('c')",
    "import asyncio\nawait asyncio.sleep(0.3)\nprint('waited')",
    "import time\nfor number in range(3):\n    print(number)\n    time.sleep(0.25)",
    "import logging, os, sys\nlogging.warning('late')\nwas, sys.stdout = sys.stdout, open(os.devnull, 'w')",
    "print('nowhere')\nsys.stdout = was",
    "from IPython.display import HTML, clear_output, display\nshown = display('a', display_id='it')",
    "shown.update('b')\ndisplay(HTML('gone'))\nclear_output()\nHTML('stays')",
    "input('asks nobody')",
)


def test_what_a_warm_kernel_shows_is_what_a_cold_one_shows(execute):
    (warm_one, trouble), (cold_one, _) = execute(*SHOWS), execute(*SHOWS, address="")
    assert trouble.startswith("cell 11: StdinNotImplemented")
    assert shown(warm_one) == shown(cold_one)


def test_what_other_programs_write_is_shown_in_its_place(execute):
    calls = "import os\nprint('first')\nos.system('echo second; echo wrong >&2')\nprint('last')"
    executed, _ = execute("1", calls)  # an ordinary kernel passes it over
    told = {each.name: each.text for each in executed.cells[-1].outputs}
    assert told == {"stdout": "first\nsecond\nlast\n", "stderr": "wrong\n"}


def test_threads_of_a_cell_take_turns(execute):
    starts = "import threading\nfrom IPython.display import HTML, display\nall_of_them = [\n"
    starts += (
        "    threading.Thread(target=display, args=(HTML('x' * 100_000),)) for _ in range(20)\n]\n"
    )
    starts += "[each.start() for each in all_of_them]\n[each.join() for each in all_of_them]\n1"
    executed, trouble = execute(starts)
    assert trouble is None and len(executed.cells[-1].outputs) == 21


def test_the_helper_has_one_thread(helper, execute):
    execute("1")
    assert len(os.listdir(f"/proc/{helper._process.pid}/task")) == 1


def test_a_report_that_hangs_is_stopped(execute):
    executed, trouble = execute(
        "import os; print(os.getpid(), flush=True)\nwhile True: pass", limit=3
    )
    assert trouble == (
        "cell 3 was stopped: the report took longer than 3 s. Give it longer with --timeout."
    )
    assert gone(int(printed(executed)))


def test_a_cold_report_that_hangs_is_stopped(execute):
    _, trouble = execute("import time; time.sleep(60)", limit=3, address="")
    assert trouble.startswith("cell 3 was stopped")


def test_a_kernel_takes_what_it_started_with_it(execute):
    starts = "import subprocess; p = subprocess.Popen(['sleep', '60']); print(p.pid)"
    assert gone(int(printed(execute(starts)[0])))
    dies = f"{starts}; import os, sys; sys.stdout.flush(); os._exit(3)"
    executed, trouble = execute(dies)
    assert trouble.startswith("the kernel died in cell 3")
    assert all(gone(int(pid)) for pid in printed(executed).split())


def test_without_an_answer_the_ordinary_kernel_is_used(execute, tmp_path):
    executed, trouble = execute("print('here')", address=str(tmp_path / "nobody"))
    assert trouble is None and "here" in printed(executed)


def test_where_kernels_cannot_be_forked_none_is(monkeypatch):
    from cs_lib.pack.kernels import pool

    monkeypatch.setattr(sys, "platform", "darwin")
    assert not fork_server.can_fork()
    assert pool.Pool(1)._helper is None
    monkeypatch.undo()
    assert pool.Pool(1, cold=True)._helper is None


RUN = """
import os, signal, sys, threading, time
from pathlib import Path
from cs_lib.pack.kernels.pool import Job, Pool
root = Path({root!r})
signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job of a shell ignores it
if __name__ == "__main__":
    with Pool(1) as pool:
        pool.start()
        print("helper", pool._helper._process.pid, pool._helper.address, flush=True)
        job = Job("a", Path({notebook!r}), "a", {{}}, root / "a.ipynb", root, root)
        list(pool.run([job]))
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_no_kernel_outlives_its_run(project, tmp_path, how):
    writes = (
        "import os, pathlib, time\n"
        f"pathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(os.getpid()))\ntime.sleep(60)"
    )
    notebook = project.notebook("sleeps", writes)
    script = tmp_path / "runs.py"
    script.write_text(RUN.format(root=str(tmp_path), notebook=str(notebook)))
    run = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    _, helper, address = run.stdout.readline().split()
    end = time.monotonic() + 60
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
        assert time.monotonic() < end
        time.sleep(0.05)
    kernel = int((tmp_path / "pid").read_text())
    run.send_signal(how)
    run.wait(timeout=20)
    run.stdout.close()
    assert gone(kernel) and gone(int(helper))
    assert not os.path.exists(os.path.dirname(address))
