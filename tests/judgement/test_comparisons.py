"""Segments apart: corrected for how many there are, and none only because another one is."""

import numpy as np
import pandas as pd
import pytest

from cs_lib.period import Segment

CHURN = "customer_churn_rate"


def apart(drawn, parts, name=CHURN):
    rows = []
    for segment, pair in parts.items():
        rows += drawn.shares(name, [pair] * 12, by="plan", segment=f"plan={segment}")
    return drawn.judgement(rows).apart(name, "plan")


def differing(found):
    return [each.removeprefix("plan=") for each in found.differing["segment"]]


def test_the_one_that_differs_is_named_and_the_others_are_not(drawn):
    found = apart(drawn, {"A": (7, 160), "B": (6, 300), "C": (7, 350)})
    assert differing(found) == ["A"]
    row = found.rows.iloc[0]
    assert (row["value"], row["rest"]) == pytest.approx((7 / 160, 13 / 650))
    assert (found.first.label, found.last.label) == ("2025-07", "2026-06")


@pytest.mark.parametrize("names", ["AB", "BA"])
def test_of_two_segments_both_stand_apart_and_the_bad_one_is_told(drawn, names):
    bad, good = names
    rows = []
    for segment, x in ((bad, 40), (good, 10)):
        rows += drawn.shares(CHURN, [(x, 400)] * 12, by="plan", segment=f"plan={segment}")
    judged = drawn.judgement(rows)
    assert {*differing(judged.apart(CHURN, "plan"))} == {"A", "B"}
    [story] = judged.front(Segment()).stories
    assert (story.side, story.first.segment) == ("bad", f"plan={bad}")


@pytest.mark.slow
def test_segments_of_one_rate_rarely_stand_apart(drawn):
    """A family-wise error of 5 %: of 200 companies of six plans alike, about ten, and hardly twenty."""
    rng = np.random.default_rng(7)
    names, wrong = "ABCDEF", 0
    for _ in range(200):
        parts = {each: (int(rng.binomial(3600, 0.02)) / 12, 300) for each in names}
        wrong += bool(differing(apart(drawn, parts)))
    assert wrong <= 19


def test_a_segment_of_few_does_not_stand_apart_by_chance(drawn):
    assert differing(apart(drawn, {"A": (1 / 12, 4), "B": (20, 1000), "C": (20, 1000)})) == []


def test_totals_and_figures_without_an_interval_are_not_compared(drawn):
    rows = [
        *drawn.total("mrr", [1.0] * 12, by="plan", segment="plan=A"),
        *drawn.total("mrr", [9.0] * 12, by="plan", segment="plan=B"),
    ]
    assert drawn.judgement(rows).apart("mrr", "plan") is None


def test_apac_loses_twice_as_many_as_the_others(sample):
    found = sample().apart(CHURN, "region")
    assert differing(found) == ["region=APAC"]
    row = found.rows.iloc[0]
    assert (round(row["value"], 4), round(row["rest"], 4)) == (0.0403, 0.0188)


def test_an_order_that_chance_may_have_made_is_none():
    """Ten cohorts of one rate differ by chance; one of another rate is seen; without intervals nothing is said."""
    from cs_lib.judgement.comparisons import differ_among
    from cs_lib.metrics.compute.intervals import wilson

    def rows(*shares):
        ends = [[float(end) for end in wilson(100 * share, 100)] for share in shares]
        return pd.DataFrame(
            {"value": shares, "low": [low for low, _ in ends], "high": [high for _, high in ends]}
        )

    alike = [0.80, 0.84, 0.78, 0.81, 0.79, 0.83, 0.76, 0.82, 0.80, 0.81]
    assert not differ_among(rows(*alike), 0.95)
    assert differ_among(rows(*alike[:-1], 0.5), 0.95)
    assert not differ_among(rows(0.1, 0.9).assign(low=0.5, high=0.5), 0.95)
    assert not differ_among(rows(0.8), 0.95)


