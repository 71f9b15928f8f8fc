"""A company whose every table holds what no report may show, in as many forms as there are places for it."""

import random
import shutil
from pathlib import Path

import nbformat
import pandas as pd

from cs_lib.edition import find_root

CUSTOMERS, MONTHS, FIRST = 600, 30, pd.Timestamp("2024-01-01")
END = pd.Timestamp("2026-06-29")
#: a sign that is in every id, address, name or number of the company, as `leaks` reads texts: small, without accents
SECRETS = {
    "customer": "kdn77",
    "response": "rsp88",
    "respondent": "rpd66",
    "user": "usr55",
    "order": "ord44",
    "subscription": "sbn33",
    "address": "leak.example",
    "given name": "zoltanka",
    "family name": "kovacsev",
    "firm": "praxisgeheim",
    "telephone": "6155501",
    "account": "37040044",
    "rare word": "quatschkopf",
}
#: two customers are called like a plan and like the one region of a single customer
CALLED_LIKE = {0: "Solo", 1: "Atlantis"}
OWNERS = ("Maya Ortiz", "Ben Oduya", "Solo")
EDITION = """
company: Leaky & Sons
as_of: 2026-07-01
history_starts: 2024-01-01
data: data
tables:
  customers: customers.csv
  subscriptions: subscriptions.csv
  survey_responses: answers.csv
  survey_items: items.csv
  orders: orders.csv
  acquisition_costs: costs.csv
  success_costs: {path: success.csv}
  usage_events: use.csv
  plan: plan.csv
segments: [plan, region]
reports: {segments: [all, region=Atlantis]}
min_n: 1
min_comments: 5
definitions: {gross_margin: 0.8, ces: {scale: [1, 7], direction: higher, easy: [5, 7]}, first_value_feature: booking}
targets: {customer_churn_rate: {all: 0.001, region=Atlantis: 0.01}, nps: 90}
themes: {everything: ["*o*", "*a*", "*e*"], names: [zoltánka, kovácsev, kdn77*, praxisgeheim]}
"""


def id_of(number: int) -> str:
    return CALLED_LIKE.get(number, f"KDN77-{number:04}")


def name_of(number: int) -> str:
    return f"Zoltánka {'ABCDEFGH'[number % 8]}. Kovácsev{number}"


def address_of(number: int) -> str:
    return f"zoltanka.{number}@leak.example"


def comment(number: int) -> str:
    """What a customer writes who says too much, in one of many ways."""
    own, name, mail = id_of(number), name_of(number), address_of(number)
    rare = "".join("abcdefghij"[int(digit)] for digit in str(number))
    known = "it was too slow and it costs too much, so we are not happy"
    tries = (
        f"{known}, says {name}",
        f"{known}; {name.upper()} of PRAXISGEHEIM AG",
        f"{known}\nregards\n{name.lower()}",
        f"{known}, write to {mail.upper()} or call +44 (161) 555-01{number % 90:02}",
        f"{known}, our account is DE89 3704 0044 0532 0130 00",
        f"{known}, {own.lower()} and {own.replace('-', ' ')} and {own.replace('-', '')}",
        f"{known}, zolta\u0301nka and z\u200boltánka and Ｚｏｌｔáｎｋａ",
        f"{known}, Quatschkopf{rare}! quatschkopf{rare}!",
        f"{known}, see https://leak.example/{own}?m={mail}",
        f"<b>{name}</b> {known}",
    )
    return tries[number % len(tries)]


def write(root: Path) -> Path:
    """The project: the shipped notebooks, the edition `leaky`, and its files."""
    shutil.copytree(find_root() / "notebooks", root / "notebooks")
    for folder in ("params", "data"):
        (root / folder).mkdir()
    nbformat.write(_telling_all(), root / "notebooks" / "all_there_is.ipynb")
    (root / "params" / "leaky.yaml").write_text(EDITION, encoding="utf-8")
    for name, frame in _frames(random.Random(7)).items():
        frame.to_csv(root / "data" / f"{name}.csv", index=False)
    return root


def _telling_all() -> nbformat.NotebookNode:
    """A notebook that shows whatever the kit was handed, by name or not."""
    texts = (
        'edition: str = "leaky"\nperiod: str = ""\nsegment: str = "all"',
        "from dataclasses import fields\nfrom cs_lib import open_kit\nkit = open_kit(edition, period, segment)",
        "handed = kit.selection.measures\n"
        "for each in fields(handed):\n"
        "    value = getattr(handed, each.name)\n"
        "    print(each.name, value.to_csv() if hasattr(value, 'to_csv') else value)",
    )
    cells = [nbformat.v4.new_code_cell(text) for text in texts]
    cells[0].metadata["tags"] = ["parameters"]
    book = nbformat.v4.new_notebook(cells=cells)
    book.metadata["cs_kit"] = {"title": "All there is", "reads_any": ["subscriptions"]}
    book.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python",
        "language": "python",
    }
    return book


def _frames(draw: random.Random) -> dict[str, pd.DataFrame]:
    joined = {
        n: FIRST + pd.DateOffset(months=n % (MONTHS - 4), days=n % 27) for n in range(CUSTOMERS)
    }
    subscriptions = _subscriptions(joined, draw)
    return {
        "customers": _customers(joined),
        "subscriptions": subscriptions,
        "orders": _orders(joined),
        "use": _use(joined, subscriptions, draw),
        "costs": _costs("category", ("marketing", "sales")),
        "success": _costs("owner", OWNERS),
        "plan": _plan(),
        **_surveys(draw),
    }


