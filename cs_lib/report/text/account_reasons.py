"""Why an account is thought to be at risk, in the words of whoever is to ring it up."""

from datetime import date

from cs_lib.data.facts import risk_features as known
from cs_lib.data.facts.nps_groups import DETRACTOR, NO_ANSWER
from cs_lib.data.facts.usage_facts import BANDS
from cs_lib.period import INSIDE, segment_name
from cs_lib.report.text.formatting import Formatter, spoken

#: how many reasons are told of an account
MOST = 3
#: below so many days without use, the band says more
DAYS_WITHOUT_USE = 14
_WORDS = {
    known.USE: {BANDS[0]: "no use last month", BANDS[1]: f"used on {BANDS[1]} last month"},
    known.TREND: {known.FELL: "use fell by more than 40%"},
    known.BREADTH: {known.NARROW: f"uses {known.NARROW}"},
    known.SCORE: {DETRACTOR: "detractor", NO_ANSWER: "no NPS answer for a year"},
    known.TENURE: {name: f"joined {name} ago" for _, name in known.TENURES[:2]},
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
