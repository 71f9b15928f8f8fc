"""What Fernleaf spends on winning customers, by month, channel and category."""

from __future__ import annotations

from sample_company.awkward import CREDITS
from sample_company.company import CHANNELS, MONTHS, OPENED, Channel, add_months, stream
from sample_company.life import CONVERTS, FIRST_MONTH, TAKES_TRIAL, sign_ups_in

INFLATION = 0.004
LAUNCH_BUDGET = 0.6


def costs() -> list[tuple[str, float, str, str]]:
    """Rows of month, amount, category, channel."""
    rows = list(CREDITS)
    for month in range(MONTHS):
        for channel in CHANNELS:
            rows += month_costs(month, channel)
    return sorted(rows)


def month_costs(month: int, channel: Channel) -> list[tuple[str, float, str, str]]:
    """Budgets follow the sign-ups expected, not those that came."""
    rng = stream("costs " + channel.name, month)
    first = add_months(OPENED, month)
    scale = LAUNCH_BUDGET if sign_ups_in(month) == FIRST_MONTH else 1.0
    expected = sign_ups_in(month) * channel.share * (1 - TAKES_TRIAL * (1 - CONVERTS)) * scale
    budget = expected * channel.cost_of_a_customer * (1 + INFLATION) ** (month - MONTHS)
    sales = budget * channel.sales_share * rng.normal(1, 0.03)
    marketing = budget * (1 - channel.sales_share) * channel.season[first.month - 1]
    marketing *= rng.normal(1, 0.08)
    return [
        (first.isoformat(), round(float(amount), 2), category, channel.name)
        for category, amount in (("marketing", marketing), ("sales", sales))
    ]
