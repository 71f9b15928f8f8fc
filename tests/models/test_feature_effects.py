"""Single features: what truly keeps customers, or makes them pay more, is told of the feature that does, and of no other."""

from datetime import date
from types import SimpleNamespace

import drawn
import known_features
import numpy as np
import pandas as pd
import pytest

from cs_lib.edition import read_edition
from cs_lib.judgement.goes_with import features_go_with
from cs_lib.metrics.models import hazard
from cs_lib.metrics.models.feature_effects import _judged
from cs_lib.metrics.models.logistic import Hazard, Kinds
from cs_lib.metrics.models.marginal_effects import effects
from cs_lib.period import Period
from cs_lib.report.tables.feature_effects_table import feature_effects_table
from cs_lib.report.text.feature_effect_words import feature_effects_sentence
from cs_lib.report.text.formatting import Formatter

FORMATTER = Formatter.of(read_edition("sample"))
END = date(2026, 7, 1)


def told(tables, engine, period="2026-06"):
    """What is said of the features of a company at the end of June 2026."""
    given = drawn.edition(tables, segments=("plan",))
    context = drawn.context_of(tables, engine, given, END)
    records = hazard.risk_of(context, 500).records
    figures = SimpleNamespace(edition=given, measures=SimpleNamespace(data={"hazard": records}))
    return features_go_with(figures, Period.parse(period))


@pytest.mark.slow
def test_the_feature_that_keeps_customers_is_told_and_no_other(engine):
    """Who used `book` leaves half as often. Keen customers use everything more, and leave less by themselves."""
    made = known_features.company(seed=3, keeps=0.4)
    found = told(made.tables, engine)
    rows = found.leaving.set_index("feature")
    assert list(rows.index[rows["differs"]]) == ["book"]
    said = str(feature_effects_sentence(found, FORMATTER))
    assert "fewer leave in a month where they used book than where they did not" in said
    assert "does not prove" in said


@pytest.mark.slow
def test_the_effect_is_the_true_one_where_nothing_unknown_goes_with_use(engine):
    made = known_features.company(seed=4, keeps=0.4, keen_stay=0)
    rows = told(made.tables, engine).leaving.set_index("feature")
    assert rows.loc["book", "low"] <= made.effect_of_leaving <= rows.loc["book", "high"]
    events = made.tables["usage_events"]
    known = events[
        events["occurred_at"] >= "2024-02-01"
    ]  # of the first month nobody knows when its record began
    assert rows["n"].to_dict() == known["feature"].value_counts().to_dict()
    others = rows.drop(index="book")
    assert ((others["low"] < 0) & (others["high"] > 0)).all()


@pytest.mark.slow
def test_the_feature_whose_users_pay_more_is_told_and_no_other(engine):
    made = known_features.company(seed=5, sells=2.0)
    found = told(made.tables, engine)
    rows = found.growing.set_index("feature")
    assert list(rows.index[rows["differs"]]) == ["book"]
    assert rows.loc["book", "low"] <= made.effect_of_growing <= rows.loc["book", "high"]
    assert not found.leaving["differs"].any()
    assert "more pay more a month later where they used book" in str(
        feature_effects_sentence(found, FORMATTER)
    )


@pytest.mark.slow
@pytest.mark.parametrize("seed", [11, 12, 13])
def test_where_no_feature_matters_none_is_told(engine, seed):
    """Though all features are used more by those who leave less."""
    found = told(known_features.company(seed=seed).tables, engine)
    assert len(found.leaving) == 4 and not found.leaving["differs"].any()
    assert len(found.growing) == 4 and not found.growing["differs"].any()
    said = str(feature_effects_sentence(found, FORMATTER))
    assert (
        said
        == "No feature stands apart from the others in how it goes with leaving, or with paying more."
    )


ROW = {"feature": "book", "effect": -0.012, "low": -0.018, "high": -0.006, "p": 1e-5, "n": 5000.0}
OTHER = ROW | {"feature": "notes", "effect": 0.002, "low": -0.004, "high": 0.008, "p": 0.5}


def said(leaving=None, growing=None, period="2026-06"):
    records = [{} if rows is None else {"features": rows} for rows in (leaving, growing)]
    hazards = {"2026-07-01": {**records[0], "growth": records[1]}}
    figures = SimpleNamespace(
        edition=read_edition("sample"), measures=SimpleNamespace(data={"hazard": hazards})
    )
    return features_go_with(figures, Period.parse(period))


def test_what_happened_too_seldom_is_said_and_has_no_column():
    found = said([ROW, OTHER], [])
    text = str(feature_effects_sentence(found, FORMATTER))
    assert text == (
        "Of 100 customers alike in all else that is known, 1.2 fewer leave in a month where they used book than where they "
        "did not (95% interval 0.6 to 1.8). Too few customers paid more a month later while use was recorded to say which "
        "features go with that. These go together; that one brings the other about, this does not prove."
    )
    table = feature_effects_table(found, FORMATTER).text
    assert (
        "▼ −1.2" in table and "▼ +" not in table and "▲ +" not in table and "Pay more" not in table
    )
    assert "does not prove" in table


def test_each_outcome_is_corrected_for_all_its_features():
    rows = [OTHER | {"feature": f"f{n}", "p": 0.02} for n in range(8)]
    assert not said(rows, rows).leaving["differs"].any()
    assert said([rows[0]], rows).leaving["differs"].all()


def test_a_month_of_which_features_were_not_looked_at_has_none():
    assert said([ROW], [ROW], period="2026-05") is None
    assert said() is None


def test_a_feature_that_goes_with_it_as_much_as_others_do_is_not_told():
    """Of two features with the same effect neither is told; where one alone has an effect, that one is."""
    frame = pd.DataFrame(
        [(a, b) for a in ("no", "yes") for b in ("no", "yes")], columns=["uses_0", "uses_1"]
    )
    n = np.full(4, 20_000.0)
    alike = 0.04 - 0.01 * (frame == "yes").sum(axis=1).to_numpy()
    apart = 0.04 - 0.01 * (frame["uses_0"] == "yes").to_numpy()
    own = {}
    for name, p in (("alike", alike), ("apart", apart)):
        fitted = Hazard.fitted(Kinds(frame, ("uses_0", "uses_1")), n * p, n)
        own[name] = [row["p"] for row in _judged(list(effects(fitted, n)), fitted.covariance, 0.95)]
    assert min(own["alike"]) > 0.9
    assert own["apart"][0] < 1e-6 < 0.9 < own["apart"][1]
