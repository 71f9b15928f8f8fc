"""The accounts at risk, for customer success: a file beside the pack that its owner alone may read."""

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from cs_lib.data.contract.rejects import no_formula
from cs_lib.period import Period
from cs_lib.scratch import for_the_owner

if TYPE_CHECKING:
    from cs_lib.edition import Edition
    from cs_lib.metrics.measures import Measures

#: `waits_since`: the day of a critical answer that nobody followed up
HEADER = (
    *("customer_id", "month", "band", "chance", "mrr", "expected_loss", "reasons"),
    "waits_since",
)


def write_accounts(measures: "Measures", edition: "Edition", period: Period, path: Path) -> None:
    """The accounts of the month that begins at the period's end; no file where none are told for it."""
    if measures.accounts.empty or period.end != _told_for(measures):
        return
    from cs_lib.report.text.account_reasons import reasons
    from cs_lib.report.text.formatting import Formatter

    formatter, month = Formatter.of(edition), period.end
    with open(path, "w", encoding="utf-8", newline="", opener=for_the_owner) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        for account in measures.accounts.to_dict("records"):
            line = (
                account["customer_id"],
                f"{month:%Y-%m}",
                account["band"],
                f"{account['chance']:.4f}",
                f"{account['mrr']:.2f}",
                f"{account['expected_mrr']:.2f}",
                reasons(account, month, period.end, formatter),
                "" if pd.isna(account["waits_since"]) else f"{account['waits_since']:%Y-%m-%d}",
            )
            writer.writerow(map(no_formula, line))


def _told_for(measures: "Measures") -> object:
    """The month that accounts are of: the newest of which anything is said."""
    return measures.risk["month"].max().date()
