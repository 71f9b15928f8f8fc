"""No traceback from anything: refusals by name, and one net under the command line."""

import errno
import os
import re
import subprocess
import sys
import warnings

import pytest
from click.testing import CliRunner

from cs_lib import crash
from cs_lib.__main__ import cli
from cs_lib.errors import KitWarning

EDITION = "company: T\nas_of: 2026-05-01\ntables: {subscriptions: s.csv}\nsegments: [plan]\n"
ROWS = (
    "customer_id,start_date,end_date,mrr,plan\na,2026-01-01,,10,Pro\nb,2026-02-01,2026-04-01,20,X\n"
)
BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]\n"
    for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.fixture
def project(tmp_path, monkeypatch):
    for name in ("params", "notebooks"):
        (tmp_path / name).mkdir()
    (tmp_path / "params" / "t.yaml").write_text(EDITION)
    (tmp_path / "s.csv").write_text(ROWS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    monkeypatch.setattr("warnings.showwarning", lambda *_: None)
    return tmp_path


def call(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli, list(arguments), catch_exceptions=False)
    assert "Traceback" not in done.output
    return done.exit_code, done.stderr


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("as_of: 2026-02-30", "'2026-02-30': day is out of range for month"),
        ("as_of: 9999-12-31", "lies outside the years 1970 to 2100"),
        ("as_of: 20260101", "20260101 is not a day such as 2026-06-30"),
        ("history_starts: 0001-01-01", "lies outside the years 1970 to 2100"),
        ('tables: {subscriptions: {path: ""}}', "tables.subscriptions.path: this is empty"),
        ("tables: {subscriptions: /}", "tables.subscriptions: no file / in "),
        ('tables: {subscriptions: ""}', "tables.subscriptions.path: this is empty"),
        ('tables: {subscriptions: {sql: " "}}', "tables.subscriptions.sql: this is empty"),
        ("{? [a]: b}", "a key is a word, not a list or a mapping"),
        ("? [a, b]\n: c", "a key is a word, not a list or a mapping"),
        ("targets: {nps: .nan}", "nan is not a figure that a target can be"),
        ("targets: {nps: {all: .inf}}", "inf is not a figure that a target can be"),
        ("targets: {nps: yes}", "true is not a number"),
        ("rates: {EUR: .inf}", "rates.EUR: inf does not fit"),
        ("definitions: {gross_margin: .nan}", "definitions.gross_margin: nan does not fit"),
        ("definitions: {gross_margin: true}", "true is not a number"),
        ("min_n: 1e400", "min_n"),
        ("timezone: Europe", "'Europe' is not a time zone"),
        ("memory_limit: lots", "memory_limit or spill_dir cannot be used"),
        ("spill_dir: s.csv/x", "spill_dir: "),
        ("a: !!python/object:os.x {}", "cannot be read as YAML"),
        ("\tindented: x", "cannot be read as YAML"),
        ("a: &a [*a]", "its aliases (*) make it far longer"),
        (BOMB, "its aliases (*) make it far longer"),
        ("a: " + "[" * 5000, "nested too deeply"),
        ("company: " + "x" * 1_000_001, "too large for a params file"),
    ],
)
def test_a_hostile_edition_is_refused_by_name(project, line, said):
    key = line.partition(":")[0]
    kept = [each for each in EDITION.splitlines() if each.partition(":")[0] != key]
    text = line if line.startswith("{") else "\n".join([*kept, line, ""])
    (project / "params" / "t.yaml").write_text(text)
    status, err = call("check", "t")
    assert said in err and status in (2, 3), err


@pytest.mark.parametrize(
    "content", [b"", b"null", b"- a", b"x", "company: M\xfcller".encode("latin-1"), b"\xff\xfea"]
)
def test_a_file_that_is_no_edition_is_refused(project, content):
    (project / "params" / "t.yaml").write_bytes(content)
    status, err = call("check", "t")
    assert status == 2 and err.startswith("params/t.yaml: ")


def test_a_folder_or_a_name_that_is_none_is_no_edition(project):
    (project / "params" / "folder.yaml").mkdir()
    for name in ("folder", "a" * 300, "a\0b", "", "..", "/"):
        assert call("check", name)[0] == 2


