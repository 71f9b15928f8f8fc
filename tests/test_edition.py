"""An edition is read into a valid value, or refused with the file, the key and what to do."""

from datetime import date
from pathlib import Path

import pytest

from cs_lib.edition import edition_names, find_root, read_edition
from cs_lib.errors import EditionError

ROOT = Path(__file__).resolve().parents[1]
BASE = "company: Acme\ntables: {orders: orders.csv}\n"


@pytest.fixture
def read(tmp_path):
    """Write a params file and read it as an edition."""
    (tmp_path / "params").mkdir()

    def _read(text):
        (tmp_path / "params" / "acme.yaml").write_text(text, encoding="utf-8")
        return read_edition("acme", root=tmp_path)

    return _read


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (BASE + "curency: GBP\n", "curency is not a key. Did you mean currency?"),
        (BASE + "tagets: {nps: 1}\n", "tagets is not a key. Did you mean targets?"),
        (BASE + "name: acme\n", "name is not a key. The file's own name is the edition's."),
        (BASE + "company: B\n", "company is written twice"),
        (
            BASE + "definitions: {ces: {scale: [1, 7], direction: higher, easy: [5, 7], esy: 1}}\n",
            "definitions.ces.esy is not a key. Did you mean easy?",
        ),
        (
            BASE + "definitions: {ces: {scale: [1, 7], direction: up, easy: [5, 7]}}\n",
            "definitions.ces.direction: 'up' does not fit: input should be 'higher' or 'lower'.",
        ),
        (
            BASE + "definitions: {ces: {direction: higher, easy: [5, 7]}}\n",
            "definitions.ces.scale is missing.",
        ),
        (
            BASE + "definitions: {nps: {scale: [10, 0]}}\n",
            "definitions.nps.scale: write the lower end first: [0, 10].",
        ),
        (
            BASE + "definitions: {csat: {scale: [1, 3], satisfied: [3, 4]}}\n",
            "definitions.csat: satisfied [3, 4] is not within the scale [1, 3].",
        ),
        (
            BASE + "definitions: {csat: {scale: [1, 10]}}\n",
            "definitions.csat: the scale [1, 10] needs satisfied, the scores that count as satisfied, "
            "for example satisfied: [9, 10].",
        ),
        (
            BASE + "definitions: {csat: {scale: [1, 7], satisfied: [4, 5]}}\n",
            "definitions.csat: satisfied [4, 5] must reach one end of the scale [1, 7], its best "
            "score, and not the other.",
        ),
        (
            BASE + "definitions: {nps: {scale: [1, 5]}}\n",
            "definitions.nps.scale: NPS is asked on [0, 10] or [1, 10]. Answers on [1, 5] are a "
            "satisfaction score: let their instrument be csat, and state its scale and satisfied.",
        ),
        (
            BASE + "definitions: {ces: {scale: [1, 7], direction: higher, easy: [1, 2]}}\n",
            "definitions.ces: easy [1, 2] does not agree with direction higher: it must reach 7, the "
            "best score, and leave out 1.",
        ),
        (
            BASE + "history_starts: 1600-01-01\n",
            "history_starts: 1600-01-01 lies outside the years 1970 to 2100.",
        ),
        (
            BASE + "definitions: {ces: {scale: [1, 5], direction: lower, easy: [0, 2]}}\n",
            "definitions.ces: easy [0, 2] is not within the scale [1, 5].",
        ),
        (
            "company: Acme\ntables: {order: a.csv}\n",
            "tables.order is not a table. Did you mean orders?",
        ),
        (
            "company: Acme\ntables: {orders: {pth: a.csv}}\n",
            "tables.orders.pth is not a key. Did you mean path?",
        ),
        ("company: Acme\ntables: {orders: {}}\n", "tables.orders: give either path or sql."),
        (
            "company: Acme\ntables: {orders: {path: a.db, table: a, sql: SELECT 1}}\n",
            "tables.orders: give either table or sql, to say what the database gives.",
        ),
        (
            "company: Acme\ntables: {orders: {table: a}}\n",
            "tables.orders: table needs a connection, or the path of a SQLite or DuckDB file.",
        ),
        (
            "company: Acme\ntables: {orders: {path: a.db, connection: 'env:A', table: a}}\n",
            "tables.orders: give either path or connection.",
        ),
        (
            "company: Acme\ntables: {orders: {connection: 'env:A', table: a, skip: 1}}\n",
            "tables.orders: skip: this speaks of files, not of a database.",
        ),
        (
            "company: Acme\ntables: {orders: {connection: 'env:A', table: a; DROP TABLE a}}\n",
            "tables.orders.table: 'a; DROP TABLE a' does not name a table. Give a query under sql.",
        ),
        (
            "company: Acme\ntables: {orders: }\n",
            "tables.orders: give the path of a file, or a query under sql.",
        ),
        ("tables: {orders: a.csv}\n", "company is missing."),
        ("company: Acme\n", "tables is missing."),
        (
            BASE + "reports: {notebook: [x]}\n",
            "reports.notebook is not a key. Did you mean notebooks?",
        ),
        (
            BASE + "segments: [plan]\nreports: {segments: [plann=Pro]}\n",
            "reports.segments: segment 'plann=Pro': plann is not among this edition's segments. Did you mean plan?",
        ),
        (
            BASE + "segments: [plan]\nreports: {segments: [plan=]}\n",
            "reports.segments: segment 'plan=' cannot be read at 'plan='.",
        ),
        (
            BASE + "segments: [plan]\ntargets: {nps: {region=EMEA: 3}}\n",
            "targets.nps: segment 'region=EMEA': region is not among this edition's segments. Known: plan.",
        ),
        (
            BASE + "segments: [customer_id]\n",
            "segments: customer_id tells customers or answers apart: it cannot be a segment.",
        ),
        (
            BASE + "as_of: 2026-01-01\nhistory_starts: 2026-02-01\n",
            "history_starts 2026-02-01 is not before as_of 2026-01-01.",
        ),
        (
            BASE + "timezone: Europe/Berln\n",
            "timezone: 'Europe/Berln' is not a time zone such as Europe/Berlin.",
        ),
        (BASE + "locale: klingon\n", "locale: 'klingon' is not a locale such as en_US or de_DE."),
        (BASE + "currency: dollars\n", "currency: 'dollars' is not a currency code such as EUR."),
        (BASE + "rates: {eur: 1.1}\n", "rates.eur: 'eur' is not a currency code such as EUR."),
        (
            BASE + "currency: EUR\nrates: {EUR: 1.1}\n",
            "rates.EUR: EUR is this edition's own currency, so its rate is 1.",
        ),
        (BASE + "rates: {EUR: 0}\n", "rates.EUR: 0 does not fit: input should be greater than 0."),
        (BASE + "grains: [fortnight]\n", "grains.0: 'fortnight' does not fit: input should be "),
        (BASE + "confidence: 95\n", "confidence: 95 does not fit: input should be less than 1."),
        (BASE + "targets: {nps: high}\n", "targets.nps.all.0.value: 'high' does not fit: "),
        ("- a\n- b\n", "a params file is a mapping of keys to values; this file is not."),
        ("company: [\n", "this cannot be read as YAML: "),
    ],
)
def test_a_fault_is_said_with_file_and_key(read, text, says):
    with pytest.raises(EditionError) as caught:
        read(text)
    assert str(caught.value).startswith("params/acme.yaml: ")
    assert says in str(caught.value)


