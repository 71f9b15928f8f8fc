"""What only several tables, or a table and the edition, tell together: ids that never meet, customers who paid before
they signed up, and words of the edition that no row has.
"""

from collections.abc import Iterator

import narwhals as nw
import pandas as pd

from cs_lib.data.contract.data_findings import DataFinding, counted
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.engines.distinct_rows import distinct
from cs_lib.data.sources.headers import as_column
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import ROW
from cs_lib.edition import Edition
from cs_lib.errors import did_you_mean
from cs_lib.period import Segment
from cs_lib.vocabulary import OWNER, VALID_FROM

ID = "customer_id"
#: so many customers of two tables, of whom hardly any are in both, are named by other ids
STRANGERS, MET_SHARE = 10, 0.1
#: so many customers, and such a share, who paid before the day on which they signed up
EARLY, EARLY_SHARE = 5, 0.1
#: the share of answers before their customer came, and of customers who signed up on one day, that are no chance
MOST_EARLY, MANY_CUSTOMERS, MOVED_SHARE = 0.5, 20, 0.5
MOST_WORDS, MOST_PLANNED = 1000, 5000


def across_findings(staged: list[Staged], edition: Edition) -> Iterator[DataFinding]:
    """Warnings that no table gives by itself."""
    tables: dict[str, list[Staged]] = {}
    for each in staged:
        tables.setdefault(each.table.name, []).append(each)
    paying = [*tables.get("subscriptions", ()), *tables.get("orders", ())]
    if paying and "customers" not in tables:
        for name in ("usage_events", "survey_responses"):
            for each in filter(lambda one: one.has(ID), tables.get(name, ())):
                yield from _strangers(each, paying)
    for each in tables.get("survey_responses", ()):
        yield from _answered_before(each, tables.get("subscriptions", []))
    for each in tables.get("customers", ()):
        yield from _moved_in(each)
        yield from _paid_before(each, tables.get("subscriptions", []))
    yield from _unknown_words(staged, tables, edition)


def _strangers(staged: Staged, paying: list[Staged]) -> Iterator[DataFinding]:
    """A table whose customers are hardly any of those who pay."""
    theirs = distinct(nw.concat([each.held.select(ID) for each in paying]), ID)
    own = distinct(staged.held.filter(~nw.col(ID).is_null()).select(ID), ID)
    met, customers, many = map(staged.count, (own.join(theirs, on=ID, how="inner"), own, theirs))
    fewest = min(customers, many)
    if fewest >= STRANGERS and met < MET_SHARE * fewest:
        others = " and ".join(dict.fromkeys(each.table.name for each in paying))
        says = (
            f"{staged.called}: of {counted(customers, 'customer')} {met or 'none'} {'is' if met < 2 else 'are'} among the {many:,} of "
            f"{others}: what they say of the same customer is not put together. If {staged.spelled.get(ID, ID)} is another id "
            f"than theirs, name the column with theirs: columns: {{{ID}: …}}, or export it."
        )
        yield DataFinding(WARNING, staged.table.name, "customers of two kinds of id", says)


def _answered_before(answers: Staged, subscriptions: list[Staged]) -> Iterator[DataFinding]:
    """Answers of which most lie before their customer's first subscription."""
    if not subscriptions or not answers.has(ID):
        return
    starts = nw.concat([each.rows.select(ID, "start_date") for each in subscriptions])
    first = starts.group_by(ID).agg(start=nw.col("start_date").min())
    given = answers.rows.filter(~nw.col("score").is_null()).join(first, on=ID, how="inner")
    early = given.filter(nw.col("responded_at") < nw.col("start"))
    (many, row), every = answers.how_many(early), answers.count(given)
    if many >= max(EARLY, MOST_EARLY * every):
        says = (
            f"{answers.called}: {many:,} of {counted(every, 'answer')} lie before the customer's first subscription, the first in "
            f"{answers.location(row)}: the year in {answers.spelled.get('responded_at', 'responded_at')} may be wrong, or "
            "subscriptions begin later than the customers did. Correct the export, or export the subscriptions from the beginning."
        )
        yield DataFinding(
            WARNING, "survey_responses", "answers before the customer came", says, many
        )


def _moved_in(customers: Staged) -> Iterator[DataFinding]:
    """One day on which most customers signed up: likely that of an import."""
    if not customers.has("signed_up_on"):
        return
    known = customers.rows.filter(~nw.col("signed_up_on").is_null())
    groups = known.group_by("signed_up_on").agg(rows=nw.len(), first=nw.col(ROW).min())
    found = customers.engine.collect(groups.sort("rows", descending=True))
    every = int(found["rows"].sum())
    if every < MANY_CUSTOMERS or found["rows"].iloc[0] < MOVED_SHARE * every:
        return
    many, day = int(found["rows"].iloc[0]), found["signed_up_on"].iloc[0]
    place = customers.location(int(found["first"].iloc[0]))
    way = "leave it blank for them in the export"
    if f"{day:%Y-%m-%d}" in place.text:
        own = customers.cell("signed_up_on")
        way = f"say columns: {{signed_up_on: \"nullif(CAST(CAST({own} AS DATE) AS VARCHAR), '{day:%Y-%m-%d}')\"}} for this table"
    says = (
        f"{customers.called}: {many:,} of {counted(every, 'customer')} signed up on one day, {day:%Y-%m-%d}, the first in {place}, and "
        f"time to value counts from it. If it is the day on which they were moved, {way}: then nobody knows when they came."
    )
    yield DataFinding(
        WARNING, "customers", "many signed up on one day", says, many, f"{day:%Y-%m-%d}"
    )


