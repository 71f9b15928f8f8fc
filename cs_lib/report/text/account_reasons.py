"""Why an account is thought to be at risk, in the words of whoever is to ring it up."""

from datetime import date

from cs_lib.data.facts import risk_facts as known
from cs_lib.period import INSIDE, segment_name
from cs_lib.report.text.formatting import Formatter, spoken

#: how many reasons are told of an account
MOST = 3
#: below so many days without use, the band says more
DAYS_WITHOUT_USE = 14
_WORDS = {
    known.USE: {"0 days": "no use last month", "1 to 4 days": "used on 1 to 4 days last month"},
    known.TREND: {known.FELL: "use fell by more than half"},
    known.BREADTH: {known.NARROW: "uses 2 features or fewer"},
    known.SCORE: {known.DETRACTOR: "detractor", known.NO_ANSWER: "answered no survey for a year"},
    known.TENURE: {
        "up to 3 months": "joined up to 3 months ago",
        "4 to 6 months": "joined 4 to 6 months ago",
    },
}


def reasons(account: dict, month: date, end: date, formatter: Formatter) -> str:
    """ "no use for 31 days; detractor; term ends in August": the strongest first.

    `account`: a row of `Measures.accounts`; `month` begins at `end`. Only what counts against staying is told.
    """
    told = []
    for feature in filter(None, account["reasons"].split(";")):
        text = _reason(feature, account, month, end, formatter)
        if text:
            told.append(text)
    return "; ".join(dict.fromkeys(told[:MOST]))


def _reason(feature: str, account: dict, month: date, end: date, formatter: Formatter) -> str:
    label = account[f"is {feature}"]
    if feature == known.TERM:
        return f"term ends in {formatter.month(month).split()[0]}" if label == known.ENDS else ""
    if feature == known.USE and account["last_used"] == account["last_used"]:
        days = (end - account["last_used"].date()).days
        if days >= DAYS_WITHOUT_USE:
            return f"no use for {days} days"
    if feature.startswith(INSIDE):
        return f"{spoken(segment_name(feature))} {label}"
    return _WORDS.get(feature, {}).get(label, "")
