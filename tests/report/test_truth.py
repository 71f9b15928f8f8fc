"""Every sentence is true for any figures: its verbs, its numbers of things, and what it claims."""

import html
import math
import re

import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cs_lib.judgement.comparisons import distinguishable
from cs_lib.judgement.trends import Run, Step
from cs_lib.metrics.catalogue import CATALOGUE
from cs_lib.metrics.catalogue.rules import Amount, Curve
from cs_lib.period import Period
from cs_lib.report.tables.restated_table import restated_table
from cs_lib.report.tables.scorecard_table import signals_sentence
from cs_lib.report.text import cohort_sentences, movement_sentences, trend_sentences
from cs_lib.report.text.formatting import Formatter
from cs_lib.report.text.segment_sentences import segment_sentence
from cs_lib.report.text.sentences import metric_sentence
from cs_lib.vocabulary import COUNT, HIGHER_IS_BETTER, LOWER_IS_BETTER, MONEY, NEITHER, PERCENT

US, NAN = Formatter(), float("nan")
RULES = [
    pytest.param(metric, rule.variant, id=f"{metric.name}-{rule.variant}")
    for metric in CATALOGUE
    for rule in {each.variant: each for each in metric.rules}.values()
    if not isinstance(rule, Curve)
]
STATUSES = ("undefined", "immature", "suppressed")
quietly = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
often = settings(quietly, max_examples=150)
NUMBERS = {PERCENT: (-1, 2), MONEY: (-5e5, 5e5), COUNT: (0, 4000), "points": (-100, 100)}


def numbers(unit: str):
    """Figures of a unit, round ones and zero often among them."""
    low, high = NUMBERS.get(unit, (0, 40))
    if unit == COUNT:
        return st.integers(int(low), int(high)).map(float)
    return st.sampled_from([0.0, 1.0]) | st.floats(low, high) | st.floats(low, high).map(round)


@st.composite
def readings(draw, made, metric, variant, period, missing=True, **options):
    """A row of a metric with a figure and perhaps an interval, or with a status and none."""
    status = draw(st.sampled_from(["ok", "ok", "ok", *STATUSES])) if missing else "ok"
    if status != "ok":
        return made.row(metric.name, variant, period, status=status, **options)
    value = float(draw(numbers(metric.unit_of(variant))))
    spread = draw(st.sampled_from([NAN, 0.0]) | st.floats(0.001, 1))
    n = draw(st.sampled_from([1.0, 2.0]) | st.integers(1, 5000).map(float))
    ends = {"low": value - spread, "high": value + spread, "n": n, "denominator": n}
    if isinstance(metric.rule(variant), Amount):
        ends = {}
    given = {"value": value, "numerator": value * n, "status": "ok", **ends}
    return made.row(metric.name, variant, period, **given, **options)


# --- one figure ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("metric", "variant"), RULES)
def test_a_figure_is_told_as_it_is(made, metric, variant):
    direction = metric.direction_of(variant)

    @quietly
    @given(
        readings(made, metric, variant, "2026-06"),
        st.none() | readings(made, metric, variant, "2026-05"),
        st.sampled_from([True, False, None]),
        st.none() | st.floats(0, 5),
    )
    def holds(now, before, sure, target):
        said = metric_sentence(
            metric,
            now,
            before,
            formatter=US,
            distinguishable=sure,
            standing=made.standing(metric, now, target, variant),
            usual=target,
        )
        text = made.said_well(said)
        if now["status"] != "ok":
            assert text.count(".") <= 2 and not re.search(r"target|, (up|down) |the trend", text)
            return
        told = before is not None and before["status"] == "ok"
        up, down = (told and sign * (now["value"] - before["value"]) > 0 for sign in (1, -1))
        assert (", up " in text) <= up and (", down " in text) <= down
        assert ("percentage points" in text) <= (metric.unit_of(variant) == PERCENT)
        good = {HIGHER_IS_BETTER: up, LOWER_IS_BETTER: down, NEITHER: False}[direction]
        bad = {HIGHER_IS_BETTER: down, LOWER_IS_BETTER: up, NEITHER: False}[direction]
        certain = sure or (sure is None and isinstance(metric.rule(variant), Amount))
        assert ("improvement" in text) <= bool(good and sure)
        assert (", worse" in text) <= bool(bad and certain)
        assert (": higher is better" in text) <= bool(down and sure is None)
        assert (": lower is better" in text) <= bool(up and sure is None)
        if sure is False:
            assert not re.search(r", (up|down) ", text)
        assert ("There is no figure for May 2026" in text) == (before is not None and not told)
        assert ("95% interval" in text) <= (now["low"] < now["high"])

    holds()


