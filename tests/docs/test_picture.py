"""The README's picture shows the front page as it reads now."""

import json
import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "browser"))

from picture import PICTURE, SHOWS, digest  # noqa: E402


def stored_front() -> str:
    """The front page that the scorecard's notebook stores for the sample."""
    notebook = json.loads((ROOT / "notebooks" / "scorecard.ipynb").read_text("utf-8"))
    [cell] = [each for each in notebook["cells"] if "".join(each["source"]) == "kit.front_page()"]
    return "".join(cell["outputs"][0]["data"]["text/html"])


def test_the_picture_shows_the_front_page_that_the_notebook_stores():
    """To take it again: `python tests/browser/picture.py reports/sample/2026-06`, after a run."""
    with Image.open(PICTURE) as picture:
        assert picture.info.get(SHOWS) == digest(stored_front())


def test_another_figure_is_another_picture():
    front = stored_front()
    assert "$255K" in front and digest(front) == digest(front.replace("<p", "\n<p"))
    assert digest(front) != digest(front.replace("$255K", "$256K"))
