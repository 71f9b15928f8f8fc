"""Customers at risk by band, as a table."""

from datetime import date

import pandas as pd

from cs_lib.period import ALL
from cs_lib.report.display import ReportTable
from cs_lib.report.tables.table_html import TableColumn, build_table
from cs_lib.report.text.formatting import Formatter
from cs_lib.vocabulary import COUNT, MONEY, OWNER

#: bands from the highest, with what they mean; those of few customers are told together
MEANINGS = {
    "high": "3 times the mean or more",
    "raised to high": "1.5 times or more",
    "usual to high": "half or more",
    "raised": "1.5 to 3 times",
    "usual to raised": "half to 3 times",
    "low to high": "any",
    "usual": "half to 1.5 times",
    "low to raised": "less than 3 times",
    "low to usual": "less than 1.5 times",
    "low": "less than half",
}
#: a customer with subscriptions in several segments, whose MRR other figures split; none has several owners
ONE_SEGMENT = (
    "A customer who pays in several segments stands in the newest alone, with all its MRR."
)
_COLUMNS = (
    TableColumn("band", "Risk", left=True),
    TableColumn("means", "Chance", left=True, muted=True),
    TableColumn("customers", "Customers"),
    TableColumn("expected", "Expected to leave"),
    TableColumn("mrr", "MRR"),
    TableColumn("loss", "MRR expected to be lost"),
)


def risk_table(bands: pd.DataFrame, month: date, formatter: Formatter) -> ReportTable:
    """A row a band, and their sum. `bands`: the rows of one segment and month."""
    by_band = {row["band"]: row for row in bands.to_dict("records")}
    shown = [by_band[band] for band in MEANINGS if band in by_band]
    whole = {
        each: sum(row[each] for row in shown)
        for each in ("customers", "expected_customers", "mrr", "expected_mrr")
    }
    together = [{"band": "All", **whole}]
    amounts = [(row["mrr"], row["expected_mrr"]) for row in (*shown, *together)]
    mrr, losses = (formatter.alike(each, MONEY) for each in zip(*amounts, strict=True))
    rows = [
        _row(row, money, loss, formatter)
        for row, money, loss in zip((*shown, *together), mrr, losses, strict=True)
    ]
    return build_table(
        rows,
        _COLUMNS,
        caption=f"Customers by their chance to leave in {formatter.month(month)}",
        notes=[] if bands["segment_by"].isin([ALL, OWNER]).all() else [ONE_SEGMENT],
        data=bands.drop(columns="month"),
    )


def _row(row: dict, mrr: str, loss: str, formatter: Formatter) -> dict:
    return {
        "band": row["band"].capitalize(),
        "means": MEANINGS.get(row["band"], ""),
        "customers": formatter.value(row["customers"], COUNT),
        "expected": formatter.decimal(row["expected_customers"], 1),
        "mrr": mrr,
        "loss": loss,
        "strong": row["band"] == "All",
    }
