"""The words that every room shares, each declared once."""

from datetime import datetime

#: money, scores and weights are counted in millionths, as whole numbers
MICROS = 1_000_000
#: the variable of the environment that names the mail server, with its password
MAIL_SERVER = "CS_KIT_SMTP"
#: in the environment of kernels whose outputs `refresh` stores
STORED = "CS_KIT_STORED"
#: whose book a customer is in (renamed as a segment is, whether or not it is one), and from when a row of a
#: customer with several holds
OWNER, VALID_FROM = "owner", "valid_from"
#: columns that say who somebody is
WHO = ("customer_id", "name", "respondent_id", "user_id")
#: where the state of measures says what differs in the edition and its files since the pack before
CHANGED = "changed"
#: the segment of rows that name none
NOT_GIVEN = "(not given)"
#: what a customer should be worth for each unit of money that it cost to win, by custom
LTV_TO_CAC = 3.0
#: by what the pages know an output of a notebook: a part that is left out, the metrics that it defines, and
#: what was proved of its figures
LEFT_OUT_MIME = "application/vnd.cs-kit.left-out+json"
DEFINITIONS_MIME = "application/vnd.cs-kit.definitions+json"
CHECKS_MIME = "application/vnd.cs-kit.checks+json"
#: the numbers of a chart as an HTML table that opens; notebooks show the picture, pages show both
FIGURE_DATA_MIME = "application/vnd.cs-kit.figure-data"
#: when what has no end ends
FOREVER = datetime(9999, 12, 31)

#: what a figure counts
PERCENT, MONEY, COUNT, POINTS, SCORE = "percent", "money", "count", "points", "score"
RATIO, MONTHS, DAYS, PER_YEAR = "ratio", "months", "days", "per year"
UNITS = (PERCENT, MONEY, COUNT, POINTS, SCORE, RATIO, MONTHS, DAYS, PER_YEAR)
#: which way is better
HIGHER_IS_BETTER, LOWER_IS_BETTER, NEITHER = "higher", "lower", "neither"
DIRECTIONS = (HIGHER_IS_BETTER, LOWER_IS_BETTER, NEITHER)

#: kinds of intervals, by whose or what method
WILSON, DELTA, STUDENT, ADJUSTED_WALD = "Wilson", "delta method", "Student t", "adjusted Wald"
WEIGHTED_WILSON = "Wilson on the effective size"
KEPT_AND_GAINED = "Wilson for what was kept, Poisson for what was gained, combined"
POISSON, POISSON_RATIO = "exact Poisson", "Poisson, combined on the logarithm"
PROPAGATED = "delta method on the logarithm"
COMBINED = "two intervals, squared and added on the logarithm"
LOG_LOG, GREENWOOD = "log-log band", "Greenwood"
MEDIAN, RESTRICTED_MEAN, SBG = "median", "restricted mean", "shifted-beta-geometric mean"
INTERVALS = (
    WILSON,
    DELTA,
    STUDENT,
    ADJUSTED_WALD,
    WEIGHTED_WILSON,
    KEPT_AND_GAINED,
    POISSON,
    POISSON_RATIO,
    PROPAGATED,
    COMBINED,
    LOG_LOG,
    GREENWOOD,
    None,
)
#: of shares: of so many units, or of a size that comes down to so many
PROPORTIONS = (WILSON, WEIGHTED_WILSON)

#: what a measure is: a figure, none because nothing stands under it, not observed yet, hidden; of an owner who has no
#: customers any more, and of months in which others had some of them
OK, UNDEFINED, IMMATURE, SUPPRESSED = "ok", "undefined", "immature", "suppressed"
GONE, HANDED_OVER = "gone", "handed over"
STATUSES = (OK, UNDEFINED, IMMATURE, SUPPRESSED, GONE, HANDED_OVER)

#: how a report of a pack came to be: made now, not made, taken over as it is, of older figures
MADE, FAILED, UNCHANGED, OLDER = "made", "failed", "unchanged", "older"

#: how a figure stands to its target
MET, MISSED = "met", "missed"
TOO_CLOSE, TOO_FEW, NOT_JUDGED = "too close to call", "too few to judge", "not judged"
VERDICTS = (MET, MISSED, TOO_CLOSE, TOO_FEW, NOT_JUDGED)

#: what a finding is
TARGET, LASTING_CHANGE, APART, SIGNAL = "target", "lasting change", "segment apart", "signal"
RECOVERY, TAKE_UP = "recovery", "take-up"
REASON_APART, ANSWER_APART = "reason apart", "answer apart"
REASON_RISEN, THEME_APART, DRIVER = "reason risen", "theme apart", "driver"
AT_RISK, RENEWALS_DUE = "at risk", "renewals due"
CONCENTRATED, ROOM = "concentration", "room to grow"
FEATURE_EFFECT, NEXT_PURCHASE = "feature effect", "next purchase"
FINDINGS = (
    *(TARGET, LASTING_CHANGE, APART, CONCENTRATED, REASON_APART, REASON_RISEN, ANSWER_APART),
    *(SIGNAL, RECOVERY, TAKE_UP),
    *(RENEWALS_DUE, AT_RISK, THEME_APART, DRIVER, ROOM),
    *(FEATURE_EFFECT, NEXT_PURCHASE),
)

