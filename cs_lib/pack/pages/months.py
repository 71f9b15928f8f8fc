"""From a pack to the one before and the one after, where they are published."""

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from cs_lib.errors import KitError
from cs_lib.pack.pages.header import period_words
from cs_lib.pack.pages.navigation import BOOK, INDEX, Shelf, neighbour, put_links, way_around
from cs_lib.pack.run.manifest import packs_on
from cs_lib.pack.run.publish import PackPaths, locked
from cs_lib.period import Period

#: a published pack: its folder, its period, and the company that it is of
Pack = tuple[Path, Period, str]


def lead_to_neighbours(paths: PackPaths) -> None:
    """Lead the index and the book of this pack, and of those beside it, to each other.

    A pack that another run is making is left to that run, and one that cannot be written is left as it is.
    """
    packs = _packs(paths)
    here = [place for place, (folder, _, _) in enumerate(packs) if folder == paths.pack]
    for place in (place + step for place in here for step in (-1, 0, 1)):
        if 0 <= place < len(packs):
            other = replace(paths, period=packs[place][0].name)
            with contextlib.suppress(KitError, OSError, ValueError), locked(other):
                _lead(packs, place, paths.edition)


def _packs(paths: PackPaths) -> list[Pack]:
    """The published packs of the edition, of the same grain as this one, by period."""
    grain = Period.parse(paths.period).grain
    found = [
        (folder, Period.parse(folder.name), manifest["company"])
        for folder, manifest in packs_on(paths.shelf)
        if manifest.get("grain") == grain
    ]
    return sorted(found, key=lambda each: each[1].start)


def _lead(packs: Sequence[Pack], place: int, edition: str) -> None:
    folder, period, company = packs[place]
    around = (("prev", "Previous", packs[:place][-1:]), ("next", "Next", packs[place + 1 :][:1]))
    here = period_words(period)
    for file, crumbs in ((INDEX, [(here, "")]), (BOOK, [(here, INDEX), ("Board book", "")])):
        links = [
            neighbour(rel, f"{says} {period.grain}", period_words(of), _page(other, file))
            for rel, says, found in around
            for other, of, _ in found
        ]
        if (folder / file).is_file():
            way = way_around([*Shelf(edition, company).crumbs, *crumbs], links)
            put_links(folder / file, way)


def _page(pack: Path, file: str) -> str:
    """The same page of another pack, or its index where it has none."""
    return f"../{pack.name}/{file if (pack / file).is_file() else INDEX}"
