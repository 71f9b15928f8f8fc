"""Use that is none, and features that are one: rows of no minutes, programs that look after the product, and a feature
that begins where another ends."""

import re
from collections.abc import Iterator
from datetime import timedelta

import narwhals as nw
import pandas as pd

from cs_lib.data.contract.column_words import told, words
from cs_lib.data.contract.data_findings import DataFinding, counted, having
from cs_lib.data.contract.edition_keys import SAY_SO, left_out, mapped, quoted
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.engines.distinct_rows import distinct
from cs_lib.data.sources.headers import folded
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import ROW

#: how long, or by how many, something was used
_HOW_MUCH = re.compile(
    r"^(total|active|used|usage|session)?(minutes?|mins?|seconds?|secs?|hours?|duration|durationms|durationseconds|durationminutes"
    r"|timespent|activeusers|users|dau|usercount|minuten|dauer)$"
)
_NONE = r"^0+([.,:]0+)*$"
_AGENT = re.compile(
    r"^(http)?useragent(string)?$|^ua$|^agent$|^browser(name)?$|^client(name|app)?$"
)
_PROGRAM = (
    r"(?i)bot\b|bot[_/.;-]|crawl|spider|pingdom|uptime|statuscake|newrelic|datadog|site24x7|headless|synthetic|healthcheck|curl/|wget"
    r"|python-requests|selenium|playwright|puppeteer|phantomjs|lighthouse"
)
#: what set a use off, and the words for what is nobody
_SET_OFF = re.compile(
    r"^(event|request|action)?(source|origin|trigger|triggeredby|initiator|initiatedby|via|channel|actor|actortype)$"
)
_BY_ITSELF = (
    r"(?i)^(webhooks?|cron([ _-]?jobs?)?|schedule[rd]?([ _-](job|task|report)s?)?|background([ _-]jobs?)?|worker|system|automat(ion|ed|ic)|bot|robot"
    r"|script|service[ _-]?account|machine|sync)$"
)
#: features that nobody uses: signs of life that programs give
_SIGN_OF_LIFE = (
    r"(?i)^(heart[ _-]?beat|(page|server|app)?[ _-]?ping|keep[ _-]?alive|health[ _-]?check|token[ _-]?refresh(ed)?|session[ _-]?(timeout|timed[ _-]?out"
    r"|expired)|idle)$"
)
#: a feature with so many uses begins at most so many times their mean distance after another ends
USES, DISTANCES = 20, 10
#: so long it is not used before the end, so much of its use it has, and so many of its customers use the other
AWAY, AS_MUCH, SAME_CUSTOMERS = timedelta(days=30), 3, 0.5
MOST_FEATURES, MOST_SHOWN = 200, 30
#: so many rows tell which features there are
LOOKED_AT = 200_000


def use_findings(staged: Staged, name: str) -> Iterator[DataFinding]:
    """What a column that nothing reads says of rows of use."""
    if staged.table.name != "usage_events":
        return
    plain = folded(name)
    if _HOW_MUCH.search(plain):
        yield from _of_nothing(staged, name)
    if _AGENT.search(plain):
        yield from _programs(staged, name, _PROGRAM)
    if _SET_OFF.search(plain):
        yield from _programs(staged, name, _BY_ITSELF)


def _of_nothing(staged: Staged, name: str) -> Iterator[DataFinding]:
    text = staged.held.select(nw.col(ROW), value=nw.col(name).cast(nw.String))
    none = text.filter(nw.col("value").str.contains(_NONE))
    many, first = staged.how_many(none)
    groups = distinct(none.select("value"), "value").head(MOST_SHOWN)
    if many and staged.count(text.filter(nw.col("value").str.contains("[1-9]")).head(1)):
        found = sorted(map(str, staged.engine.collect(groups)["value"]))
        says = (
            f"{staged.called}: {having(many, 'row')} 0 in {name}, the first in "
            f"{staged.location(first)}, nothing reads {name}, and each counts as a use. If nothing was used then, say "
            f"{left_out(name, found)} for this table; if it was, {SAY_SO}."
        )
        yield DataFinding(WARNING, "usage_events", "a use of nothing", says, many, name)


