"""The README's commands are the ones that work."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", README, flags=re.DOTALL)
LINES = [line.split("  #")[0].strip() for block in BLOCKS for line in block.splitlines()]
KIT = [line for line in LINES if line.startswith("python -m cs_lib ")]
PAPERMILL = [line for line in LINES if line.startswith("papermill ")]


def test_it_is_short_and_starts_with_a_picture():
    assert len(README.splitlines()) < 200
    picture = re.search(r"!\[(.+?)\]\((.+?)\)", README)
    assert picture[1] and (ROOT / picture[2]).is_file()
    assert README.index(picture[0]) < README.index("```sh")


def test_there_is_one_line_to_publish_and_one_to_test():
    setup = "python3 -m venv .venv && .venv/bin/pip install -q -r requirements.txt && .venv/bin/python -m"
    assert [line for line in LINES if line.startswith("python3 -m venv")] == [
        f"{setup} cs_lib run",
        f"{setup} pytest",
    ]


def test_its_links_lead_somewhere():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


@pytest.mark.parametrize("line", KIT)
def test_a_command_is_understood(line):
    from cs_lib.__main__ import cli

    name, *arguments = shlex.split(line)[3:]
    command = cli.commands[name]
    assert command.make_context(name, arguments).params


@pytest.mark.slow
def test_a_notebook_runs_under_plain_papermill(tmp_path):
    assert len(PAPERMILL) == 1
    for folder in ("params", "notebooks"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copytree(ROOT / "cs_lib/data/sample", tmp_path / "cs_lib/data/sample")
    (ROOT / ".cache").mkdir(exist_ok=True)
    (tmp_path / ".cache").symlink_to(ROOT / ".cache")  # where measures are kept by their content
    done = subprocess.run(
        [sys.executable, "-m", *shlex.split(PAPERMILL[0])],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "plan=Practice" in (tmp_path / "out.ipynb").read_text(encoding="utf-8")
