"""The books of customer-success managers, as a notebook shows them: all of them, or that of one owner on a page."""

import math
from dataclasses import replace
from textwrap import shorten

import pandas as pd

from cs_lib.edition.notes import OPEN
from cs_lib.judgement.front import Front
from cs_lib.judgement.owner_books import Books
from cs_lib.judgement.stories import Story
from cs_lib.kit import kit_renewals, kit_risk
from cs_lib.kit.kit_front import actions_of, same_name
from cs_lib.kit.selection import Selection
from cs_lib.metrics.compute.owner_rates import AT_OPENING, theirs_since
from cs_lib.period import ALL
from cs_lib.report.display import LeftOut, ReportTable, Sentence
from cs_lib.report.tables.front_page import ActionText, FrontPage
from cs_lib.report.tables.owner_page import Held, owner_page
from cs_lib.report.tables.owner_tables import losses_table, money_table
from cs_lib.report.text import front_sentences, story_sentences
from cs_lib.report.text.owner_sentences import books_sentence, unknown_sentence
from cs_lib.report.text.story_sentences import StoryText
from cs_lib.vocabulary import OWNER

TITLE = "Books of customer-success managers"
#: what one page has room for: stories, actions, and letters of what people wrote
MOST_STORIES, MOST_ACTIONS, LONGEST = 2, 2, 80
HANDED_OVER = (
    "Customers changed hands in these months, so how the figures of today's customers moved is not "
    "told here."
)


def shown(selection: Selection) -> list[Sentence | ReportTable | FrontPage | LeftOut]:
    """Who lost more than expected, in a sentence, two tables, and what they don't know; of one owner a page."""
    found, segment = selection.judgement.books(), selection.segment
    if not selection.has("mrr"):
        return [selection.left_out(["mrr"], title=TITLE)]
    if segment.label != ALL and selection.own_columns != (OWNER,):
        return [LeftOut(TITLE, "they are told of all customers, or of one owner's")]
    if found is None:
        return [LeftOut(TITLE, "the table customers names no owner")]
    rows, formatter = found.rows, selection.formatter
    if segment.label != ALL:
        rows = rows[rows[OWNER].eq(segment.pairs[0][1])]
        if rows.empty or rows["hidden"].any():
            return [
                LeftOut(TITLE, "too few customers in this book, or in one that it would tell of")
            ]
        return [_page(selection, found, rows.iloc[0].to_dict())]
    return [
        books_sentence(found, formatter),
        losses_table(found, rows, formatter),
        money_table(found, rows, formatter),
        unknown_sentence(found, formatter),
    ]


def _page(selection: Selection, found: Books, row: dict) -> FrontPage:
    """One owner's book on a page."""
    formatter, stories, calm = selection.formatter, [], HANDED_OVER
    if _is_their_own(selection, found, row[OWNER]):
        front = selection.judgement.front(selection.segment)
        stories, calm = [*front.stories[:MOST_STORIES]], front_sentences.calm(front, formatter)
    told = {story.note.finding for story in stories if story.note and story.note.status == OPEN}
    actions = actions_of(selection, row[OWNER], told)
    return owner_page(
        found,
        row,
        _held(selection),
        formatter,
        stories=[_short_story(each, front, selection) for each in stories],
        calm=calm,
        actions=[_short_action(each, row[OWNER]) for each in actions[:MOST_ACTIONS]],
        asked=len(actions),
    )


def _is_their_own(selection: Selection, found: Books, owner: str) -> bool:
    """Whether those who are an owner's now were so in every month of the books: else a figure of theirs over these
    months is not the owner's."""
    rows, measures = selection.measures.of_metric(AT_OPENING), selection.measures
    since = theirs_since(rows, measures.owners).get(owner, pd.Timestamp(found.first.start))
    known = rows["segment"].eq(selection.segment.label).any()
    return bool(known and since <= pd.Timestamp(found.first.start))


def _held(selection: Selection) -> Held:
    rows = selection.frame("paying_customers", "mrr").set_index("metric")["value"]
    return Held(
        float(rows.get("paying_customers", math.nan)),
        float(rows.get("mrr", math.nan)),
        kit_renewals.next_quarter(selection),
        kit_risk.watched(selection),
    )


def _short_story(story: Story, front: Front, selection: Selection) -> StoryText:
    told = story_sentences.story_text(story, front, selection.metric, selection.formatter)
    whose = "" if same_name(told.owner, selection.segment.pairs[0][1]) else _short(told.owner)
    return replace(told, why=_short(told.why), do=_short(told.do), owner=whose)


def _short_action(action: ActionText, owner: str) -> ActionText:
    """The action, with who has to see to it where that is somebody else."""
    whose = "" if same_name(action.owner, owner) else _short(action.owner)
    return replace(action, do=_short(action.do), owner=whose, outcome=_short(action.outcome))


def _short(text: str) -> str:
    return shorten(text, LONGEST, placeholder=" …")
