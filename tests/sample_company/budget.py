"""What Fernleaf's finance expected of the year from July 2025, before anybody thought of a price rise."""

from __future__ import annotations

from datetime import date

from sample_company.company import add_months

FIRST, MONTHS = date(2025, 7, 1), 12
#: metric → where the year begins, its growth a month, and to what it is rounded
EXPECTED = {
    "mrr": (143_400, 0.044, 100),
    "paying_customers": (641, 0.0386, 1),
    "new_customers": (40, 0.02, 1),
}


def budget() -> list[tuple[str, str, int]]:
    """Rows of month, metric, value; the first month has grown once."""
    return [
        (
            add_months(FIRST, month).isoformat()[:7],
            metric,
            round(begins * (1 + growth) ** (month + 1) / step) * step,
        )
        for metric, (begins, growth, step) in EXPECTED.items()
        for month in range(MONTHS)
    ]
