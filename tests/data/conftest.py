"""A workshop folder: write small files, name them in an edition, open them."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from cs_lib.data.open_data import Data, open_data
from cs_lib.edition import Edition, read_edition
from cs_lib.errors import KitError

ROOT = Path(__file__).resolve().parents[2]
#: the drawn-table helpers, and the readers of messages
sys.path[:0] = [str(ROOT / "tests" / "metrics"), str(ROOT / "tests" / "data")]


@dataclass
class Workshop:
    """A project of its own in a temporary folder."""

    root: Path
    opened: list[Data]

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def edition(self, tables: dict, **keys) -> Edition:
        told = {"company": "Acme", "tables": tables, **keys}
        self.write("params/acme.yaml", yaml.safe_dump(told, sort_keys=False))
        return read_edition("acme", root=self.root)

    def open(self, tables: dict, *, data_dir=None, allow_rejects=False, rejects_to=None, **keys):
        data = open_data(
            self.edition(tables, **keys),
            root=self.root,
            data_dir=data_dir,
            allow_rejects=allow_rejects,
            rejects_to=rejects_to,
        )
        self.opened.append(data)
        return data

    def refused(self, tables: dict, **keys) -> list[str]:
        """The lines of the error with which the data is refused."""
        with pytest.raises(KitError) as caught:
            self.open(tables, **keys)
        return str(caught.value).splitlines()

    def rows(self, tables: dict, name: str | None = None, **keys) -> list[tuple]:
        """The rows of one table in the columns that its source gives, as the kit holds them."""
        data, name = self.open(tables, **keys), name or next(iter(tables))
        frame = data.engine.collect(data.tables[name].select(*data.given[name]))
        return list(
            frame.astype(object).where(frame.notna(), None).itertuples(index=False, name=None)
        )


@pytest.fixture
def workshop(tmp_path):
    yield from _workshop(tmp_path)


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A workshop of a whole file of tests, which only look at what is opened in it."""
    yield from _workshop(tmp_path_factory.mktemp("shared"))


def _workshop(root: Path):
    (root / "params").mkdir()
    made = Workshop(root, [])
    yield made
    for data in made.opened:
        data.close()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data sets, which is not part of the project."""
    folder = Path(os.environ.get("CS_KIT_REAL_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real data in {folder}; set CS_KIT_REAL_DATA to its folder")
    return folder


@pytest.fixture(scope="session")
def server():
    """A PostgreSQL server of the tests' own."""
    pytest.importorskip("adbc_driver_postgresql", reason="pip install 'cs-report-kit[postgresql]'")
    from postgres_server import programs, running

    found = programs()
    if found is None:
        pytest.skip("no PostgreSQL server program here (apt-get install postgresql)")
    with running(found) as started:
        yield started
