"""Text files as offices write them are read rightly, or refused by file and line."""

import bz2
import gzip
import lzma

import pyarrow as pa
import pytest

SUBSCRIPTIONS = {"subscriptions": "subs.csv"}
HEAD = "customer_id,start_date,mrr,plan\n"
TEXT = HEAD + "a,2026-01-15,10,Größe\nb,2026-01-16,20,Prix €49\n"
READ = [("a", "Größe"), ("b", "Prix €49")]


def crossed(ones, others) -> list:
    """Each of the ones with each of the others; quickly, each of either in some pair."""
    return [
        pytest.param(one, other, marks=() if m == n % len(others) else pytest.mark.slow)
        for n, one in enumerate(ones)
        for m, other in enumerate(others)
    ]


def plans(workshop, tables=SUBSCRIPTIONS):
    data = workshop.open(tables, segments=["plan"])
    rows = data.engine.collect(data.tables["subscriptions"])
    return list(rows[["customer_id", "plan"]].itertuples(index=False, name=None))


ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32")
ENDS = ("\n", "\r\n", "\r")


@pytest.mark.parametrize(("encoding", "end"), crossed(ENCODINGS, ENDS))
def test_text_that_its_bytes_tell_is_read_without_a_word_in_the_edition(workshop, encoding, end):
    workshop.write("subs.csv", TEXT.replace("\n", end).encode(encoding))
    assert plans(workshop) == READ


@pytest.mark.parametrize("encoding", ["cp1252", "windows-1252", "latin-1"])
def test_the_edition_states_an_encoding(workshop, encoding):
    workshop.write("subs.csv", TEXT.encode("cp1252"))
    assert plans(workshop, {"subscriptions": {"path": "subs.csv", "encoding": encoding}}) == READ


def test_a_file_in_utf8_beside_one_in_the_stated_encoding(workshop):
    workshop.write("in/1.csv", HEAD + "a,2026-01-15,10,Größe\n")
    workshop.write("in/2.csv", (HEAD + "b,2026-01-16,20,Prix €49\n").encode("cp1252"))
    assert plans(workshop, {"subscriptions": {"path": "in/*.csv", "encoding": "cp1252"}}) == READ


def test_a_byte_that_the_stated_encoding_does_not_have(workshop):
    text = (HEAD + "a,2026-01-15,10,x\nb,2026-01-16,20,").encode() + b"\x81\x41\n"
    workshop.write("subs.csv", text.replace(b"\n", b"\r\n"))
    stated = {"subscriptions": {"path": "subs.csv", "encoding": "cp1252"}}
    [line] = workshop.refused(stated)
    assert line.startswith('subs.csv, line 3: byte 81 is no text in cp1252. Set encoding: "cp932"')
    stated["subscriptions"]["encoding"] = "cp932"
    assert len(plans(workshop, stated)) == 2


def test_a_zero_byte_is_refused_by_line(workshop):
    workshop.write(
        "orders.csv", "customer_id,ordered_at,amount\na,2026-01-05,1\nb\0b,2026-01-06,2\n"
    )
    [line] = workshop.refused({"orders": {"path": "orders.csv"}})
    assert line.startswith("orders.csv, line 3: a zero byte stands in the text")


def test_an_encoding_that_nobody_knows(workshop):
    with pytest.raises(Exception, match="is not an encoding such as utf-8, cp1252 or utf-16"):
        workshop.edition({"subscriptions": {"path": "subs.csv", "encoding": "utf8mb4"}})


@pytest.mark.parametrize(
    "ends", [("\n", "\r\n", "\n"), ("\r\n", "\n", "\n"), ("\r", "\n", "\r\n"), ("\n", "\r", "\n")]
)
def test_mixed_line_ends_are_read_and_lines_still_counted(workshop, ends):
    first, second, third = ends
    text = f"customer_id,start_date,mrr{first}a,2026-01-01,1{second}b,2026-01-01,2{third}"
    workshop.write("subs.csv", text)
    assert len(workshop.rows(SUBSCRIPTIONS)) == 2
    workshop.write("subs.csv", text + f"c,soon,3{third}")
    assert workshop.refused(SUBSCRIPTIONS)[0].startswith("subs.csv, line 4, column start_date")


PACKED = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": lambda data: pa.compress(data, "zstd", asbytes=True),
}


NAMED = ("subs.csv.{0}", "SUBS.CSV.{0}", "subs.csv", "subs.csv.gz")


@pytest.mark.parametrize(("pack", "name"), crossed(PACKED, NAMED))
def test_a_packed_file_is_known_by_its_bytes(workshop, pack, name):
    name = (
        name.format(pack).replace("SUBS.CSV.", "SUBS.CSV.").upper()
        if "SUBS" in name
        else name.format(pack)
    )
    workshop.write(name, PACKED[pack](TEXT.encode()))
    assert plans(workshop, {"subscriptions": name}) == READ


def test_a_plain_file_named_gz(workshop):
    workshop.write("subs.csv.gz", TEXT)
    assert plans(workshop, {"subscriptions": "subs.csv.gz"}) == READ


@pytest.mark.parametrize("name", ["subs.csv.gz", "subs.csv"])
@pytest.mark.parametrize("rows", [50, 50_000])
def test_a_packed_file_that_ends_in_the_middle(workshop, name, rows):
    text = HEAD + "".join(f"c{n},2026-01-01,{n},x\n" for n in range(rows))
    workshop.write(name, gzip.compress(text.encode())[:-20])
    assert workshop.refused({"subscriptions": name}) == [
        f"{name}: the packed file is damaged or ends in the middle. Copy or export it again."
    ]


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"PAR1", "a Parquet file"),
        (b"<!DOCTYPE html>", "a web page"),
    ],
)
def test_what_is_no_text(workshop, start, kind):
    workshop.write("subs.csv", start + b"x" * 100)
    assert workshop.refused(SUBSCRIPTIONS)[0].startswith(f"subs.csv: this is {kind}")


def test_the_copies_are_gone_afterwards(workshop):
    workshop.write("subs.csv", TEXT.encode("utf-16"))
    data = workshop.open(SUBSCRIPTIONS, spill_dir="spill")
    assert list(data.engine.spool.iterdir())
    data.close()
    assert not data.engine.spool.exists()


def test_a_json_column_that_first_appears_late(workshop):
    rows = [
        f'{{"customer_id": "c{n}", "start_date": "2026-01-01", "mrr": 1}}' for n in range(30_000)
    ]
    rows[-1] = rows[-1].replace("}", ', "end_date": "2026-01-20"}')
    workshop.write("subs.jsonl", "\n".join(rows))
    data = workshop.open({"subscriptions": "subs.jsonl"})
    assert data.engine.collect(data.tables["subscriptions"])["end_date"].notna().sum() == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_json_array(workshop, encoding):
    text = '[\n {"customer_id": "a", "start_date": "2026-01-01", "mrr": 1, "plan": "Größe"}\n]'
    workshop.write("subs.json", text.encode(encoding))
    assert plans(workshop, {"subscriptions": "subs.json"}) == [("a", "Größe")]
