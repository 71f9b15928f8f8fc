"""What goes with a score among the items beside it: against least squares over all orders, and what is refused."""

from itertools import permutations
from pathlib import Path

import drawn
import numpy as np
import pandas as pd
import pytest

from cs_lib.edition import read_edition
from cs_lib.judgement.score_drivers import drivers as judged
from cs_lib.judgement.series import Figures
from cs_lib.kit import kit_said
from cs_lib.metrics.compute.driver_cells import FEW_ANSWERS, NOTHING_VARIES, drivers
from cs_lib.metrics.measures import Measures
from cs_lib.period import Period, Segment
from cs_lib.report.tables.drivers_table import drivers_table
from cs_lib.report.text.driver_sentences import drivers_sentence, why_no_drivers
from cs_lib.report.text.formatting import Formatter

SAMPLE = Path(__file__).parents[2] / "cs_lib" / "data" / "sample"
JUNE = Period.parse("2026-06")


@pytest.fixture
def quick():
    made = drawn.DuckDBEngine()
    yield made
    made.close()


def company(many=60, *, seed=4, customers=30, change=None):
    """NPS answers of so many customers with items `ease` and `price`, of which the score depends."""
    rng = np.random.default_rng(seed)
    ease, price = rng.integers(1, 6, (2, many))
    score = np.clip(np.round(1.0 * ease + 0.6 * price + rng.normal(0, 1, many)), 0, 10)
    ids = [f"r{each:03d}" for each in range(many)]
    answers = pd.DataFrame(
        {
            "instrument": "nps",
            "score": score,
            "responded_at": pd.Timestamp("2026-01-01")
            + pd.to_timedelta(np.arange(many) * 3, unit="D"),
            "response_id": ids,
            "customer_id": [f"c{each % customers}" for each in range(many)],
            "region": np.where(np.arange(many) % 2, "N", "S"),
        }
    )
    items = pd.DataFrame(
        {
            "response_id": [*ids, *ids],
            "item": ["ease"] * many + ["price"] * many,
            "value": [*ease, *price],
        }
    )
    if change:
        answers, items = change(answers, items)
    return answers, items


def found(engine, answers, items, **keys):
    tables = {
        "survey_responses": drawn.typed(answers),
        "survey_items": drawn.typed(items),
    }
    keys = {"segments": ("region",), **keys}
    return drivers(drawn.context(engine, "2026-07-01", tables, **keys))


def of(rows, segment="all", window="2026-06-01"):
    here = rows[rows["window"].eq(window) & rows["segment"].eq(segment)]
    return here.set_index("item")


def by_orders(wide):
    """LMG by adding the items one by one in every order; the score is the last column."""

    def r2(columns):
        x = np.column_stack([np.ones(len(wide)), wide[:, list(columns)]])
        left = wide[:, -1] - x @ np.linalg.lstsq(x, wide[:, -1], rcond=None)[0]
        return 1 - left.var() / wide[:, -1].var()

    known, items = {}, range(wide.shape[1] - 1)
    parts = np.zeros(len(items))
    orders = list(permutations(items))
    for order in orders:
        for place, item in enumerate(order):
            sets = tuple(sorted(order[: place + 1])), tuple(sorted(order[:place]))
            for each in sets:
                known.setdefault(each, r2(each))
            parts[item] += known[sets[0]] - known[sets[1]]
    return parts / len(orders)


def test_parts_and_means_are_those_of_least_squares(engine):
    answers, items = company()
    rows = found(engine, answers, items)
    for segment in ("all", "region=N"):
        own = answers if segment == "all" else answers[answers["region"].eq("N")]
        wide = items.pivot(index="response_id", columns="item", values="value")
        wide = own.merge(wide, on="response_id")[["ease", "price", "score"]].to_numpy(dtype=float)
        here = of(rows, segment)
        assert here["part"].tolist() == pytest.approx(by_orders(wide).tolist(), abs=1e-7)
        assert here["mean"].tolist() == pytest.approx(wide[:, :2].mean(axis=0).tolist())
        assert here["n"].tolist() == [len(wide)] * 2 and set(here["status"]) == {"ok"}
    assert of(rows).loc["ease", "part"] > of(rows).loc["price", "part"]
    assert (of(rows)["low"] < of(rows)["part"]).all() and (of(rows)["high"] <= 1).all()


