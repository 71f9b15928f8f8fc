"""The front page of a report: headline, tiles, stories, decisions and actions, as plain values and as HTML."""

import html
from dataclasses import dataclass

from cs_lib.report.display import WORD_JOINER, Bundle
from cs_lib.report.tables.sparkline import Drawn
from cs_lib.report.text.story_sentences import StoryText

COLUMNS = ("What happened", "Why", "So what", "Do")
_MARKS = {"✓": "good", "✗": "bad", "~": "unsure"}


@dataclass(frozen=True)
class TileText:
    """A headline figure in words; `line` is its small chart, characters in plain text."""

    name: str
    value: str
    line: Drawn | str = ""
    more: str = ""
    verdict: str = ""
    target: str = ""
    change: str = ""
    company: str = ""


@dataclass(frozen=True)
class ActionText:
    """What somebody was to do: about what, by when, and what became of it."""

    do: str
    about: str
    owner: str
    due: str
    status: str
    outcome: str = ""
    restated: bool = False


@dataclass(frozen=True)
class FrontPage:
    """A front page: every part a text, so that a page, a mail and a test read the same."""

    headline: tuple[str, ...]
    tiles: tuple[TileText, ...] = ()
    stories: tuple[StoryText, ...] = ()
    calm: str = ""
    decisions: tuple[str, ...] = ()
    actions: tuple[ActionText, ...] = ()
    actions_title: str = "What became of earlier actions"
    targets: str = ""
    foot: str = ""

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        return {"text/html": _html(self), "text/plain": str(self)}

    def __str__(self) -> str:
        return "\n".join(_plain(self))


# --- plain text --------------------------------------------------------------------------------


def _plain(page: FrontPage) -> list[str]:
    lines = [*page.headline]
    lines += [_tile_line(each) for each in page.tiles]
    for number, story in enumerate(page.stories, 1):
        lines.append(f"{'Good news' if story.good else number}: {story.what}")
        lines += [
            f"  {title}: {text}"
            for title, text in zip(COLUMNS[1:], (story.why, story.so_what, _do(story)), strict=True)
            if text
        ]
    lines += [page.calm] if page.calm else []
    lines += [f"Decide: {each}" for each in page.decisions]
    lines += [f"Action: {_action_line(each)}" for each in page.actions]
    return [*lines, *filter(None, [page.targets, page.foot])]


def _tile_line(tile: TileText) -> str:
    notes = [tile.more, tile.verdict, tile.target, tile.change, tile.company]
    return f"{tile.name}: {', '.join(filter(None, [tile.value, *notes]))}"


def _do(story: StoryText) -> str:
    who = ", ".join(filter(None, [story.owner, story.due]))
    return f"{story.do} ({who})" if story.do and who else story.do


def _action_line(action: ActionText) -> str:
    who = ", ".join(filter(None, [action.owner, action.due]))
    said = f"{action.do.rstrip('.')}{f' ({who})' if who else ''}: {action.status}"
    return f"{said}. {action.outcome}" if action.outcome else f"{said}."


# --- HTML --------------------------------------------------------------------------------------


def _html(page: FrontPage) -> str:
    tag, *more = page.headline or ("",)
    lines = ['<div class="front">', f'<p class="front-tag">{_text(tag)}</p>' if tag else ""]
    lines += [f'<p class="front-headline">{_text(" ".join(more))}</p>'] if more else []
    if page.tiles:
        lines += ['<ul class="front-tiles">', *map(_tile, page.tiles), "</ul>"]
    lines += _stories(page.stories)
    lines += [f'<p class="front-calm">{_text(page.calm)}</p>'] if page.calm else []
    lists = [
        _list("Decisions asked", [_text(each) for each in page.decisions], "ol"),
        _list(page.actions_title, [_action(each) for each in page.actions], "ul"),
    ]
    lists = [each for each in lists if each]
    lines += ['<div class="front-lists">', *lists, "</div>"] if lists else []
    foot = " ".join(filter(None, [page.targets, page.foot]))
    lines += [f'<p class="front-foot">{_text(foot)}</p>'] if foot else []
    return "\n".join([*filter(None, lines), "</div>"])


def _text(text: str) -> str:
    return html.escape(text).replace("−", f"−{WORD_JOINER}")


def _tile(tile: TileText) -> str:
    picture = tile.line.html if isinstance(tile.line, Drawn) else ""
    kind = _MARKS.get(tile.verdict[:1], "")
    verdict = f'<span class="front-{kind}">{_text(tile.verdict)}</span>' if tile.verdict else ""
    notes = [verdict, *map(_text, (tile.target, tile.change, tile.more, tile.company))]
    shown = "".join(f"<span>{each}</span>" for each in notes if each)
    return (
        f'<li><p class="front-name">{_text(tile.name)}</p>'
        f'<p class="front-value">{_text(tile.value)}</p>{picture}'
        f'<p class="front-notes">{shown}</p></li>'
    )


def _stories(stories: tuple[StoryText, ...]) -> list[str]:
    """The stories as a table; of its columns those that hold something."""
    cells = [(each.what, each.why, each.so_what, each.do) for each in stories]
    kept = [place for place in range(len(COLUMNS)) if any(row[place] for row in cells)]
    if not cells:
        return []
    heads = "".join(f'<th scope="col" role="columnheader">{COLUMNS[place]}</th>' for place in kept)
    lines = [f'<table class="front-stories front-of-{len(kept)}" role="table">']
    lines += [
        f'<thead role="rowgroup"><tr role="row">{heads}</tr></thead>',
        '<tbody role="rowgroup">',
    ]
    for story, row in zip(stories, cells, strict=True):
        kind = "front-up" if story.good else "front-down"
        lines.append(f'<tr role="row" class="{kind}">')
        lines += [_cell(story, place, row[place]) for place in kept]
        lines.append("</tr>")
    return [*lines, "</tbody>", "</table>"]


def _cell(story: StoryText, place: int, text: str) -> str:
    if place == 0:
        good = '<span class="front-label">Good news</span> ' if story.good else ""
        return f'<th scope="row" role="rowheader">{good}{_text(text)}</th>'
    shown, title = _text(text), COLUMNS[place]
    if place == COLUMNS.index("Do") and text:
        who = " · ".join(filter(None, [story.owner, story.due]))
        shown += f' <span class="front-who">{_text(who)}</span>' if who else ""
    label = f'<span class="front-label" aria-hidden="true">{title}</span> ' if text else ""
    return f'<td role="cell">{label}{shown}</td>'


def _list(title: str, items: list[str], tag: str) -> str:
    shown = "".join(f"<li>{each}</li>" for each in items)
    return f'<div><p class="front-label">{title}</p><{tag}>{shown}</{tag}></div>' if items else ""


def _action(action: ActionText) -> str:
    who = ", ".join(filter(None, [action.owner, action.due]))
    said = f"{_text(action.do.rstrip('.'))}{f' ({_text(who)})' if who else ''}: "
    kind = {"done": "good", "overdue": "bad"}.get(action.status, "unsure")
    said += f'<span class="front-{kind}">{_text(action.status)}</span>'
    return f"{said}. {_text(action.outcome)}" if action.outcome else f"{said}."
