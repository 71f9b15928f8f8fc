"""One owner's book as a front page: what it holds, who left against what was expected, money, and what comes next."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from cs_lib.judgement.owner_books import FEWER, MORE, Books
from cs_lib.report.tables.front_page import ActionText, FrontPage, TileText
from cs_lib.report.text.formatting import MISSING, Formatter
from cs_lib.report.text.owner_sentences import (
    book_sentences,
    book_tag,
    expected_text,
    page_foot,
    returned_title,
)
from cs_lib.report.text.story_sentences import StoryText
from cs_lib.vocabulary import COUNT, MONEY, NOT_GIVEN, PERCENT

_MARKS = {MORE: "✗", FEWER: "✓"}
NOT_TOLD = "too few to tell"


#: how many customers, and their MRR: NaN where they are too few to tell
Amount = tuple[float, float]


@dataclass(frozen=True)
class Held:
    """What an owner holds at the period's end (NaN where it is not known), what of it is due in the next quarter and
    what is at risk in the next month (None where nobody's is told)."""

    customers: float
    mrr: float
    due: Amount | None = None
    at_risk: Amount | None = None


def owner_page(
    found: Books,
    row: dict,
    held: Held,
    formatter: Formatter,
    *,
    stories: Sequence[StoryText] = (),
    calm: str = "",
    actions: Sequence[ActionText] = (),
    asked: int = 0,
) -> FrontPage:
    """The page of one owner. `row`: that of `found.rows`; `stories` and `calm`: what stands out among its customers;
    `asked`: how many actions there are, of which `actions` have room."""
    many = f", {len(actions)} of {asked}" if asked > len(actions) else ""
    return FrontPage(
        headline=(book_tag(row), *book_sentences(found, row, formatter)),
        tiles=tuple(filter(None, _tiles(found, row, held, formatter))),
        stories=tuple(stories),
        calm=calm,
        actions=tuple(actions),
        actions_title=f"Actions{many}",
        foot=page_foot(found, row, formatter),
    )


def _tiles(found: Books, row: dict, held: Held, formatter: Formatter) -> list[TileText | None]:
    gone, expected = formatter.alike((-row["churned"], -row["expected_churned"]), MONEY)
    return [
        TileText(
            name="Customers",
            value=_figure(held.customers, COUNT, formatter),
            more=f"{formatter.value(round(row['customers']), COUNT)} on average",
        ),
        TileText(
            name="MRR",
            value=_figure(held.mrr, MONEY, formatter),
            more=f"{formatter.short(row['mrr'], MONEY)} on average",
        ),
        _left(row, formatter),
        TileText(
            name="MRR that left",
            value=gone,
            target=f"{expected} expected",
        ),
        TileText(
            name="MRR from upgrades",
            value=_figure(row["expansion"], MONEY, formatter),
            more=f"{formatter.short(-row['contraction'], MONEY)} lost by downgrades",
        ),
        _renewed(found, row, formatter),
        _next("Due next quarter", held.due, "no term ends", formatter),
        _next("At risk next month", held.at_risk, "nobody", formatter),
        *_cost(found, row, formatter),
    ]


def _figure(value: float, unit: str, formatter: Formatter) -> str:
    return formatter.short(value, unit) if value == value else MISSING


def _left(row: dict, formatter: Formatter) -> TileText:
    verdict = "" if row["owner"] == NOT_GIVEN else row["verdict"]
    return TileText(
        name="Customers who left",
        value=formatter.value(row["lost"], COUNT),
        verdict=f"{_MARKS.get(verdict, '')} {verdict}".strip(),
        target=f"{expected_text(row, formatter)} expected",
    )


def _renewed(found: Books, row: dict, formatter: Formatter) -> TileText | None:
    """The share of MRR whose term ended that was renewed; nothing where the edition knows no terms."""
    if math.isnan(found.whole["renewed"]):
        return None
    ended = row["due"] - row["open"]
    if math.isnan(row["renewed"]):
        return TileText("Renewed", MISSING, more=NOT_TOLD if ended else "no term ended")
    return TileText(
        name="Renewed",
        value=_figure(row["renewed"], PERCENT, formatter),
        more=f"of {formatter.short(ended, MONEY)} MRR due",
        company=f"all owners {formatter.value(found.whole['renewed'], PERCENT)}",
    )


def _next(name: str, amount: Amount | None, none: str, formatter: Formatter) -> TileText | None:
    """MRR that is due or at risk, and of how many customers."""
    if amount is None:
        return None
    many, mrr = amount
    if math.isnan(many):
        return TileText(name, MISSING, more=NOT_TOLD)
    more = formatter.count(many, "customer") if many else none
    return TileText(name, _figure(mrr, MONEY, formatter), more=more)


def _cost(found: Books, row: dict, formatter: Formatter) -> list[TileText]:
    """What the work cost and what came back for it; nothing where the edition knows no cost of an owner."""
    if row["owner"] == NOT_GIVEN or not found.rows["cost"].gt(0).any():
        return []
    if not row["cost"] > 0:
        return [TileText("Cost of the work", MISSING, more="none is known")]
    back = "" if math.isnan(row["returned"]) else formatter.money(row["returned"])
    whole = found.whole["returned"]
    company = "" if math.isnan(whole) else f"all owners {formatter.money(whole)}"
    return [
        TileText("Cost of the work", _figure(row["cost"], MONEY, formatter)),
        TileText(returned_title(formatter), back or MISSING, company=company),
    ]
