"""The books of customer-success managers: against SQL by hand, exact limits against scipy, and what is unfair."""

import dataclasses
from datetime import date
from pathlib import Path

import drawn
import duckdb
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cs_lib.edition import read_edition
from cs_lib.judgement.owner_books import (
    AS_EXPECTED,
    FEWER,
    MORE,
    Books,
    _judged,
    books,
    poisson_p,
)
from cs_lib.judgement.series import Figures
from cs_lib.kit import kit_owners
from cs_lib.kit.selection import Selection
from cs_lib.metrics.compute.owner_cells import owner_cells, owners_ahead
from cs_lib.metrics.frame_columns import OWNERS
from cs_lib.metrics.measures import Measures
from cs_lib.period import Period, Segment
from cs_lib.report.text.formatting import Formatter
from cs_lib.report.text.owner_sentences import book_sentences
from cs_lib.vocabulary import TOO_FEW

SAMPLE = Path(__file__).parents[2] / "cs_lib" / "data" / "sample"
JUNE = Period.parse("2026-06")
SAMPLES = read_edition("sample")
CUSTOMERS = """
    customer_id | owner | valid_from | region
    ada         | Ann   |            | N
    ada         | Bob   | 2026-03-01 | N
    ben         | Ann   |            | S
    cyd         |       |            | N
"""
SUBSCRIPTIONS = """
    customer_id | start_date | end_date   | mrr | plan | interval_months
    ada         | 2026-01-01 | 2026-03-10 | 50  | Pro  | 1
    ben         | 2026-01-10 |            | 40  | Solo | 3
    cyd         | 2026-01-15 | 2026-02-15 | 30  | Solo | 1
    cyd         | 2026-02-15 |            | 60  | Pro  | 1
"""
COSTS = """
    month      | amount | owner
    2026-02-01 | 100    | Ann
    2026-02-01 | 20     |
"""
FACTS = ("movements", "renewals")


@pytest.fixture(scope="module")
def context():
    engine = drawn.DuckDBEngine()
    tables = {"customers": CUSTOMERS, "subscriptions": SUBSCRIPTIONS, "success_costs": COSTS}
    yield drawn.context(engine, "2026-05-01", tables, segments=("plan", "region"))
    engine.close()


@pytest.fixture(scope="module")
def cells(context):
    return owner_cells(context, FACTS).set_index(["month", "owner", "alike"])


def test_a_loss_counts_to_whoever_had_the_customer_on_the_months_first_day(cells):
    """Ada left Bob in March, nine days after he took her over from Ann."""
    lost = cells[cells["lost"] > 0]
    assert lost.index.tolist() == [(pd.Timestamp("2026-03-01"), "Bob", "plan=Pro,region=N")]
    assert lost[["customers", "opening", "churned"]].iloc[0].tolist() == [1, 50, -50]


def test_a_plan_is_that_of_the_opening(cells):
    """Cyd changed to Pro in February, and grew as a Solo customer."""
    february = cells.loc[pd.Timestamp("2026-02-01"), "(not given)", "plan=Solo,region=N"]
    assert february[["customers", "expansion"]].tolist() == [1, 30]


def test_terms_and_costs_are_their_owners(cells, context):
    april = cells.loc[pd.Timestamp("2026-04-01"), "Ann"].sum()
    assert april[["due", "kept", "terms"]].tolist() == [40, 40, 1]
    assert cells.groupby("owner")["cost"].sum().to_dict() == {
        "(not given)": 20,
        "Ann": 100,
        "Bob": 0,
    }
    assert owners_ahead(context, FACTS, {}) == {"Ann": {"due": 40.0, "terms": 1}}


@pytest.mark.slow
def test_pandas_gives_the_same_cells(cells):
    tables = {"customers": CUSTOMERS, "subscriptions": SUBSCRIPTIONS, "success_costs": COSTS}
    made = drawn.context(drawn.PandasEngine(), "2026-05-01", tables, segments=("plan", "region"))
    pd.testing.assert_frame_equal(owner_cells(made, FACTS), cells.reset_index(), check_dtype=False)


def test_the_newest_row_is_the_customer(context):
    found = context.engine.collect(context.tables["customers"]).set_index("customer_id")
    assert found["owner"].fillna("").to_dict() == {"ada": "Bob", "ben": "Ann", "cyd": ""}


