"""The cache is never believed: whatever happens to a file of it, the figures are those of the data."""

import json
import os
import shutil
from pathlib import Path

import pandas as pd
import pytest
from drawn import only

from cs_lib.edition import read_edition
from cs_lib.errors import KitWarning
from cs_lib.metrics.audit import cache
from cs_lib.metrics.audit.cache import load_measures

EDITION = "company: T\nas_of: 2026-04-01\ntables: {subscriptions: s.csv}\ngrains: [month]\n"
ROWS = "customer_id,start_date,end_date,mrr,plan\na,2026-01-01,,10,Pro\nb,2026-01-05,2026-03-01,20,Basic\n"
#: what the few contents of the data give, worked out once for all tests
COMPUTED = {}
FRAMES = (
    "measures",
    "cohorts",
    "curves",
    "restated",
    "risk",
    "accounts",
    "leavers",
    "joiners",
    "owners",
    "staying",
    "purchases",
    "themes",
    "steps",
    "examples",
    "drivers",
)


class Project:
    """An edition whose measures are kept, and how often they were computed."""

    def __init__(self, root: Path):
        self.root, self.computed = root, 0
        (root / "params").mkdir()
        (root / "params" / "t.yaml").write_text(EDITION)
        (root / "s.csv").write_text(ROWS)

    def load(self):
        return load_measures(read_edition("t", root=self.root), root=self.root)

    @property
    def folder(self) -> Path:
        [found] = (self.root / ".cache" / "measures").glob("[!.]*")
        return found


@pytest.fixture
def project(tmp_path, monkeypatch):
    made, compute = Project(tmp_path), cache.compute

    def counted(*args, **options):
        made.computed += 1
        text = (tmp_path / "s.csv").read_text()
        if text not in COMPUTED:
            with only(("mrr", "expected_lifetime", "cohort_retention")):
                COMPUTED[text] = compute(*args, **options)
        return COMPUTED[text]

    monkeypatch.setattr(cache, "compute", counted)
    return made


def same(one, other) -> None:
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))
    assert (one.as_of, one.facts) == (other.as_of, other.facts)
    assert [*one.left_out.items()] == [*other.left_out.items()]
    assert json.dumps(one.data) == json.dumps(other.data)


def damages(content: bytes):
    """Ways in which a file can be other than it was written."""
    size = len(content)
    for end in (0, 1, size // 3, size - 1):
        yield content[:end]
    for at in range(0, size, max(1, size // 6)):
        yield content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
    yield content + b" "
    yield b"\x00" * size
    yield content[size // 2 :] + content[: size // 2]


def test_what_is_kept_is_taken_as_it_was(project):
    first = project.load()
    same(project.load(), first)
    assert project.computed == 1


def test_a_file_of_an_entry_damaged_in_any_way_is_not_believed(project, monkeypatch):
    first, folder = project.load(), project.folder
    whole = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert set(whole) == {"state.json", *(f"{name}.parquet" for name in FRAMES)}
    tried = 0
    for name, content in whole.items():
        for damaged in damages(content):
            (folder / name).write_bytes(damaged)
            assert cache._read(folder) is None, name
            tried += 1
        (folder / name).unlink()
        assert cache._read(folder) is None
        (folder / name).write_bytes(content)
    assert tried > 80 and cache._read(folder) is not None
    (folder / "state.json").write_bytes(b"damaged")
    same(project.load(), first)
    assert project.computed == 2
    same(project.load(), first)
    assert project.computed == 2, "what was damaged is made good"


def test_values_of_a_state_that_were_edited_are_not_believed(project):
    project.load()
    path = project.folder / "state.json"
    digest, _, text = path.read_text().partition("\n")
    for old, new in [("2026-04-01", "2026-03-01"), ('"rows": 2', '"rows": 3'), ("movements", "x")]:
        assert old in text
        path.write_text(f"{digest}\n{text.replace(old, new)}")
        assert cache._read(path.parent) is None


def test_an_entry_in_the_place_of_another_is_not_believed(project):
    first, folder = project.load(), project.folder
    kept = project.root / "kept"
    shutil.copytree(folder, kept)
    (project.root / "s.csv").write_text(ROWS.replace(",10,", ",99,"))
    changed = project.load()
    [other] = (set(folder.parent.glob("[!.]*"))) - {folder}
    shutil.rmtree(other)
    shutil.copytree(kept, other)
    same(project.load(), changed)
    assert project.computed == 3
    assert not changed.measures.equals(first.measures)


def test_a_file_in_the_place_of_an_entry_is_replaced(project):
    first, folder = project.load(), project.folder
    shutil.rmtree(folder)
    folder.write_text("not a folder")
    same(project.load(), first)
    same(project.load(), first)
    assert project.computed == 2


def test_a_cache_that_cannot_be_written_is_a_warning(project):
    (project.root / ".cache").write_text("not a folder")
    with pytest.warns(KitWarning, match=r"could not be kept in \.cache/measures"):
        project.load()


def test_a_disk_that_is_full_is_a_warning_and_leaves_nothing(project, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_parquet", full)
    with pytest.warns(KitWarning, match="No space left on device"):
        project.load()
    assert os.listdir(project.root / ".cache" / "measures") == []


def test_an_edit_of_the_same_size_at_the_same_time_is_seen(project):
    path = project.root / "s.csv"
    before, state = project.load(), path.stat()
    path.write_text(ROWS.replace(",10,", ",99,"))
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert not project.load().measures.equals(before.measures)


def test_data_that_change_while_they_are_measured_are_not_kept(project, monkeypatch):
    compute = cache.compute

    def changes(*args, **options):
        found = compute(*args, **options)
        (project.root / "s.csv").write_text(ROWS.replace(",10,", ",99,"))
        return found

    monkeypatch.setattr(cache, "compute", changes)
    project.load()
    assert not list((project.root / ".cache" / "measures").glob("[!.]*"))
