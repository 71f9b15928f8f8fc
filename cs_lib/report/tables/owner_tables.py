"""The books of customer-success managers as tables: losses against what was expected, and money."""

import math

import pandas as pd

from cs_lib.judgement.owner_books import FEWER, MORE, Books
from cs_lib.report.display import ReportTable
from cs_lib.report.tables.table_html import TableColumn, build_table
from cs_lib.report.text.formatting import Formatter, listed, spoken
from cs_lib.report.text.owner_sentences import (
    NO_OWNER,
    by_chance,
    expected_text,
    returned_title,
)
from cs_lib.report.text.word_forms import capital
from cs_lib.vocabulary import COUNT, MONEY, NOT_GIVEN

_MARKS = {MORE: "✗ more than expected", FEWER: "✓ fewer than expected"}
HIDDEN = "hidden: too few here or in another book"


def losses_table(found: Books, rows: pd.DataFrame, formatter: Formatter) -> ReportTable:
    """A row an owner: customers, how many left, how many were expected to, and how that stands."""
    columns = (
        TableColumn("owner", "Owner", left=True),
        TableColumn("customers", "Customers"),
        TableColumn("lost", "Left"),
        TableColumn("expected", "Expected"),
        TableColumn("chance", "By chance alone", muted=True),
        TableColumn("verdict", "Verdict", left=True, mark=True),
    )
    notes = [
        f"Customers: the mean over the months. By chance alone: where {formatter.level} of such numbers lie; the verdict "
        "allows for how many owners are judged."
    ]
    if found.alike:
        alike = listed([spoken(each) for each in found.alike])
        notes.append(f"Expected: at the rate of all customers of the same {alike}.")
    return build_table(
        [_losses(row, found, formatter) for row in rows.to_dict("records")],
        columns,
        caption=f"Customers lost by owner, {formatter.span(found.first, found.last)}",
        notes=notes,
        data=_plain(rows),
    )


def money_table(found: Books, rows: pd.DataFrame, formatter: Formatter) -> ReportTable:
    """A row an owner: MRR, what came to it and left it, renewals, what is at risk and due, and cost."""
    columns = (
        TableColumn("owner", "Owner", left=True),
        TableColumn("mrr", "MRR"),
        TableColumn("expansion", "Expansion"),
        TableColumn("churned", "Lost"),
        TableColumn("renewed", "Renewed"),
        TableColumn("ahead", "Due next"),
        TableColumn("at_risk", "At risk"),
        TableColumn("cost", "Cost"),
        TableColumn("returned", returned_title(formatter)),
    )
    shown = rows[~rows["hidden"]]
    notes = [
        "MRR: the mean over the months. Renewed: of the MRR whose term ended, open ones left out. Due next: MRR whose "
        "term ends in the next quarter."
    ]
    if shown["at_risk"].notna().any():
        notes.append("At risk: MRR of customers at raised or high risk next month.")
    if shown["cost"].gt(0).any():
        notes.append(
            f"{returned_title(formatter)}: a year of the MRR that upgrades added, and of what was not lost although "
            "expected to be (less, where more was lost), over the cost. One large customer can turn it, and who brought "
            "it about is not known."
        )
    told = [_money(row, found, formatter) for row in shown.to_dict("records")]
    if len(rows) > 1:
        told.append(_money(found.whole | {"owner": "All"}, found, formatter) | {"strong": True})
    return build_table(
        told,
        columns,
        caption=f"Money by owner, {formatter.span(found.first, found.last)}",
        notes=notes,
        data=_plain(shown),
    )


def _plain(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows as a plain frame, without what is hidden."""
    numbers = rows.select_dtypes("number").columns
    return rows.assign(**{each: rows[each].mask(rows["hidden"]) for each in numbers})


def _name(row: dict, found: Books, formatter: Formatter) -> str:
    """ "Ann", "Ann, 6 months" where she had customers in so many alone."""
    name = capital(NO_OWNER) if row["owner"] == NOT_GIVEN else row["owner"]
    months = round(row["months"])
    return (
        name
        if months in (0, found.whole["months"])
        else f"{name}, {formatter.count(months, 'month')}"
    )


def _losses(row: dict, found: Books, formatter: Formatter) -> dict:
    name = _name(row, found, formatter)
    if row["hidden"]:
        return {"owner": name, "verdict": HIDDEN}
    verdict = "" if row["owner"] == NOT_GIVEN else row["verdict"]
    low, high = by_chance(row, formatter)
    return {
        "owner": name,
        "customers": formatter.value(round(row["customers"]), COUNT),
        "lost": formatter.value(row["lost"], COUNT),
        "expected": expected_text(row, formatter),
        "chance": f"{low} to {high}",
        "verdict": _MARKS.get(verdict, verdict),
    }


def _money(row: dict, found: Books, formatter: Formatter) -> dict:
    def money(amount: float) -> str:
        return "" if math.isnan(amount) else formatter.short(amount, MONEY)

    return {
        "owner": _name(row, found, formatter),
        "mrr": money(row["mrr"]),
        "expansion": money(row["expansion"]),
        "churned": money(-row["churned"]),
        "renewed": "" if math.isnan(row["renewed"]) else formatter.percent(row["renewed"]),
        "ahead": money(row["ahead"]),
        "at_risk": money(row["at_risk"]),
        "cost": money(row["cost"]) if row["cost"] != 0 else "",
        "returned": "" if math.isnan(row["returned"]) else formatter.money(row["returned"]),
    }
