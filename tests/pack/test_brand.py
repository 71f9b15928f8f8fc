"""The logo and the colour of an edition on its pages."""

import base64

import pytest

from cs_lib.edition import read_edition
from cs_lib.errors import EditionError
from cs_lib.pack.pages.page_brand import LARGEST, page_brand

SVG = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h9v9z" fill="#1b6f6a"/></svg>'


@pytest.fixture
def branded(project):
    """`branded(file, data)` gives the tiny edition this logo, and a colour of its own."""
    plain = (project.root / "params" / "tiny.yaml").read_text()

    def give(name: str, data: bytes):
        (project.root / name).write_bytes(data)
        project.edition(f'{plain}\nbrand: {{logo: {name}, accent: "#1B6F6A"}}\n')
        return read_edition("tiny", root=project.root)

    return give


def test_every_page_holds_the_logo_and_the_colour(project, run, branded):
    branded("logo.svg", SVG.encode())
    project.notebook("scorecard", (project.says, "board"))
    run()
    held = f'src="data:image/svg+xml;base64,{base64.b64encode(SVG.encode()).decode()}"'
    for name in ("index", "board", "definitions", "scorecard--all"):
        page = (project.pack / f"{name}.html").read_text()
        assert page.count(held) == 1 and ":root { --accent: #1b6f6a; }" in page


def test_another_logo_makes_the_reports_anew(project, run, branded):
    branded("logo.svg", SVG.encode())
    project.notebook("scorecard", project.says)
    run()
    branded("logo.svg", SVG.replace("9v9", "8v8").encode())
    assert [entry.status for entry in run().entries] == ["made"]


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("l.svg", SVG.replace("<path", "<script>1</script><path").encode(), "holds <script>"),
        ("l.svg", SVG.replace("<path", "<path onload='x()'").encode(), "holds a script"),
        ("l.svg", SVG.replace("<path", "<image href='http://a.b/c'/><path").encode(), "holds href"),
        ("l.svg", b"plain", "is not an SVG picture"),
        ("l.png", b"plain", "is not a PNG picture"),
        ("l.png", bytes(LARGEST + 1000), "has 101 kB"),
    ],
)
def test_a_logo_that_is_no_still_picture_is_refused(project, branded, name, data, says):
    with pytest.raises(EditionError, match=f"brand.logo: {name} {says}"):
        page_brand(branded(name, data), project.root)