def test_an_interval_without_width_claims_nothing(made, catalogue):
    """Everybody stayed at the same price, so the delta method sees no spread at all."""
    metric = catalogue("gross_revenue_retention")
    ends = {"numerator": 400.0, "denominator": 400.0, "n": 8.0, "value": 1.0}
    now = made.row(metric.name, "one_period", low=1.0, high=1.0, **ends)
    before = made.row(
        metric.name, "one_period", "2026-05", **{**ends, "value": 0.9, "low": 0.8, "high": 0.95}
    )
    text = metric_sentence(metric, now, before, formatter=US, distinguishable=None).text
    assert "interval" not in text
    assert distinguishable(pd.Series(now), pd.Series(before), metric) is None


def test_a_figure_that_looks_back_further_than_the_data_is_not_about_to_come(made, catalogue):
    metric = catalogue("net_revenue_retention")
    row = made.row(metric.name, "12_months", status="immature")
    assert metric_sentence(metric, row, formatter=US).text == (
        "Net revenue retention (over twelve months) was not observable in June 2026: it needs 12 "
        "months of history."
    )
    rate = made.row("response_rate", "standard", status="immature")
    assert metric_sentence(catalogue("response_rate"), rate, formatter=US).text == (
        "Response rate was not yet observable in June 2026."
    )


def test_segment_names_are_escaped(made, catalogue):
    name = '<b onload="x">&'
    row = made.share(3, 40, by="plan", segment=f"plan={name}")
    markup = metric_sentence(catalogue("customer_churn_rate"), row, formatter=US)
    markup = markup._repr_mimebundle_()["text/html"]
    assert html.escape(name) in markup and name not in markup


# --- segments -----------------------------------------------------------------------------------

SPLIT = ["customer_churn_rate", "csat", "new_customers", "arpa", "nps", "churned_customers"]


@often
@given(st.data(), st.sampled_from(SPLIT))
def test_ends_are_named_as_they_are(made, catalogue, data, name):
    metric = catalogue(name)
    rows = [
        data.draw(
            readings(made, metric, metric.canonical, "2026-06", by="plan", segment=f"plan=P{i}")
        )
        for i in range(data.draw(st.integers(1, 6)))
    ]
    text = made.said_well(segment_sentence(metric, made.frame(*rows), formatter=US))
    shown = {f"P{i}": row["value"] for i, row in enumerate(rows) if row["status"] == "ok"}
    gone = {f"P{i}" for i in range(len(rows))} - set(shown)
    silent = re.search(r"((?:P\d|,| and | more|\d)+): (?:too few to say|no figure)\.", text)
    assert bool(silent) == bool(gone and shown)
    if silent:
        assert set(re.findall(r"P\d", silent[1])) <= gone
    ends = re.search(r"(?:most|highest) for (.*) \(.*, (?:fewest|least|lowest) for (.*?) \(", text)
    counted = isinstance(metric.rule(), Amount)
    printed = set(US.alike(list(shown.values()), metric.unit))
    assert bool(ends) >= (counted and len(printed) > 1)
    if ends:
        for told, level in zip(
            ends.groups(), (max(shown.values()), min(shown.values())), strict=True
        ):
            mark = US.alike([level, *shown.values()], metric.unit)
            there = {who for who, text in zip(shown, mark[1:], strict=True) if text == mark[0]}
            assert set(re.findall(r"P\d", told)) <= there
    assert not re.search(r"best|worst", text)


