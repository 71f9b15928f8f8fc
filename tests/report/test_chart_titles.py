"""The title of a chart is short and true: it says a thing where the judgement holds it, and nowhere else."""

import math
import random
from dataclasses import replace

import pandas as pd
import pytest

from cs_lib.judgement.comparisons import Apart
from cs_lib.judgement.series import OF_A_PERIOD
from cs_lib.judgement.trends import Run, Step
from cs_lib.period import Period
from cs_lib.report import figures
from cs_lib.report.text.chart_titles import (
    LONGEST,
    cohorts_title,
    over_time_title,
    range_title,
    segments_title,
)
from cs_lib.report.text.cohort_sentences import renewal_sentence
from cs_lib.report.text.formatting import Formatter
from cs_lib.report.text.measure_row import Reading, readings
from cs_lib.vocabulary import HIGHER_IS_BETTER, MET, MISSED, TOO_CLOSE

US = Formatter()
NAMES = ("customer_churn_rate", "csat", "nps", "mrr", "arpa", "time_to_value", "paying_customers")
WORDS = {MET: " met ", MISSED: " missed ", TOO_CLOSE: "too close to call"}


def drawn(made, metric, seed, period="2026-06"):
    """A row of a metric with an interval, as it may turn out."""
    if metric.name in ("customer_churn_rate", "csat"):
        return made.share(
            seed.randrange(0, 41), 400, metric=metric.name, variant=metric.canonical, period=period
        )
    value = round(seed.uniform(0, 60), seed.choice((0, 2)))
    ends = {"low": value - 4, "high": value + 4, "n": 50}
    return made.row(metric.name, metric.canonical, period, value=value, **ends)


@pytest.mark.parametrize("name", NAMES)
def test_a_title_over_time_says_what_is_judged_and_no_more(made, catalogue, name):
    seed, metric = random.Random(name), catalogue(name)
    for _ in range(60):
        now, ago = (drawn(made, metric, seed, each) for each in ("2026-06", "2025-06"))
        rows = Reading.of(now), Reading.of(ago)
        target = (
            round(seed.uniform(0, 1.2) * (now["value"] or 1), 2) if seed.random() < 0.6 else None
        )
        standing, own = made.standing(metric, now, target), seed.random() < 0.5
        standing = replace(standing, own=own) if standing else None
        at = Period.parse("2026-01"), Period.parse("2026-06")
        step = Step(*at, 0.03, 0.05, 9, pooled=True) if seed.random() < 0.3 else None
        run = Run(*at, 0.07, 0.02, math.nan, 5.0) if seed.random() < 0.3 else None
        said = over_time_title(metric, *rows, US, standing=standing, step=step, run=run)
        assert said and len(said) <= LONGEST and "nan" not in said
        verdict = standing.verdict if standing else None
        for word, text in WORDS.items():
            assert (text in said) <= (verdict == word), said
        assert (verdict == MISSED) <= (" missed " in said), "a missed target comes first"
        if verdict in (MET, MISSED) and f" {verdict} " in said:
            assert (" its target" if own else " the company's target") in said
            assert (" a month" in said) == (metric.name in OF_A_PERIOD), "no rate of a year"
        if verdict != MISSED:
            assert (" since January 2026" in said) == (step is not None), said
        if not (step or run or verdict in WORDS):
            value = US.short(now["value"], metric.unit_of())
            assert said.startswith(f"{metric.title}") and value in said
            assert (", up " in said) <= (now["value"] > ago["value"]), said
            assert (", down " in said) <= (now["value"] < ago["value"]), said


@pytest.mark.parametrize("name", ["gross_revenue_churn_rate", "customer_retention_rate"])
@pytest.mark.parametrize("verdict", [MET, MISSED])
def test_a_missed_target_is_told_however_long_its_title(made, catalogue, name, verdict):
    metric = replace(catalogue(name), title="Share of customers lost in their first year with us")
    now = made.share(20, 400, metric=name, variant=metric.canonical)
    about = replace(made.standing(metric, now, 0.02), verdict=verdict, own=False)
    said = over_time_title(metric, Reading.of(now), None, US, standing=about)
    assert (" missed the company's target (5.0" in said) == (verdict == MISSED)
    assert verdict == MISSED or len(said) <= LONGEST


def test_segments_that_are_alike_are_not_a_range(made, catalogue):
    rows = [made.share(0, 400, by="plan", segment=f"plan={name}") for name in ("Solo", "Team")]
    said = range_title(catalogue("customer_churn_rate"), readings(made.frame(*rows)), US)
    assert said == "Customer churn rate: alike at 0.0% by plan"


def apart_of(metric, by, seed):
    """Segments of a split of which some differ from the others."""
    rows = [
        {
            "segment_by": by,
            "segment": f"{by}={name}",
            "value": seed.uniform(0.01, 0.1),
            "rest": seed.uniform(0.01, 0.1),
            "p": seed.random(),
            "differs": seed.random() < 0.4,
        }
        for name in ("Ab", "Cd", "Ef")
    ]
    return Apart(metric, Period.parse("2025-07"), Period.parse("2026-06"), pd.DataFrame(rows))


