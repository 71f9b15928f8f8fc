"""A workshop folder: write small files, name them in an edition, open them."""

import sys
from pathlib import Path

import pytest
from workshop import in_folder

HERE = Path(__file__).resolve().parent
#: the drawn-table helpers, and the readers of messages
sys.path[:0] = [str(HERE.parent / "metrics"), str(HERE)]


@pytest.fixture
def workshop(tmp_path):
    with in_folder(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A workshop of a whole file of tests, which only look at what is opened in it."""
    with in_folder(tmp_path_factory.mktemp("shared")) as made:
        yield made


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
