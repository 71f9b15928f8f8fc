"""Made-up companies with customers as awkward as they come, from a seed.

Rows overlap, touch, last no time, are free, end in the future, start on a month's first moment; customers
leave and come back, change plan by halves, have no row of their own in `customers`.
"""

from datetime import datetime, timedelta

import numpy as np
import pandas as pd

FIRST, DAYS = datetime(2024, 1, 1), 790
EDGES = [datetime(2024 + n // 12, n % 12 + 1, 1) for n in range(26)]


def subscriptions(seed: int, customers: int = 150) -> pd.DataFrame:
    """customer_id, start_date, end_date, mrr (millionths), plan, end_reason, interval_months."""
    draw, rows = np.random.default_rng(seed), []
    for number in range(customers):
        at = _moment(draw)
        for _ in range(draw.integers(1, 6)):
            length = int(draw.choice([0, 1, 10, 30, 31, 90, 400]))
            end = at + timedelta(days=length)
            end = EDGES[draw.integers(len(EDGES))] if draw.random() < 0.25 else end
            end = max(end, at)
            ended = None if draw.random() < 0.2 else end
            mrr = (
                0
                if draw.random() < 0.1
                else int(draw.choice([10, 25, 33.333333, 50, 99.99, 1200 / 7]) * 1e6)
            )
            reason = draw.choice(["price", "gone", None])
            rows.append((f"c{number:03}", at, ended, mrr, draw.choice(["A", "B", "C"]), reason))
            at = end + timedelta(days=int(draw.choice([-40, -3, 0, 0, 0, 1, 20, 120])))
    names = ["customer_id", "start_date", "end_date", "mrr", "plan", "end_reason"]
    frame = pd.DataFrame(rows, columns=names)
    terms = np.random.default_rng(seed + 90).choice(
        [0, 1, 3, 12], len(frame), p=[0.1, 0.3, 0.4, 0.2]
    )
    interval = pd.array(terms, dtype="Int64")
    interval[terms == 0] = pd.NA
    frame["interval_months"] = interval
    return _typed(frame, ("start_date", "end_date"), ("customer_id", "plan", "end_reason"), "mrr")


def _moment(draw) -> datetime:
    if draw.random() < 0.3:
        return EDGES[draw.integers(len(EDGES))]
    return FIRST + timedelta(days=int(draw.integers(DAYS - 60)))


def customers(seed: int, size: int = 150) -> pd.DataFrame:
    """customer_id, region, channel; one in ten is missing."""
    draw = np.random.default_rng(seed + 1)
    there = [f"c{n:03}" for n in range(size) if draw.random() > 0.1]
    frame = pd.DataFrame(
        {
            "customer_id": there,
            "region": draw.choice(["EMEA", "APAC", "AMER"], len(there)),
            "channel": draw.choice(["Ads", "Events"], len(there)),
        }
    )
    return frame.astype("str")


def orders(seed: int, customers: int = 150) -> pd.DataFrame:
    """customer_id, ordered_at, amount (millionths), order_id; split, refunded, on the edge of a month."""
    draw, rows = np.random.default_rng(seed + 2), []
    for number in range(customers):
        for _ in range(draw.integers(1, 8)):
            at = _moment(draw) + timedelta(seconds=int(draw.choice([0, 1, 40_000])))
            name = None if draw.random() < 0.2 else f"o{number}-{draw.integers(6)}"
            for _ in range(draw.integers(1, 4)):
                rows.append(
                    (
                        f"c{number:03}",
                        at,
                        int(draw.choice([5, 12.5, 0.333333, 0, -4, -20]) * 1e6),
                        name,
                    )
                )
                at += timedelta(days=int(draw.choice([0, 0, 35])))
    frame = pd.DataFrame(rows, columns=["customer_id", "ordered_at", "amount", "order_id"])
    return _typed(frame, ("ordered_at",), ("customer_id", "order_id"), "amount")


def survey_responses(seed: int, rows: int = 1200) -> pd.DataFrame:
    """Invitations and answers; some without a respondent, a customer or a sending date, some at one moment."""
    draw, made = np.random.default_rng(seed + 3), []
    for number in range(rows):
        instrument = draw.choice(["nps", "csat", "ces"])
        sent = _moment(draw)
        answered = sent + timedelta(hours=int(draw.choice([1, 24, 200, 335, 336, 337, 900])))
        silent = draw.random() < 0.3
        top = {"nps": 10, "csat": 5, "ces": 7}[instrument]
        score = draw.integers(0 if instrument == "nps" else 1, top + 1) - float(
            draw.choice([0, 0, 0.5])
        )
        made.append(
            (
                instrument,
                None if silent else int(max(score, 0 if instrument == "nps" else 1) * 1e6),
                None if silent else answered,
                None if draw.random() < 0.1 and not silent else sent,
                f"r{number:05}",
                None if draw.random() < 0.2 else f"p{draw.integers(60)}",
                None if draw.random() < 0.1 else f"c{draw.integers(170):03}",
                str(draw.choice(["onboarding", "support"])),
            )
        )
    names = [
        "instrument",
        "score",
        "responded_at",
        "sent_at",
        "response_id",
        "respondent_id",
        "customer_id",
        "touchpoint",
    ]
    frame = pd.DataFrame(made, columns=names)
    texts = ("instrument", "response_id", "respondent_id", "customer_id", "touchpoint")
    weight = pd.array(draw.integers(1, 4_000_000, rows), dtype="Int64")
    typed = _typed(frame, ("responded_at", "sent_at"), texts, "score").assign(weight=weight)
    return typed.assign(followed_up_on=_followed_up(typed, seed))


def _followed_up(answers: pd.DataFrame, seed: int) -> pd.Series:
    """A day on the edges of a week after the answer for half of them, good and bad, some the day before; none for CES
    in the first year."""
    draw = np.random.default_rng(seed + 6)
    days = pd.to_timedelta(draw.choice([-1, 0, 1, 6, 7, 8, 40], len(answers)), unit="D")
    day = answers["responded_at"].dt.normalize() + days
    late = (answers["instrument"] == "ces") & (day < EDGES[0] + pd.DateOffset(years=1))
    kept = (draw.random(len(answers)) < 0.5) & ~late
    return day.where(kept).astype("datetime64[us]")


def usage_events(seed: int, rows: int = 3000) -> pd.DataFrame:
    """customer_id, occurred_at, feature, user_id; on the edges of days, by customers who never paid, without a feature."""
    draw = np.random.default_rng(seed + 5)
    customers = draw.integers(0, 160, rows) ** 2 // 160
    made = {
        "customer_id": [f"c{number:03}" for number in customers],
        "occurred_at": [
            _moment(draw) + timedelta(seconds=int(draw.choice([0, 86399]))) for _ in range(rows)
        ],
        "feature": draw.choice(["book", "pay", None], rows, p=[0.6, 0.3, 0.1]),
        "user_id": draw.choice(["ann", "ben", "cas", None], rows, p=[0.4, 0.3, 0.2, 0.1]),
    }
    frame = pd.DataFrame(made)
    texts = {"customer_id": "str", "feature": "str", "user_id": "str"}
    kinds = {**texts, "occurred_at": "datetime64[us]"}
    return frame.astype(kinds)


def acquisition_costs(seed: int) -> pd.DataFrame:
    """month, amount (millionths), category, channel; with credits."""
    draw = np.random.default_rng(seed + 4)
    rows = [
        (month, int(draw.integers(-50, 4000)) * 10_000, category, channel)
        for month in EDGES
        for category in ("marketing", "sales")
        for channel in ("Ads", "Events")
        if draw.random() > 0.1
    ]
    frame = pd.DataFrame(rows, columns=["month", "amount", "category", "channel"])
    return _typed(frame, ("month",), ("category", "channel"), "amount")


def _typed(frame, moments, texts, money) -> pd.DataFrame:
    columns = {name: frame[name].astype("datetime64[us]") for name in moments}
    columns |= {name: frame[name].astype("str") for name in texts}
    columns[money] = frame[money].astype("Int64")
    return frame.assign(**columns)