def _paid_before(customers: Staged, subscriptions: list[Staged]) -> Iterator[DataFinding]:
    """Customers whose first payment lies before they signed up, or before the first row that says whose they are."""
    signed_up = customers.has("signed_up_on")
    owned = customers.has(OWNER) and customers.has(VALID_FROM)
    if not subscriptions or not (signed_up or owned):
        return
    paid = nw.concat(
        [each.rows.filter(nw.col("mrr") > 0).select(ID, "start_date") for each in subscriptions]
    )
    first = paid.group_by(ID).agg(paid=nw.col("start_date").min())
    days = {each: nw.col(each).min() for each in ("signed_up_on", VALID_FROM)}
    blank = nw.col(VALID_FROM).is_null().cast(nw.Int64).max()
    known = customers.rows.group_by(ID).agg(**days, always=blank, row=nw.col(ROW).min())
    both = known.join(first, on=ID, how="inner").with_columns(**{ROW: nw.col("row")})
    every = customers.count(both)
    if signed_up:
        late = both.filter(nw.col("paid") < nw.col("signed_up_on"))
        many, row = customers.how_many(late)
        if many >= max(EARLY, EARLY_SHARE * every):
            says = (
                f"{customers.called}: {many:,} of {counted(every, 'customer')} paid before signed_up_on, the first in "
                f"{customers.location(row)}: it seems to be the day on which they were moved, or of their latest change, and time to "
                "value counts from it. Name the column with the day on which they came: columns: {signed_up_on: …}, or export it."
            )
            yield DataFinding(WARNING, "customers", "paid before sign-up", says, many)
    if owned:
        late = both.filter(nw.col("always") == 0, nw.col("paid") < nw.col(VALID_FROM))
        many, row = customers.how_many(late)
        if many >= max(EARLY, EARLY_SHARE * every):
            who, day = (as_column(customers.spelled.get(each, each)) for each in (ID, VALID_FROM))
            says = (
                f"{customers.called}: {many:,} of {counted(every, 'customer')} paid before their first {VALID_FROM}, the first in "
                f"{customers.location(row)}: until then they are nobody's. If the first row holds from the beginning, say columns: "
                f'{{{VALID_FROM}: "nullif({day}, min({day}) OVER (PARTITION BY {who}))"}} for this table.'
            )
            yield DataFinding(WARNING, "customers", "paid before the first owner", says, many)


def _unknown_words(
    staged: list[Staged], tables: dict[str, list[Staged]], edition: Edition
) -> Iterator[DataFinding]:
    """Words of the edition, or of the plan, that no row has: what they say is never used."""
    asked = [*_of_the_edition(edition), *_of_the_plan(tables.get("plan", []), edition)]
    columns: dict[str, dict[str, str]] = {}
    for place, column, word in asked:
        columns.setdefault(column, {}).setdefault(word, place)
    feature = edition.definitions.first_value_feature
    if feature and "usage_events" in tables:
        columns.setdefault("feature", {})[feature] = "definitions.first_value_feature"
    for column, words in columns.items():
        own = [each for each in staged if each.has(column)]
        values = [_words(each, column, nw.col(column).is_in([*words])) for each in own]
        there = set().union(*values)
        for word in sorted({*words} - there) if own else ():
            known = set().union(*(_words(each, column, ~nw.col(column).is_null()) for each in own))
            says = (
                f"{words[word]}: no row has {word!r} in {column}, and what is said of it is held against nothing. "
                f"{did_you_mean(word, sorted(known))}"
            )
            yield DataFinding(WARNING, "", "a word that no row has", says, about=f"{column}={word}")


def _words(staged: Staged, column: str, chosen: nw.Expr) -> set[str]:
    values = distinct(staged.held.filter(chosen).select(value=nw.col(column)), "value")
    return set(map(str, staged.engine.collect(values.head(MOST_WORDS))["value"]))


def _of_the_edition(edition: Edition) -> Iterator[tuple[str, str, str]]:
    """Where a segment is named, its column and its value."""
    for metric, by_segment in edition.targets.items():
        for label in by_segment:
            for column, value in Segment.parse(label, edition.segments).pairs:
                yield f"targets.{metric}", column, value
    for column, values in (edition.definitions.referrals or {}).items():
        for value in values:
            yield "definitions.referrals", column, value


def _of_the_plan(plan: list[Staged], edition: Edition) -> Iterator[tuple[str, str, str]]:
    for each in plan:
        if not each.has("segment"):
            continue
        given = each.held.filter(~nw.col("segment").is_null())
        groups = given.group_by("segment").agg(first=nw.col(ROW).min()).sort("first")
        rows: pd.DataFrame = each.engine.collect(groups.head(MOST_PLANNED))
        for label, first in rows.itertuples(index=False):
            pairs = Segment.parse(label, edition.segments).pairs
            for column, value in pairs:
                yield f"{each.location(int(first))}, column segment", column, value