def test_the_samples_books_are_those_of_the_files(sample):
    query = Path(__file__).with_name("books_by_hand.sql").read_text(encoding="utf-8")
    by_hand = duckdb.sql(query.format(folder=SAMPLE)).df().set_index("owner")
    found = sample().books()
    rows = found.rows.set_index("owner").sort_index()
    assert found.alike == ("plan", "region") and (rows["lost"].sum(), len(rows)) == (222, 8)
    for name in ("months", "customers", "lost", "expected", "expansion"):
        assert rows[name].tolist() == pytest.approx(by_hand[name].tolist(), abs=1e-4), name
    for name in ("churned", "expected_churned"):
        assert (-rows[name]).tolist() == pytest.approx(by_hand[name].tolist(), abs=1e-3), name


def test_the_samples_story_is_found_and_a_hard_region_is_no_fault(sample):
    """Lena Fischer's customers leave more often than others alike, Kofi Mensah's less; those of APAC, where every third
    leaves in a year, as expected. Limits by the chi-square distribution (Garwood 1936)."""
    rows = sample().books().rows.set_index("owner")
    apart = rows[~rows["verdict"].isin([AS_EXPECTED, TOO_FEW])]["verdict"].to_dict()
    assert apart == {"Kofi Mensah": FEWER, "Lena Fischer": MORE}
    lena, mei = rows.loc["Lena Fischer"], rows.loc["Mei Tanaka"]
    assert mei["lost"] / mei["customers"] > lena["lost"] / lena["customers"]
    limits = stats.chi2.ppf([0.025, 0.975], [2 * 55, 2 * 56]) / 2 / lena["expected"]
    assert lena["lost"] == 55 and lena[["low", "high"]].tolist() == pytest.approx(list(limits))
    assert lena["p"] == pytest.approx(2 * stats.poisson.sf(54, lena["expected"]))
    assert rows["lost"].sum() == pytest.approx(rows["expected"].sum())


def test_published_limits_of_a_standardised_ratio():
    """Observed 0, 1, 10 and 100 of 1 expected: 0–3.69, 0.025–5.57, 4.80–18.39, 81.36–121.63 (Breslow & Day 1987, table
    2.10 gives the multipliers 4.80/10 … 1.22 of the last two)."""
    found = _books({f"o{n}": (n, 1.0) for n in (0, 1, 10, 100)})
    ends = {owner: (round(low, 2), round(high, 2)) for owner, low, high in found}
    assert ends["o0"] == (0, 3.69) and ends["o1"] == (0.03, 5.57)
    assert ends["o10"] == (4.8, 18.39) and ends["o100"] == (81.36, 121.63)


def _books(lost):
    rows = pd.DataFrame([(owner, *each) for owner, each in lost.items()])
    rows.columns = ["owner", "lost", "expected"]
    judged = _judged(rows.astype({"lost": float}), 0.95)
    return list(judged[["owner", "low", "high"]].itertuples(index=False, name=None))


def test_the_p_value_is_twice_the_smaller_tail():
    lost, expected = np.array([0.0, 3, 12, 7]), np.array([6.0, 3, 5, 9])
    tails = [
        min(stats.poisson.cdf(k, m), stats.poisson.sf(k - 1, m))
        for k, m in zip(lost, expected, strict=True)
    ]
    assert poisson_p(lost, expected) == pytest.approx(np.minimum(1, 2 * np.array(tails)))


def figures(rows, *, min_n=5, ahead=None):
    """An edition's measures with these cells of June alone: owner, alike, customers, lost."""
    cells = pd.DataFrame(rows, columns=["owner", "alike", "customers", "lost"]).reindex(
        columns=OWNERS
    )
    cells = cells.assign(month=pd.Timestamp("2026-06-01")).fillna(0.0)
    cells["opening"] = cells["customers"] * 100.0
    empty = pd.DataFrame({"metric": [], "segment_by": [], "segment": []})
    data = {"owners_ahead": ahead or {}}
    measures = Measures(empty, pd.DataFrame(), pd.DataFrame(), {}, date(2026, 7, 1), data=data)
    return Figures(
        SAMPLES.model_copy(update={"min_n": min_n}), dataclasses.replace(measures, owners=cells)
    )


