"""Every verdict and every signal that a published pack shows, read from its files alone.

`python tests/pack/shown_verdicts.py PACK…` prints how many there are, and the figures of which two places
of a pack say different things.
"""

import csv
import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from bs4 import BeautifulSoup

sys.path.insert(0, str(Path(__file__).parent))

from workbook_cells import cells

from cs_lib.metrics.catalogue import CATALOGUE, metric
from cs_lib.pack.workbook.scorecard_sheet import NAME
from cs_lib.report.tables.scorecard_table import WORTH
from cs_lib.report.text.formatting import metric_title
from cs_lib.report.text.front_words import tile_name
from cs_lib.report.text.verdict_words import MARKS
from cs_lib.report.text.word_forms import lower_first
from cs_lib.vocabulary import MET, MISSED, NOT_JUDGED, TOO_CLOSE, TOO_FEW

VERDICT, SIGNAL = "verdict", "signal"
#: where a pack shows verdicts and signals
PLACES = {
    "table",
    "sentence",
    "front page",
    "chart",
    "title of a chart",
    "index",
    "workbook",
    "findings.csv",
}
VERDICTS = {mark: verdict for verdict, mark in MARKS.items()}
ENDINGS = {
    r"target of .* was met": MET,
    r"target of .* was missed": MISSED,
    r"target of .* is too close to call": TOO_CLOSE,
    r"is not judged: too few": TOO_FEW,
    r"is not judged: the figure has no interval": NOT_JUDGED,
}
#: what a chart's title says, after the metric's
TITLED = {
    r" met (?:its|the company's) target\b": MET,
    r" missed (?:its|the company's) target\b": MISSED,
    r", (?:its |the company's )?target .*: too close to call\b": TOO_CLOSE,
}
#: how else a metric is called where there is little room → as it is called elsewhere
TITLES = {
    name: metric_title(each)
    for each in CATALOGUE
    for name in (
        each.title,
        WORTH.get(each.name, each.title),
        tile_name(each),
        tile_name(each, "month"),
    )
}
#: a figure that waits for answers is shown with the name of its newest period
DATED = re.compile(r" \((?:[A-Z][a-z]{2} |Q\d |W\d+ )?\d{4}\)$")


class Shown(NamedTuple):
    """What one place says of a figure: `kind` is VERDICT or SIGNAL."""

    segment: str
    title: str
    kind: str
    says: object
    place: str


def shown(pack: Path) -> list[Shown]:
    """All that the pages, the index, the workbook and the findings say."""
    pages = {
        page.stem: BeautifulSoup(page.read_text("utf-8"), "html.parser") for page in _pages(pack)
    }
    found = [each for name, page in pages.items() for each in _of_page(name, page)]
    found += _of_index(BeautifulSoup((pack / "index.html").read_text("utf-8"), "html.parser"))
    found += _of_workbook(cells(pack / "pack.xlsx")[NAME])
    return found + _of_findings(pack / "findings.csv")


def disagreements(found: list[Shown]) -> list[str]:
    """The figures of which not every place says the same."""
    told: dict[tuple, dict] = defaultdict(lambda: defaultdict(list))
    for each in found:
        told[each.segment, each.title, each.kind][each.says].append(each.place)
    return [
        f"{' '.join(key)}: "
        + "; ".join(f"{says} ({', '.join(places)})" for says, places in by.items())
        for key, by in told.items()
        if len(by) > 1
    ]


def _pages(pack: Path) -> list[Path]:
    return [page for page in sorted(pack.glob("*--*.html"))]


def _of_page(name: str, page) -> list[Shown]:
    segment, found = name.partition("--")[2], []

    def note(title, kind, says, place):
        found.append(Shown(segment, _named(title), kind, says, f"{name}, {place}"))

    for table in page.find_all("table"):
        if table.find_parent(class_="figure-data"):
            for title, says in _of_title(table.caption.get_text()):
                note(title, VERDICT, says, "title of a chart")
            continue
        for title, kind, says in _of_table(table):
            note(title, kind, says, "table")
    for said in page.select("p.finding"):
        for title, kind, says in _of_sentence(" ".join(said.get_text().split())):
            note(title, kind, says, "sentence")
    for title, says in _of_front(page):
        note(title, VERDICT, says, "front page")
    for image in page.find_all("img", alt=re.compile("^Control chart: ")):
        about = re.match(r"Control chart: (.*), ([^,]+) to ([^,.]+)\. (.*)", image["alt"], re.S)
        note(about[1], SIGNAL, f"{about[3]} (" in about[4], "chart")
    return found


