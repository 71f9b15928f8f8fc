"""Companies in which it is known what using a feature does to the chance to leave, and to the chance to pay more."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

FIRST, MONTHS = pd.Period("2024-01", "M"), 30
FEATURES = ("book", "notes", "remind", "report")


def company(*, seed, keeps=1.0, sells=1.0, keen_stay=0.5, customers=2500):
    """subscriptions and usage_events; using `book` in a month multiplies the odds to leave in the next by `keeps`, and
    those to pay 20 more from then on by `sells`. Who is keen uses every feature more, and leaves less by `keen_stay`.
    The true effects are the mean differences of these chances."""
    rng = np.random.default_rng(seed)
    start, solo = rng.integers(0, MONTHS - 3, customers), rng.random(customers) < 0.5
    keen = rng.normal(0, 1, customers)
    end, amount = np.full(customers, MONTHS + 99), np.where(solo, 40, 100)
    rows: list[tuple] = []
    events: list[tuple] = []
    since = start.copy()
    gone_by, grown_by = [], []
    for month in range(MONTHS - 1):
        there = np.flatnonzero((start <= month) & (end > month))
        uses = rng.random((len(there), len(FEATURES))) < _p(0.9 * keen[there])[:, None]
        own, place = np.nonzero(uses)
        events += [(there[at], month, FEATURES[each]) for at, each in zip(own, place, strict=True)]
        log = -3.6 + 0.7 * solo[there] - keen_stay * keen[there], -3.2 - 0.8 * solo[there]
        chances = [
            [_p(each + used * np.log(times)) for used in (0, 1)]
            for each, times in zip(log, (keeps, sells), strict=True)
        ]
        gone_by.append(chances[0][1] - chances[0][0])
        grown_by.append(chances[1][1] - chances[1][0])
        book = uses[:, 0].astype(int)
        luck = rng.random((2, len(there)))
        leaves, grows = (luck[at] < np.where(book, chances[at][1], chances[at][0]) for at in (0, 1))
        end[there[leaves]] = month + 1
        for each in there[grows & ~leaves]:
            rows.append((each, since[each], month + 1, amount[each]))
            since[each], amount[each] = month + 1, amount[each] + 20
    rows += [(each, since[each], end[each], amount[each]) for each in range(customers)]
    return SimpleNamespace(
        tables={"subscriptions": _subscriptions(rows, solo), "usage_events": _events(events)},
        effect_of_leaving=float(np.concatenate(gone_by).mean()),
        effect_of_growing=float(np.concatenate(grown_by).mean()),
    )


def _p(logit):
    return 1 / (1 + np.exp(-logit))


def _days(months, day):
    text = [f"{FIRST + int(each)}-{day:02d}" for each in months]
    return pd.to_datetime(text).astype("datetime64[us]")


def _subscriptions(rows, solo):
    who, first, last, amount = (np.array(each) for each in zip(*rows, strict=True))
    made = pd.DataFrame(
        {
            "customer_id": [f"c{each:05d}" for each in who],
            "start_date": _days(first, 10),
            "end_date": pd.Series(_days(last, 10)).where(last < MONTHS),
            "mrr": pd.array(amount * 1_000_000, dtype="Int64"),
            "plan": np.where(solo[who], "Solo", "Team"),
        }
    )
    return made.astype({"end_date": "datetime64[us]"})


def _events(events):
    who, month, feature = zip(*events, strict=True)
    return pd.DataFrame(
        {
            "customer_id": [f"c{each:05d}" for each in who],
            "occurred_at": _days(month, 20),
            "feature": list(feature),
        }
    )
