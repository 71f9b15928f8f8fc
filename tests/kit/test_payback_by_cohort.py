"""The sample's cohort payback: METRICS §6, and the quarter that lies on the edge, against SQL from the files."""

import math
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from cs_lib.kit import kit_payback
from cs_lib.metrics.audit.handed_measures import read_measures
from cs_lib.metrics.compute.suppression import SAID
from cs_lib.pack.run import measured_edition
from cs_lib.report.text.payback_sentences import cohort_payback_sentence

SAMPLE = Path(__file__).parents[2] / "cs_lib" / "data" / "sample"
#: the third quarter of 2024 had repaid 1,706.12 of 1,704.96 after thirteen months
OBSERVED = [9, 14, 13, 15, 13, 11, 15, 12]
FORMULA = [9.1, 12.2, 11.6, 13.1, 11.7, 10.0, 14.1, 11.9, 15.1]
SUMMED = """
with paid as (
    select customer_id, start_date, coalesce(end_date, date '9999-12-31') as ends, amount / interval_months as mrr
    from read_csv('{folder}/subscriptions.csv', header = true, types = {{'end_date': 'DATE', 'start_date': 'DATE'}})
    where amount > 0 and start_date < coalesce(end_date, date '9999-12-31')),
joined as (select customer_id, min(start_date) as first from paid group by 1),
grown as (
    select date_trunc('quarter', first)::date as quarter, age,
        sum(mrr) filter (start_date < date_trunc('month', first) + to_months(cast(age + 1 as integer))
            and ends >= date_trunc('month', first) + to_months(cast(age + 1 as integer))) as mrr
    from paid join joined using (customer_id) cross join generate_series(0, 12) t(age) group by all),
cost as (
    select date_trunc('quarter', cast(month as date))::date as quarter, sum(amount) as spent
    from read_csv('{folder}/acquisition_costs.csv', header = true, types = {{'month': 'VARCHAR'}}) group by 1),
size as (select date_trunc('quarter', first)::date as quarter, count(*) as n from joined group by 1)
select sum(mrr) * 0.78 / any_value(n) as earned, any_value(spent / n) as cac
from grown join cost using (quarter) join size using (quarter) where quarter = date '2024-07-01'
"""


#: gross margin a customer of the first months, and what one cost, of all months of joining that were seen so long
BY_HORIZON = """
with paid as (
    select customer_id, start_date, coalesce(end_date, date '9999-12-31') as ends, amount / interval_months as mrr
    from read_csv('{folder}/subscriptions.csv', header = true, types = {{'end_date': 'DATE', 'start_date': 'DATE'}})
    where amount > 0 and start_date < coalesce(end_date, date '9999-12-31')),
joined as (
    select customer_id, date_trunc('month', min(start_date))::date as month from paid group by 1
    having month >= date '2023-07-01' and month + to_months({months}) <= date '2026-07-01'),
brought as (
    select sum(mrr) as mrr from paid join joined using (customer_id) cross join generate_series(1, {months}) t(age)
    where start_date < month + to_months(age::integer) and ends >= month + to_months(age::integer)),
cost as (
    select sum(amount) as spent from read_csv('{folder}/acquisition_costs.csv', header = true, types = {{'month': 'VARCHAR'}})
    where cast(month as date) + to_months({months}) <= date '2026-07-01')
select (select mrr * 0.78 from brought) / count(*), (select spent from cost) / count(*), count(*) from joined
"""


@pytest.mark.parametrize("months", [3, 24])
def test_the_value_by_a_horizon_agrees_with_sql_from_the_files(sample, months):
    said, table = kit_payback.by_horizon(sample().selection)
    row = table.data.set_index("horizon").loc[months]
    value, cac, many = duckdb.sql(BY_HORIZON.format(folder=SAMPLE, months=months)).fetchall()[0]
    assert (row["value"], row["cac"], row["customers"]) == pytest.approx((value, cac, many))
    assert row["ratio"] == pytest.approx(value / cac)
    assert "1.0 times after 12 months and 2.0 times after 24 months" in str(said)
    ever = sample().frame("ltv_to_cac", variant="ratio")["value"].iloc[0]
    assert row["formula"] < ever and f"{ever:.1f} times with all" in str(said)


def test_the_samples_quarters_repaid_as_observed(sample):
    found = kit_payback._rows(sample().selection, 0.78, "quarter")
    assert found["months"].head(8).tolist() == OBSERVED
    assert found["months"].iloc[8:].isna().all() and found["seen"].iloc[8] == 10
    assert [round(each, 1) for each in found["formula"].head(9)] == FORMULA


def test_the_quarter_on_the_edge_agrees_with_sql_from_the_files(sample):
    earned, cac = duckdb.sql(SUMMED.format(folder=SAMPLE)).fetchall()[0]
    assert earned >= cac and earned == pytest.approx(1706.12, abs=0.01)
    found = kit_payback._rows(sample().selection, 0.78, "quarter").iloc[4]
    assert found["cac"] == pytest.approx(cac)


def test_a_monthly_pack_tells_the_same_from_the_measures_that_it_hands_over(sample, tmp_path):
    selection = sample().selection
    measured_edition._hand_over(selection.measures, selection.edition, selection.period, tmp_path)
    handed = read_measures(tmp_path / measured_edition.MEASURES, selection.edition)
    said = handed.measures["metric"].isin(SAID)
    assert set(handed.measures.loc[~said, "grain"]) == {"month"}
    assert set(handed.measures.loc[said, "grain"]) == {"month", "quarter"}
    found = kit_payback._rows(replace(selection, measures=handed), 0.78, "quarter")
    assert found["months"].head(8).tolist() == OBSERVED


def test_the_sentence_and_the_table_count_the_formulas_months_alike(sample):
    """Q1 2025 had repaid after 11 months, by the formula after 10.04: by the end of its eleventh."""
    said, table = kit_payback.shown(sample().selection)
    whole = [10, 13, 12, 14, 12, 11, 15, 12, 16]
    assert [math.ceil(each) for each in table.data["formula"].head(9)] == whole
    later = sum(o > f for o, f in zip(OBSERVED, whole, strict=False))
    assert f"in {later} of 8 cohorts later than the formula has it" in str(said)
    assert "(the formula: 16 months)" in str(said)


def test_a_cohort_that_is_open_between_others_is_not_counted_as_repaid(sample):
    found = kit_payback._rows(sample().selection, 0.78, "quarter").reset_index(drop=True)
    found.loc[3, "months"] = float("nan")
    said = cohort_payback_sentence(found, "quarter", sample().selection.formatter)
    assert "7 of the 8 cohorts from Q3 2023 to Q2 2025 repaid" in str(said)


def test_the_sentence_says_what_is_not_repaid_yet(sample):
    said, table = kit_payback.shown(sample().selection)
    assert "Those who joined from Q3 2023 to Q2 2025 repaid their cost after 9 to 15 months" in str(
        said
    )
    assert "Those of Q3 2025 have not yet, after 10 months: 69%" in str(said)
    assert str(table).count("not yet") == 4


def test_a_segment_without_costs_says_so(sample):
    [left_out] = kit_payback.shown(sample(segment="plan=Solo").selection)
    assert "Left out: Cohort payback" in str(left_out)
