"""Invitations that are one: a reminder as a row of its own, and an answer that stands with the invitation and with its
reminder."""

from collections.abc import Iterator

import narwhals as nw

from cs_lib.data.contract.data_findings import DataFinding, counted
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.engines.distinct_rows import flag
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import ROW

#: so many of those who do not answer are asked again, where that is a reminder and not a new occasion
REMINDED_SHARE = 0.2
#: where a row names its customer alone, so many are asked again, and such a share of them after just as many days:
#: several people and occasions of one customer come at no such distance
REMINDED, AT_ONE_DISTANCE = 10, 0.5
#: so many answers, and such a share of all, stand again with a later invitation
TWICE, TWICE_SHARE = 3, 0.1
#: so many rows tell whether any customer is asked again
FIRST = 20_000


def reminder_findings(staged: Staged, window: int) -> Iterator[DataFinding]:
    who = next(filter(staged.has, ("respondent_id", "customer_id")), None)
    if who is None or not staged.has("sent_at"):
        return
    if who == "customer_id":
        first = _counts(staged, _with_the_one_before(staged.rows.head(FIRST), who, window), who)
        if not first["again"] + first["twice"]:
            return
    rows = _with_the_one_before(staged.rows, who, window)
    found = _counts(staged, rows, who)
    if found["again"] >= max(1, REMINDED_SHARE * found["silent"]) and (
        who == "respondent_id" or _at_one_distance(staged, rows, found["again"])
    ):
        yield _invited_again(staged, who, window, found)
    if found["twice"] >= max(TWICE, TWICE_SHARE * found["answered"]):
        yield _answered_once(staged, who, found)


def as_one_person(staged: Staged) -> str:
    """The key by which a customer answers as one person."""
    cell = staged.cell("customer_id")
    written = cell if cell.isidentifier() else f'"{cell}"'
    return f"columns: {{respondent_id: {written}}}"


def _with_the_one_before(rows: nw.LazyFrame, who: str, window: int) -> nw.LazyFrame:
    """The invitations with `again` and `twice`: whether one to the same person, still open, was not answered, and whether
    it was with the very same answer."""
    known = rows.filter(~nw.col("sent_at").is_null(), ~nw.col(who).is_null())
    key, order = (who, "instrument", "touchpoint"), {"order_by": ["sent_at", ROW]}
    shown = ("sent_at", "score", "responded_at")
    before = {f"before_{each}": nw.col(each).shift(1).over(*key, **order) for each in shown}
    known = known.with_columns(**before)
    sent = nw.col("before_sent_at")
    still_open = (nw.col("sent_at") < sent.dt.offset_by(f"{window}d")) & ~sent.is_null()
    same = [nw.col(f"before_{each}") == nw.col(each) for each in ("score", "responded_at")]
    return known.with_columns(
        again=flag(still_open & nw.col("before_score").is_null()),
        twice=flag(still_open & (sent < nw.col("sent_at")) & same[0] & same[1]),
    )


def _counts(staged: Staged, rows: nw.LazyFrame, who: str) -> dict[str, int]:
    silent = nw.col("score").is_null()
    again, twice = nw.col("again") == 1, nw.col("twice") == 1
    asked = rows.select(
        nw.col("again", "twice").sum(),
        silent=flag(silent).sum(),
        answered=flag(~silent).sum(),
        people=nw.when(again).then(nw.col(who)).n_unique(),
        first_again=nw.when(again).then(nw.col(ROW)).min(),
        first_twice=nw.when(twice).then(nw.col(ROW)).min(),
    )
    return staged.engine.collect(asked).fillna(0).astype(int).iloc[0].to_dict()


def _at_one_distance(staged: Staged, rows: nw.LazyFrame, again: int) -> bool:
    """Whether so many are asked again, most of them after the same number of days."""
    if again < REMINDED:
        return False
    days = {each: nw.col(each).dt.truncate("1d") for each in ("before_sent_at", "sent_at")}
    asked = rows.filter(nw.col("again") == 1).select(**days).group_by(*days).agg(rows=nw.len())
    found = staged.engine.collect(asked)
    apart = found.groupby((found["sent_at"] - found["before_sent_at"]).dt.days)["rows"].sum()
    later = apart[apart.index > 0]
    return bool(len(later) and later.max() >= AT_ONE_DISTANCE * again)


def _invited_again(staged: Staged, who: str, window: int, found: dict[str, int]) -> DataFinding:
    person = "respondent" if who == "respondent_id" else "customer"
    # blank is counted as one of them where not every row is asked again
    people = found["people"] - (found["again"] < found["silent"] + found["answered"])
    says = (
        f"survey_responses: {counted(found['again'], 'invitation')} to {counted(people, person)} "
        f"whose invitation of up to {window} days before was not answered, the first in "
        f"{staged.location(found['first_again'])}. If these are reminders, read the response rate by people "
        "(variant by_respondent): the standard rate counts every invitation."
    )
    if person == "customer":
        says += f" For that, say {as_one_person(staged)} for this table."
    return DataFinding(WARNING, "survey_responses", "invited again", says, found["again"])


def _answered_once(staged: Staged, who: str, found: dict[str, int]) -> DataFinding:
    counts = (
        "both invitations count as answered. Take the reminders out of the export, or read the response rate by people (variant "
        "by_respondent)."
        if who == "respondent_id"
        else f"each counts. If a customer answers as one person, say {as_one_person(staged)} for this table: then the latest "
        "counts."
    )
    says = (
        f"{staged.called}: {counted(found['twice'], 'answer')} of {found['answered']:,} stand with the same score and moment "
        f"beside an earlier invitation of the same {who.removesuffix('_id')}, the first in {staged.location(found['first_twice'])}, and {counts}"
    )
    return DataFinding(
        WARNING, "survey_responses", "an answer to two invitations", says, found["twice"]
    )
