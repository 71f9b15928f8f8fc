"""Why customers leave: the sample's figures against SQL by hand, exact tests against scipy, a spike by hand."""

import sys
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cs_lib.edition import read_edition
from cs_lib.edition.end_reasons import EndReasons
from cs_lib.judgement import leaving
from cs_lib.judgement.leaving import reason_cells, reasons
from cs_lib.judgement.noted_figures import figure_of
from cs_lib.judgement.series import Figures
from cs_lib.judgement.trends import Run
from cs_lib.kit import kit_leaving
from cs_lib.kit.selection import Selection
from cs_lib.metrics.frame_columns import JOINERS, LEAVERS
from cs_lib.metrics.measures import Measures
from cs_lib.period import Period, Segment
from cs_lib.report.text.front_words import reason_clause

#: the module, whose name the package gives to its function
spikes = sys.modules["cs_lib.judgement.churn_spike"]
SAMPLE = Path(__file__).parents[2] / "cs_lib" / "data" / "sample"
JUNE = Period.parse("2026-06")


@pytest.fixture(scope="module")
def by_hand():
    """One row a customer who left, from the files."""
    query = Path(__file__).with_name("leaving_by_hand.sql").read_text(encoding="utf-8")
    return duckdb.sql(query.format(folder=SAMPLE)).df()


def test_the_samples_reasons_over_twelve_months(sample, by_hand):
    """METRICS §6: 222 left, price 63, competitor 54, missing feature 39."""
    found = sample().found(reasons, Segment())
    counted = found.rows.set_index("reason")["customers"]
    assert (found.customers, found.before) == (222, 143)
    assert counted[["price", "competitor", "missing feature"]].tolist() == [63, 54, 39]
    assert counted.to_dict() == by_hand["reason"].value_counts().to_dict()
    money = by_hand.groupby("reason")["money"].sum()
    assert found.rows.sort_values("reason")["money"].tolist() == pytest.approx(
        money.sort_index().tolist()
    )
    assert found.rows["share"].sum() == pytest.approx(1)
    low, high = found.rows[["low", "high"]].iloc[0]
    assert (low, high) == pytest.approx(stats.binomtest(63, 222).proportion_ci(method="wilson"))


def test_an_unknown_reason_is_a_row_of_its_own_and_stands_last(sample):
    rows = sample().found(reasons, Segment()).rows
    assert rows["reason"].iloc[-1] == "(not given)" and rows["class"].iloc[-1] == ""
    assert rows["customers"].iloc[-1] == 11


def test_the_samples_cells_that_stand_apart(sample, by_hand):
    """METRICS §6: 38 of APAC's 79 named a competitor, 16 of 143 elsewhere; price: 50 on Solo."""
    cells = sample().found(reason_cells, Segment())
    apart = cells[cells["differs"]].sort_values("p")
    told = apart[["by", "group", "reason", "k", "n", "rest_k", "rest_n"]].to_numpy().tolist()
    assert told == [
        ["region", "APAC", "competitor", 38, 79, 16, 143],
        ["plan", "Solo", "price", 50, 117, 13, 105],
    ]
    table = [[38, 41], [16, 127]]
    assert apart["p"].iloc[0] == pytest.approx(2 * stats.fisher_exact(table, "greater").pvalue)
    for column in ("region", "plan"):
        mine = cells[cells["by"] == column].set_index(["group", "reason"])["k"]
        counted = by_hand.groupby([column, "reason"]).size()
        assert mine[mine > 0].sort_index().to_dict() == counted.sort_index().to_dict()


def test_groups_of_tenure_add_up_and_are_those_of_the_files(sample, by_hand):
    cells = sample().found(reason_cells, Segment())
    counted = cells[cells["by"] == leaving.TENURE].groupby("group")["k"].sum()
    bands = leaving.tenure(
        by_hand.assign(
            month=pd.to_datetime(by_hand["month"]), joined=pd.to_datetime(by_hand["joined"])
        )
    )
    assert counted.to_dict() == bands.value_counts().to_dict()
    assert counted.sum() == 222


def test_findings_name_the_cells_with_what_is_beyond_the_share_elsewhere(sample):
    found = {each.key: each for each in sample().findings(Segment())}
    key = "reason apart: churned_customers_by_reason, region=APAC,end_reason=competitor"
    apac = found[key]
    assert (apac.value, apac.reference) == pytest.approx((38 / 79, 16 / 143))
    assert apac.stake.customers == pytest.approx(38 - 79 * 16 / 143)
    assert apac.stake.money == pytest.approx(12 * 6143 * (1 - 16 / 143 / (38 / 79)))
    assert (
        reason_clause(apac) == "38 of the 79 who left APAC named “competitor”; 16 of 143 elsewhere"
    )
    assert apac.whose == ("region", "region=APAC")


def test_a_segments_own_report_tells_its_own_cell(sample):
    found = sample().findings(Segment.parse("plan=Solo", ("plan",)))
    keys = [each.key for each in found if each.kind == "reason apart"]
    assert keys == ["reason apart: churned_customers_by_reason, plan=Solo,end_reason=price"]


