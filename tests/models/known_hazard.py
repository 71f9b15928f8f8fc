"""Companies that are made up month by month from a chance to leave that is known for each customer."""

import numpy as np
import pandas as pd

FIRST = pd.Period("2024-01", "M")
MONTHS = 30


def company(chance, *, seed, customers=2500, use=True):
    """subscriptions and usage_events; `chance(tenure, solo, ends, days)` to leave in the month that follows.

    `tenure` in months since the first payment, `solo` the plan, `ends` whether a yearly term ends in that month, `days`
    of use in the month before. Whoever leaves does so on the 10th.
    """
    rng = np.random.default_rng(seed)
    start = rng.integers(0, MONTHS - 3, customers)
    solo, yearly = rng.random(customers) < 0.5, rng.random(customers) < 0.4
    keen = rng.gamma(2.0, 2.5, customers)
    end = np.full(customers, MONTHS + 99)
    used = []
    for month in range(MONTHS - 1):
        there = (start <= month) & (end > month)
        days = np.minimum(rng.poisson(keen), 27)
        who = np.flatnonzero(there)
        used.append((month, who, days[who]))
        tenure = month + 1 - start
        p = chance(tenure, solo, yearly & (tenure % 12 == 0), days)
        gone = there & (rng.random(customers) < p)
        end[gone] = month + 1
    subscriptions = pd.DataFrame(
        {
            "customer_id": [f"c{each:05d}" for each in range(customers)],
            "start_date": _days(start, 5),
            "end_date": pd.Series(_days(end, 10)).where(end < MONTHS),
            "mrr": np.where(solo, 40, 100) * 1_000_000,
            "interval_months": np.where(yearly, 12, 1),
            "plan": np.where(solo, "Solo", "Team"),
        }
    )
    subscriptions = subscriptions.astype({"end_date": "datetime64[us]", "mrr": "Int64"})
    subscriptions["interval_months"] = subscriptions["interval_months"].astype("Int64")
    tables = {"subscriptions": subscriptions}
    return tables | ({"usage_events": _events(used, subscriptions["customer_id"])} if use else {})


def _days(months, day):
    text = [str(FIRST + int(each)) for each in months]
    return pd.to_datetime([f"{each}-{day:02d}" for each in text]).astype("datetime64[us]")


def _events(used, names):
    months = np.concatenate([np.full(days.sum(), month) for month, _, days in used])
    who = np.concatenate([np.repeat(who, days) for _, who, days in used])
    day = np.concatenate([np.concatenate([np.arange(n) for n in days]) for _, _, days in used])
    first = np.array([(FIRST + each).start_time.to_datetime64() for each in range(MONTHS)])
    moments = first[months] + day.astype("timedelta64[D]") + np.timedelta64(9, "h")
    frame = {
        "customer_id": names.to_numpy()[who],
        "occurred_at": pd.to_datetime(moments).astype("datetime64[us]"),
        "feature": np.where(day % 3 == 0, "book", np.where(day % 3 == 1, "remind", "report")),
    }
    return pd.DataFrame(frame)
