"""Markdown cells as HTML: plain mistune, no maths (dollars stay dollars), raw HTML escaped."""

import html
import re
from typing import Any

import mistune

from cs_lib.errors import ReportError

#: a table wider than the page scrolls in its own box, which the keyboard must be able to reach
REACHABLE = 'tabindex="0" role="group" aria-label="Table"'


Heading = tuple[int, str, str]


class ReportMarkdown(mistune.HTMLRenderer):
    """The Markdown of one report as HTML: heading anchors are distinct throughout it."""

    def __init__(self, shown: str) -> None:
        super().__init__(escape=True)
        self.shown, self.title = shown, ""
        self._slugs: set[str] = set()
        self._headings: list[Heading] = []
        self._attachments: dict = {}
        self._cell = 0
        plugins = ["table", "strikethrough", "footnotes"]
        self._to_html = mistune.create_markdown(renderer=self, plugins=plugins)

    def convert(
        self, source: str, *, cell: int, attachments: dict | None = None
    ) -> tuple[str, list[Heading]]:
        """HTML of one piece of Markdown, and its headings as (level, text, anchor)."""
        self._headings, self._attachments, self._cell = [], attachments or {}, cell
        return str(self._to_html(source)), self._headings

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        """One heading. The first h1 is the report's title, which the page's head shows already."""
        words = plain_text(text)
        if level == 1 and not self.title:
            self.title = words
            return ""
        level = max(2, level)
        slug = self._slug(words)
        self._headings.append((level, words, slug))
        return f'<h{level} id="{slug}">{text}</h{level}>\n'

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return super().image(text, self._embedded(url), title)

    def block_code(self, code: str, info: str | None = None) -> str:
        return f'<pre tabindex="0"><code>{html.escape(code)}</code></pre>\n'

    def table(self, text: str) -> str:
        return f'<div class="table" {REACHABLE}>\n<table>\n{text}</table>\n</div>\n'

    def safe_url(self, url: str) -> str:
        return url if url.startswith("data:image/") else super().safe_url(url)

    def _slug(self, words: str) -> str:
        base = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-") or "section"
        slug, count = base, 1
        while slug in self._slugs:
            count += 1
            slug = f"{base}-{count}"
        self._slugs.add(slug)
        return slug

    def _embedded(self, url: str) -> str:
        """The address of a picture that the report holds itself: pasted into the cell."""
        if url.startswith("data:image/"):
            return url
        bundle = self._attachments.get(url.removeprefix("attachment:"), {})
        for mime, data in sorted(bundle.items()):
            if url.startswith("attachment:") and mime.startswith("image/"):
                return f"data:{mime};base64,{data}"
        raise ReportError(
            f"{self.shown}, cell {self._cell}: the picture {url} lies outside the notebook. Paste "
            "it into the cell, so that the report holds all it shows itself."
        )


def plain_text(fragment: str) -> str:
    """The words of an inline HTML fragment."""
    return html.unescape(re.sub(r"<[^>]+>", "", fragment)).strip()
