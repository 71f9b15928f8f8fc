"""The words of the hazard: its columns, and why it may say nothing."""

#: `month` is the one that chances are of; what was expected of it, and what came, in customers and in money
COLUMNS = [
    "month",
    "segment_by",
    "segment",
    "band",
    "customers",
    "mrr",
    "expected_customers",
    "expected_mrr",
    "left_customers",
    "left_mrr",
    "status",
]
#: the bands that a board should know of
AT_RISK_BANDS = ("raised", "high", "raised to high")
#: why nothing is said of who may leave
TOO_FEW, SEPARATED, RANKS_NOT, NO_BETTER, OFF = (
    "too few losses",
    "separated",
    "does not rank",
    "no better than the plan",
    "does not add up",
)
#: so many losses a hazard needs to learn from, and so many to be judged on
LEAST_EVENTS, LEAST_JUDGED = 100, 50
