"""Where editions publish: each into a folder of its own, inside `reports` and inside no pack."""

import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_lib.edition import read_edition
from cs_lib.edition.edition_files import folder_of
from cs_lib.errors import EditionError
from cs_lib.pack.run.publish import PackPaths, building
from cs_lib.period import Period

BASE = "company: Acme\ntables: {subscriptions: billing.csv}\n"
JUNE = Period.parse("2026-06")


@pytest.fixture
def files(tmp_path, monkeypatch):
    """`files("params/kc.yaml", …)` writes editions below a root, which is where one stands."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params").mkdir()

    def write(*names: str) -> Path:
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(BASE)
        return tmp_path

    return write


def pack(which, root: Path) -> str:
    """The pack's folder, from `reports`."""
    place = PackPaths.of(read_edition(which, root=root), JUNE, root)
    return place.pack.relative_to(root / "reports").as_posix()


def test_an_edition_publishes_under_its_name(files):
    root = files("params/kc.yaml", "params/examples/online_retail.yaml", "params/Acme 2-a.yml")
    assert pack("kc", root) == pack("params/kc.yaml", root) == "kc/2026-06"
    assert pack("examples/online_retail", root) == "examples/online_retail/2026-06"
    assert pack("Acme 2-a", root) == "Acme 2-a/2026-06"


def test_no_edition_publishes_into_the_pack_of_another(files):
    names = ("kc", "kc/2026-06", "kc/2026-q2", "kc/2026", "kc/2026-W24", "kc/2026-06/b", "2026-06")
    root = files(*(f"params/{name}.yaml" for name in names))
    packs = [pack(name, root) for name in names]
    assert packs[0] == "kc/2026-06"
    assert packs[-1] == "2026-06/2026-06"
    shelves = [Path(each).parent for each in packs]
    assert len(set(packs)) == len(names)
    assert not any(Path(each) in (shelf, *shelf.parents) for each in packs for shelf in shelves)
    assert re.fullmatch("kc/2026-06~[0-9a-f]{10}/2026-06", packs[1])


def test_files_of_one_name_outside_params_keep_their_packs_apart(files):
    root = files("params/acme.yaml", "acme.yaml", "a/acme.yaml", "b/acme.yaml")
    which = ("acme", "acme.yaml", root / "a" / "acme.yaml", "b/../b/acme.yaml")
    packs = [pack(each, root) for each in which]
    assert packs[0] == "acme/2026-06"
    assert len(set(packs)) == 4
    assert all(re.fullmatch("acme~[0-9a-f]{10}/2026-06", each) for each in packs[1:])
    assert pack("b/acme.yaml", root) == packs[3]
    assert {read_edition(each, root=root).name for each in which} == {"acme"}


@pytest.mark.parametrize("name", ["../acme", "kc/../../acme", "../../{0}/acme"])
def test_a_name_that_leads_out_of_params_stays_inside_reports(files, name):
    root = files("acme.yaml", "params/kc/x.yaml")
    which = name.format(root.name) if name.startswith("../..") else name
    path = Path(os.path.abspath(root / "params" / f"{which}.yaml"))
    if not path.is_file():
        path.write_text(BASE)
    assert re.fullmatch("acme~[0-9a-f]{10}/2026-06", pack(which, root))


def test_an_absolute_name_stays_inside_reports(files):
    root = files("elsewhere/acme.yaml")
    assert re.fullmatch("acme~[0-9a-f]{10}/2026-06", pack(root / "elsewhere" / "acme", root))


@pytest.mark.parametrize("other", ["Acme.yaml", "acme.yml", "ACME.yml"])
def test_two_files_that_are_one_edition_somewhere_are_refused(files, other):
    root = files("params/acme.yaml", f"params/{other}", "params/b/acme.yaml")
    with pytest.raises(EditionError, match="would be one edition and share their reports") as said:
        read_edition("acme", root=root)
    assert other in str(said.value)
    (root / "params" / other).rename(root / "params" / "other.yaml")
    assert pack("acme", root) == "acme/2026-06"
    assert pack("b/acme", root) == "b/acme/2026-06"


def test_a_link_is_an_edition_of_its_own_name(files):
    root = files("shared/base.yaml")
    (root / "params" / "linked.yaml").symlink_to(root / "shared" / "base.yaml")
    (root / "params" / "clients").symlink_to(root / "shared")
    assert pack("linked", root) == pack("params/linked.yaml", root) == "linked/2026-06"
    assert pack("clients/base", root) == "clients/base/2026-06"


def test_a_folder_of_packs_is_not_replaced_by_a_pack(files):
    root = files("params/kc.yaml")
    older = root / "reports" / "kc" / "2026-06" / "2026-05"
    older.mkdir(parents=True)
    (older / "manifest.json").write_text("{}")
    place = PackPaths.of(read_edition("kc", root=root), JUNE, root)
    refused = pytest.raises(EditionError, match="kc/2026-06 holds packs of another edition")
    with refused, building(place):
        pass
    place.pack.rename(root / "away")
    with building(place) as folder:
        assert folder.is_dir()


names = st.one_of(
    st.text(
        alphabet=st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1
    ),
    st.sampled_from(
        ["CON", "nul", "com¹", "index.html", ".hidden", "a.", "a ", "n" * 200, "2026-06"]
    ),
).filter(lambda each: each not in (".", ".."))


@given(names, names)
def test_folders_of_editions_are_short_safe_and_their_own(one, other):
    root = Path("/project")
    folders = [folder_of(root / "params" / "kc" / f"{each}.yaml", root) for each in (one, other)]
    part = folders[0].removeprefix("kc/")
    assert len(part.encode()) <= 80
    assert not set(part) & set('/\\:*?"<>|.\n')
    assert part[-1] != " "
    assert part.upper() not in {"CON", "NUL", "COM1", "COM¹"}
    assert one == other or folders[0] != folders[1]
