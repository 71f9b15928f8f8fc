"""The scorecard of a board book: about a dozen figures, each with its change on the year."""

import pytest

from cs_lib.judgement import distinguishable
from cs_lib.vocabulary import BOARD_HEADLINES, HEADLINES


def test_they_are_headlines_in_the_same_order():
    headlines = [name for section in HEADLINES.values() for name in section]
    assert sorted(BOARD_HEADLINES) == sorted(set(headlines) & set(BOARD_HEADLINES))


@pytest.mark.parametrize("segment", ["all", "region=APAC"])
def test_it_holds_about_a_dozen_rows_and_the_change_on_the_year(sample, segment):
    kit = sample(segment=segment)
    short, full = kit.scorecard(short=True).data, kit.scorecard().data
    assert 10 <= len(short) <= 14 and list(short["Metric"]) == [
        each for each in full["Metric"] if each in set(short["Metric"])
    ]
    assert "95% interval" not in short and "From Jun 2025" not in full
    shared = ["Metric", "Jun 2026", "From May 2026", "Target", "Status"]
    assert short[shared].equals(
        full[full["Metric"].isin(short["Metric"])][shared].reset_index(drop=True)
    )
    rows = short.set_index("Metric")
    mrr, ago = (kit.frame("mrr", back=back)["value"].item() for back in (0, 12))
    assert rows.loc["MRR", "From Jun 2025"] == f"+{mrr / ago - 1:.1%}"
    now, then = (kit.frame("customer_churn_rate", back=back).iloc[0] for back in (0, 12))
    change = rows.loc["Customer churn rate", "From Jun 2025"]
    sure = distinguishable(now, then, kit.selection.metric("customer_churn_rate"))
    assert change.startswith(f"{100 * (now['value'] - then['value']):+.1f}".replace("-", "−"))
    assert change.endswith("≈") is not sure


def test_the_change_on_the_year_of_a_year_stands_once(sample):
    columns = list(sample(period="2025").scorecard(short=True).data)
    assert columns.count("From 2024") == 1 and sum("From" in each for each in columns) == 1