def test_the_figure_of_a_note_is_found_again(sample):
    judgement = sample()
    found = next(each for each in judgement.findings(Segment()) if each.kind == "reason apart")
    assert figure_of(judgement.figures, found.key, JUNE) == pytest.approx(found.value)


# --- tests that are exact ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "k,n,rest_k,rest_n", [(3, 10, 1, 30), (0, 5, 9, 40), (7, 7, 1, 9), (2, 50, 2, 50)]
)
def test_the_exact_test_is_twice_fishers_smaller_tail(k, n, rest_k, rest_n):
    table = [[k, n - k], [rest_k, rest_n - rest_k]]
    tails = [stats.fisher_exact(table, side).pvalue for side in ("less", "greater")]
    assert leaving.exact_p(k, n, rest_k, rest_n)[0] == pytest.approx(min(1, 2 * min(tails)))


def test_holm_stops_at_the_first_that_fails():
    assert leaving.holm(np.array([0.04, 0.011, 0.02]), 0.05).tolist() == [True, True, True]
    assert leaving.holm(np.array([0.04, 0.011, 0.03]), 0.05).tolist() == [False, True, False]
    assert leaving.holm(np.array([]), 0.05).tolist() == []


def test_no_reason_stands_apart_by_chance_alone():
    """Reasons drawn without regard to the region: at most one company in twenty has a cell apart."""
    rng, apart = np.random.default_rng(16), 0
    for _ in range(40):
        drawn = pd.DataFrame(
            {
                "group": rng.choice(["A", "B", "C"], 200, p=[0.5, 0.3, 0.2]),
                "end_reason": rng.choice(["price", "rival", "bugs", "other"], 200),
                "customers": 1.0,
                "money": 50.0,
            }
        )
        apart += leaving._judged(leaving._grouped(drawn, "region"), 5, 0.95)["differs"].any()
    assert apart <= 0.05 * 40


def test_small_groups_are_left_out():
    rows = pd.DataFrame(
        {"group": ["A"] * 8 + ["B"] * 4, "end_reason": "price", "customers": 1.0, "money": 1.0}
    )
    assert leaving._judged(leaving._grouped(rows, "region"), 5, 0.95).empty  # 8 against 4: neither


# --- classes -----------------------------------------------------------------------------------------


def test_a_reason_has_one_class_whatever_its_capitals():
    classes = EndReasons.model_validate({"voluntary": ["Price"], "involuntary": ["payment failed"]})
    assert classes.class_of("price") == "voluntary"
    assert classes.class_of("Payment Failed") == "involuntary"
    assert classes.class_of("moved away") == ""
    with pytest.raises(ValueError, match="'PRICE' stands under voluntary and under unavoidable"):
        EndReasons.model_validate({"voluntary": ["price"], "unavoidable": ["PRICE"]})


# --- spikes ------------------------------------------------------------------------------------------


def _spiked(monkeypatch):
    """100 customers a month; a year of 2 a month for rivals, then a month of 2 for rivals and 8 for the price."""
    months = pd.date_range("2025-06-01", "2026-06-01", freq="MS")
    left = [(month, "rival", 2.0) for month in months] + [(months[-1], "price", 8.0)]
    leavers = pd.DataFrame(
        [(m, "all", "all", pd.Timestamp("2024-01-01"), why, n, n * 10) for m, why, n in left],
        columns=LEAVERS,
    )
    base = pd.DataFrame(
        [(m, "all", "all", pd.Timestamp("2024-01-01"), 100.0, 2.0, 0.0, 0.0) for m in months],
        columns=JOINERS,
    )
    base.loc[base.index[-1], "lost"] = 10.0
    measures = Measures(pd.DataFrame(), pd.DataFrame(), pd.DataFrame(), {}, date(2026, 7, 1))
    measures = Measures(**{**vars(measures), "leavers": leavers, "joiners": base})
    edition = read_edition("sample").model_copy(update={"segments": (), "history_starts": None})
    run = Run(JUNE, JUNE, 0.10, 0.02, np.nan, 3.0)
    monkeypatch.setattr(spikes, "runs_told", lambda *_: ([run], 12))
    return Figures(edition, measures)


def test_a_spike_is_split_against_each_groups_own_baseline(monkeypatch):
    found = spikes.churn_spike(_spiked(monkeypatch), Segment(), JUNE)
    assert (found.lost, found.usual, found.months) == (10, pytest.approx(2), 12)
    reasons = found.rows[found.rows["by"] == "reason"].set_index("group")
    assert reasons.loc["rival", ["lost", "usual", "differs"]].tolist() == [
        2,
        pytest.approx(2),
        False,
    ]
    assert reasons.loc["price", ["lost", "usual", "differs"]].tolist() == [8, 0, True]
    for _, rows in found.rows.groupby("by"):
        assert rows["lost"].sum() == found.lost


