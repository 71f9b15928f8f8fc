"""The columns of every frame of measures, so that an empty one has them too."""

from cs_lib.vocabulary import OWNER

_WHOSE = ["segment_by", "segment"]
_VALUE = ["value", "low", "high"]
MEASURES = [
    *("metric", "variant", "unit", "grain", "period_start", "period_end"),
    *_WHOSE,
    *("numerator", "denominator", "n", *_VALUE, "status"),
]
#: what tells one figure from another
KEY = ["metric", "variant", "grain", "period_start", *_WHOSE]
#: what a figure has over time
FIGURE = ("period_start", "status", "numerator", "denominator", "n", *_VALUE)
RESTATED = [*KEY, "unit", "old", "new", "cause"]
COHORTS = ["measure", "cohort", "age", *_WHOSE, "numerator", "denominator", *_VALUE, "status"]
CURVES = ["curve", *_WHOSE, "t", "at_risk", "events", *_VALUE]
#: `month` is the one that chances are of; what was expected of it, and what came, in customers and in money
RISK = [
    *("month", *_WHOSE, "band", "customers", "mrr"),
    *("expected_customers", "expected_mrr", "left_customers", "left_mrr", "status"),
]
JOINED = ["month", *_WHOSE, "joined"]
LEAVERS = [*JOINED, "end_reason", "customers", "money"]
JOINERS = [*JOINED, "customers", "lost", "opening", "closing"]
#: what is added up of customers who paid at a month's opening, and of terms that ended in the month
OWNED = [
    *("customers", "lost", "opening", "churned", "expansion", "contraction"),
    *("due", "kept", "not_renewed", "open", "terms", "cost"),
]
OWNERS = ["month", OWNER, "alike", *OWNED]
STAYING = [
    *("month", *_WHOSE, "answer", "customers", "left", "opening", "kept", "retained", "gained"),
    *("gainers", "opening_squared", "gained_squared"),
]
#: who has `product` at a month's beginning and never had `next`, and who of them bought that in the twelve months after
PURCHASES = ["table", "month", *_WHOSE, "product", "next", "customers", "bought"]
WINDOW = ["window", *_WHOSE]
#: what is added up of the comments of a cell that name a theme (see `comment_facts.over_customers`)
SAID = ["k", "s", "kk", "kn", "ss", "sk", "clusters"]
THEMES = [*WINDOW, "instrument", "theme", *SAID]
STEPS = ["month", *_WHOSE, "instrument", "score_group", "touchpoint", "theme", "k"]
EXAMPLES = [*WINDOW, "theme", "place", "comment", "score_group", "touchpoint"]
DRIVERS = [
    *(*WINDOW, "instrument", "item", "n", "mean", "mean_low", "mean_high"),
    *("part", "low", "high", "r2", "method", "status"),
]
