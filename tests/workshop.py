"""A project of a test's own in a temporary folder: write small files, name them in an edition, open them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml

from cs_lib.data.open_data import Data, open_data
from cs_lib.edition import Edition, read_edition
from cs_lib.errors import KitError


@dataclass
class Workshop:
    """The project's folder, what was opened in it, and what its editions say beside their tables."""

    root: Path
    keys: dict = field(default_factory=dict)
    opened: list[Data] = field(default_factory=list)

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def edition(self, tables: dict, **keys) -> Edition:
        told = {"company": "Acme", **self.keys, "tables": tables, **keys}
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
        plain = frame.astype(object).where(frame.notna(), None)
        return list(plain.itertuples(index=False, name=None))


@contextmanager
def in_folder(root: Path, kind: type[Workshop] = Workshop, **keys) -> Iterator[Workshop]:
    """A workshop in a folder; whatever is opened in it is closed at the end."""
    (root / "params").mkdir()
    made = kind(root, keys)
    yield made
    for data in made.opened:
        data.close()