@pytest.mark.slow
def test_a_window_holds_twelve_months(quick):
    answers, items = company(60, change=lambda a, i: (a.assign(responded_at="2025-07-15"), i))
    rows = found(quick, answers, items)
    assert len(of(rows, window="2026-06-01")) == 2
    later, _ = company(60, change=lambda a, i: (a.assign(responded_at="2025-06-15"), i))
    assert of(found(quick, later, items), window="2026-06-01").empty


@pytest.mark.slow
def test_an_answer_without_all_items_is_left_out_and_twice_the_same_item_is_its_mean(quick):
    answers, items = company()
    less = items[~(items["response_id"].eq("r000") & items["item"].eq("ease"))]
    twice = pd.concat(
        [
            less,
            pd.DataFrame({"response_id": ["r001"] * 2, "item": ["ease"] * 2, "value": [1, 3]}),
        ]
    )
    own = items[items["response_id"].eq("r001") & items["item"].eq("ease")]["value"].iloc[0]
    mean = of(found(quick, answers, twice)).loc["ease"]
    others = (
        items[items["item"].eq("ease")].set_index("response_id")["value"].drop(["r000", "r001"])
    )
    assert mean["n"] == 59
    assert mean["mean"] == pytest.approx((others.sum() + (own + 1 + 3) / 3) / 59)


def test_an_item_that_most_lack_is_none_of_the_instruments(quick):
    answers, items = company()
    rare = pd.DataFrame({"response_id": ["r003", "r004"], "item": ["odd"] * 2, "value": [1, 5]})
    strange = pd.DataFrame({"response_id": ["nobody"], "item": ["ease"], "value": [1]})
    rows = of(found(quick, answers, pd.concat([items, rare, strange])))
    assert rows.index.tolist() == ["ease", "price"] and rows["n"].tolist() == [60, 60]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("many", "customers", "change", "status"),
    [
        (19, 19, None, FEW_ANSWERS),
        (60, 4, None, FEW_ANSWERS),
        (60, 30, lambda a, i: (a.assign(score=9), i), NOTHING_VARIES),
        (60, 30, lambda a, i: (a, i.assign(value=3)), NOTHING_VARIES),
        (20, 20, None, "ok"),
    ],
)
def test_what_cannot_be_told_is_refused_with_its_reason(quick, many, customers, change, status):
    rows = of(found(quick, *company(many, customers=customers, change=change)))
    assert set(rows["status"]) == {status}
    assert rows["part"].isna().all() == (status != "ok")


def told(rows):
    edition, none = read_edition("sample"), pd.DataFrame()
    measures = Measures(*(none, none, none, {}, JUNE.end), drivers=rows)
    return judged(Figures(edition, measures), Segment(), JUNE), Formatter.of(edition)


def test_the_largest_is_named_with_how_it_does_and_the_caveat(quick):
    [one], formatter = told(found(quick, *company()))
    text = str(drivers_sentence(one, formatter))
    assert text.startswith("The 2 items asked with NPS go with") and "ease with" in text
    assert "does not prove" in text and text.index("ease with") < text.index("price with")
    assert " answers for plan Solo, " in str(drivers_sentence(one, formatter, where="plan Solo"))
    assert "All items" in drivers_table(one, formatter).text
    [few], _ = told(found(quick, *company(19, customers=19)))
    assert "fewer than 10 answers an item" in why_no_drivers(few, formatter)
    [same], _ = told(found(quick, *company(change=lambda a, i: (a.assign(score=9), i))))
    assert "answered alike" in why_no_drivers(same, formatter)


def test_without_items_it_is_left_out():
    edition, none = read_edition("sample"), pd.DataFrame()
    selection = type("S", (), {"measures": Measures(none, none, none, {}, JUNE.end)})
    [left_out] = kit_said.drivers(selection)
    assert "needs survey_items" in str(left_out)
    assert edition.given("survey_items")