def test_every_fault_is_said_at_once(read):
    with pytest.raises(EditionError) as caught:
        read("curency: GBP\ntables: {order: a.csv}\nconfidence: 2\n")
    assert len(str(caught.value).splitlines()) == 4


def test_what_is_left_out_has_a_default(read):
    edition = read(BASE)
    assert (edition.name, edition.currency, edition.locale, edition.timezone) == (
        "acme",
        "USD",
        "en_US",
        "UTC",
    )
    assert edition.tables["orders"].path == "orders.csv"
    assert edition.definitions.ces is None
    assert edition.reports.segments == ("all",)


def test_a_target_of_one_number_is_for_everybody(read):
    edition = read(BASE + "segments: [plan]\ntargets: {nps: 40, csat: {all: 0.8, plan=Pro: 0.9}}\n")
    values = {
        name: {s: [t.value for t in each] for s, each in by.items()}
        for name, by in edition.targets.items()
    }
    assert values == {"nps": {"all": [40.0]}, "csat": {"all": [0.8], "plan=Pro": [0.9]}}


def test_months_are_always_measured(read):
    assert read(BASE + "grains: [year]\n").grains == ("month", "year")


def test_segmentations_are_none_each_and_those_that_are_crossed(read):
    edition = read(
        BASE
        + "segments: [plan, region]\nreports: {segments: [all, 'plan=*', 'plan=Pro,region=EMEA']}\n"
    )
    assert edition.segmentations == ((), ("plan",), ("region",), ("plan", "region"))


def test_an_unknown_edition_suggests_the_nearest(tmp_path):
    (tmp_path / "params" / "examples").mkdir(parents=True)
    (tmp_path / "params" / "examples" / "retail.yaml").write_text(BASE)
    with pytest.raises(EditionError, match=r"There is no edition exampels/retail\. Did you mean "):
        read_edition("exampels/retail", root=tmp_path)
    by_path = read_edition(tmp_path / "params" / "examples" / "retail.yaml", root=tmp_path)
    assert by_path.name == read_edition("examples/retail", root=tmp_path).name == "examples/retail"


def test_the_root_is_the_nearest_folder_with_params(tmp_path, monkeypatch):
    (tmp_path / "params").mkdir()
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    assert find_root() == tmp_path.resolve()


@pytest.mark.parametrize("name", edition_names(ROOT))
def test_the_editions_of_this_project_are_valid(name):
    edition = read_edition(name, root=ROOT)
    assert edition.name == name
    assert edition.as_of is None or isinstance(edition.as_of, date)
    assert edition.segmentations[0] == ()