def test_segments_are_compared_over_the_same_months_as_the_whole_is_told_of(drawn):
    """Of answers that are still awaited the last month says nothing: twelve months before it are compared, not eleven."""
    rows = []
    for segment, by in (("all", "all"), ("plan=A", "plan"), ("plan=B", "plan")):
        own = drawn.shares("response_rate", [(40, 100)] * 14, by=by, segment=segment)
        own[-1] |= {"status": "immature", "value": float("nan")}
        rows += own
    judged = drawn.judgement(rows)
    found, year = judged.apart("response_rate", "plan"), judged.year_figure("response_rate")
    assert (found.first, found.last) == (year.first, year.last)
    assert found.last.label == "2026-05" and found.rows["n"].tolist() == [1200, 1200]


def test_months_in_which_others_had_an_owners_customers_are_not_hers(drawn):
    """Bea took her customers over half a year ago: none of them left before, and Ann's are held against all of the others'."""
    from cs_lib.metrics.catalogue import metric
    from cs_lib.report.text.formatting import Formatter
    from cs_lib.report.text.segment_sentences import segment_sentence

    rows = drawn.shares(CHURN, [(40, 1000)] * 12)
    rows += drawn.shares(CHURN, [(10, 500)] * 12, by="owner", segment="owner=Ann")
    rows += drawn.shares(CHURN, [(30, 500)] * 12, by="owner", segment="owner=Bea")
    none = dict.fromkeys(("numerator", "denominator", "n", "value", "low", "high"), np.nan)
    rows[-12:-6] = [row | none | {"status": "handed over"} for row in rows[-12:-6]]
    judged = drawn.judgement(rows, segments=("owner",), targets={CHURN: 0.02})
    found = judged.apart(CHURN, "owner")
    told = found.rows.set_index("segment")
    assert told["n"].to_dict() == {"owner=Ann": 6000, "owner=Bea": 3000}
    assert told.loc["owner=Ann", "rest"] == pytest.approx(360 / 6000)
    now = pd.DataFrame([row for row in rows if row["period_start"] == pd.Timestamp("2026-06-01")])
    said = segment_sentence(metric(CHURN), now, formatter=Formatter("USD"), apart=found)
    assert "in which others had some of the customers, are not in it: 6 of 12 for Bea." in str(said)
    assert judged.standing(CHURN, "owner", "owner=Bea").figure.periods == 6


@pytest.mark.parametrize("history", [6, 12, 15])
def test_what_few_months_of_a_segment_hide_belongs_to_the_others_all_the_same(drawn, history):
    """C is hidden in three months: the others of A are all less A, and the sentence says of how many C lacks three."""
    from cs_lib.metrics.catalogue import metric
    from cs_lib.report.text.formatting import Formatter
    from cs_lib.report.text.segment_sentences import segment_sentence

    rows = drawn.shares(CHURN, [(40, 1000)] * history)
    for segment, parts in {"A": (30, 300), "B": (6, 500), "C": (4, 200)}.items():
        rows += drawn.shares(CHURN, [parts] * history, by="plan", segment=f"plan={segment}")
    hidden = dict.fromkeys(("numerator", "denominator", "n", "value", "low", "high"), np.nan)
    rows[-5:-2] = [row | hidden | {"status": "suppressed"} for row in rows[-5:-2]]
    found = drawn.judgement(rows).apart(CHURN, "plan")
    told = found.rows.set_index("segment")
    assert told.loc["plan=A", "rest"] == pytest.approx(10 / 700)
    assert told.loc["plan=B", "rest"] == pytest.approx(34 / 500)
    assert told["hidden"].to_dict() == {"plan=A": 0, "plan=B": 0, "plan=C": 3}
    now = pd.DataFrame([row for row in rows if row["period_start"] == pd.Timestamp("2026-06-01")])
    said = segment_sentence(metric(CHURN), now, formatter=Formatter("USD"), apart=found)
    assert f"Months of few are not in it: 3 of {min(history, 12)} for C." in str(said)