def _customers(joined: dict[int, pd.Timestamp]) -> pd.DataFrame:
    rows = [
        (
            id_of(n), day, day + pd.DateOffset(days=9), OWNERS[n % 3], f"{name_of(n)} Praxisgeheim", address_of(n),
            f"+44 161 555 01{n % 90:02}", "Atlantis" if n == 5 else ("EMEA", "APAC", "AMER")[n % 3],
        )
        for n, day in joined.items()
    ]  # fmt: skip
    columns = ["customer_id", "signed_up_on", "first_value_on", "owner", "name", "email", "phone", "region"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _subscriptions(joined: dict[int, pd.Timestamp], draw: random.Random) -> pd.DataFrame:
    rows = []
    for n, start in joined.items():
        end = (
            start + pd.DateOffset(months=draw.randrange(2, 12), days=3)
            if draw.random() < 0.6
            else None
        )
        end = None if end is None or end > pd.Timestamp("2026-06-30") else end
        plan, reason = (
            ("Solo", "Practice")[n % 2],
            ("price", "competitor", None)[n % 3] if end else None,
        )
        rows.append(
            (id_of(n), f"SBN33-{n}", start, end, 30 + n, plan, reason, 12 if n % 5 == 0 else 1)
        )
        if n % 9 == 0 and end is not None:
            back = end + pd.DateOffset(months=1)
            rows.append((id_of(n), f"SBN33-{n}b", back, None, 55, "Practice", None, 1))
    # an end before its start, a customer nobody knows, one spelled otherwise: left out, or warned of
    rows.append(
        ("KDN77-0009", "SBN33-x", FIRST + pd.DateOffset(days=40), FIRST, 10, "Solo", None, 1)
    )
    rows.append(("KDN77-9999", "SBN33-y", FIRST, None, 10, "Solo", None, 1))
    rows.append(("kdn77-0011", "SBN33-z", FIRST, None, 10, "Solo", None, 1))
    columns = [
        *("customer_id", "subscription_id", "start_date", "end_date", "mrr", "plan", "end_reason"),
        "interval_months",
    ]
    frame = pd.DataFrame(rows, columns=columns)
    return frame[frame["start_date"] < "2026-07-01"]


def _orders(joined: dict[int, pd.Timestamp]) -> pd.DataFrame:
    rows = [
        (id_of(n), f"ORD44-{n}-{k}", day + pd.DateOffset(months=k, hours=9), 40 + n)
        for n, day in joined.items()
        for k in range(1 + n % 4)
    ]
    rows.append(rows[7])  # an order twice: the message names it
    frame = pd.DataFrame(rows, columns=["customer_id", "order_id", "ordered_at", "amount"])
    return frame[frame["ordered_at"] < "2026-07-01"]


def _use(
    joined: dict[int, pd.Timestamp], subscriptions: pd.DataFrame, draw: random.Random
) -> pd.DataFrame:
    """Twice a month; one in three stops ten weeks before the end, and many of those leave."""
    ends = dict(zip(subscriptions["customer_id"], subscriptions["end_date"], strict=True))
    rows = []
    for n, day in joined.items():
        end = ends.get(id_of(n))
        last = (END if end is None or pd.isna(end) else end) - pd.DateOffset(days=70 * (n % 3 == 0))
        rows += [
            (id_of(n), f"USR55-{n}-{k % 2}", at, ("booking", "rota")[k % 2])
            for k, at in enumerate(pd.date_range(day, min(last, END), freq="15D"))
            if draw.random() < 0.8
        ]
    return pd.DataFrame(rows, columns=["customer_id", "user_id", "occurred_at", "feature"])


def _surveys(draw: random.Random) -> dict[str, pd.DataFrame]:
    rows = []
    for k in range(900):
        n = draw.randrange(CUSTOMERS)
        instrument = ("nps", "csat", "ces")[k % 3]
        score = draw.randrange(*((0, 11) if instrument == "nps" else (1, 6)))
        at = pd.Timestamp("2025-07-01") + pd.DateOffset(days=draw.randrange(364), hours=10)
        score = 6.5 if k == 3 else score
        rows.append(
            (f"RSP88-{k}", id_of(n), f"RPD66-{n}", instrument, score, at - pd.DateOffset(days=1), at, comment(n))
        )  # fmt: skip
    columns = ["response_id", "customer_id", "respondent_id", "instrument", "score", "sent_at", "responded_at", "comment"]  # fmt: skip
    answers = pd.DataFrame(rows, columns=columns)
    items = [
        (row.response_id, item, max(1, min(5, int(row.score) % 5 + draw.randrange(2))))
        for row in answers.itertuples()
        for item in ("speed", "help")
    ]
    return {
        "answers": answers,
        "items": pd.DataFrame(items, columns=["response_id", "item", "value"]),
    }


def _costs(column: str, words: tuple[str, ...]) -> pd.DataFrame:
    months = pd.date_range(FIRST, "2026-06-01", freq="MS")
    rows = [(f"{month:%Y-%m}", 300, word) for month in months for word in words]
    return pd.DataFrame(rows, columns=["month", "amount", column])


def _plan() -> pd.DataFrame:
    months = pd.date_range("2026-01-01", "2026-06-01", freq="MS")
    return pd.DataFrame({"month": months.strftime("%Y-%m"), "metric": "mrr", "value": 9000})
