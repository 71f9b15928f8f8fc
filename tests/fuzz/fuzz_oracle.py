"""A few headline figures, worked out from the rows by hand: nothing here knows the kit."""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal, InvalidOperation
from itertools import pairwise

import fuzz_company as company
from fuzz_company import Tables
from fuzz_spellings import moment

Figures = dict[tuple[str, str, datetime], tuple[float, float]]
MICRO = Decimal("0.000001")


def headline(tables: Tables, settings: dict) -> Figures:
    """(metric, variant, month) → numerator and denominator, for everybody; empty where a cell is odd."""
    try:
        figures: Figures = {}
        if "subscriptions" in tables:
            figures |= _subscriptions(tables["subscriptions"], settings)
        if "orders" in tables:
            figures |= _revenue(tables["orders"], settings)
        if "survey_responses" in tables:
            figures |= _nps(tables["survey_responses"])
        if "acquisition_costs" in tables:
            figures |= _costs(tables["acquisition_costs"])
        return figures
    except (ValueError, InvalidOperation):
        return {}


def _months() -> list[tuple[datetime, datetime]]:
    edges = [
        datetime.combine(company.month(n), datetime.min.time()) for n in range(company.MONTHS + 1)
    ]
    return list(pairwise(edges))


def _money(row: dict, column: str, settings: dict) -> Decimal:
    rate = settings.get("rates", {}).get(row.get("currency", "").strip().upper(), 1)
    return (Decimal(row[column]) * Decimal(str(rate))).quantize(MICRO)


def _subscriptions(rows: list[dict], settings: dict) -> Figures:
    spans = [
        (row["customer_id"].strip(), moment(row["start_date"]),
         moment(row["end_date"]) if row["end_date"] else datetime.max, _money(row, "mrr", settings))
        for row in rows
    ]  # fmt: skip

    def paying(at: datetime) -> dict[str, Decimal]:
        held: dict[str, Decimal] = defaultdict(Decimal)
        for who, start, end, mrr in spans:
            if start < at <= end and mrr > 0:
                held[who] += mrr
        return held

    figures = {}
    for first, past in _months():
        before, after = paying(first), paying(past)
        figures["mrr", "standard", first] = (float(sum(after.values())), 1)
        figures["customer_churn_rate", "snapshot", first] = (
            len(set(before) - set(after)),
            len(before),
        )
    return figures


def _revenue(rows: list[dict], settings: dict) -> Figures:
    return {
        ("revenue", "standard", first): (
            float(sum(_money(r, "amount", settings) for r in rows if first <= moment(r["ordered_at"]) < past)), 1,
        )
        for first, past in _months()
    }  # fmt: skip


def _nps(rows: list[dict]) -> Figures:
    """Promoters less detractors over answers; the latest answer of a respondent in the month."""
    figures = {}
    for first, past in _months():
        latest: dict = {}
        for number, row in enumerate(rows):
            if (
                row["instrument"] == "nps"
                and row["score"]
                and first <= moment(row["responded_at"]) < past
            ):
                who = (
                    row.get("respondent_id") or row.get("customer_id") or number,
                    row.get("touchpoint"),
                )
                if who not in latest or latest[who][0] < moment(row["responded_at"]):
                    latest[who] = (moment(row["responded_at"]), float(row["score"]))
        scores = [score for _, score in latest.values()]
        figures["nps", "standard", first] = (
            100 * (sum(s >= 9 for s in scores) - sum(s < 7 for s in scores)), len(scores),
        )  # fmt: skip
    return figures


def _costs(rows: list[dict]) -> Figures:
    return {
        ("acquisition_cost", "standard", first): (
            float(sum(Decimal(r["amount"]) for r in rows if first <= moment(r["month"]) < past)), 1,
        )
        for first, past in _months()
    }  # fmt: skip


def disagreements(figures: Figures, measures) -> list[str]:
    """Where the kit's measures differ from these; a figure that the kit does not give is not compared."""
    kept = measures[(measures["grain"] == "month") & (measures["segment_by"] == "all")]
    known = {(m, v, s.to_pydatetime()): value for m, v, s, value in zip(*(kept[c] for c in ("metric", "variant", "period_start", "value")), strict=True)}  # fmt: skip
    found = []
    for key, (over, under) in figures.items():
        value = known.get(key)
        if value is None or value != value or not under:
            continue
        if abs(value - over / under) > 1e-9 * max(1, abs(value)):
            found.append(f"{key[0]} {key[2]:%Y-%m}: {value!r} for {over / under!r}")
    return found
