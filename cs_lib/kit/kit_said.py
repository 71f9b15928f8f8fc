"""What customers said, and what became of them, as a notebook shows it."""

from cs_lib.judgement import score_drivers
from cs_lib.judgement.earned_growth import EARNED, earned_growth
from cs_lib.judgement.said_themes import Themes, themes
from cs_lib.judgement.score_link import staying
from cs_lib.kit.selection import Selection
from cs_lib.report.display import LeftOut, ReportTable, Sentence
from cs_lib.report.tables.drivers_table import drivers_table
from cs_lib.report.tables.staying_table import staying_table
from cs_lib.report.tables.theme_tables import examples_table, groups_table, themes_table
from cs_lib.report.text.driver_sentences import drivers_sentence, why_no_drivers
from cs_lib.report.text.earned_sentences import earned_sentence
from cs_lib.report.text.staying_sentences import staying_sentence
from cs_lib.report.text.theme_sentences import apart_sentence, themes_sentence
from cs_lib.vocabulary import OK

STAYING, SAID, WORDS = (
    "scores and staying",
    "what comments are about",
    "comments in customers' words",
)
DRIVERS = "what goes with a score"
EARNED_TITLE = "earned growth rate"
Shown = list[Sentence | ReportTable | LeftOut]


def scores_and_staying(selection: Selection) -> Shown:
    """Whether promoters stay longer: a sentence, and a table by answer."""
    if selection.measures.staying.empty:
        return [
            LeftOut(STAYING, "needs subscriptions, and NPS answers of a year that name a customer")
        ]
    found = selection.judgement.found(staying, selection.segment)
    if found is None or found.rows["hidden"].all():
        return [LeftOut(STAYING, "no answers of this segment have been followed for six months")]
    formatter = selection.formatter
    return [staying_sentence(found, formatter), staying_table(found, formatter)]


def say_earned_growth(selection: Selection) -> Sentence | LeftOut:
    """What growth customers brought, in a sentence."""
    if not selection.has(EARNED):
        return selection.left_out([EARNED])
    found = selection.judgement.found(earned_growth, selection.segment)
    if found is None:
        rows = selection.rows(EARNED)
        why = "MRR of twelve months before is not known, or is that of too few customers"
        return LeftOut(EARNED_TITLE, why) if len(rows) else selection.left_out([EARNED])
    selection.frame(EARNED)  # so that the report defines it
    return earned_sentence(found, selection.period, selection.formatter, where=selection.where)


def what_customers_said(selection: Selection) -> Shown:
    """Themes of twelve months in a sentence and a table, and where one stands apart in another."""
    found = _themes(selection, SAID)
    if isinstance(found, LeftOut):
        return [found]
    formatter = selection.formatter
    shown: Shown = [
        themes_sentence(found, formatter, where=selection.where),
        themes_table(found, formatter),
    ]
    if len(found.cells):
        shown += [apart_sentence(found.cells, formatter), groups_table(found, formatter)]
    return shown


def in_their_words(selection: Selection) -> ReportTable | LeftOut:
    """Masked comments of the themes that customers enough named."""
    found, least = _themes(selection, WORDS), selection.edition.min_comments
    if isinstance(found, LeftOut):
        return found
    if found.examples.empty:
        who = selection.formatter.count(least, "customer")
        return LeftOut(WORDS, f"they are kept for thirteen months, of themes that {who} named")
    return examples_table(found, least, selection.formatter)


def drivers(selection: Selection) -> Shown:
    """For each instrument with items, which of them go with the score: a sentence and a table, or why not."""
    if selection.measures.drivers.empty:
        return [LeftOut(DRIVERS, "needs survey_items, and the response_id of each answer")]
    formatter = selection.formatter
    shown: Shown = []
    for found in selection.judgement.found(score_drivers.drivers, selection.segment):
        if found.status == OK:
            shown += [
                drivers_sentence(found, formatter, where=selection.where),
                drivers_table(found, formatter),
            ]
        else:
            name = f"{DRIVERS} ({found.instrument.upper()})"
            shown.append(LeftOut(name, why_no_drivers(found, formatter)))
    none = LeftOut(
        DRIVERS, "no answer of this segment has items in twelve months; they are kept for thirteen"
    )
    return shown or [none]


def _themes(selection: Selection, title: str) -> Themes | LeftOut:
    if not selection.edition.themes:
        return LeftOut(title, "needs themes, which this edition does not name")
    if selection.measures.themes.empty:
        return LeftOut(title, "needs survey answers with comments")
    found = selection.judgement.found(themes, selection.segment)
    if found is None:
        least = selection.formatter.count(selection.edition.min_comments, "comment")
        return LeftOut(title, f"fewer than {least} were written in twelve months")
    return found
