"""What an export that no adapter knows may be: a table of the kit, and its columns by what they are called.

Proposed behind a `#`, for whoever knows the file to look at: a name is no proof of what stands below it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from cs_lib.data.sources.cut_lines import TOTAL
from cs_lib.data.sources.date_formats import month_format_of
from cs_lib.data.sources.filled_down import grouped_in
from cs_lib.data.sources.headers import words_of
from cs_lib.data.sources.month_columns import is_usual
from cs_lib.data.sources.source_files import distinct_names

#: customers, the surer first
_CUSTOMER = (
    r"^(customer|account|client|company|organi[sz]ation|contact) (id|number|key|no)$|^(customer|client) code$",
    r"\b(customer|account|client|organi[sz]ation|company) (id|number|key)\b|\b(customer|client) code\b",
    r"^(customer|client|account|organi[sz]ation|company|contact)( name)?$",
    r"\b(customer|client|account|organi[sz]ation|company|contact) name\b|\borgani[sz]ation\b",
    r"\b(user|person|visitor|distinct|contact|requester)( external)? id\b",
    r"\bemail\b",
    r"^(customer|client|user|name)\b",
)
_WHEN = (
    r"\btimestamp\b|\btime\b",
    r"\bdate\b|\bday\b",
    r"\b(created|occurred|sent) ?(at|on)?\b|\bstarted (at|on)\b",
)
_CURRENCY = (r"\bcurrency code\b|\bcurrency\b",)
#: what a year costs
_A_YEAR = (
    r"\b(annual|yearly) (contract value|recurring revenue|value|price|amount|fee)\b|\b(acv|arr)\b"
)
#: what speaks of another amount than that of the order
_NO_AMOUNT = r"\b(unit|tax|paid|due|discount|refund|fee|balance|shipping|coupon|formatted)\b"
#: table → column → patterns over a name in small letters, of which the first that fits a free column counts
_PATTERNS: dict[str, dict[str, tuple[str, ...]]] = {
    "survey_responses": {
        "score": (
            r"\bscore\b|\brating\b(?! (remark|comment|scale))|how likely|recommend|how satisfied|\bnps\b(?! category)",
            r"^answer$",
        ),
        "responded_at": (r"\b(responded|submitted|completed|answered|rated)\b", *_WHEN),
        "sent_at": (r"\b(sent|invited|delivered)\b",),
        "customer_id": _CUSTOMER[:-2],
        "respondent_id": (r"\b(respondent|person|user|contact) id\b", r"\bemail\b"),
        "comment": (r"comment|feedback|remark|\bwhy\b|reason|could be better",),
        "response_id": (r"\b(response|rating|conversation|ticket|survey) (id|number)\b",),
    },
    "acquisition_costs": {
        "amount": (r"\b(total )?(spent|spend)\b|amount spent", r"\bcosts?\b"),
        "month": (r"\bmonth\b", r"\b(start|reporting starts)\b", *_WHEN[1:]),
        "currency": _CURRENCY,
    },
    "subscriptions": {
        "mrr": (r"\bmrr\b|\bmonthly (recurring )?(revenue|amount|price|fee)\b",),
        "amount": (
            r"\brecurring amount\b|\bplan amount\b",
            r"\bamount\b(?! currency)|\bprice\b(?! (id|key|name|code))",
            r"\b(value|total|fee)\b(?! of)",
            _A_YEAR,
        ),
        "start_date": (
            r"\bcustomer since\b|\boriginal contract date\b",
            r"\b(started|start|activated|activation|active since|begins?|subscribed)\b|\beffective (date|from|on|at)\b",
            r"\b(close|won|signed) (date|time|on)\b",
            r"\bcreated\b",
        ),
        "end_date": (r"\b(ended|end|expires|expired|expiry|effective end|terminated)\b", r"\b(cancell?ed|cancellation|churned|churn)\b"),
        "interval_months": (r"^(?!.*\b(total|remaining|number|count)\b).*(\binterval\b(?! unit)|billing (period|cycle|frequency))|contract (length|term)|\bterm\b",),
        "quantity": (r"^(plan )?quantity$|^seats$",),
        "currency": _CURRENCY,
        "subscription_id": (r"\bsubscription (id|number|name|key)\b|^uuid$|^subscription$",),
    },
    "orders": {
        "order_id": (
            r"^(order|invoice|transaction|sale|receipt|document) ?(id|number|no|#)?$",
            r"^(num|no|doc|reference|ref)( number)?$",
            r"^id$",
        ),
        "ordered_at": (r"\b(order|invoice|transaction|sale|paid|billed) ?(date|at|time|on)\b", *_WHEN[1:]),
        # of an invoice whose lines are rows the line's own amount, for the total stands on each of them
        "amount": (
            r"\bline (amount|total)\b",
            rf"^(?!.*{_NO_AMOUNT}).*\b(net|subtotal)\b",
            rf"^(?!.*{_NO_AMOUNT}).*\bamount\b",
            rf"^(?!.*{_NO_AMOUNT}).*\b(total|revenue|price)\b",
        ),
        "currency": _CURRENCY,
    },
    "usage_events": {
        "feature": (r"^event( name| type| table name)?$|^feature( name| id)?$|^action$",),
        "occurred_at": _WHEN,
        "user_id": (r"\b(user|visitor|distinct|person) id\b",),
    },
    "customers": {
        "signed_up_on": (r"\b(created|signed ?up|registered|joined|customer since|sign up)\b",),
        "owner": (r"\b(account|customer|csm|success)? ?(owner|manager)( name)?$|^csm$",),
    },
}  # fmt: skip
#: what a table cannot do without, each a choice of columns; and names that must be somewhere in the file
_NEEDED = {
    "survey_responses": (("score",), ("responded_at",)),
    "acquisition_costs": (("amount",), ("month",)),
    "subscriptions": (("customer_id",), ("start_date",), ("mrr", "amount")),
    "orders": (("customer_id",), ("order_id",), ("ordered_at",), ("amount",)),
    "usage_events": (("customer_id",), ("feature",), ("occurred_at",)),
    "customers": (("customer_id",), ("signed_up_on",)),
}
#: a name with which a file is no such table: scores beside what a customer pays are of its health
_NOWHERE = {"survey_responses": r"\b(arr|mrr|health|lifecycle)\b|\b(renewal|contract) date\b"}
_SOMEWHERE = {
    "acquisition_costs": r"campaign|\bad\b|\bads\b|channel|impressions|clicks",
    "subscriptions": r"subscription|\bplan\b|\bmrr\b|\barr\b|contract|\bterm\b|interval|renewal|\bstage\b",
}
#: what speaks of something else: a trial's end is no subscription's
_NOT = re.compile(
    r"\b(trial|current|period starts?|period started|next|first seen|last|birth|due|modified|updated)\b"
)
_NPS = re.compile(r"recommend|how likely|\bnps\b|promoter")


_TOTAL = re.compile(rf"(?:{TOTAL})\b", re.IGNORECASE)
#: what the name of a file of costs says, where its columns do not
_OF_COSTS = re.compile(
    r"\bmarketing\b|\badvertis|\b(ad|ads|acquisition|campaign) (spend|costs?)\b|\bspend\b"
)
#: so many columns that are named as months make a table of months
_MONTHS = 3
_NUMBER = re.compile(r" *[-+$€£]? *\d[\d.,]* *%? *")
_PLAN = re.compile(r"\b(metric|kpi|measure)\b")
_COSTS = re.compile(r"campaign|channel|\bspend\b|\bcosts?\b|\bmedium\b|\bads?\b")


@dataclass(frozen=True)
class Likely:
    """A table that a file may be, the lines above its header, and what an edition would say of it; `remark` is what
    the values leave open."""

    table: str
    skip: int
    columns: dict[str, str]
    values: dict[str, str]
    header: tuple[str, ...]
    keys: dict[str, object] = field(default_factory=dict)
    footer: int = 0
    remark: str = ""


def likely_table(rows: Iterable[tuple[int, Sequence[str]]], title: str = "") -> Likely | None:
    """The first table whose needed columns some row of a file's first ones seems to name; `title` is the file's name,
    which tells costs of marketing from any other money."""
    for line, names in rows:
        words = {name: words_of(name) for name in names if name.strip()}
        if len(words) < 2:
            continue
        for table in _PATTERNS:
            found = _columns(table, words, words_of(title))
            if found:
                values = _values(table, words.values(), found)
                return Likely(table, line, found, values, tuple(names))
        if of_months := _of_months(line, names):
            return of_months
    return None


_CUSTOMERS = "Customer"


def likely_report(line: int, names: Sequence[str], rows: Sequence[Sequence[str]]) -> Likely | None:
    """A report in which the customer's name stands above the rows, by the names of its columns and what is below."""
    found = grouped_in(rows)
    if found is None or found[0] >= len(names):
        return None
    column, shared = found
    own = distinct_names(names)
    if shared and _first(_CUSTOMER, {own[column]: words_of(own[column])}, dates=False):
        return None  # the rows' own words are the customers, below the names of groups
    named = [*own, _CUSTOMERS] if shared else [*own[:column], _CUSTOMERS, *own[column + 1 :]]
    likely = likely_table([(line, named)])
    if likely is None or likely.columns.get("customer_id") != _CUSTOMERS:
        return None
    columns = {name: each for name, each in likely.columns.items() if each != _CUSTOMERS}
    if not shared:
        columns = {"customer_id": own[column], **columns}
    totals = [row[column] for row in rows if len(row) > column and _TOTAL.match(row[column])]
    keys: dict[str, object] = {
        "fill_down": {"customer_id": own[column]} if shared else [own[column]]
    }
    if totals:
        keys["where"] = {own[column]: {"not": [f"{totals[0].split()[0]}*"]}}
    return replace(likely, columns=columns, header=tuple(names), keys={**likely.keys, **keys})


