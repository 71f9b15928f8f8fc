"""Average marginal effects: the published contracts, relabelling by hand, and what is said of them."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from cs_lib.edition import read_edition
from cs_lib.judgement.goes_with import goes_with
from cs_lib.metrics.models.logistic import Hazard, Kinds, chance
from cs_lib.metrics.models.marginal_effects import marginal_effects
from cs_lib.metrics.models.risk_words import RANKS_NOT, TOO_FEW
from cs_lib.period import Period
from cs_lib.report.tables.effects_table import effects_table
from cs_lib.report.text.effect_words import effects_sentence
from cs_lib.report.text.formatting import Formatter
from cs_lib.vocabulary import OK

#: the telephone company of METRICS §6: who left of each contract
CONTRACTS = {"month-to-month": (1655, 3875), "one year": (166, 1473), "two years": (48, 1695)}
JUNE = Period.parse("2026-06")


def test_of_one_feature_it_is_the_difference_of_the_published_shares():
    """42.7097 % of month-to-month, 11.2695 % of one year, 2.8319 % of two years; with the interval of a difference."""
    frame = pd.DataFrame({"contract": list(CONTRACTS)})
    left, n = np.array(list(CONTRACTS.values()), dtype=float).T
    found = marginal_effects(Hazard.fitted(Kinds(frame, ("contract",)), left, n), n)
    assert [(each["label"], each["base"]) for each in found] == [
        ("one year", "month-to-month"),
        ("two years", "month-to-month"),
    ]
    assert [100 * each["effect"] for each in found] == pytest.approx([-31.4402, -39.8778], abs=1e-4)
    p = left / n
    for each, place in zip(found, (1, 2), strict=True):
        error = np.sqrt((p * (1 - p) / n)[[0, place]].sum())
        assert each["high"] - each["low"] == pytest.approx(2 * 1.959964 * error, rel=1e-6)
        assert each["n"] == n[place]


@pytest.fixture(scope="module")
def two():
    rng = np.random.default_rng(3)
    labels = [(a, b) for a in ("x", "y", "z") for b in ("few", "many")]
    kinds = Kinds(pd.DataFrame(labels, columns=["plan", "use"]), ("plan", "use"))
    n = np.array([900.0, 400, 700, 500, 300, 200])
    logit = [-2, -2.6, -1.4, -2.1, -2.9, -3.2]
    left = rng.binomial(n.astype(int), chance(np.array(logit))).astype(float)
    return Hazard.fitted(kinds, left, n), n


def test_relabelling_every_customer_gives_the_same(two):
    hazard, n = two
    frame = hazard.kinds.frame
    for each in marginal_effects(hazard, n):
        means = []
        for label in (each["label"], each["base"]):
            moved = Kinds(frame.assign(**{each["feature"]: label}), hazard.kinds.features)
            places = [hazard.kinds.columns.index(column) for column in moved.columns]
            p = chance(hazard.start + moved.on @ hazard.moves[places])
            means.append(np.average(p, weights=n))
        assert each["effect"] == pytest.approx(means[0] - means[1])


def test_the_interval_is_as_wide_as_drawing_the_coefficients_says(two):
    hazard, n = two
    rng, found = np.random.default_rng(1), marginal_effects(hazard, n)
    drawn = rng.multivariate_normal([hazard.start, *hazard.moves], hazard.covariance, 4000)
    values = np.array(
        [
            [
                each["effect"]
                for each in marginal_effects(
                    Hazard(hazard.kinds, one[0], one[1:], hazard.covariance, {}), n
                )
            ]
            for one in drawn[:400]
        ]
    )
    widths = np.array([(each["high"] - each["low"]) / 2 / 1.959964 for each in found])
    assert values.std(axis=0) == pytest.approx(widths, rel=0.12)


EFFECT = {"feature": "trend", "label": "fell", "base": "steady", "n": 926.0}
CLEAR = EFFECT | {"effect": 0.06, "low": 0.039, "high": 0.08, "p": 1e-8}
WEAK = EFFECT | {"label": "rose", "effect": -0.01, "low": -0.02, "high": 0.0001, "p": 0.04}


def told(record):
    figures = SimpleNamespace(
        edition=read_edition("sample"),
        measures=SimpleNamespace(data={"hazard": {"2026-07-01": record}}),
    )
    return goes_with(figures, JUNE)


def test_only_what_chance_does_not_explain_is_said_and_always_with_the_caveat():
    formatter = Formatter.of(read_edition("sample"))
    found = told({"status": OK, "effects": [WEAK, CLEAR, WEAK], "growth": {"status": RANKS_NOT}})
    assert found.leaving["differs"].tolist() == [False, True, False]
    text = str(effects_sentence(found, formatter))
    assert "6.0 more leave in a month where use fell than where use was steady" in text
    assert "rose" not in text and "does not prove" in text and "cannot be told" in text
    assert "does not prove" in effects_table(found, formatter).text
    none = told({"status": OK, "effects": [WEAK, WEAK], "growth": {"status": TOO_FEW}})
    said = str(effects_sentence(none, formatter))
    assert said.startswith("Nothing that is known") and "Too few customers have paid more" in said


def test_a_hazard_that_is_refused_says_nothing():
    growth = {"status": OK, "effects": [CLEAR]}
    assert told({"status": RANKS_NOT, "effects": [CLEAR], "growth": growth}) is None
    assert told({}) is None


def test_what_goes_with_paying_more_has_columns_of_its_own():
    formatter = Formatter.of(read_edition("sample"))
    found = told({"status": OK, "effects": [CLEAR], "growth": {"status": OK, "effects": [CLEAR]}})
    assert "6.0 more pay more a month later where use fell" in str(
        effects_sentence(found, formatter)
    )
    assert "Pay more" in effects_table(found, formatter).text