def _programs(staged: Staged, name: str, program: str) -> Iterator[DataFinding]:
    text = staged.held.with_columns(value=nw.col(name).cast(nw.String))
    found = words(staged, name, text.filter(nw.col("value").str.contains(program)))
    if found:
        many, start = told(staged, name, found)
        says = (
            f"{start}, nothing reads {name}, and they count as use. If they are programs and nobody, say "
            f"{left_out(name, [word for word, *_ in found])} for this table; if not, {SAY_SO}."
        )
        yield DataFinding(WARNING, "usage_events", "use by a program", says, many, name)


# ---------------------------------------------------------------- features


def signs_of_life(staged: Staged) -> Iterator[DataFinding]:
    """Features that a program uses by itself while a page is open, beside those that somebody uses."""
    name = "feature"
    given = staged.rows.head(LOOKED_AT).select(name).filter(~nw.col(name).is_null())
    features = sorted(staged.engine.collect(distinct(given, name).head(MOST_FEATURES))[name])
    found = [each for each in features if re.fullmatch(_SIGN_OF_LIFE, each)]
    if found and len(found) < len(features):
        many, first = staged.how_many(staged.rows.filter(nw.col(name).is_in(found)))
        spelled, shown = staged.spelled.get(name, name), " and ".join(f'"{each}"' for each in found)
        says = (
            f"{staged.called}: {counted(many, 'row')} {'is' if many == 1 else 'are'} of {shown}, the first in "
            f"{staged.location(first)}: a program says by itself that it is there, and it counts as a use. "
            f"Say {left_out(spelled, staged.as_written(name, *found))} for this table, or leave "
            f"{'it' if len(found) == 1 else 'them'} in if somebody does that."
        )
        yield DataFinding(WARNING, "usage_events", "use by nobody", says, many, spelled)


def renamed_features(staged: Staged) -> Iterator[DataFinding]:
    """Features of which one ends where another begins, used about as much and by the same customers."""
    when = nw.col("occurred_at")
    groups = staged.rows.filter(~nw.col("feature").is_null()).group_by("feature")
    own = groups.agg(uses=nw.len(), first=when.min(), last=when.max(), row=nw.col(ROW).min())
    found = staged.engine.collect(own.filter(nw.col("uses") >= USES).sort("first").head(MOST_FEATURES))  # fmt: skip
    if found.empty:
        return
    begins, ends = found["first"].min(), found["last"].max()
    over = found[found["last"] < ends - AWAY]
    new = found[found["first"] > begins + AWAY]
    for old in over.itertuples():
        after = [each for each in new.itertuples() if _follows(old, each)]
        before = [each for each in over.itertuples() if after and _follows(each, after[0])]
        if len(after) == len(before) == 1 and _same_customers(
            staged, old.feature, after[0].feature
        ):
            yield _one_feature(staged, old, after[0])


def _follows(old: pd.Series, new: pd.Series) -> bool:
    """Whether a feature begins at once where the other ends, and is used about as much."""
    distances = [
        max((each.last - each.first) / each.uses, timedelta(minutes=1)) for each in (old, new)
    ]
    as_much = 1 / AS_MUCH <= distances[0] / distances[1] <= AS_MUCH
    return as_much and timedelta(0) <= new.first - old.last <= DISTANCES * max(distances)


def _same_customers(staged: Staged, old: str, new: str) -> bool:
    who = [
        distinct(staged.held.filter(nw.col("feature") == each).select("customer_id"), "customer_id")
        for each in (old, new)
    ]
    both = staged.count(who[0].join(who[1], on="customer_id", how="inner"))
    return both >= SAME_CUSTOMERS * staged.count(who[1])


def _one_feature(staged: Staged, old: pd.Series, new: pd.Series) -> DataFinding:
    written = staged.as_written("feature", old.feature)
    key = mapped("feature", dict.fromkeys(written, quoted(new.feature)), staged.source)
    says = (
        f'{staged.called}: "{old.feature}" is used until {old.last:%Y-%m-%d} ({counted(old.uses, "row")}) and "{new.feature}" from '
        f"{new.first:%Y-%m-%d} on ({counted(new.uses, 'row')}), about as much and by the same customers, the first in "
        f"{staged.location(int(new.row))}: the one is given up and the other taken up. If it is one feature that is called otherwise "
        f"since then, say {key} for this table."
    )
    return DataFinding(
        WARNING,
        "usage_events",
        "a feature called otherwise",
        says,
        int(old.uses),
        f"{old.feature}, {new.feature}",
    )
