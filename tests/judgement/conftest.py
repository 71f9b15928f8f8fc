"""Judgements over measures drawn for a test: a table of parts by month and segment."""

import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from cs_lib.edition import read_edition
from cs_lib.edition.targets import Target, spelled_out
from cs_lib.judgement.judgement import Judgement
from cs_lib.metrics.catalogue import metric
from cs_lib.metrics.compute.intervals import wilson
from cs_lib.metrics.measures import Measures
from cs_lib.period import Period

NAN = float("nan")
TESTS = Path(__file__).resolve().parents[1]
#: the sample's measures, and measures of a few metrics alone
sys.path[:0] = [str(TESTS / "kit"), str(TESTS / "metrics")]


@pytest.fixture(scope="session")
def drawn():
    """This module: the builders below, by name."""
    return sys.modules[__name__]


def shares(name, parts, *, last="2026-06", segment="all", by="all"):
    """Rows of a share over periods on end: (numerator, denominator) each, oldest first."""
    end = Period.parse(last)
    return [
        _row(name, end.back(len(parts) - 1 - place), by, segment, x, n)
        for place, (x, n) in enumerate(parts)
    ]


def total(name, values, *, last="2026-06", segment="all", by="all"):
    """Rows of a total over periods on end."""
    end = Period.parse(last)
    rows = []
    for place, value in enumerate(values):
        row = _row(name, end.back(len(values) - 1 - place), by, segment, value, 1)
        rows.append({**row, "denominator": NAN, "n": NAN, "value": value, "low": NAN, "high": NAN})
    return rows


def _row(name, period, by, segment, x, n):
    low, high = (float(end) for end in wilson(x, n)) if 0 <= x <= n else (NAN, NAN)
    return {
        "metric": name,
        "variant": metric(name).canonical,
        "unit": "",
        "grain": period.grain,
        "period_start": pd.Timestamp(period.start),
        "period_end": pd.Timestamp(period.end),
        "segment_by": by,
        "segment": segment,
        "numerator": float(x),
        "denominator": float(n),
        "n": float(n),
        "value": x / n if n else NAN,
        "low": low,
        "high": high,
        "status": "ok" if n else "undefined",
    }


def judgement(rows, *, targets=None, segments=("plan",), period="2026-06"):
    """The judgement of these rows alone."""
    given = {
        name: {where: tuple(Target(**each) for each in history) for where, history in by.items()}
        for name, by in spelled_out(targets or {}).items()
    }
    edition = read_edition("sample").model_copy(update={"targets": given, "segments": segments})
    frame = pd.DataFrame(rows)
    known = set(frame["metric"])
    left_out = {each: "is not drawn" for each in _names() if each not in known}
    facts = ("movements", "nps", "csat", "ces", "costs")
    measures = Measures(frame, pd.DataFrame(), pd.DataFrame(), left_out, date(2026, 7, 1), facts)
    return Judgement(edition, measures, Period.parse(period))


def _names():
    from cs_lib.metrics.catalogue import CATALOGUE

    return [each.name for each in CATALOGUE]


@pytest.fixture(scope="session")
def sample():
    """`sample(period)`: the judgement of the shipped company."""
    from small import sample_judgement

    return sample_judgement
