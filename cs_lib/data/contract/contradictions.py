"""What the rows of a file, taken together, say against the way in which they would be read."""

from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import product

import narwhals as nw

from cs_lib.data.contract.data_findings import DataFinding, counted
from cs_lib.data.contract.reminders import as_one_person, reminder_findings
from cs_lib.data.contract.subscription_ends import subscription_findings
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.engines.distinct_rows import flag
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import ROW
from cs_lib.edition import Edition

#: so many invitations of which none is left unanswered are probably not all that there were
INVITATIONS = 20


def contradictions(staged: list[Staged], edition: Edition, as_of: date) -> Iterator[DataFinding]:
    """Warnings about conventions and selections that the rows which count speak against."""
    tables: dict[str, list[Staged]] = {}
    for each in staged:
        tables.setdefault(each.table.name, []).append(each)
    end = datetime.combine(as_of, time())
    for each in tables.get("subscriptions", ()):
        yield from subscription_findings(each, end, edition.history_starts)
    if edition.definitions.zero_orders != "count":
        for each in tables.get("orders", ()):
            yield from _zero_orders(each)
    for each in tables.get("survey_responses", ()):
        yield from _of_surveys(each, edition)
    for customers, usage in product(tables.get("customers", ()), tables.get("usage_events", ())):
        yield from _early_use(customers, usage, edition)


# ---------------------------------------------------------------- orders


def _zero_orders(staged: Staged) -> Iterator[DataFinding]:
    rows = staged.rows
    zero = rows.filter(nw.col("amount") == 0)
    if not staged.count(zero):
        return
    if staged.has("order_id"):
        key = ["customer_id", "order_id"]
        paid = rows.filter(nw.col("amount") > 0, ~nw.col("order_id").is_null()).select(*key)
        zero = zero.join(paid, on=key, how="anti")
    many, first = staged.how_many(zero)
    if many:
        says = (
            f"orders: {many:,} of {counted(staged.row_count, 'row')} have an amount of 0, the first in "
            f"{staged.location(first)}. They count neither as orders nor as activity. If they "
            "are orders, free of charge, say so with zero_orders: count under definitions."
        )
        yield DataFinding(WARNING, "orders", "orders of 0", says, many)


# ---------------------------------------------------------------- surveys and use


def _of_surveys(staged: Staged, edition: Edition) -> Iterator[DataFinding]:
    rows = staged.rows
    many, first = staged.how_many(rows.filter(_blank("score", "sent_at", "responded_at")))
    if many:
        says = (
            f"survey_responses: {counted(many, 'row')} without score, responded_at and sent_at, the first "
            f"in {staged.location(first)}. They count nowhere: an invitation that was not "
            "answered needs the day on which it was sent."
        )
        yield DataFinding(WARNING, "survey_responses", "neither score nor invitation", says, many)
    if staged.has("sent_at"):
        yield from _everybody_answers(staged, rows)
    yield from reminder_findings(staged, edition.definitions.response_window)
    if staged.has("customer_id") and not staged.has("respondent_id"):
        yield from _answers_again(staged, rows)


def _everybody_answers(staged: Staged, rows: nw.LazyFrame) -> Iterator[DataFinding]:
    """Invitations of which none was left unanswered: the export holds the answers alone."""
    sent = rows.filter(~nw.col("sent_at").is_null())
    silent = flag(nw.col("score").is_null())
    found = staged.engine.collect(sent.select(sent=nw.len(), silent=silent.sum())).iloc[0]
    if found["sent"] >= INVITATIONS and not found["silent"]:
        says = (
            f"{staged.called}: each of {counted(int(found['sent']), 'invitation')} was answered. The export probably holds the "
            "answers only; then the response rate is 100 %, whatever happened. Export also the invitations that nobody "
            "answered, or say columns: {sent_at: \"nullif('', '')\"} for this table: then there is no response rate."
        )
        yield DataFinding(WARNING, "survey_responses", "everybody answers", says)


def _blank(*columns: str) -> nw.Expr:
    return nw.all_horizontal(*(nw.col(each).is_null() for each in columns), ignore_nulls=False)


def _answers_again(staged: Staged, rows: nw.LazyFrame) -> Iterator[DataFinding]:
    """Several answers of one customer on one day, where nothing says who gave them."""
    given = rows.filter(~nw.col("score").is_null(), ~nw.col("customer_id").is_null())
    key = ("customer_id", "instrument", "touchpoint", "day")
    given = given.with_columns(day=nw.col("responded_at").dt.truncate("1d"))
    groups = given.group_by(*key).agg(answers=nw.len(), first=nw.col(ROW).min())
    several = groups.filter(nw.col("answers") > 1)
    found = staged.engine.collect(
        several.select(nw.col("answers").sum(), nw.col("first").min(), groups=nw.len())
    ).iloc[0]
    if not found["groups"]:
        return
    many = int(found["answers"])
    says = (
        f"survey_responses: {counted(many, 'answer')} stand with another of the same customer, survey and "
        f"day, the first in {staged.location(found['first'])}. Without respondent_id each counts, "
        "though one person may have given several. If a customer answers as one person, say so with "
        f"{as_one_person(staged)} for this table: then the latest counts."
    )
    yield DataFinding(WARNING, "survey_responses", "several answers a day", says, many)


def _early_use(customers: Staged, usage: Staged, edition: Edition) -> Iterator[DataFinding]:
    """Customers who used the feature of first value before they signed up."""
    feature = edition.definitions.first_value_feature
    if not feature or not customers.has("signed_up_on") or customers.has("first_value_on"):
        return
    uses = usage.rows.filter(nw.col("feature") == feature)
    first = uses.group_by("customer_id").agg(used=nw.col("occurred_at").min())
    known = customers.rows.join(first, on="customer_id", how="inner")
    many, row = customers.how_many(known.filter(nw.col("used") < nw.col("signed_up_on")))
    if many:
        says = (
            f"customers: {counted(many, 'customer')} used {feature} before signed_up_on, the first in "
            f"{customers.location(row)}. Correct one of the days. Until then time to value "
            "leaves them out."
        )
        yield DataFinding(WARNING, "customers", "first value before sign-up", says, many, feature)
