"""What a notebook cell shows: each object carries its HTML or PNG and a text that never varies."""

import base64
import html
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from cs_lib.vocabulary import DEFINITIONS_MIME, FIGURE_DATA_MIME, LEFT_OUT_MIME

WORD_JOINER = "\u2060"
#: a MIME type → what it holds
Bundle = dict[str, Any]


@dataclass(frozen=True)
class Sentence:
    """A finding in words, computed from the measures; what is told of several segments, in lines."""

    text: str

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        # a line may otherwise end between a minus and its currency
        shown = html.escape(self.text).replace("−", f"−{WORD_JOINER}").replace("\n", "<br>")
        return {
            "text/html": f'<p class="finding">{shown}</p>',
            "text/plain": self.text,
        }

    def __str__(self) -> str:
        return self.text

    def __add__(self, other: "Sentence") -> "Sentence":
        return Sentence(" ".join(each for each in (self.text, str(other)) if each))


@dataclass(frozen=True)
class LeftOut:
    """Something this edition, or this period, cannot give, and why."""

    what: str
    reason: str

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        return {
            LEFT_OUT_MIME: {"what": self.title, "reason": self.reason},
            "text/html": f'<p class="left-out">{html.escape(str(self))}</p>',
            "text/plain": str(self),
        }

    def __str__(self) -> str:
        return f"Left out: {self.what}: {self.reason.rstrip('.')}."

    @property
    def title(self) -> str:
        """What is left out, as the beginning of a sentence."""
        return self.what[:1].upper() + self.what[1:]


@dataclass(frozen=True)
class ReportTable:
    """A table as accessible HTML and as aligned text; `data` holds the cells as a plain frame."""

    html: str
    text: str
    data: pd.DataFrame = field(repr=False, compare=False, default_factory=pd.DataFrame)

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        return {"text/html": self.html, "text/plain": self.text}

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Mark:
    """Something painted on a chart: its kind, what it means, where it stands, and in which colours.

    `points` are in the units of the axes: the two corners of a box (the first where it begins: at the
    foot of a bar), the points of a line, the outline of a band, the place of a text.
    """

    kind: str
    meaning: str
    points: tuple[tuple[float, float], ...]
    colour: str = ""
    text: str = ""
    ground: str = ""
    hatched: bool = False
    hollow: bool = False


@dataclass(frozen=True)
class ReportFigure:
    """A chart as PNG; its text is what it shows, computed, with a digest of its numbers and marks.

    `title` names it; `table` is the same numbers as HTML; `marks` is what was painted, as plain values.
    """

    png: bytes = field(repr=False)
    alt: str
    digest: str
    width: int
    title: str = ""
    table: str = field(repr=False, compare=False, default="")
    data: pd.DataFrame = field(repr=False, compare=False, default_factory=pd.DataFrame)
    marks: tuple[Mark, ...] = field(repr=False, compare=False, default=())

    def _repr_mimebundle_(self, **_: object) -> tuple[Bundle, Bundle]:
        bundle = {
            "image/png": base64.b64encode(self.png).decode("ascii"),
            "text/plain": str(self),
            **({FIGURE_DATA_MIME: self.table} if self.table else {}),
        }
        named = {"title": self.title} if self.title else {}
        return bundle, {"image/png": {"alt": self.alt, **named, "width": self.width}}

    def __str__(self) -> str:
        return f"{self.alt}\n[figure {self.digest}]"


@dataclass(frozen=True)
class DefinitionCards:
    """The definitions of the metrics that a report used; `titles` names each by its card's anchor."""

    html: str
    text: str
    titles: dict[str, str]

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        return {
            DEFINITIONS_MIME: self.titles,
            "text/html": self.html,
            "text/plain": self.text,
        }

    def __str__(self) -> str:
        return self.text