@pytest.mark.parametrize(
    "options",
    [
        ("--period", ""), ("--period", "0000"), ("--period", "9999-12"), ("--period", "2026-W54"),
        ("--period", "2026-W20"), ("--segment", "plan"), ("--segment", "region=EMEA"),
        ("--segment", "="), ("--notebook", "nothing"), ("--timeout", "nan"), ("--timeout", "inf"),
        ("--timeout", "0"), ("--jobs", "0"), ("--jobs", "1000000000"), ("--data", "nowhere"),
    ],
)  # fmt: skip
def test_wrong_words_are_refused_before_anything_is_measured(project, options, monkeypatch):
    monkeypatch.setattr("cs_lib.pack.run.run.measure", lambda *_, **__: pytest.fail("it measured"))
    status, err = call("run", "t", *options)
    assert status == 2 and err


def test_a_wrong_word_of_the_last_edition_is_refused_before_the_first_is_measured(
    project, monkeypatch
):
    (project / "params" / "u.yaml").write_text(EDITION + "targets: {npss: 1}\n")
    monkeypatch.setattr("cs_lib.pack.run.run.measure", lambda *_, **__: pytest.fail("it measured"))
    assert call("run", "t", "u") == (
        2, "params/u.yaml: targets.npss is not a metric. Did you mean nps?\n",
    )  # fmt: skip


# --- what is nobody's fault


def fails_with(monkeypatch, error: BaseException) -> None:
    def fail(*_, **__):
        raise error

    monkeypatch.setattr("cs_lib.pack.run.check_command.check_edition", fail)


def test_the_unexpected_is_one_sentence_with_the_place_of_its_report(project, monkeypatch):
    fails_with(monkeypatch, ZeroDivisionError("of ada"))
    status, err = call("check", "t")
    assert status == crash.UNEXPECTED
    [line] = err.splitlines()
    assert line.startswith(
        "Something unexpected went wrong (ZeroDivisionError in test_net.py, line "
    )
    assert "ada" not in line
    [path] = (project / ".cache").glob("crash-*.txt")
    assert str(path) in line and path.stat().st_mode & 0o777 == 0o600
    assert "Traceback" in path.read_text() and "of ada" in path.read_text()


def test_where_no_report_can_be_written_the_sentence_is_all(project, monkeypatch):
    fails_with(monkeypatch, KeyError("x"))
    monkeypatch.setattr("cs_lib.crash.for_the_owner", lambda *_: 1 / 0 and 0)
    monkeypatch.setattr(crash, "_written", lambda text: None)
    assert "could not be written to any folder" in call("check", "t")[1]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "reports/x"), "The disk is full (reports/x)."),
        (PermissionError(errno.EACCES, "Permission denied", "reports"), "reports cannot be used: Permission denied."),
        (OSError(errno.EROFS, "Read-only file system", ".cache"), ".cache cannot be used: Read-only"),
        (MemoryError(), "There was not memory enough."),
    ],
)  # fmt: skip
def test_a_fault_of_the_machine_is_a_refusal_with_a_status_of_its_own(
    project, monkeypatch, error, said
):
    fails_with(monkeypatch, error)
    status, err = call("check", "t")
    assert status == 6 and err.startswith(said) and not list(project.rglob("crash-*"))


@pytest.mark.slow
@pytest.mark.parametrize("blocked", ["reports", ".cache"])
def test_a_file_in_the_place_of_a_folder_is_no_traceback(project, blocked):
    (project / blocked).write_text("in the way")
    with warnings.catch_warnings():
        warnings.simplefilter("always", KitWarning)
        status, err = call("run", "t")
    assert status in (2, 6) and err, "there is no notebook to run, or no place to put it"


@pytest.mark.skipif(os.name == "nt", reason="pipes of POSIX")
def test_a_reader_who_goes_away_gets_no_traceback(project):
    shell = f"{sys.executable} -m cs_lib metrics | head -c 1 > /dev/null; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True)
    assert done.stderr == "" and re.fullmatch(r"(0|1|141)\n", done.stdout)
