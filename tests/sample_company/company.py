"""What Fernleaf sells, to whom, and how its customers usually behave."""

from __future__ import annotations

import calendar
import zlib
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

SEED = 20230701
OPENED = date(2023, 7, 1)
AS_OF = date(2026, 7, 1)
MONTHS = 36
CURRENCY = "USD"
TRIAL = timedelta(days=14)

REGIONS = {"EMEA": 0.42, "AMER": 0.35, "APAC": 0.23}
CHANGED = "changed plan"
REASONS = {
    "price": 0.27,
    "missing feature": 0.20,
    "competitor": 0.15,
    "support": 0.11,
    "closed business": 0.12,
    "payment failed": 0.09,
    "": 0.06,
}


@dataclass(frozen=True)
class Plan:
    """A plan: prices a month before and after the rise, and how its customers behave.

    `extra` is a further seat or site. Rates are probabilities a month; `yearly_churn` a renewal.
    """

    name: str
    share: float
    price: tuple[int, int]
    extra: tuple[int, int]
    extras: int
    yearly_share: float
    monthly_churn: float
    yearly_churn: float
    grows: float
    shrinks: float
    upgrades: float
    downgrades: float
    second_site: float
    respondents: int
    users: int
    events: float


SOLO = Plan(
    name="Solo",
    share=0.44,
    price=(79, 95),
    extra=(0, 0),
    extras=0,
    yearly_share=0.22,
    monthly_churn=0.030,
    yearly_churn=0.24,
    grows=0.0,
    shrinks=0.0,
    upgrades=0.010,
    downgrades=0.0,
    second_site=0.0,
    respondents=1,
    users=2,
    events=9.5,
)
PRACTICE = Plan(
    name="Practice",
    share=0.42,
    price=(149, 159),
    extra=(24, 26),
    extras=5,
    yearly_share=0.38,
    monthly_churn=0.019,
    yearly_churn=0.16,
    grows=0.048,
    shrinks=0.012,
    upgrades=0.0050,
    downgrades=0.0030,
    second_site=0.07,
    respondents=2,
    users=5,
    events=17.0,
)
NETWORK = Plan(
    name="Network",
    share=0.14,
    price=(390, 419),
    extra=(90, 97),
    extras=6,
    yearly_share=0.55,
    monthly_churn=0.010,
    yearly_churn=0.09,
    grows=0.048,
    shrinks=0.012,
    upgrades=0.0,
    downgrades=0.0025,
    second_site=0.15,
    respondents=4,
    users=12,
    events=34.0,
)
PLANS = (SOLO, PRACTICE, NETWORK)
PLAN = {plan.name: plan for plan in PLANS}


@dataclass(frozen=True)
class Channel:
    """An acquisition channel: its share of sign-ups, and what a new customer costs through it."""

    name: str
    share: float
    cost_of_a_customer: float
    sales_share: float
    season: tuple[float, ...] = (1.0,) * 12


CHANNELS = (
    Channel("Organic", 0.30, 1150, 0.35),
    Channel("Paid search", 0.27, 1950, 0.25),
    Channel("Partner", 0.17, 1800, 0.60),
    Channel(
        "Events", 0.08, 8100, 0.40, (0.6, 0.9, 1.5, 1.1, 1.4, 0.9, 0.5, 0.4, 1.5, 1.4, 1.2, 0.6)
    ),
    Channel("Referral", 0.18, 1000, 0.30),
)


@dataclass(frozen=True)
class Row:
    """One line of the subscription export, before it has an id."""

    customer_id: str
    plan: str
    start: date
    end: date | None
    amount: float
    interval: int
    reason: str = ""
    term_ends_on: date | None = None


@dataclass(frozen=True)
class Customer:
    """One line of the customer export."""

    customer_id: str
    signed_up_on: date
    first_value_on: date | None
    region: str
    channel: str


def stream(topic: str, *keys: int) -> np.random.Generator:
    """Random numbers of their own for each topic, so that tuning one leaves the others alone."""
    return np.random.Generator(np.random.PCG64([SEED, zlib.crc32(topic.encode()), *keys]))


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def pick(rng: np.random.Generator, weights: dict[str, float]) -> str:
    """A key drawn with its weight."""
    names = list(weights)
    chances = np.array([weights[name] for name in names])
    edges = np.cumsum(chances / chances.sum())
    return names[min(int(np.searchsorted(edges, rng.random(), side="right")), len(names) - 1)]
