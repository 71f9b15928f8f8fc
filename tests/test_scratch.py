"""What killed runs left is swept by the next; what belongs to a living process stays."""

import os
import subprocess
import sys

import pytest

from cs_lib.scratch import new_folder, owned, sealed, sweep, unsealed

LEAVES = """
import os, sys
from pathlib import Path
from cs_lib.scratch import new_folder
print(new_folder(inside=Path(sys.argv[1])), flush=True)
os._exit(9)
"""


def test_what_a_dead_process_left_is_removed_and_nothing_else(tmp_path):
    left = subprocess.run(
        [sys.executable, "-c", LEAVES, str(tmp_path)], capture_output=True, text=True
    ).stdout.strip()
    assert os.path.isdir(left)
    mine = new_folder(inside=tmp_path)
    others = [tmp_path / name for name in ("cs-kit-other", "cs-kit-abcd-x-1-z", "cs-kitty", "else")]
    for each in others:
        each.mkdir()
    sweep(inside=tmp_path)
    assert not os.path.exists(left)
    assert mine.is_dir() and all(each.is_dir() for each in others)


def test_a_process_that_got_the_number_of_a_dead_one_is_not_its_owner(tmp_path):
    name = owned("cs-kit").split("-")
    name[4] = str(int(name[4]) - 3600)
    (tmp_path / "-".join(name)).mkdir()
    (tmp_path / "-".join([*name[:-1], "file"])).touch()
    sweep(inside=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="zombies of POSIX")
def test_a_process_that_is_dead_and_not_buried_owns_nothing(tmp_path):
    with subprocess.Popen([sys.executable, "-c", LEAVES, str(tmp_path)], stdout=-1) as dead:
        left = dead.stdout.readline().decode().strip()
        os.waitid(os.P_PID, dead.pid, os.WEXITED | os.WNOWAIT)
        sweep(inside=tmp_path)
        assert not os.path.exists(left)


def test_what_another_machine_owns_stays(tmp_path):
    name = owned("cs-kit").split("-")
    name[2] = "0000" if name[2] != "0000" else "1111"
    name[3] = "999999999"
    (tmp_path / "-".join(name)).mkdir()
    sweep(inside=tmp_path)
    assert len(list(tmp_path.iterdir())) == 1


def test_a_sealed_text_is_read_whole_or_not_at_all():
    text = sealed({"a": [1, "b", None]})
    assert unsealed(text) == {"a": [1, "b", None]}
    for damaged in ("", text[:-1], text.replace("b", "c"), text + " ", text.partition("\n")[2]):
        with pytest.raises(ValueError):
            unsealed(damaged)