def _of_months(line: int, names: Sequence[str]) -> Likely | None:
    """A table with a column for each month: of a plan, of costs, or else of what customers pay."""
    form, months = "", [each for each in names if is_usual(each)]
    if len(months) < _MONTHS:
        form, months = month_format_of(names)
    if len(months) < _MONTHS:
        return None
    others = {each: words_of(each) for each in distinct_names(names) if each not in months}
    if any(_NUMBER.fullmatch(each) for each in names if each not in months):  # a row, and no header
        return None
    table, columns = "subscriptions", {}
    if any(map(_PLAN.search, others.values())):
        table, columns = "plan", {"metric": _first((_PLAN.pattern,), others, dates=False)}
    elif any(map(_COSTS.search, others.values())):
        table, columns = (
            "acquisition_costs",
            {"channel": _first((_COSTS.pattern,), others, dates=False)},
        )
    else:
        columns = {
            "customer_id": _first(_CUSTOMER, others, dates=False) or next(iter(others), None)
        }
    keys: dict[str, object] = {"months": "columns", **({"date_format": form} if form else {})}
    known = {column: name for column, name in columns.items() if name}
    return Likely(table, line, known, _values(table, others.values(), known), tuple(names), keys)


def _columns(table: str, words: dict[str, str], title: str) -> dict[str, str]:
    nowhere = _NOWHERE.get(table)
    if nowhere and any(re.search(nowhere, each) for each in words.values()):
        return {}
    somewhere = _SOMEWHERE.get(table)
    named = somewhere and any(re.search(somewhere, each) for each in words.values())
    of_costs = table == "acquisition_costs" and _OF_COSTS.search(title)
    if somewhere and not (named or of_costs):
        return {}
    free = dict(words)
    found: dict[str, str] = {}
    wanted = dict(_PATTERNS[table])
    if of_costs:
        wanted["amount"] = (*wanted["amount"], r"^(amount|total|debit)\b")
    if table not in ("acquisition_costs", "survey_responses"):
        wanted["customer_id"] = _CUSTOMER if table != "customers" else _CUSTOMER[:4]
    for column, patterns in wanted.items():
        own = _first(patterns, free, dates=column.endswith(("_date", "_at", "month")))
        if own:
            found[column] = own
            del free[own]
    if "customer_id" not in found and "user_id" in found:
        found["customer_id"] = found.pop("user_id")
    if not all(found.keys() & set(choice) for choice in _NEEDED[table]):
        return {}
    if table == "subscriptions" and not _with_a_rate(found):
        return {}
    return dict(sorted(found.items(), key=lambda each: _ORDER.index(each[0])))


