"""Small made-up slices of the measures, in the shape in which they are stored."""

import math
import re
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cs_lib.edition.targets import Target
from cs_lib.judgement.series import is_flow
from cs_lib.judgement.standing import (
    FEW_UNITS,
    Figure,
    Standing,
    is_share,
    share_interval,
    verdict_of,
)
from cs_lib.metrics.compute.intervals import wilson
from cs_lib.period import Period
from cs_lib.report.text.measure_row import period_of
from cs_lib.vocabulary import NEITHER

NAN = float("nan")
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def made():
    """This module: the builders below, by name."""
    return sys.modules[__name__]


def row(
    metric="customer_churn_rate",
    variant="snapshot",
    period="2026-06",
    by="all",
    segment="all",
    **numbers,
):
    """One row of the measures; `value` may be left out when numerator and denominator are given."""
    at = Period.parse(period)
    given = {
        "numerator": NAN,
        "denominator": NAN,
        "n": NAN,
        "value": NAN,
        "low": NAN,
        "high": NAN,
        **numbers,
    }
    status = given.pop("status", "ok" if not math.isnan(given["value"]) else "undefined")
    return {
        "metric": metric,
        "variant": variant,
        "unit": "",
        "grain": at.grain,
        "period_start": pd.Timestamp(at.start),
        "period_end": pd.Timestamp(at.end),
        "segment_by": by,
        "segment": segment,
        **given,
        "status": status,
    }


def standing(metric, given, target, variant=None):
    """How a row of the measures stands to a target; None where it cannot."""
    canonical = variant in (None, metric.canonical)
    if target is None or given["status"] != "ok" or not canonical or metric.direction == NEITHER:
        return None
    low, high, x, n = (given[part] for part in ("low", "high", "numerator", "denominator"))
    if is_share(metric.rule()) and n < FEW_UNITS:
        low, high = (float(end) for end in share_interval(x, n, 0.95))
    at = period_of(given)
    figure = Figure(given["value"], low, high, given["n"], at, at, x, n)
    verdict = verdict_of(figure, metric, target)
    goal = Target(value=target)
    return Standing(verdict, goal, True, metric.direction, figure, is_flow(metric))


def share(numerator, denominator, **options):
    """A row of a proportion with its Wilson interval."""
    low, high = (float(end) for end in wilson(numerator, denominator))
    value = numerator / denominator if denominator else NAN
    return row(
        numerator=numerator,
        denominator=denominator,
        n=denominator,
        value=value,
        low=low,
        high=high,
        **options,
    )


def frame(*rows):
    return pd.DataFrame(list(rows))


COUNTED = "customers|answers|orders|figures|plans|cohorts|months|periods|spells|joiners|points|days"


def said_well(sentence) -> str:
    """The text of a sentence: whole, without what a computation leaves behind, one thing in the singular."""
    text = str(sentence)
    assert text and (text[0].isupper() or text[0].isdigit()) and text.endswith("."), text
    lowered = f" {text.lower()} "
    for never in (" nan", " inf", "  ", "..", " ,", "( ", "()", "nan%", " ;", "(; "):
        assert never not in lowered, (never, text)
    assert not re.search(r"\bNone\b(?! of them)", text), text
    assert not re.search(r"[-\u2212][$\u20ac\u20a6\u00a3]?0(?:[.,]0+)?(?![\d.,])", text), text
    assert not re.search(rf"(?<![\d.,\u2212])1 (?:{COUNTED})\b", text), text
    return text


def months(last="2026-06", count=13):
    end = Period.parse(last)
    return [end.back(count - 1 - i).label for i in range(count)]


def churn_by_month(count=13, seed=3):
    random = np.random.default_rng(seed)
    return frame(
        *(
            share(int(random.binomial(800 + 15 * i, 0.028)), 800 + 15 * i, period=period)
            for i, period in enumerate(months(count=count))
        )
    )


def churn_by_plan():
    counts = {"Starter": (21, 390), "Team": (9, 340), "Pro": (5, 220), "Enterprise": (1, 54)}
    return frame(
        *(share(a, b, by="plan", segment=f"plan={plan}") for plan, (a, b) in counts.items())
    )


def movements(period="2026-06", scale=1.0, by="all", segment="all", **changed):
    amounts = {
        "opening": 1_204_300,
        "new": 52_400,
        "reactivation": 3_100,
        "expansion": 21_700,
        "transfer_in": 0,
        "transfer_out": 0,
        "contraction": -9_800,
        "churned": -27_900,
        **changed,
    }
    amounts = {name: amount * scale for name, amount in amounts.items()}
    rows = [
        row(f"{name}_mrr", "standard", period, by, segment, numerator=amount, n=100, value=amount)
        for name, amount in amounts.items()
    ]
    closing = sum(amounts.values())
    return frame(
        *rows, row("mrr", "standard", period, by, segment, numerator=closing, n=100, value=closing)
    )


