"""A report seen again whenever its files change: the page is the report's own, errors are a page, nothing is left."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner

from cs_lib.__main__ import cli
from cs_lib.pack.preview.preview_page import PreviewRequest, put_page, trouble_page
from cs_lib.pack.preview.previewed_report import PreviewedReport

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = re.compile(r"<script>.*?</script>", re.DOTALL)
PAGE = Path(".cache/preview/scorecard--tiny--all.html")
#: of a page in a pack alone: what leads to its other pages
LINKS = re.compile(r'<nav class="pack".*?</nav>\s*', re.DOTALL)


@pytest.fixture
def once(project, pool, measures, monkeypatch):
    """Calls `preview --once`; gives status, what was said, and the page without its script."""
    given = measures()
    monkeypatch.setattr("cs_lib.pack.run.measured_edition._load_measures", lambda *_, **__: given)
    monkeypatch.setattr(
        "cs_lib.pack.preview.preview_session.Pool", lambda *_, **__: contextlib.nullcontext(pool)
    )
    monkeypatch.setattr("signal.signal", lambda *_: None)

    def of(notebook="scorecard", *words):
        arguments = ["preview", notebook, "--edition", "tiny", "--once", *words]
        done = CliRunner().invoke(cli, arguments, catch_exceptions=False)
        page = project.root / PAGE
        return (
            done.exit_code,
            done.stderr,
            SCRIPT.sub("", page.read_text()) if page.exists() else "",
        )

    return of


def test_the_page_is_the_report_that_a_run_makes_and_no_pack_is_touched(project, once, run):
    project.notebook("scorecard", project.says)
    run(notebooks=("scorecard",))
    published = {each: each.stat().st_mtime_ns for each in project.pack.rglob("*")}
    status, said, page = once("notebooks/scorecard.ipynb")
    assert (status, said) == (0, f"{project.root / PAGE}\n")
    assert "tiny 2026-05 all" in page
    assert page.split("<main")[1].split() == LINKS.sub("", project.html()).split("<main")[1].split()
    assert published == {each: each.stat().st_mtime_ns for each in project.pack.rglob("*")}


def test_what_fails_is_shown_as_the_page(project, once):
    project.notebook("scorecard", "'<b>'\n1 / 0")
    status, said, page = once()
    assert (status, said) == (
        4,
        "notebooks/scorecard.ipynb: cell 3: ZeroDivisionError: division by zero\n",
    )
    assert "division by zero</p><pre>&#x27;&lt;b&gt;&#x27;\n1 / 0\n" in page and "\x1b" not in page
    project.edition("company: [")
    status, said, page = once()
    assert status == 2 and "params/tiny.yaml" in said and "params/tiny.yaml" in page


def test_a_notebook_that_is_not_there_is_refused_at_once(project, once):
    project.notebook("scorecard", project.says)
    assert once("scorecrd") == (2, "there is no notebook scorecrd. Did you mean scorecard?\n", "")
    assert once("scorecard", "--segment", "plan=*")[:2] == (
        2,
        "--segment plan=* is 2 reports. Name one to preview.\n",
    )


def test_only_what_changed_is_made_again(project, pool, measures, monkeypatch, tmp_path):
    loaded, given = [], measures()

    def load(*_, **__):
        loaded.append(1)
        return given

    monkeypatch.setattr("cs_lib.pack.run.measured_edition._load_measures", load)
    project.notebook("scorecard", "print('first')")
    (tmp_path / "scratch").mkdir()
    asked = PreviewRequest("scorecard", "tiny")
    report = PreviewedReport(asked, project.root, tmp_path / "scratch", pool)
    assert report.make() is None
    project.notebook("scorecard", "print('second')")
    assert report.make() is None and len(loaded) == 1
    assert "second" in (project.root / PAGE).read_text()
    (project.root / "params" / "notes").mkdir()
    (project.root / "params" / "notes" / "tiny.yaml").write_text("{}")
    assert report.make() is None and len(loaded) == 2


def test_an_open_page_asks_for_a_newer_one_only(tmp_path):
    page = tmp_path / "a b.html"
    put_page(page, trouble_page("first"))
    [made] = re.findall(r'window.made = "(\w+)"', page.read_text())
    assert 'look.src = "a%20b.js?"' in page.read_text()
    assert (tmp_path / "a b.js").read_text() == (
        f'if (window.made !== "{made}") location.reload();\n'
    )
    put_page(page, trouble_page("second"))
    assert f'"{made}"' not in (tmp_path / "a b.js").read_text()


# ---------------------------------------------------------------- the processes


def living(folder: Path) -> list[psutil.Process]:
    """Processes that have this folder as their temporary one."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            mine = process.environ().get("TMPDIR") == str(folder)
            if mine and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def until(there, seconds=60):
    """Wait until something is the case."""
    end = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < end, "this did not come about"
        time.sleep(0.1)


