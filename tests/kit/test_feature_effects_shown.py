"""Which features go with staying, as a report shows it; and why not, where it cannot."""

from cs_lib.kit.kit_risk import features_that_go_with_staying
from cs_lib.report.display import LeftOut


def test_every_feature_of_the_sample_is_told_and_none_of_them_sets_itself_apart(sample):
    """The sample's customers leave for their plan, region and time there, whatever they use."""
    sentence, table = features_that_go_with_staying(sample().selection)
    assert str(sentence).startswith("No feature stands apart from the others")
    assert len(table.data) == 8 and "▲" not in table.text.partition("Percentage points")[0]


def test_an_earlier_month_says_that_the_newest_alone_has_it(sample):
    [shown] = features_that_go_with_staying(sample("2026-05").selection)
    assert isinstance(shown, LeftOut) and "the newest month alone" in str(shown)


def test_a_quarter_has_the_months_that_its_end_has(sample):
    assert len(features_that_go_with_staying(sample("2026-Q2").selection)) == 2


def test_without_named_features_it_is_left_out(made):
    kit = made.kit_of([made.share("customer_churn_rate", 2, 100)])
    [shown] = features_that_go_with_staying(kit.selection)
    assert isinstance(shown, LeftOut)
