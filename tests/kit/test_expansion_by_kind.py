"""The sample's expansion by kind: METRICS §6, and every month against SQL from the files."""

from pathlib import Path

import duckdb
import pytest

TESTS = Path(__file__).parents[1]


def test_the_samples_june_is_made_of_three_kinds(sample):
    """METRICS §6: 3,863.01 = 459.00 upgrades + 1,315.00 further subscriptions + 2,089.01 dearer."""
    rows = sample().frame("expansion_mrr_by_kind", by="kind").set_index("segment")["value"]
    assert {name: round(value, 2) for name, value in rows.items() if value} == {
        "kind=another plan": 459.00,
        "kind=number of subscriptions": 1315.00,
        "kind=price at the same plan": 2089.01,
    }
    assert sample().frame("expansion_mrr")["value"].iloc[0] == pytest.approx(3863.01)


def test_every_month_agrees_with_sql_from_the_files(sample):
    query = (TESTS / "metrics" / "kinds_by_hand.sql").read_text(encoding="utf-8")
    folder = TESTS.parent / "cs_lib" / "data" / "sample"
    hand = duckdb.sql(query.format(folder=folder)).df().groupby(["month", "kind"])["money"].sum()
    rows = sample().frame("expansion_mrr_by_kind", by="kind", periods=36)
    found = rows.assign(kind=rows["segment"].str.removeprefix("kind="))
    found = found.set_index(["period_start", "kind"])["value"]
    assert hand.index.isin(found.index).all(), "nothing is there by hand alone"
    assert len(found) == 36 * found.index.get_level_values("kind").nunique()
    apart = (found - hand.reindex(found.index).fillna(0)).abs()
    assert apart.max() < 0.005, apart[apart > 0.005]
