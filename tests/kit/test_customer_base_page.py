"""The sample's customer base as its page shows it, against METRICS §6 and against SQL from the files."""

from pathlib import Path

import duckdb
import pytest

from cs_lib.kit import kit_base
from cs_lib.report.display import LeftOut

SUBSCRIPTIONS = Path(__file__).parents[2] / "cs_lib" / "data" / "sample" / "subscriptions.csv"
PAID = f"""
with paid as (
    select customer_id, start_date, coalesce(end_date, date '9999-12-31') as ends, amount / interval_months as mrr
    from read_csv('{SUBSCRIPTIONS}', header = true, types = {{'end_date': 'DATE', 'start_date': 'DATE'}})
    where amount > 0 and start_date < coalesce(end_date, date '9999-12-31')),
each as (
    select customer_id, year(min(start_date)) as joined,
        coalesce(sum(mrr) filter (start_date < date '2026-07-01' and ends >= date '2026-07-01'), 0) as now,
        coalesce(sum(mrr) filter (start_date < date '2025-07-01' and ends >= date '2025-07-01'), 0) as ago
    from paid group by 1)
"""


def cents(values):
    return [pytest.approx(each, abs=0.005) for each in values]


def test_the_page_tells_the_published_shares(sample):
    said, chart, table = kit_base.concentration(sample().selection)
    assert "the ten largest 5.1% and the largest tenth 33.7%" in str(said)
    assert "The 997 customers spread the risk as well as 541 of one size would" in str(said)
    now = table.data.set_index("who")["now"]
    assert (round(now["top_10"], 5), round(now["top_tenth"], 5)) == (0.05071, 0.33707)
    drawn = {m.meaning: m.points[-1][1] for m in chart.marks if m.kind == "line"}
    assert drawn["top_10"] == now["top_10"] and drawn["top_tenth"] == now["top_tenth"]


def test_a_year_of_mrr_adds_up_and_agrees_with_sql(sample):
    _, chart = kit_base.changed(sample().selection)
    kept = "ago > 0"
    asked = f"sum(ago), sum(least(now - ago, 0)) filter ({kept}), sum(greatest(now - ago, 0)) filter ({kept})"
    asked += ", sum(now) filter (ago = 0), sum(now)"
    expected = duckdb.sql(f"{PAID} select {asked} from each").fetchall()[0]
    amounts = chart.data["amount"].tolist()
    assert amounts == cents(expected)
    assert sum(amounts[:-1]) == pytest.approx(amounts[-1])


def test_years_of_joining_agree_with_sql(sample):
    said, _, table = kit_base.vintages(sample().selection)
    sql = f"{PAID} select joined, sum(now), sum(ago) from each group by 1 having sum(now) > 0 order by 1 desc"
    expected = duckdb.sql(sql).fetchall()
    assert table.data["joined_in"].tolist() == [str(year) for year, *_ in expected]
    assert table.data["now"].tolist() == cents(now for _, now, _ in expected)
    # 2025 was not over a year ago: what it brought then is no part of what it is held against
    assert table.data["year_ago"].tolist()[2:] == cents(ago for *_, ago in expected[2:])
    assert table.data["year_ago"].isna().tolist() == [True, True, False, False]
    assert "Those who had joined by the end of 2024 bring 100.5% of what they did" in str(said)


def test_a_segment_does_not_tell_of_its_largest_customer(sample):
    said, chart, table = kit_base.concentration(sample(segment="plan=Practice").selection)
    assert "largest customer " not in f"{said} {chart.alt}"
    assert "Without the customer" not in str(said)
    assert table.data.set_index("who")["now"].isna()["top_1"]
    assert "higher than in any of the 24 months before (14.1% to 15.3%)" in str(said)


def test_the_tenths_are_drawn_as_they_are_told(sample):
    said, chart = kit_base.tenths(sample().selection)
    bars = [m.points[1][1] for m in chart.marks if m.meaning == "share"]
    assert len(bars) == 10 and sum(bars) == pytest.approx(1) and bars == sorted(bars, reverse=True)
    assert "most bring 33.5% of MRR" in str(said) and "least 21.8% together" in str(said)
    assert sum(bars[5:]) == pytest.approx(0.218, abs=0.0005)


def test_an_earlier_period_without_a_year_before_says_so(sample):
    [left_out] = kit_base.changed(sample("2023-09").selection)
    assert isinstance(left_out, LeftOut) and "a year before" in str(left_out)
