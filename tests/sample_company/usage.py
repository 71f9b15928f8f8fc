"""What customers do in the product: the actions worth recording, not every click."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from sample_company.awkward import USAGE_AFTER_CHURN
from sample_company.company import AS_OF, OPENED, PLAN, Row, stream
from sample_company.story import LAUNCH

FEATURES = {
    "Appointment book": (1.0, 5.0),
    "Online booking": (0.66, 2.6),
    "Reminders": (0.78, 2.4),
    "Waitlist": (LAUNCH.taken_up_by, 1.6),
    "Staff rota": (0.42, 1.4),
    "Invoicing": (0.57, 1.8),
    "Visit notes": (0.49, 2.0),
    "Reports": (0.30, 0.6),
}
CHUNK = 30
KEENNESS = 1.6
FADES_DAYS, FADES_TO = 60, 0.45
KEPT_ON_WEEKDAY = np.array([1.0, 0.96, 0.97, 0.93, 0.85, 0.40, 0.10])
BUSIEST_HOUR, HOURS_SPREAD = 12.5, 2.9


@dataclass(frozen=True)
class Spell:
    """Up to 30 days of access of one customer on one plan."""

    customer_id: str
    plan: str
    start: date
    days: int
    fading: bool


def usage(rows: list[Row]) -> pd.DataFrame:
    """Events by customer, then time."""
    left = gone(rows)
    spells = [spell for row in with_access(rows) for spell in spells_of(row, left)]
    rng = stream("usage")
    ids = sorted({spell.customer_id for spell in spells})
    keen = pd.Series(rng.gamma(KEENNESS, 1 / KEENNESS, len(ids)), ids)
    number = rng.poisson([expected(spell) * keen[spell.customer_id] for spell in spells])
    table = pd.DataFrame(
        {
            "customer_id": [spell.customer_id for spell in spells],
            "first": [(spell.start - OPENED).days for spell in spells],
            "days": [spell.days for spell in spells],
            "users": [PLAN[spell.plan].users for spell in spells],
        }
    )
    events = table.loc[np.repeat(table.index, number)].reset_index(drop=True)
    events = on_working_days(events, rng)
    person = 1 + np.floor(events.users * rng.random(len(events)) ** 1.8).astype(int)
    events["user_id"] = events.customer_id + "-" + person.astype(str)
    events["feature"] = features(events, ids, rng)
    events["occurred_at"] = moments(events, rng)
    order = ["customer_id", "occurred_at", "user_id", "feature"]
    return events[order].drop_duplicates().sort_values(order)


def with_access(rows: list[Row]) -> list[Row]:
    """Rows that let someone in, trials too, and the one customer never locked out."""
    name, left, noticed = USAGE_AFTER_CHURN
    return [*rows, Row(name, "Practice", left, noticed, 0, 1)]


def gone(rows: list[Row]) -> dict[str, date | None]:
    """The day each customer's last subscription ended; none while one is open."""
    last: dict[str, date | None] = {}
    for row in rows:
        ends = [row.end, last.get(row.customer_id, row.end)]
        last[row.customer_id] = None if None in ends else max(ends)
    return last


def spells_of(row: Row, gone: dict[str, date | None]) -> list[Spell]:
    end = min(row.end or AS_OF, AS_OF)
    left = gone[row.customer_id]
    spells, start = [], row.start
    while start < end:
        stop = min(start + timedelta(CHUNK), end)
        fading = left is not None and start <= left <= stop + timedelta(FADES_DAYS - CHUNK)
        spells.append(Spell(row.customer_id, row.plan, start, (stop - start).days, fading))
        start = stop
    return spells


def expected(spell: Spell) -> float:
    """Actions in a spell of an ordinarily keen customer; interest fades before leaving."""
    fade = FADES_TO if spell.fading else 1.0
    return PLAN[spell.plan].events * spell.days / CHUNK * fade


def on_working_days(events: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Give each event its day, and drop most of those that fall on a weekend."""
    day = events["first"] + np.floor(rng.random(len(events)) * events.days).astype(int)
    weekday = (day.to_numpy() + OPENED.weekday()) % 7
    kept = rng.random(len(events)) < KEPT_ON_WEEKDAY[weekday]
    return events.assign(day=day)[kept].reset_index(drop=True)


def features(events: pd.DataFrame, ids: list[str], rng: np.random.Generator) -> np.ndarray:
    """The feature of each event, among those its customer has taken up."""
    names = np.array(list(FEATURES))
    chance, weight = np.array(list(FEATURES.values())).T
    taken_up = rng.random((len(ids), len(names))) < chance
    edges = np.cumsum(taken_up * weight * rng.gamma(3, 1 / 3, taken_up.shape), axis=1)
    customer = pd.Index(ids).get_indexer(events.customer_id)
    luck = rng.random(len(events)) * edges[customer, -1]
    used = names[(luck[:, None] >= edges[customer]).sum(axis=1)]
    since = (LAUNCH.on - OPENED).days + rng.exponential(LAUNCH.days_to_take_up, len(ids))
    too_early = (used == LAUNCH.feature) & (events.day.to_numpy() < since[customer])
    used[too_early] = names[0]
    return used


def moments(events: pd.DataFrame, rng: np.random.Generator) -> pd.Series:
    hour = np.clip(rng.normal(BUSIEST_HOUR, HOURS_SPREAD, len(events)), 6, 21.9)
    minutes = events.day * 24 * 60 + np.floor(hour * 60).astype(int)
    return pd.Timestamp(OPENED) + pd.to_timedelta(minutes, unit="m")
