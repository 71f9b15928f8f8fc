"""Take the README's picture of the front page: `python tests/browser/picture.py reports/sample/2026-06`.

The picture carries a digest of the words that it shows; `tests/docs/test_picture.py` holds them against the front page that
the scorecard's notebook stores, so that an old picture is noticed.
"""

import hashlib
import html
import io
import re
import sys
from pathlib import Path

from PIL import Image, PngImagePlugin

PICTURE = Path(__file__).resolve().parents[2] / "reports" / "example.png"
#: under which the picture keeps the digest, and how many pixels are around the page
SHOWS, ROOM = "shows", 12


def digest(front: str) -> str:
    """A digest of what a front page says, however it is marked up and broken into lines."""
    words = html.unescape(re.sub(r"<[^>]+>", "", front))
    return hashlib.sha256("".join(words.split()).encode()).hexdigest()


def take(pack: Path) -> None:
    from playwright.sync_api import sync_playwright

    from cs_lib.pack.pages.pdf import find_browser

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 1600})
        page.goto((pack / "scorecard--all.html").resolve().as_uri())
        front = page.locator(".front").first
        boxes = [page.locator("main h2").first.bounding_box(), front.bounding_box()]
        left, top = boxes[1]["x"] - ROOM, boxes[0]["y"] - ROOM
        size = boxes[1]["width"] + 2 * ROOM, boxes[1]["y"] + boxes[1]["height"] + ROOM - top
        clip = dict(zip(("x", "y", "width", "height"), (left, top, *size), strict=True))
        drawn = page.screenshot(clip=clip, full_page=True)
        words = front.evaluate("each => each.outerHTML")
        browser.close()
    kept = PngImagePlugin.PngInfo()
    kept.add_text(SHOWS, digest(words))
    Image.open(io.BytesIO(drawn)).quantize(128).save(PICTURE, pnginfo=kept, optimize=True)


if __name__ == "__main__":
    take(Path(sys.argv[1]))
