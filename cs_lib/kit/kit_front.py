"""The front page, and the actions of a report: what the judgement chose, in words, with what people wrote."""

from dataclasses import replace

from cs_lib.edition.events import events_of
from cs_lib.edition.notes import OPEN, Note, parts_of
from cs_lib.judgement.front import Front
from cs_lib.judgement.tiles import TileFigure
from cs_lib.kit.kit_scorecard import formula_months
from cs_lib.kit.selection import Selection
from cs_lib.metrics.compute.owner_rates import HELD, gone_owners
from cs_lib.period import ALL, PERIODS_A_YEAR, YEAR, Period
from cs_lib.report.display import LeftOut, ReportTable
from cs_lib.report.tables.front_page import ActionText, FrontPage, TileText
from cs_lib.report.tables.scorecard_table import WORTH
from cs_lib.report.tables.sparkline import Drawn, sparkline
from cs_lib.report.tables.table_html import TableColumn, build_table
from cs_lib.report.text import front_sentences, story_sentences
from cs_lib.report.text.front_words import tile_name
from cs_lib.report.text.owner_sentences import nobody_today, todays_customers
from cs_lib.report.text.verdict_words import MARKS
from cs_lib.report.text.word_forms import capital, lower_first, who
from cs_lib.vocabulary import MONEY, OWNER, POINTS

OVERDUE, RESTATED = "overdue", "the figure was restated since"
#: how many earlier actions a front page has room for
MOST_ACTIONS = 3


def front_page(selection: Selection) -> FrontPage | LeftOut:
    """One page: a headline, six figures, up to five stories, decisions, and what became of actions."""
    front, formatter = selection.judgement.front(selection.segment), selection.formatter
    if gone := _has_nobody(selection):
        front = replace(front, stories=(), growth=None, missed_tile=None)
    if not front.tiles and not front.stories:
        return LeftOut("Front page", "this edition has no headline metric for this period")
    metrics = selection.metric
    used = [each.metric for each in front.tiles]
    used += [found.metric for story in front.stories for found in story.findings[:2]]
    selection.frame(*used)  # so that the report defines them
    told = {story.note.finding for story in front.stories if story.note}
    whole = selection.segment.label == ALL
    decisions = selection.edition.notes.decisions_of(selection.period) if whole else ()
    return FrontPage(
        headline=tuple(
            filter(
                None,
                [
                    *(
                        [nobody_today(selection.segment)]
                        if gone
                        else front_sentences.headline(front, metrics, formatter)
                    ),
                    todays_customers(selection.segment),
                ],
            )
        ),
        tiles=tuple(_tile(selection, each) for each in front.tiles),
        stories=tuple(
            story_sentences.story_text(each, front, metrics, formatter) for each in front.stories
        ),
        calm="" if gone else front_sentences.calm(front, formatter),
        decisions=tuple(each.text for each in decisions),
        actions=tuple(_earlier(selection, told))[:MOST_ACTIONS],
        targets=" ".join(
            filter(None, [front_sentences.verdicts(front, metrics), _on_paper(selection, front)])
        ),
        foot=_foot(selection, front),
    )


def _has_nobody(selection: Selection) -> bool:
    """Whether this report is of an owner who has no customers at the end of the data."""
    owner = dict(selection.segment.pairs).get(OWNER)
    return owner is not None and owner in gone_owners(selection.measures.of_metric(HELD))


def _on_paper(selection: Selection, front: Front) -> str:
    """That a target was met by a formula that supposes a longer lifetime than the history is, where the page says
    of this target, or of all, that it was met."""
    all_met = len(front.met) == len(front.judged)
    return front_sentences.on_paper(
        [name for name in WORTH if name in front.met and (all_met or front.tile(name))],
        formula_months(selection),
        selection.months_of_history,
        selection.metric,
    )


def _tile(selection: Selection, tile: TileFigure) -> TileText:
    formatter, metric = selection.formatter, selection.metric(tile.metric)
    unit, judged = metric.unit_of(), tile.standing
    value, company = (
        formatter.value(each, unit, compact=True, bare=unit == POINTS)
        for each in (tile.figure.value, tile.company)
    )
    change = formatter.change_short(tile.figure.value, tile.year_ago, unit)
    if (
        unit == MONEY
        and (moved := front_sentences.moved(tile.figure.value, tile.year_ago, formatter))[1]
    ):
        change = f"{'+' if moved[0] == 'up' else '−'}{moved[1]}"
    last, name = tile.figure.last, tile_name(metric, tile.figure.last.grain)
    return TileText(
        name=formatter.dated(name, last, unless=selection.period) if tile.late else name,
        value=value,
        line=_line(selection, tile),
        more=_more(selection, tile),
        verdict=MARKS[judged.verdict] if judged else "",
        target=f"target {formatter.tick(judged.target.value, unit)}" if judged else "",
        change=f"{change} on the year" if change else "",
        company=f"company {company}" if tile.company == tile.company else "",
    )


def _more(selection: Selection, tile: TileFigure) -> str:
    """What a loss comes to in a year."""
    formatter, value = selection.formatter, tile.figure.value
    grain = tile.figure.last.grain
    # customers who order again do not leave by the month, and a year has its own churn
    if tile.is_of_few or selection.period.grain == YEAR or not selection.has("mrr"):
        return ""
    if tile.metric == "customer_churn_rate" and PERIODS_A_YEAR[grain] > 1 and value < 1:
        year = 1 - (1 - value) ** PERIODS_A_YEAR[grain]
        return f"{formatter.percent(year, 0)} a year"
    return ""


