"""One local Spark session for all tests here, and a folder of small files to open on it."""

import os
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml

from cs_lib.edition import Edition, Reports, read_edition
from cs_lib.errors import KitError

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(Path(__file__).parent))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Whatever needs Spark takes long."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("slow")


@pytest.fixture(scope="session")
def pyspark_sql():
    """Spark's module, where it and Java are installed."""
    sql = pytest.importorskip("pyspark.sql", reason="Spark is an extra and is not installed")
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        pytest.skip("Spark needs Java, and there is none")
    return sql


@pytest.fixture(scope="session")
def spark(pyspark_sql, tmp_path_factory):
    session = (
        pyspark_sql.SparkSession.builder.master("local[2]")
        .config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("warehouse")))
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.python.sql.dataFrameDebugging.enabled", "false")
        # a short life: the machine compiles little, and cleans up in one thread
        .config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        # small data: compiling a query takes longer than running it
        .config("spark.sql.codegen.wholeStage", "false")
        .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    return session


@dataclass
class Workshop:
    """A project of its own in a temporary folder, opened on one engine or the other."""

    root: Path
    opened: list = field(default_factory=list)

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def edition(self, tables: dict, **keys) -> Edition:
        told = {"company": "Acme", "engine": "spark", "tables": tables, **keys}
        self.write("params/acme.yaml", yaml.safe_dump(told, sort_keys=False))
        return read_edition("acme", root=self.root)

    def open(self, tables: dict, *, allow_rejects=False, rejects_to=None, **keys):
        from cs_lib.data.open_data import open_data

        data = open_data(
            self.edition(tables, **keys),
            root=self.root,
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
        """The rows of one table, sorted, in the columns that its source gives, as the kit holds them."""
        data, name = self.open(tables, **keys), name or next(iter(tables))
        frame = data.engine.collect(data.tables[name].select(*data.given[name]))
        plain = frame.astype(object).where(frame.notna(), None)
        return sorted(plain.itertuples(index=False, name=None), key=repr)


@pytest.fixture
def workshop(tmp_path, spark):
    (tmp_path / "params").mkdir()
    made = Workshop(tmp_path)
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
def cut():
    """An edition by name with fewer cells: months alone, and the segments given."""

    def edition(name: str, *segments: str, **keys) -> Edition:
        fewer = {"grains": ("month",), "segments": segments, "reports": Reports(), "targets": {}}
        return read_edition(name, root=ROOT).model_copy(update={**fewer, **keys})

    return edition
