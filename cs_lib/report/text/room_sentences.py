"""Which segments' customers lack a feature that others use more, in a sentence."""

from collections.abc import Sequence

from cs_lib.judgement.white_space import Room
from cs_lib.report.display import Sentence
from cs_lib.report.text.formatting import Formatter
from cs_lib.vocabulary import COUNT


def room_sentence(found: Sequence[Room], formatter: Formatter, *, where: str = "") -> Sentence:
    """The feature and segment with the most room: who lacks it, and how many would use it as often as others do.

    `where`: the segment of the report, which alone is looked at.
    """
    if not found:
        who = f"Customers of {where} use no feature" if where else "No segment uses a feature"
        return Sentence(f"{who} clearly less than the other customers do.")
    most = found[0]
    where = formatter.segment(most.segment_by, most.segment)
    share, rest = formatter.percent(most.share), formatter.percent(most.rest)
    lack, active = (formatter.value(each, COUNT) for each in (most.lack, most.active))
    said = f"Most room: {most.feature} in {where}, which {share} use, and {rest} elsewhere. "
    said += f"{lack} of the {active} active customers there lack it; "
    said += f"{formatter.value(round(most.more), COUNT)} of them would use it, did as many as elsewhere."
    return Sentence(said)