# --- amounts ------------------------------------------------------------------------------------

cents = st.sampled_from([0, 0, 1]) | st.integers(0, 10**8)
amounts = cents.map(lambda each: each / 100) | st.sampled_from([NAN, 1e-9])


@often
@given(amounts, st.lists(amounts, min_size=7, max_size=7))
def test_a_movement_adds_up_in_words(made, opening, parts):
    named = dict(zip(movement_sentences.MOVEMENT_WORDS, parts, strict=True))
    lost = ("contraction", "churned", "transfer_out")
    named = {name: -each if name in lost else each for name, each in named.items()}
    frame = made.movements(opening=opening, **named)
    closing = frame["value"].iloc[-1]
    text = made.said_well(movement_sentences.movement_sentence(frame, formatter=US))
    if math.isnan(closing):
        assert "cannot be told" in text
        return
    change = closing - opening
    assert (" rose " in text) <= (change > 0) and (" fell " in text) <= (change < 0)
    assert ("stayed" in text) == (abs(change) < 0.005)
    assert ("nothing was gained or lost" in text) == (max(map(abs, parts)) < 0.005)


@quietly
@given(st.integers(0, 4), st.integers(1, 60))
def test_signals_are_counted_in_words(made, catalogue, outside, more):
    metrics = {"csat": catalogue("csat")}
    rows = [
        made.share(90 - i, 100, metric="csat", variant="standard", by="plan", segment=f"plan=P{i}")
        for i in range(outside)
    ]
    frame = pd.DataFrame(rows).assign(centre=0.95, limit_low=0.92, limit_high=0.98)
    said = signals_sentence(frame, metrics, outside + more, Period.parse("2026-06"), formatter=US)
    text = made.said_well(said)
    assert ("nothing moved more than usual" in text) == (outside == 0)
    assert (f"{outside} of {outside + more} figures" in text) == (outside > 1)


# --- over time ----------------------------------------------------------------------------------


@quietly
@given(st.data(), st.sampled_from(["customer_churn_rate", "csat", "feature_adoption", "arpa"]))
def test_who_changed_since_then(made, catalogue, data, name):
    metric = catalogue(name)
    many = data.draw(st.integers(1, 6))
    ends = [
        [
            data.draw(
                readings(made, metric, metric.canonical, period, by="plan", segment=f"plan=P{i}")
            )
            for i in range(many)
        ]
        for period in ("2026-06", "2025-06")
    ]
    sure = {f"plan=P{i}": data.draw(st.sampled_from([True, False, None])) for i in range(many)}
    now, before = (made.frame(*rows) for rows in ends)
    text = made.said_well(trend_sentences.since_sentence(metric, now, before, sure, formatter=US))
    rose, fell = (
        re.search(f" {verb} for ([^.]*?)(?: and fallen|[.;]|$)", text.replace(". ", "; "))
        for verb in ("risen", "fallen")
    )
    for found, sign in ((rose, 1), (fell, -1)):
        for place in re.findall(r"P(\d) \(from", found[1]) if found else ():
            new, old = (rows[int(place)] for rows in ends)
            assert sure[f"plan=P{place}"] and sign * (new["value"] - old["value"]) > 0
    both = [i for i in range(many) if all(rows[i]["status"] == "ok" for rows in ends)]
    assert ("no earlier figure" in text) == (not both)
    tested = [i for i in both if sure[f"plan=P{i}"] is not None]
    assert ("cannot be tested" in text) == bool(both and not tested)
    assert not ("for any plan" in text and len(tested) < len(both))