#: what a finding is to its reader
GOOD, BAD, NEUTRAL = "good", "bad", "neutral"

#: how many segments of a column a page shows one by one
MOST_SEGMENTS = 20
#: how many periods of a grain the small lines beside a figure show
SPARKLINE_PERIODS = {"month": 24, "quarter": 12, "week": 26, "year": 6}

#: what moves an amount from opening to closing, in the order in which it is told and drawn
GAINS = ("new", "reactivation", "expansion", "transfer_in")
LOSSES = ("transfer_out", "contraction", "churned")
MOVEMENTS = (*GAINS, *LOSSES)
MRR_MOVEMENTS = tuple(f"{name}_mrr" for name in MOVEMENTS)
#: those that are kept as negative amounts; readers are told how much was lost
LOST_MRR = (
    *(f"{name}_mrr" for name in LOSSES),
    "churned_mrr_by_reason",
    "contraction_mrr_by_kind",
)
#: those that many companies have none of: left out where they are zero throughout
SELDOM_MOVED = ("reactivation", "transfer_in", "transfer_out")

#: what is told of a cohort: who is left of it, and what of its money, upgrades included or not
CUSTOMERS, REVENUE_NET, REVENUE_GROSS = "customers", "revenue_net", "revenue_gross"
COHORT_MEASURES = (CUSTOMERS, REVENUE_NET, REVENUE_GROSS)

#: the metrics that a board asks for first, by section; what an edition cannot give is left out
HEADLINES = {
    "Growth": (
        "mrr",
        "arr",
        "net_new_mrr",
        "mrr_growth_rate",
        "expansion_mrr_rate",
        "quick_ratio",
        "revenue",
        "revenue_growth_rate",
        "orders",
        "new_customers",
        "paying_customers",
        "ordering_customers",
    ),
    "Retention": (
        "customer_churn_rate",
        "gross_revenue_churn_rate",
        "gross_revenue_retention",
        "net_revenue_retention",
        "repeat_rate",
        "purchase_frequency",
    ),
    "Sentiment": ("nps", "csat", "ces", "response_rate", "follow_up_rate"),
    "Economics": ("arpa", "average_order_value", "cac", "cltv", "ltv_to_cac", "cac_payback"),
    "Adoption": ("time_to_value", "active_customer_rate", "usage_frequency", "stickiness"),
}
#: of these, what the board book's scorecard shows: about a dozen of an edition
BOARD_HEADLINES = (
    "mrr",
    "arr",
    "net_new_mrr",
    "revenue",
    "orders",
    "new_customers",
    "paying_customers",
    "ordering_customers",
    "customer_churn_rate",
    "gross_revenue_retention",
    "net_revenue_retention",
    "repeat_rate",
    "nps",
    "csat",
    "average_order_value",
    "cac",
    "ltv_to_cac",
    "active_customer_rate",
)
#: of these, what adds up over the periods of a year
ADDS_UP = ("net_new_mrr", "revenue", "orders", "new_customers")
#: of these, what the segments are held against each other by: the first seven that there are
SEGMENT_HEADLINES = (
    "mrr",
    "revenue",
    "customer_churn_rate",
    "gross_revenue_retention",
    "net_revenue_retention",
    "nps",
    "csat",
    "ces",
    "ltv_to_cac",
    "active_customer_rate",
    "arpa",
    "paying_customers",
)
#: of these, what stands on the index of a pack: the first few that there are
INDEX_HEADLINES = (
    "mrr",
    "revenue",
    "paying_customers",
    "ordering_customers",
    "gross_revenue_retention",
    "net_revenue_retention",
    "customer_churn_rate",
    "nps",
    "csat",
    "ltv_to_cac",
)
#: of how many of the largest customers a share is told
LARGEST = (1, 5, 10, 20)
#: what the six tiles of the front page show: the first six that there are
FRONT_HEADLINES = (
    "mrr",
    "revenue",
    "gross_revenue_retention",
    "net_revenue_retention",
    "customer_churn_rate",
    "repeat_rate",
    "ordering_customers",
    "nps",
    "csat",
    "ces",
    "response_rate",
    "paying_customers",
    "average_order_value",
    "purchase_frequency",
    "ltv_to_cac",
    "cac",
    "time_to_value",
    "active_customer_rate",
    "usage_frequency",
    "stickiness",
)
