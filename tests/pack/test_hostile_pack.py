"""A whole pack of an edition made to leak: no id, name, address or number of anybody is in any of its files."""

import base64
import html
import io
import json
import re
import sys
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from leaky_company import OWNERS, SECRETS, write

from cs_lib.edition import find_root

pytestmark = pytest.mark.slow

_EMBEDDED = re.compile(
    rb"data:image/[a-z+]+;base64,([A-Za-z0-9+/=\\n]+)|\"image/png\": \"([^\"]+)\""
)


@pytest.fixture(scope="module")
def pack(tmp_path_factory, publish):
    root = write(tmp_path_factory.mktemp("leaky"))
    made = publish(root, "leaky", period="2026-06", allow_rejects=True)
    assert not made.failed, made.failed
    return made.paths.pack


def texts(path: Path) -> Iterator[bytes]:
    """All that a file holds, with what is packed into it unpacked."""
    raw = path.read_bytes()
    yield path.name.encode()
    yield _EMBEDDED.sub(b"", raw)
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            yield from (book.read(name) for name in book.namelist())
    if path.suffix == ".parquet":
        yield pd.read_parquet(path).to_csv().encode()
    for found in _EMBEDDED.finditer(raw):
        yield from _within_picture(base64.b64decode((found[1] or found[2]).replace(b"\\n", b"")))


def _within_picture(picture: bytes) -> Iterator[bytes]:
    """The words in a PNG's chunks of text, packed or not; another picture as it is."""
    if not picture.startswith(b"\x89PNG"):
        yield picture
        return
    at = 8
    while at < len(picture):
        size, kind = int.from_bytes(picture[at : at + 4]), picture[at + 4 : at + 8]
        body = picture[at + 8 : at + 8 + size]
        if kind in (b"tEXt", b"iTXt", b"zTXt", b"eXIf"):
            yield body
            yield _unpacked(body)
        at += size + 12


def _unpacked(body: bytes) -> bytes:
    try:
        return zlib.decompress(body.partition(b"\0")[2][1:])
    except zlib.error:
        return b""


def plain(text: bytes) -> str:
    """As a reader would see it: escapes resolved, small letters, no accents, no signs between words and numbers."""
    read = text.decode("utf-8", errors="ignore")
    read = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), read)
    parts = unicodedata.normalize("NFKD", html.unescape(html.unescape(read))).casefold()
    seen = "".join(each for each in parts if not unicodedata.combining(each))
    return re.sub(r"[\s\-_()\u200b]+", "", seen)


def leaks(pack: Path) -> list[str]:
    """File and kind of each secret that a pack holds."""
    return sorted(
        {
            f"{path.relative_to(pack)}: {kind}: {_around(read, secret)}"
            for path in pack.rglob("*")
            if path.is_file()
            for text in texts(path)
            for read in [plain(text)]
            for kind, secret in SECRETS.items()
            if secret in read
        }
    )


def _around(read: str, secret: str) -> str:
    at = read.index(secret)
    return read[max(0, at - 60) : at + 60]


def test_no_file_of_the_pack_holds_anything_of_anybody(pack):
    assert leaks(pack) == []


def test_what_may_be_shown_is_there(pack):
    """Managers, a customer called like a plan or a region, and masked comments: else nothing was tried."""
    pages = {path.stem: plain(path.read_bytes()) for path in pack.glob("*.html")}
    assert all(plain(owner.encode()) in pages["risk_and_renewals--all"] for owner in OWNERS)
    assert "chancetoleave" in pages["risk_and_renewals--all"]
    assert (
        pages["survey_scores--all"].count("tooslow") >= 3 and "▒▒▒" in pages["survey_scores--all"]
    )
    assert "wassoslow" not in pages["survey_scores--all"]
    handed = plain((pack / "notebooks" / "all_there_is--all.ipynb").read_bytes())
    assert "tooslow" in handed and "mayaortiz" in handed
    assert {path.stem.partition("--")[0] for path in pack.glob("*--all.html")} == {
        path.stem for path in (find_root() / "notebooks").glob("*.ipynb")
    } | {"all_there_is"}


def test_accounts_and_rows_left_out_lie_beside_the_pack(pack):
    accounts = pack.parent / "2026-06.accounts.csv"
    assert SECRETS["customer"] in plain(accounts.read_bytes())
    assert SECRETS["customer"] in plain((pack.parent / "2026-06.rejects.csv").read_bytes())
    assert {each.stat().st_mode & 0o777 for each in pack.parent.glob("*.csv")} == {0o600}


@pytest.mark.parametrize(
    "name", ["page.html", "copy.ipynb", "pack.xlsx", "measures.parquet", "KDN77-1.csv"]
)
def test_whatever_is_put_into_a_pack_is_found(tmp_path, name):
    """In a picture, a sheet, a column, a file's name, escaped or with accents."""
    write_into(tmp_path / name)
    assert leaks(tmp_path)


def write_into(path: Path) -> None:
    words = "Zolt\u00e1nka at KDN77-0012"
    if path.suffix == ".html":
        picture = base64.b64encode(picture_that_says(words)).decode()
        path.write_text(f'<img src="data:image/png;base64,{picture}">')
    elif path.suffix == ".ipynb":
        path.write_text(json.dumps({"text": words.replace("KDN77", "")}))
    elif path.suffix == ".xlsx":
        pd.DataFrame({"a": [words]}).to_excel(path, engine="xlsxwriter")
    elif path.suffix == ".parquet":
        pd.DataFrame({"a": [words]}).to_parquet(path)
    else:
        path.write_text("")


def picture_that_says(words: str) -> bytes:
    from matplotlib.figure import Figure

    made = io.BytesIO()
    Figure(figsize=(1, 1)).savefig(made, metadata={"Description": words})
    return made.getvalue()