@quietly
@given(
    st.data(), st.sampled_from(["contraction_mrr", "expansion_mrr_rate", "csat", "new_customers"])
)
def test_a_run_is_told_as_how_much_and_how_many_times_the_usual(made, catalogue, data, name):
    metric = catalogue(name)
    unit = metric.unit_of()
    value, usual, since = (abs(float(data.draw(numbers(unit)))) for _ in range(3))
    assume(US.alike((value, usual), unit)[0] != US.alike((value, usual), unit)[1])
    sign = -1 if name == "contraction_mrr" else 1
    last, long = Period.parse("2026-03"), data.draw(st.integers(0, 3))
    run = Run(last.back(long), last, sign * value, sign * usual, sign * since, 2.0)
    text = made.said_well(
        trend_sentences.runs_sentence(metric, [run], 20, Period.parse("2026-06"), formatter=US)
    )
    assert "−" not in text, "what was lost is told as how much was lost"
    assert ("rose to" in text) <= (value > usual) and ("fell to" in text) <= (value < usual)
    for words, times in (("twice the trend", 2), ("three times", 3), ("half the trend", 1 / 2)):
        if words in text:
            assert 0.85 < value / usual / times < 1.15
    assert text.endswith(" since.")
    june = trend_sentences.runs_sentence(metric, [run], 20, last.back(-1), formatter=US).text
    assert june.endswith(" in April 2026."), "one month is no months since"
    quiet = trend_sentences.runs_sentence(metric, [], 20, last, formatter=US).text
    assert quiet == f"{metric.title} moved no more than usual in the 20 months to March 2026."


@quietly
@given(st.floats(0, 1), st.floats(0, 1), st.integers(1, 20), st.booleans())
def test_a_lasting_change_is_better_or_worse_by_the_direction(
    made, catalogue, new, old, many, pooled
):
    assume(new != old)
    last = Period.parse("2026-06")
    step = Step(last.back(6), last, new, old, many, pooled)
    for name in ("customer_churn_rate", "csat", "nps_passives", "nps_promoters"):
        metric = catalogue(name)
        text = made.said_well(trend_sentences.step_sentence(metric, step, last, formatter=US))
        better = (new > old) == (metric.direction == HIGHER_IS_BETTER)
        judged = metric.direction != NEITHER
        assert ("an improvement" in text) == (judged and better)
        assert (", worse" in text) == (judged and not better)
        assert (" have " in text) == name.startswith("nps_")


def test_effort_follows_the_edition_also_where_it_changed_for_good(catalogue):
    from dataclasses import replace

    last = Period.parse("2026-06")
    step = Step(last.back(6), last, 2.0, 4.0, 12, False)
    effort = replace(catalogue("ces"), direction=LOWER_IS_BETTER)
    assert "an improvement" in trend_sentences.step_sentence(effort, step, last, formatter=US).text
    share = trend_sentences.step_sentence(
        effort, step, last, formatter=US, variant="share_easy"
    ).text
    assert ", worse" in share, "fewer found it easy"


@quietly
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)), min_size=1, max_size=6))
def test_cohorts_that_stand_alike_are_counted(made, pairs):
    pairs = [(min(a, b), b) for a, b in pairs]
    starts = [pd.Timestamp(Period.parse("2026-01").back(i).start) for i in range(len(pairs))]
    cells = [made._cell("customers", at, 6, *pair) for at, pair in zip(starts, pairs, strict=True)]
    whole = [sum(each) for each in zip(*pairs, strict=True)]
    frame = pd.DataFrame([*cells, made._cell("customers", pd.NaT, 6, *whole)])
    said = cohort_sentences.cohort_sentence(frame, 6, formatter=US, ordered=True)
    text = made.said_well(said)
    shares = [a / b for a, b in pairs]
    for side, end in (("Best:", max(shares)), ("worst:", min(shares))):
        if max(shares) > min(shares):
            alike = shares.count(end)
            assert (
                f"{side} {f'{alike} cohorts' if alike > 1 else 'customers who joined in'}" in text
            )
    assert ("Best" in text) == (max(shares) > min(shares))
    for many in re.findall(r"all (\d+) still here", text):
        assert (int(many), int(many)) in pairs
    quiet = cohort_sentences.cohort_sentence(frame, 6, formatter=US).text
    assert "Best" not in quiet, "an order that chance may have made is not told"


