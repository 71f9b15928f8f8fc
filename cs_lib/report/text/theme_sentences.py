"""What customers wrote about, in sentences: the themes most often named, what changed, and where one stands apart."""

import pandas as pd

from cs_lib.data.facts.comment_facts import (
    EASY,
    NOT_EASY,
    NOT_SATISFIED,
    SATISFIED,
    STEP,
)
from cs_lib.data.facts.nps_groups import DETRACTOR, PASSIVE, PROMOTER
from cs_lib.judgement.said_themes import Themes
from cs_lib.report.display import Sentence
from cs_lib.report.text.formatting import Formatter, listed
from cs_lib.report.text.leaving_sentences import moved_shares
from cs_lib.report.text.word_forms import capital
from cs_lib.vocabulary import COUNT, PERCENT

#: how many themes, and how many cells, a sentence names
NAMED = 3
#: score groups as they are told, in order
GROUPS = {
    PROMOTER: "promoters",
    PASSIVE: "passives",
    DETRACTOR: "detractors",
    SATISFIED: "satisfied",
    NOT_SATISFIED: "not satisfied",
    EASY: "found it easy",
    NOT_EASY: "did not find it easy",
}
_WHO = {
    SATISFIED: "those satisfied",
    NOT_SATISFIED: "those not satisfied",
    EASY: "those who found it easy",
    NOT_EASY: "those who did not find it easy",
}


def themes_sentence(found: Themes, formatter: Formatter, *, where: str = "") -> Sentence:
    """ "Customers of plan Solo wrote 846 comments from July 2025 to June 2026. Named most often: support (222, 26.2%; …), …"."""
    span = formatter.span(found.first, found.last)
    many = formatter.count(found.comments, "comment")
    said = [f"Customers{f' of {where}' if where else ''} wrote {many} from {span}."]
    given = found.rows[found.rows["k"] > 0].head(NAMED)
    if given.empty:
        return Sentence(f"{said[0]} None names a theme of the dictionary.")
    told = [
        f"{row.theme} ({formatter.value(row.k, COUNT)}, {formatter.percent(row.share)}; "
        f"{'' if place else f'{formatter.level} interval '}{formatter.interval(row.low, row.high, PERCENT)})"
        for place, row in enumerate(given.itertuples())
    ]
    said.append(f"Named most often: {listed(told)}.")
    if found.before:
        before = formatter.count(found.before, "comment")
        said.append(moved_shares(found.rows, "theme", before, formatter))
    return Sentence(" ".join(said))


def apart_sentence(cells: pd.DataFrame, formatter: Formatter) -> Sentence:
    """ "Of detractors' 96 comments 41 name price, 14 of the 313 others": the clearest cells, one a theme."""
    found = cells[cells["differs"]].sort_values(["p", "theme"], kind="stable")
    found = found.drop_duplicates("theme").head(NAMED)
    if found.empty:
        return Sentence(
            "No theme stands apart in any score group or at any step by more than normal variation."
        )
    told = []
    for row in found.to_dict("records"):
        k, n, rest_k, rest_n = (
            formatter.value(row[each], COUNT) for each in ("k", "n", "rest_k", "rest_n")
        )
        told.append(
            f"{row['theme']} is named in {k} of {n} comments {_whose(row)} and in {rest_k} of the {rest_n} other "
            f"{row['instrument'].upper()} comments"
        )
    return Sentence(f"{capital('; '.join(told))}. What goes together need not be a cause.")


def _whose(row: dict) -> str:
    group = row["group"]
    if row["by"] == STEP:
        return f"at the step “{group}”"
    return f"of {_WHO.get(group, GROUPS.get(group, group))}"