def test_a_group_of_a_few_customers_is_not_named(monkeypatch):
    """Three who joined late are twelve customer-months in a spike of four months, and still three customers."""
    figures = _spiked(monkeypatch)
    base, young = figures.measures.joiners, pd.Timestamp("2025-01-01")
    few = base.assign(joined=young, customers=3.0, lost=0.0)
    few.loc[few["month"] >= "2026-03-01", "lost"] = 1.0
    found = {}
    for many in (3.0, 300.0):
        lost = few["lost"] * (3.0 if many < 5 else 30.0)
        rows = pd.concat([base, few.assign(customers=many, lost=lost)], ignore_index=True)
        measures = Measures(**{**vars(figures.measures), "joiners": rows})
        run = Run(Period.parse("2026-03"), JUNE, 0.10, 0.02, np.nan, 3.0)
        monkeypatch.setattr(spikes, "runs_told", lambda *_, run=run: ([run], 12))
        spike = spikes.churn_spike(Figures(figures.edition, measures), Segment(), JUNE)
        by_year = spike.rows[spike.rows["by"] == spikes.COHORT].set_index("group")
        found[many] = bool(by_year.loc["2025", "differs"])
    assert found == {3.0: False, 300.0: True}


def test_a_year_of_joining_is_held_against_all_who_had_stayed_as_long(monkeypatch):
    """Of 100 who join each quarter 20 leave after a year and none before: those of 2025 lost no more than usual,
    though none of them had left in the months before."""
    figures = _spiked(monkeypatch)
    joined = pd.date_range("2023-01-01", "2026-01-01", freq="QS")
    months = pd.date_range("2023-01-01", "2026-06-01", freq="MS")
    rows = [
        (
            month,
            "all",
            "all",
            begun,
            100.0 if age < 13 else 80.0,
            20.0 if age == 12 else 0.0,
            0.0,
            0.0,
        )
        for begun in joined
        for month in months
        if (age := (month.year - begun.year) * 12 + month.month - begun.month) > 0
    ]
    measures = Measures(
        **{**vars(figures.measures), "joiners": pd.DataFrame(rows, columns=JOINERS)}
    )
    run = Run(Period.parse("2026-01"), Period.parse("2026-05"), 0.10, 0.02, np.nan, 3.0)
    monkeypatch.setattr(spikes, "runs_told", lambda *_: ([run], 12))
    spike = spikes.churn_spike(Figures(figures.edition, measures), Segment(), JUNE)
    by_year = spike.rows[spike.rows["by"] == spikes.COHORT].set_index("group")
    assert by_year.loc["2025", "lost"] == 40 and not by_year["differs"].any()
    assert by_year.loc["2025", "usual"] == pytest.approx(40)
    assert by_year["usual"].sum() == pytest.approx(spike.lost)


def test_a_spike_is_not_laid_to_an_owner(monkeypatch):
    """Of Dan, who handed over all who stayed, those alone are left who left: 8 of 8."""
    figures = _spiked(monkeypatch)
    base = figures.measures.joiners
    dans = base.assign(segment_by="owner", segment="owner=Dan", customers=8.0, lost=0.0)
    dans.loc[dans.index[-1], "lost"] = 8.0
    rows = pd.concat([base, dans], ignore_index=True)
    measures = Measures(**{**vars(figures.measures), "joiners": rows})
    edition = figures.edition.model_copy(update={"segments": ("owner",)})
    spike = spikes.churn_spike(Figures(edition, measures), Segment(), JUNE)
    assert "owner" not in set(spike.rows["by"]) and spike.lost == 10


def test_the_samples_spike_was_the_price_rise_on_solo(sample):
    judgement = sample()
    found = judgement.found(spikes.churn_spike, Segment())
    reasons = found.rows[found.rows["by"] == "reason"].set_index("group")
    assert reasons.index[reasons["differs"]].tolist() == ["price"]
    assert reasons["usual"].sum() == pytest.approx(found.usual)
    assert not found.rows.loc[found.rows["by"] == spikes.COHORT, "differs"].any()
    for by, rows in found.rows.groupby("by"):
        assert rows["lost"].sum() == found.lost, by


def _selection(judgement, segment="all", **changed):
    measures = Measures(**{**vars(judgement.measures), **changed})
    chosen = Segment.parse(segment, judgement.edition.segments)
    return Selection(judgement.edition, measures, JUNE, chosen)


PARTS = (
    kit_leaving.why_they_leave,
    kit_leaving.who_gave_which_reason,
    kit_leaving.reasons_by_age,
    kit_leaving.churn_spike,
)


def test_what_a_notebook_shows_names_no_customer_and_says_each_figure(sample):
    for segment in ("all", "plan=Solo"):
        selection = _selection(sample(), segment)
        text = "\n".join(str(each) for part in PARTS for each in part(selection))
        assert "FL-" not in text and "nan" not in text
    assert "Price rose to 42.7% from 20.9% in the twelve months before." in text


def test_without_reasons_the_page_says_why(sample):
    left_out = {**sample().measures.left_out, "churned_customers_by_reason": "needs reasons"}
    selection = _selection(sample(), left_out=left_out)
    assert all("needs reasons" in str(part(selection)[0]) for part in PARTS if part is not PARTS[2])
