"""The definitions page of a pack: what every metric in it means, from the declarations."""

from pathlib import Path
from typing import TYPE_CHECKING

from cs_lib.pack.pages.header import period_words
from cs_lib.pack.pages.index import shared, template, write_page
from cs_lib.pack.pages.navigation import DEFINITIONS, Link, way_around
from cs_lib.pack.run.manifest import Contents

if TYPE_CHECKING:
    from cs_lib.edition import Edition
    from cs_lib.metrics.measures import Measures


def write_definitions(
    contents: Contents,
    edition: "Edition",
    measures: "Measures",
    folder: Path,
    *,
    up: tuple[Link, ...],
) -> None:
    """One page with the card of every metric of the pack, and why the others are left out."""
    from cs_lib.metrics.catalogue import CATALOGUE
    from cs_lib.report.tables.definition_cards import definitions
    from cs_lib.report.text.formatting import Formatter
    from cs_lib.report.text.owner_sentences import book_terms

    formatter = Formatter.of(edition)
    given = [each for each in CATALOGUE if each.name not in contents.left_out]
    page = template("definitions.html.j2").render(
        company=contents.company,
        way=way_around([*up, ("Definitions", "")], ()),
        period=period_words(contents.period),
        lineage=contents.lineage,
        cards=definitions([each.over(measures.facts) for each in given], formatter, edition).html,
        book=book_terms(formatter) if contents.sheets else {},
        exports=[
            (name, part.recipe.title, part.recipe.rules)
            for name, source in sorted(edition.tables.items())
            for part in source.parts
            if part.recipe
        ],
        left_out=_by_reason(contents.left_out),
        **shared(contents.brand),
    )
    write_page(page, folder / DEFINITIONS)


def _by_reason(left_out: dict[str, str]) -> list[tuple[str, list[str]]]:
    """Each reason with the titles of the metrics it takes away."""
    from cs_lib.metrics.catalogue import metric

    reasons: dict[str, list[str]] = {}
    for name, reason in left_out.items():
        reasons.setdefault(reason, []).append(metric(name).title)
    return list(reasons.items())
