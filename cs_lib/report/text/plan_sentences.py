"""Actual against plan in words."""

from cs_lib.judgement.plan_variance import Split
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.report.display import Sentence
from cs_lib.report.text.formatting import Formatter, metric_title
from cs_lib.report.text.word_forms import lower_first
from cs_lib.vocabulary import MONEY


def plan_sentence(split: Split, metrics: dict[str, Metric], formatter: Formatter) -> Sentence:
    """By how much a total differs from plan, and what of it came from how many and from how much each."""
    total, number = (metric_title(metrics[name]) for name in (split.total, split.number))
    difference = split.volume + split.price
    if abs(difference) < 0.005:
        return Sentence(f"{total} is as planned.")
    side = "above" if difference > 0 else "below"
    amounts = (difference, split.volume, split.price)
    whole, *sizes = formatter.alike([abs(each) for each in amounts], MONEY)
    signs = ("−" if each < 0 else "+" for each in amounts[1:])
    parts = [f"{sign}{size}" for sign, size in zip(signs, sizes, strict=True)]
    return Sentence(
        f"{total} is {whole} {side} plan: {parts[0]} from the number "
        f"({lower_first(number)}) and {parts[1]} from what each brings."
    )
