"""The sample's kit, read once, and kits over measures made up for a test."""

import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from cs_lib.edition import read_edition
from cs_lib.edition.targets import Target, spelled_out
from cs_lib.kit.kit import Kit
from cs_lib.kit.selection import Selection
from cs_lib.metrics.compute.intervals import wilson
from cs_lib.metrics.measures import Measures
from cs_lib.period import Period, Segment

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from small import sample_judgement

PERIOD = "2026-06"


@pytest.fixture(scope="session")
def sample():
    """`sample(period, segment)` is the kit of the shipped company."""

    def kit(period=PERIOD, segment="all"):
        known = sample_judgement(period)
        chosen = Selection(known.edition, known.measures, known.period, Segment.parse(segment))
        vars(chosen)["judgement"] = known
        return Kit(chosen)

    return kit


def row(
    metric, value, *, variant="standard", period=PERIOD, segment="all", low=None, high=None, **n
):
    """One row of the measures; without a value it is undefined."""
    at, nan = Period.parse(period), float("nan")
    numbers = {"numerator": nan, "denominator": nan, "n": nan, **n}
    return {
        "metric": metric,
        "variant": variant,
        "unit": "",
        "grain": at.grain,
        "period_start": pd.Timestamp(at.start),
        "period_end": pd.Timestamp(at.end),
        "segment_by": segment.partition("=")[0],
        "segment": segment,
        **numbers,
        "value": nan if value is None else value,
        "low": nan if low is None else low,
        "high": nan if high is None else high,
        "status": "undefined" if value is None else "ok",
    }


def share(metric, part, whole, **options):
    """A row of a proportion, with its Wilson interval."""
    if not whole:
        return row(metric, None, numerator=part, denominator=whole, n=whole, **options)
    low, high = (float(end) for end in wilson(part, whole))
    return row(
        metric,
        part / whole,
        low=low,
        high=high,
        numerator=part,
        denominator=whole,
        n=whole,
        **options,
    )


def targets_of(given):
    """Targets as an edition holds them."""
    spelled = spelled_out(given)
    return {
        name: {
            segment: tuple(Target(**each) for each in history) for segment, history in by.items()
        }
        for name, by in spelled.items()
    }


def kit_of(rows, *, targets=None, segments=("plan",), segment="all", period=PERIOD):
    """A kit over these rows alone, for an edition with these targets and segment columns."""
    frame = pd.DataFrame(rows)
    edition = read_edition("sample").model_copy(
        update={"targets": targets_of(targets or {}), "segments": segments}
    )
    measures = Measures(
        measures=frame,
        cohorts=pd.DataFrame({"segment": [], "measure": []}),
        curves=pd.DataFrame(),
        left_out={},
        as_of=date(2026, 7, 1),
        facts=sample_facts(),
    )
    return Kit(Selection(edition, measures, Period.parse(period), Segment.parse(segment)))


def sample_facts():
    return ("movements", "losses", "nps", "csat", "ces", "invitations", "costs", "usage")


@pytest.fixture(scope="session")
def made():
    """The builders above."""
    return sys.modules[__name__]