def test_chance_alone_sets_apart_hardly_any_owner():
    """Forty owners whose customers all leave alike: of 100 such companies, one in twenty names anybody."""
    rng, named = np.random.default_rng(7), 0
    for _ in range(200):
        lost = rng.binomial(300, 0.05, 40)
        rows = pd.DataFrame({"owner": "Ann", "lost": lost.astype(float), "expected": lost.mean()})
        named += _judged(rows, 0.95)["verdict"].isin([MORE, FEWER]).any()
    assert named <= 200 * 0.05 + 6


def test_few_expected_losses_are_not_judged_however_many_came():
    found = books(figures([("Ann", "plan=A", 40.0, 9.0), ("Bob", "plan=A", 900.0, 20.0)]), JUNE)
    verdicts = found.rows.set_index("owner")["verdict"].to_dict()
    assert verdicts == {"Ann": TOO_FEW, "Bob": AS_EXPECTED}


def test_a_small_book_is_hidden_and_another_with_it():
    rows = [("Ann", "plan=A", 3.0, 1.0), ("Bob", "plan=A", 50.0, 5.0), ("Cas", "plan=A", 90.0, 9.0)]
    found = books(figures(rows), JUNE)
    assert found.rows[found.rows["hidden"]]["owner"].tolist() == ["Bob", "Ann"]
    assert books(figures(rows, min_n=1), JUNE).rows["hidden"].sum() == 0


def test_what_is_at_risk_of_few_is_not_told():
    rows = [
        ("Ann", "plan=A", 60.0, 1.0),
        ("Bob", "plan=A", 50.0, 5.0),
        ("Cas", "plan=A", 90.0, 9.0),
    ]
    ahead = {
        name: {"at_risk": many, "mrr_at_risk": 100.0 * many, "due": 900.0, "terms": 9}
        for name, many in (("Ann", 2), ("Bob", 8), ("Cas", 20))
    }
    told = books(figures(rows, ahead=ahead), JUNE).rows.set_index("owner")
    assert told["at_risk"].dropna().to_dict() == {"Cas": 2000}
    assert told["ahead"].tolist() == [900] * 3


def test_nobody_is_judged_where_there_is_no_owner(sample):
    assert books(figures([("(not given)", "plan=A", 60.0, 9.0)]), JUNE) is None
    assert books(figures([("Ann", "plan=A", 60.0, 9.0)]), Period.parse("2024-01")) is None


def test_the_page_names_no_customer_and_one_owner_has_a_page_of_their_own(sample):
    judged = sample()
    selection = Selection(judged.edition, judged.measures, JUNE, Segment())
    shown = kit_owners.shown(selection)
    text = "\n".join(each.text for each in shown)
    lost = "Lena Fischer lost more customers than expected (55 where 34 were expected; chance alone gives"
    assert "FL-" not in text and lost in text
    object.__setattr__(selection, "segment", Segment((("owner", "Lena Fischer"),)))
    [page] = kit_owners.shown(selection)
    assert "Customers who left: 55, ✗ more than expected, 34 expected" in str(page)
    assert "Customers changed hands" in str(page)  # nobody is hers now, as the measures have it
    assert "Kofi" not in str(page) and "FL-" not in str(page)


def test_an_owner_is_held_against_what_chance_alone_gives():
    """Of 34.2 expected a Poisson count lies between 23 and 46 in 95 of 100 cases; of 4.6 between 1 and 9."""
    row = {"owner": "Ann", "months": 12.0, "lost": 46.0, "expected": 34.2}
    found = Books(JUNE.back(11), JUNE, pd.DataFrame(), {"months": 12.0}, ("plan",))

    def said(**changes):
        return " ".join(
            book_sentences(found, row | {"verdict": AS_EXPECTED} | changes, Formatter())
        )

    rate = "at the rate of all customers of the same plan"
    assert f"46 customers left, where 34 would have {rate}; chance alone gives 23 to 46." in said()
    assert said().endswith("Chance alone explains it.")
    assert said(lost=47.0).endswith("Of several owners one may lie so far off by chance.")
    few = said(expected=4.6, verdict=TOO_FEW)
    assert f"where 4.6 would have {rate}; chance alone gives 1 to 9" in few
    assert "too few to judge" in few
