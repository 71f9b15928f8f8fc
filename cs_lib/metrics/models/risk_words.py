"""Words of the hazard: its bands, and why it may say nothing."""

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
