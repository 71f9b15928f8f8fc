"""The words that every room shares, each declared once."""

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