@quietly
@given(st.floats(0, 1), st.floats(0, 1))
def test_newer_cohorts_keep_more_or_less_as_they_do(made, new, old):
    assume(US.percent(new) != US.percent(old))
    last = Period.parse("2026-06")
    cells = pd.DataFrame(
        [made._cell("customers", at, 6, 5, 10) for at in (pd.Timestamp("2026-01-01"), pd.NaT)]
    )
    step = Step(last.back(6), last, new, old, 12, True)
    text = made.said_well(cohort_sentences.cohort_sentence(cells, 6, formatter=US, step=step))
    assert ("newer cohorts keep more" in text) == (new > old)
    assert ("newer cohorts keep less" in text) == (new < old)
    assert f"{US.percent(new)} of those who joined from December 2025 on, {US.percent(old)}" in text


@quietly
@given(
    st.integers(0, 30),
    st.integers(0, 30),
    st.integers(0, 30),
    st.integers(0, 30),
    st.integers(1, 50),
)
def test_the_bridge_counts_in_words(made, lost, passing, back, joined, opening):
    ended, lost = lost + passing + back, min(lost, opening)
    back = ended - lost - passing
    parts = {
        "snapshot": (lost, opening),
        "events": (ended, opening),
        "stripe": (ended, opening + joined),
    }
    rows = [
        made.row(variant=v, value=x / y, numerator=float(x), denominator=float(y))
        for v, (x, y) in parts.items()
    ]
    rows.append(made.row("joined_and_left", "standard", value=float(passing)))
    text = made.said_well(movement_sentences.churn_bridge_sentence(made.frame(*rows), formatter=US))
    if ended == lost:
        assert f"All rules count the same {US.count(lost, 'customer')} lost." in text
        return
    assert f"{US.count(lost, 'customer')} who paid at the start of June 2026 had gone" in text
    assert f"every end counted, it is {ended}, with" in text
    assert ("joined and left" in text) == bool(passing) and ("left again" in text) == bool(back)


def test_a_slice_whose_spells_do_not_end_with_their_customers_has_no_bridge(made):
    rows = [
        made.row(variant=v, value=0.1, numerator=x, denominator=10.0)
        for v, x in (("snapshot", 3.0), ("events", 1.0), ("stripe", 1.0))
    ]
    frame = made.frame(*rows, made.row("joined_and_left", "standard", value=0.0))
    assert movement_sentences.churn_bridge_sentence(frame, formatter=US) is None


def test_a_credit_repays_nothing(made, catalogue):
    row = made.row("cac_payback", "12_months", value=-2.0)
    text = made.said_well(
        movement_sentences.payback_sentence(catalogue("cac_payback"), row, formatter=US)
    )
    assert "repay" not in text


# --- restated -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("many", "said"), [(0, "No figure"), (1, "1 figure published"), (2, "2 figures")]
)
def test_restated_figures_are_counted(catalogue, many, said):
    row = {
        "metric": "mrr", "variant": "standard", "grain": "month", "unit": "money",
        "period_start": pd.Timestamp("2026-05-01"), "segment_by": "all", "segment": "all",
        "old": 100.0, "new": NAN, "cause": "cause not known",
    }  # fmt: skip
    rows = pd.DataFrame([row, {**row, "new": 90.0}][:many], columns=list(row))
    table = restated_table(rows, "2026-05", catalogue, US)
    assert said in table.text and "nan" not in table.text


@pytest.mark.parametrize(
    ("metric", "title"), [("sunk_metric", "Sunk metric (old rule)"), ("mrr", "MRR (old rule)")]
)
def test_a_rule_that_is_no_longer_there_is_restated_by_its_name(catalogue, metric, title):
    row = {
        "metric": metric, "variant": "old_rule", "grain": "month", "unit": "percent",
        "period_start": pd.Timestamp("2026-05-01"), "segment_by": "all", "segment": "all",
        "old": 0.1, "new": NAN, "cause": "cause not known",
    }  # fmt: skip
    text = restated_table(pd.DataFrame([row]), "2026-05", catalogue, US).text
    assert title in text and "10.0%" in text