@pytest.fixture
def temporary():
    """A folder for temporary files whose name is short enough for a socket in it, wherever the tests run."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.fixture
def following(project, tmp_path, temporary):
    """A preview in a process of its own, of code of its own; `ended(signal)` stops it and looks what is left."""
    project.edition(
        "company: T\nas_of: 2026-06-10\ntables: {subscriptions: s.csv}\nsegments: [plan]\n"
    )
    (project.root / "s.csv").write_text("customer_id,start_date,mrr,plan\na,2026-01-01,10,Pro\n")
    project.notebook("scorecard", "print('the first page')")
    # what is compiled goes along: each process reads it
    left_out = shutil.ignore_patterns("sample")
    shutil.copytree(ROOT / "cs_lib", tmp_path / "code" / "cs_lib", ignore=left_out)
    process = subprocess.Popen(
        [sys.executable, "-m", "cs_lib", "preview", "scorecard", "--edition", "tiny", "--no-open"],
        cwd=project.root,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "code"), "TMPDIR": str(temporary)},
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # as a terminal gives each command a group of its own
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )

    def shows(text: str) -> bool:
        page = project.root / PAGE
        return page.exists() and text in page.read_text()

    def ended(number: int, *, group: bool = False) -> int:
        os.killpg(process.pid, number) if group else process.send_signal(number)
        until(lambda: not living(temporary), 30)
        return process.wait()

    yield shows, ended, tmp_path / "code" / "cs_lib"
    process.kill()
    process.wait()
    until(lambda: not living(temporary), 30)


@pytest.mark.slow
def test_it_follows_the_notebook_and_the_code_and_leaves_no_process(project, following):
    shows, ended, code = following
    until(lambda: shows("the first page"))
    says = "from cs_lib import open_kit\nkit = open_kit(edition)\nprint(kit.frame('mrr')['value'])"
    project.notebook("scorecard", says)
    until(lambda: shows("10.0"))
    (project.root / "s.csv").write_text("customer_id,start_date,mrr,plan\na,2026-01-01,73,Pro\n")
    until(lambda: shows("73.0"))
    mended = (code / "errors.py").read_text()
    (code / "errors.py").write_text("def broken(")
    until(lambda: shows("SyntaxError"))
    (code / "errors.py").write_text(f"{mended}\nFRESH = 'fresh code'\n")
    project.notebook("scorecard", "from cs_lib.errors import FRESH\nprint(FRESH)")
    until(lambda: shows("fresh code"))
    assert not (project.root / "reports").exists()
    assert ended(signal.SIGTERM) == 0


@pytest.mark.slow
def test_killed_in_the_midst_of_its_work_it_leaves_no_process(project, following):
    shows, ended, _ = following
    until(lambda: shows("the first page"))
    begun = project.root / "begun"
    project.notebook("scorecard", f"open({str(begun)!r}, 'w')\nimport time\ntime.sleep(600)")
    until(begun.exists)
    assert ended(signal.SIGKILL) == -signal.SIGKILL


@pytest.mark.slow
def test_control_c_ends_it_in_the_midst_of_its_work_and_leaves_no_process(project, following):
    shows, ended, _ = following
    until(lambda: shows("the first page"))
    begun = project.root / "begun"
    project.notebook("scorecard", f"open({str(begun)!r}, 'w')\nimport time\ntime.sleep(600)")
    until(begun.exists)
    assert ended(signal.SIGINT, group=True) == 0
    assert not list((project.root / PAGE).parent.glob("*building*"))
