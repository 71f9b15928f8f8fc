"""What is to come, what was said, and who holds much, as clauses of the front page; causes are never named."""

import math
from collections.abc import Callable

from cs_lib.judgement.finding import Finding
from cs_lib.judgement.goes_with import LEAVING
from cs_lib.judgement.next_purchases import MOVED
from cs_lib.period import Period, segment_pairs
from cs_lib.report.text.formatting import Formatter
from cs_lib.report.text.front_words import Metrics, about, reason_clause, when
from cs_lib.report.text.word_forms import who
from cs_lib.vocabulary import (
    AT_RISK,
    CONCENTRATED,
    COUNT,
    DRIVER,
    FEATURE_EFFECT,
    MONEY,
    NEXT_PURCHASE,
    REASON_APART,
    REASON_RISEN,
    RENEWALS_DUE,
    ROOM,
    THEME_APART,
)

#: whose comments a theme of the unhappy is found in, by instrument
UNHAPPY = {
    "nps": "detractors",
    "csat": "those not satisfied",
    "ces": "those who did not find it easy",
}


def at_risk_clause(found: Finding, now: Period, formatter: Formatter) -> str:
    """ "182 customers at raised or high risk pay $28.8K of MRR; about 15 of them are expected to leave in July"."""
    assert found.ahead
    many, gone = formatter.count(found.ahead.many, "customer"), round(found.ahead.gone)
    return (
        f"{many} at raised or high risk pay {formatter.short(found.ahead.mrr, MONEY)} of MRR; about "
        f"{formatter.value(gone, COUNT)} of them are expected to leave "
        f"{when(found.first, found.last, now, formatter)}"
    )


def renewals_clause(found: Finding, now: Period, formatter: Formatter) -> str:
    """ "$25.3K of MRR comes up for renewal by 30 September; renewed as in the last twelve months (82%), $4.6K of it is
    lost"."""
    assert found.ahead
    due, lost = formatter.alike((found.ahead.mrr, found.ahead.lost), MONEY)
    until = formatter.day(found.ahead.until).removesuffix(f" {now.start.year}")
    return (
        f"{due} of MRR comes up for renewal by {until}; renewed as in the last twelve months "
        f"({formatter.percent(found.value, 0)}), {lost} of it is lost"
    )


def concentrated_clause(found: Finding, formatter: Formatter) -> str:
    """ "one customer brings 14% of all revenue"."""
    return f"one customer brings {formatter.percent(found.value, 0)} of all revenue"


def risen_clause(found: Finding, *, named: bool = False) -> str:
    """ "50 of the 117 who left Solo named “price”; 18 of 86 in the twelve months before"."""
    cell = found.cell
    assert cell
    whose = who(*found.whose)
    left = (
        f"{cell.n:.0f} who left"
        if named
        else f"the {cell.n:.0f} who left{f' {whose}' if whose else ''}"
    )
    return (
        f"{cell.k:.0f} of {left} named “{cell.word}”; {cell.rest_k:.0f} of {cell.rest_n:.0f} in the twelve months "
        "before"
    )


def theme_clause(found: Finding) -> str:
    """ "16 of 65 comments of detractors name “price”; 18 of 344 others"."""
    cell = found.cell
    assert cell
    return (
        f"{cell.k:.0f} of {cell.n:.0f} comments of {UNHAPPY[found.metric]} name “{cell.word}”; {cell.rest_k:.0f} of "
        f"{cell.rest_n:.0f} others"
    )


def driver_clause(found: Finding, title: str, formatter: Formatter) -> str:
    """ "“Value for money” goes most with NPS and scores 3.5; the other items 3.9"."""
    item = segment_pairs(found.segment_by, found.segment)[-1][1]
    places = next((p for p in (1, 2) if round(found.value, p) != round(found.reference, p)), 3)
    own, others = (formatter.decimal(each, places) for each in (found.value, found.reference))
    return f"“{item}” goes most with {title} and scores {own}; the other items {others}"