def _named(title: str) -> str:
    """A metric as it is called everywhere; of the lifetime's worth the rule goes with it."""
    plain = DATED.sub("", title)
    return TITLES.get(plain.partition(" by ")[0] if plain.startswith("LTV") else plain, plain)


def _of_title(said: str):
    for pattern, verdict in TITLED.items():
        if about := re.match(f"(.*?){pattern}", said):
            yield about[1], verdict


def _of_table(table):
    heads = [head.get_text() for head in table.select("thead th")]
    for small in table.select("tbody .muted"):
        small.extract()
    caption = table.caption.get_text() if table.caption else ""
    for row in table.select("tbody tr"):
        texts = [each.get_text().strip() for each in row.find_all(["th", "td"])]
        if len(texts) != len(heads):
            continue
        line = dict(zip(heads, texts, strict=True))
        title = texts[0] if heads[0] == "Metric" else _whole(texts[0], caption)
        if title and line.get("Status") in VERDICTS:
            yield title, VERDICT, VERDICTS[line["Status"]]
        if "scorecard" in table.parent.get("class", ()):
            yield title, SIGNAL, bool(line.get("Unusual"))
        elif heads[0] == "Segment" and texts[0] == "All":  # segments on a page
            for name, text in zip(heads[1:], texts[1:], strict=True):
                yield from (
                    (name, VERDICT, VERDICTS[mark]) for mark in VERDICTS if mark[0] == text[-1:]
                )
        elif "News" in heads and line["Segment"] == "all":
            yield title, SIGNAL, True


def _whole(head: str, caption: str) -> str:
    """The metric of a row for all in a table by segment."""
    return DATED.sub("", caption).partition(", by ")[0] if head == "All" else ""


def _of_sentence(said: str):
    about = re.match(r"(.*?)(?: for (?:plan|region|channel) [^.]*?)? (?:was|were|numbered) ", said)
    if about is None or "ran from" in said:
        return
    for pattern, verdict in ENDINGS.items():
        if re.search(pattern, said):
            yield about[1], VERDICT, verdict
    if re.search(r"\d% interval|from [A-Z][a-z]+ \d{4} \(", said):
        yield about[1], SIGNAL, bool(re.search(r"That is \w+ the trend", said))


def _of_front(page):
    """The verdicts of the tiles, and what is too close to call."""
    for tile in page.select(".front-tiles > li"):
        notes = tile.select_one(".front-notes").get_text(" ")
        for mark in [mark for mark in VERDICTS if mark in notes][:1]:
            yield tile.select_one(".front-name").get_text(), VERDICTS[mark]
    foot = page.select_one(".front-foot")
    if foot and (undecided := re.search(r"oo close to call: (.*?)\. ", foot.get_text() + " ")):
        lowered = {lower_first(each.title): metric_title(each) for each in CATALOGUE}
        for title in re.split(r", | and ", undecided[1]):
            yield lowered[title], TOO_CLOSE


def _of_index(index) -> list[Shown]:
    found = []
    for item in index.select("ul.headline > li"):
        title, more = item.select_one("p.title").get_text(), item.select_one("p.more").get_text(" ")
        marks = [mark for mark in VERDICTS if mark in more]
        found += [Shown("all", _named(title), VERDICT, VERDICTS[mark], "index") for mark in marks]
    return found


def _of_workbook(sheet) -> list[Shown]:
    rows: dict[str, dict[str, str]] = defaultdict(dict)
    for address, cell in sheet.items():
        rows[address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")][address.rstrip("0123456789")] = (
            cell.value
        )
    return [
        Shown("all", _named(row["A"]), VERDICT, VERDICTS[row["M"]], "workbook")
        for row in rows.values()
        if row.get("M") in VERDICTS and "A" in row
    ]


def _of_findings(path: Path) -> list[Shown]:
    found = []
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            title = metric_title(metric(row["metric"]))
            if row["segment"] == "all" and row["kind"] == "target":
                found.append(Shown("all", title, VERDICT, row["certainty"], "findings.csv"))
            elif row["segment"] == "all" and row["kind"] == SIGNAL:
                found.append(Shown("all", title, SIGNAL, True, "findings.csv"))
    return found


if __name__ == "__main__":
    for folder in map(Path, sys.argv[1:]):
        said = shown(folder)
        print(f"{folder}: {len(said)} places, {len({each[:3] for each in said})} figures")
        print("\n".join(disagreements(said)) or "no two disagree")