def _with_a_rate(found: dict[str, str]) -> bool:
    """Whether it is told what is paid a month: by its name, by a term, or as what a year costs. The first that is
    told counts, and what speaks of another is left out."""
    if "mrr" in found:
        others: tuple[str, ...] = ("amount", "interval_months", "quantity")
    elif _is_of_a_year(found):
        others = ("interval_months",)
    else:
        return "interval_months" in found
    for other in others:
        found.pop(other, None)
    return True


def _is_of_a_year(columns: dict[str, str]) -> bool:
    return re.search(_A_YEAR, words_of(columns.get("amount", ""))) is not None


_ORDER = tuple(
    dict.fromkeys(("customer_id", *(each for own in _PATTERNS.values() for each in own)))
)


def _first(patterns: Iterable[str], free: dict[str, str], *, dates: bool) -> str | None:
    for pattern in patterns:
        for name, words in free.items():
            if re.search(pattern, words) and not (dates and _NOT.search(words)):
                return name
    return None


def _values(table: str, words: Iterable[str], columns: dict[str, str]) -> dict[str, str]:
    """What no column says and every row needs."""
    if table == "survey_responses":
        return {"instrument": "nps" if any(map(_NPS.search, words)) else "csat"}
    if table == "subscriptions" and _is_of_a_year(columns):
        return {"interval_months": "12"}
    return {"category": "marketing"} if table == "acquisition_costs" else {}
