"""The words that every room shares, each declared once."""

from datetime import datetime

#: money, scores and weights are counted in millionths, as whole numbers
MICROS = 1_000_000
#: the segment of rows that name none
NOT_GIVEN = "(not given)"
#: when what has no end ends
FOREVER = datetime(9999, 12, 31)

#: what a figure counts
PERCENT, MONEY, COUNT, POINTS, SCORE = "percent", "money", "count", "points", "score"
RATIO, MONTHS, DAYS, PER_YEAR = "ratio", "months", "days", "per year"
UNITS = (PERCENT, MONEY, COUNT, POINTS, SCORE, RATIO, MONTHS, DAYS, PER_YEAR)
#: which way is better
HIGHER_IS_BETTER, LOWER_IS_BETTER, NEITHER = "higher", "lower", "neither"
DIRECTIONS = (HIGHER_IS_BETTER, LOWER_IS_BETTER, NEITHER)

#: what a measure is: a figure, none because nothing stands under it, not observed yet, hidden
OK, UNDEFINED, IMMATURE, SUPPRESSED = "ok", "undefined", "immature", "suppressed"
STATUSES = (OK, UNDEFINED, IMMATURE, SUPPRESSED)

#: how a figure stands to its target
MET, MISSED = "met", "missed"
TOO_CLOSE, TOO_FEW, NOT_JUDGED = "too close to call", "too few to judge", "not judged"
VERDICTS = (MET, MISSED, TOO_CLOSE, TOO_FEW, NOT_JUDGED)

#: what a finding is
TARGET, LASTING_CHANGE, APART, SIGNAL = "target", "lasting change", "segment apart", "signal"
FINDINGS = (TARGET, LASTING_CHANGE, APART, SIGNAL)

#: what a finding is to its reader
GOOD, BAD, NEUTRAL = "good", "bad", "neutral"

#: how many periods of a grain the small lines beside a figure show
SPARKLINE_PERIODS = {"month": 24, "quarter": 12, "week": 26, "year": 6}