def room_clause(found: Finding, formatter: Formatter) -> str:
    """ "44% of Solo customers use Reminders; 59% of others"."""
    *pairs, (_, feature) = segment_pairs(found.segment_by, found.segment)
    by, label = (",".join(each) for each in zip(*((c, f"{c}={v}") for c, v in pairs), strict=True))
    own, others = (formatter.percent(each, 0) for each in (found.value, found.reference))
    return f"{own} of {who(by, label)} customers use {feature}; {others} of others"


def feature_clause(found: Finding, formatter: Formatter) -> str:
    """ "of 100 customers alike in all else that is known, 1.2 fewer leave in a month where they used Waitlist; that
    proves no cause"."""
    feature = segment_pairs(found.segment_by, found.segment)[-1][1]
    more = (
        f"{formatter.decimal(abs(100 * found.value), 1)} {'more' if found.value > 0 else 'fewer'}"
    )
    do = "leave in a month" if found.metric == LEAVING else "pay more a month later"
    return (
        f"of 100 customers alike in all else that is known, {more} {do} where they used {feature}; that proves no "
        "cause"
    )


def purchase_clause(found: Finding) -> str:
    """ "14 of 317 Practice customers took Network within twelve months; none of 226 others"."""
    cell = found.cell
    assert cell
    product = segment_pairs(found.segment_by, found.segment)[-2][1]
    did = "took" if found.metric == MOVED["subscriptions"] else "bought"
    others = f"{cell.rest_k:.0f}" if cell.rest_k else "none"
    return (
        f"{cell.k:.0f} of {cell.n:.0f} {product} customers {did} {cell.word} within twelve months; {others} of "
        f"{cell.rest_n:.0f} others"
    )


def further_clause(
    found: Finding, metrics: Metrics, now: Period, formatter: Formatter, *, named: bool = False
) -> str:
    """What one such finding says; empty for a finding of another kind. `named`: the sentence before is of the same
    segment."""
    write: dict[str, Callable[[], str]] = {
        REASON_APART: lambda: reason_clause(found, named=named),
        REASON_RISEN: lambda: risen_clause(found, named=named),
        THEME_APART: lambda: theme_clause(found),
        DRIVER: lambda: driver_clause(found, metrics(found.metric).title, formatter),
        AT_RISK: lambda: at_risk_clause(found, now, formatter),
        RENEWALS_DUE: lambda: renewals_clause(found, now, formatter),
        CONCENTRATED: lambda: concentrated_clause(found, formatter),
        ROOM: lambda: room_clause(found, formatter),
        FEATURE_EFFECT: lambda: feature_clause(found, formatter),
        NEXT_PURCHASE: lambda: purchase_clause(found),
    }
    return write[found.kind]() if found.kind in write else ""


def further_stake(found: Finding, formatter: Formatter) -> str:
    """What one of them comes to, in words; empty where the words of all others do."""
    if found.kind == CONCENTRATED and not math.isnan(found.numerator):
        return f"should it leave, about {about(found.numerator, formatter)} a year goes with it"
    if found.kind in (AT_RISK, RENEWALS_DUE):
        by = "in the month" if found.kind == AT_RISK else "in the quarter"
        return f"expected to be lost {by}: about {about(found.stake.money, formatter)} of a year's revenue"
    if found.kind == REASON_RISEN:
        money, people = about(found.stake.money, formatter), round(found.stake.customers)
        return f"beyond the share before: about {money} and {formatter.count(people, 'customer')} a year"
    if found.kind == FEATURE_EFFECT:
        harms = found.metric == LEAVING and found.value > 0
        who_else = "those who use it" if harms else "those who do not use it"
        return f"should it hold for {who_else}: about {about(found.stake.money, formatter)} a year"
    if found.kind == NEXT_PURCHASE:
        has, money = formatter.value(found.numerator, COUNT), about(found.stake.money, formatter)
        return f"should as many of the {has} who have it now: about {money} a year"
    return ""


def further_tag(found: Finding) -> str:
    """What a headline says where one of them is the worst news; empty for any other kind."""
    word = found.cell.word if found.cell else ""
    whose = who(*found.whose)
    return {
        REASON_APART: f"more leaving {whose} over “{word}”",
        REASON_RISEN: f"more leaving{f' {whose}' if whose else ''} over “{word}”",
        CONCENTRATED: "hanging on one customer",
        AT_RISK: "more customers at risk than usual",
    }.get(found.kind, "")