@pytest.mark.parametrize("name", ["customer_churn_rate", "csat"])
def test_a_segment_is_named_where_it_stands_apart_the_worst_first(catalogue, name):
    seed, metric = random.Random(name), catalogue(name)
    better = 1 if metric.direction == HIGHER_IS_BETTER else -1
    for _ in range(25):
        apart = [apart_of(metric, by, seed) for by in ("plan", "region")]
        apart += [None] if seed.random() < 0.3 else []
        said = segments_title(metric, apart, US)
        rows = pd.concat([each.rows for each in apart if each is not None])
        differ = rows[rows["differs"]]
        assert len(said) <= LONGEST
        assert ("no plan or region stands apart" in said) == (differ.empty and None not in apart)
        if differ.empty:
            continue
        bad = differ[(differ["value"] - differ["rest"]) * better < 0]
        first = (bad if len(bad) else differ).sort_values("p").iloc[0]
        column, _, segment = first["segment"].partition("=")
        value, rest = US.alike((first["value"], first["rest"]), "percent")
        assert said == f"{column.title()} {segment} stands apart: {value}, the others {rest}"


def test_the_ends_of_a_range_are_its_smallest_and_its_largest(made, catalogue):
    seed, churn = random.Random(5), catalogue("customer_churn_rate")
    for _ in range(40):
        shares = {name: seed.randrange(1, 40) for name in ("Solo", "Team", "Enterprise")}
        rows = readings(
            made.frame(
                *(
                    made.share(many, 400, by="plan", segment=f"plan={name}")
                    for name, many in shares.items()
                )
            )
        )
        said, values = range_title(churn, rows, US), sorted(shares.values())
        low, high = (US.percent(each / 400) for each in (values[0], values[-1]))
        assert said.startswith(f"Customer churn rate: {low} (") and f"to {high} (" in said
        named = said.partition("(")[2].partition(")")[0]
        assert shares[named] == values[0]


def test_few_customers_are_no_end_of_a_range(made, catalogue):
    """None of eleven left: that is not the least, for all that is known."""
    shares = {"5 to 9": (26, 1000), "over 9": (9, 1000), "none": (0, 11)}
    rows = [
        made.share(*of, by="use", segment=f"use={name}", metric="churn_by_use", variant="standard")
        for name, of in shares.items()
    ]
    said = range_title(catalogue("churn_by_use"), readings(made.frame(*rows)), US)
    assert said == "Customer churn rate: 2.6% (5 to 9), 0.9% (over 9)"


def test_before_and_since_are_told_where_they_differ(made):
    seed = random.Random(2)
    told = 0
    for _ in range(60):
        parts = {name: (seed.randrange(100, 400), 400) for name in ("before", "since")}
        parts["all"] = tuple(map(sum, zip(*parts.values(), strict=True)))
        means = {name: made._cell("customers", pd.NaT, 6, *each) for name, each in parts.items()}
        when = pd.Timestamp("2025-01-01").date()
        said = cohorts_title(means, when, 6, US, "customers")
        share = {name: f"{100 * part / whole:.0f}%" for name, (part, whole) in parts.items()}
        if "since" in said:
            told += 1
            assert said == (
                f"6 months on, {share['since']} are left of joiners since Jan 2025, "
                f"{share['before']} before"
            )
            assert abs(parts["since"][0] - parts["before"][0]) > 15
            ordered = cohorts_title(means, when, 6, US, "customers", by_orders=True)
            assert "order of joiners since" in ordered and "left" not in ordered
        else:
            assert said == f"{share['all']} of customers are left 6 months after joining"
            assert abs(parts["since"][0] - parts["before"][0]) < 40
    assert 10 < told < 60


def cohorts_that(leave, at_renewal):
    """Cells of eighteen cohorts that lose a share a month, and another in their twelfth."""
    rows = []
    for cohort in pd.date_range("2024-01-01", periods=18, freq="MS"):
        left = 100.0
        for age in range(14):
            left *= 1 if age == 0 else 1 - (at_renewal if age == 12 else leave)
            rows.append(("customers", cohort, age, left, 100.0, "ok"))
    names = ["measure", "cohort", "age", "numerator", "denominator", "status"]
    return pd.DataFrame(rows, columns=names)


@pytest.mark.parametrize("leave", [0.005, 0.01, 0.02])
@pytest.mark.parametrize("times", [0.5, 1, 1.3, 3, 8])
def test_the_end_of_a_yearly_term_is_told_where_more_leave_then(leave, times):
    said = str(renewal_sentence(cohorts_that(leave, leave * times), formatter=US))
    if times < 3:
        assert said == ""
    else:
        usual, gone = US.percent(leave), US.percent(leave * times)
        assert said == (
            f"{gone} of those still there after 11 months were gone a month later, when a yearly term "
            f"ends, against {usual} a month in the 5 months before."
        )
    young = cohorts_that(leave, leave * times).query("age < 12")
    assert str(renewal_sentence(young, formatter=US)) == ""


def test_every_chart_has_a_title_that_fits_and_says_what_is_shown_below(made, catalogue):
    churn = catalogue("customer_churn_rate")
    chart = figures.trend(made.churn_by_month(), churn, US, says="Churn has risen")
    texts = [mark.text for mark in chart.marks if mark.kind == "text"]
    assert texts[0] == chart.title == "Churn has risen"
    assert texts[1].startswith("Customer churn rate, % a month, by month")
    plain = figures.trend(made.churn_by_month(), churn, US)
    assert plain.title == "Customer churn rate"