def mrr_by_month(plans=("",), count=13, seed=5):
    random, rows = np.random.default_rng(seed), []
    for position, plan in enumerate(plans):
        amount = 420_000 / (position + 1)
        for period in months(count=count):
            amount *= 1 + random.normal(0.012, 0.01)
            by, segment = ("plan", f"plan={plan}") if plan else ("all", "all")
            rows.append(
                row("mrr", "standard", period, by, segment, numerator=amount, value=amount, n=100)
            )
    return frame(*rows)


def cohorts(count=13, seed=7, measure="customers", as_of=None):
    """A triangle that is observed up to the last month, with its weighted mean."""
    random, rows = np.random.default_rng(seed), []
    starts = [pd.Timestamp(Period.parse(label).start) for label in months(count=count)]
    for position, start in enumerate(starts):
        size = alive = int(random.integers(60, 160))
        for age in range(count):
            seen = age + position < count
            alive = int(random.binomial(alive, 0.93 if age < 4 else 0.98)) if age else size
            rows.append(_cell(measure, start, age, alive if seen else NAN, size if seen else NAN))
    observed = pd.DataFrame(rows)
    for age, part in observed[observed["status"] == "ok"].groupby("age"):
        rows.append(_cell(measure, pd.NaT, age, part["numerator"].sum(), part["denominator"].sum()))
    return pd.DataFrame(rows)


def _cell(measure, cohort, age, numerator, denominator):
    low, high = (float(end) for end in wilson(numerator, denominator))
    return {
        "measure": measure,
        "cohort": cohort,
        "age": age,
        "segment_by": "all",
        "segment": "all",
        "numerator": numerator,
        "denominator": denominator,
        "value": numerator / denominator,
        "low": low,
        "high": high,
        "status": "ok" if denominator == denominator else "immature",
    }


def answers(counts, metric="nps_answers", **options):
    """Rows of answers by score."""
    return frame(
        *(
            row(
                metric,
                "standard",
                by="score",
                segment=f"score={score}",
                numerator=many,
                value=many,
                n=many,
                **options,
            )
            for score, many in counts.items()
        )
    )


def nps_row(promoters, passives, detractors, **options):
    """The rows that one place of the NPS chart needs."""
    n = promoters + passives + detractors
    value = 100 * (promoters - detractors) / n
    half = 196 * math.sqrt(((promoters + detractors) / n - (value / 100) ** 2) / n)
    rows = [
        row("nps", "standard", value=value, low=value - half, high=value + half, n=n, **options)
    ]
    for name, many in (
        ("promoters", promoters),
        ("passives", passives),
        ("detractors", detractors),
    ):
        rows.append(share(many, n, metric=f"nps_{name}", variant="standard", **options))
    return rows


def scored(values, metric="ces", column="touchpoint", **options):
    """Rows of a mean score by touchpoint: name → (mean, half width, n)."""
    return frame(
        *(
            row(
                metric,
                "standard",
                by=column,
                segment=f"{column}={name}",
                value=mean,
                low=mean - half,
                high=mean + half,
                n=n,
                **options,
            )
            for name, (mean, half, n) in values.items()
        )
    )


def curve(segments=("all",), seed=11):
    random, rows = np.random.default_rng(seed), []
    for position, segment in enumerate(segments):
        alive, value, variance = 600 - 150 * position, 1.0, 0.0
        for t in range(0, 37):
            events = int(random.binomial(alive, 0.025 + 0.012 * position)) if t else 0
            value *= 1 - events / alive
            variance += events / (alive * max(alive - events, 1))
            half = 1.96 * value * math.sqrt(variance)
            rows.append(
                {
                    "curve": "survival",
                    "segment_by": "all" if segment == "all" else "plan",
                    "segment": segment if segment == "all" else f"plan={segment}",
                    "t": float(t),
                    "at_risk": alive,
                    "events": events,
                    "value": value,
                    "low": max(0, value - half),
                    "high": min(1, value + half),
                }
            )
            alive -= events + int(random.binomial(alive - events, 0.03))
    return pd.DataFrame(rows)


@pytest.fixture(scope="session")
def catalogue():
    from cs_lib.metrics.catalogue import metric

    return metric