def _line(selection: Selection, tile: TileFigure) -> Drawn | str:
    """The small chart, with ticks for events and the target."""
    last, count = tile.figure.last, len(tile.line)
    periods = [last.back(back) for back in range(count - 1, -1, -1)]
    events = events_of(
        selection.edition.events,
        tile.metric,
        selection.segment,
        periods[0].start,
        periods[-1].last_day,
    )
    named = [each for each in events if tile.metric in each.metrics]
    places = [
        place
        for place, period in enumerate(periods)
        if any(period.start <= each.on < period.end for each in named)
    ]
    formatter, unit = selection.formatter, selection.metric(tile.metric).unit_of()
    goal = tile.standing.target.value if tile.standing else float("nan")
    seen = [each for each in tile.line if each == each]
    ends = formatter.alike((min(seen), max(seen)), unit) if seen else ["", ""]
    told = next((count - at for at, each in enumerate(tile.line) if each == each), count)
    said = [f"{formatter.count(told, last.grain)}: {ends[0]} to {ends[1]}"]
    said += [f"target {formatter.tick(goal, unit)}"] if goal == goal else []
    said += [f"{each.label}, {formatter.month(each.on)}" for each in named]
    return sparkline(tile.line, alt="; ".join(said), target=goal, events=places)


def _foot(selection: Selection, front: Front) -> str:
    pooled = {
        story_sentences.span_words(each.figure.first, each.figure.last, selection.formatter)
        for each in front.tiles
        if each.figure.periods > 1
    }
    over = f"Rates and scores {pooled.pop()}." if len(pooled) == 1 else ""
    return " ".join(filter(None, [over, _open_actions(selection)]))


def _open_actions(selection: Selection) -> str:
    """How many actions are open, and how many of these overdue; empty where there is none."""
    period = selection.period
    states = [_status(note, period) for note in _mine(selection) if note.status == OPEN]
    if not states:
        return ""
    late = states.count(OVERDUE)
    said = selection.formatter.count(len(states), "action")
    return f"{said} open, {late or 'none'} overdue."


# --- actions -----------------------------------------------------------------------------------


def actions(selection: Selection) -> ReportTable | LeftOut:
    """Every action of this report's segment that was open in the period, or closed in it."""
    found = _actions(selection)
    if not found:
        return LeftOut("Actions", "no note of this edition asks for one in this period")
    rows = [
        {
            "do": each.do,
            "about": each.about,
            "owner": each.owner,
            "due": each.due,
            "status": each.status,
            "outcome": each.outcome,
            "restated": RESTATED if each.restated else "",
        }
        for each in found
    ]
    columns = [
        TableColumn("do", "Action", left=True),
        TableColumn("about", "About", left=True),
        TableColumn("owner", "Owner", left=True),
        TableColumn("due", "Due"),
        TableColumn("status", "Status", left=True),
        TableColumn("outcome", "Outcome", left=True),
        TableColumn("restated", "Figure", left=True),
    ]
    return build_table(rows, columns, caption="Actions")


def _actions(selection: Selection) -> list[ActionText]:
    return _in_order(selection, _mine(selection))


def _in_order(selection: Selection, notes: list[Note]) -> list[ActionText]:
    """Overdue first, then open ones by when they are due, then those that were closed."""
    period = selection.period
    order = sorted(notes, key=lambda note: (_place(note, period), str(note.due or "9")))
    return [_action(note, selection) for note in order]


def actions_of(selection: Selection, owner: str, told: set[str]) -> list[ActionText]:
    """The actions about this report's segment, and those that an owner has to see to, without what is told already."""
    mine = _mine(selection)
    theirs = [each for each in _asked(selection) if same_name(each.owner or "", owner)]
    notes = [*mine, *(each for each in theirs if each not in mine)]
    return _in_order(selection, [each for each in notes if each.finding not in told])


def same_name(one: str, other: str) -> bool:
    """Whether two names are one, however they are spaced and written large or small."""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def _mine(selection: Selection) -> list[Note]:
    """The notes that ask for something and are about this report's segment; in the whole's every one."""
    label = selection.segment.label
    return [each for each in _asked(selection) if label in (ALL, parts_of(each.finding)[2].label)]


def _asked(selection: Selection) -> list[Note]:
    return [each for each in selection.edition.notes.at(selection.period).notes if each.do]


def _place(note: Note, period: Period) -> int:
    return (OVERDUE, OPEN).index(_status(note, period)) if note.status == OPEN else 2


def _status(note: Note, period: Period) -> str:
    late = note.status == OPEN and note.due is not None and note.due <= period.last_day
    return OVERDUE if late else note.status


def _action(note: Note, selection: Selection) -> ActionText:
    formatter = selection.formatter
    _, name, segment = parts_of(note.finding)
    title = lower_first(selection.metric(name).title)
    where = who(segment.by, segment.label)
    return ActionText(
        do=note.do or "",
        about=f"{where}: {title}" if where else capital(title),
        owner=note.owner or "",
        due=formatter.day(note.due) if note.due else "",
        status=_status(note, selection.period),
        outcome=note.outcome or "",
        restated=selection.judgement.is_restated(note),
    )


def _earlier(selection: Selection, told: set[str]) -> list[ActionText]:
    """What was asked before this period and is not asked by a story: overdue, or closed now."""
    period = selection.period
    notes = [
        note
        for note in _mine(selection)
        if Period.parse(note.since).end <= period.start
        and (note.status != OPEN or _status(note, period) == OVERDUE)
    ]
    closed = [note for note in notes if note.status != OPEN]
    rest = [note for note in notes if note not in closed and note.finding not in told]
    return [_action(note, selection) for note in (*rest, *closed)]
