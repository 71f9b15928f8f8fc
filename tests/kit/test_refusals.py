"""A misspelt word in a notebook is refused with a suggestion: an empty frame would look like missing data."""

import re

import pytest

from cs_lib.edition import find_root
from cs_lib.errors import EditionError
from cs_lib.kit.selection import FURTHER, USUAL


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda kit: kit.frame("npss"), "npss is not a metric. Did you mean nps?"),
        (lambda kit: kit.frame(["nps"]), "['nps'] is not a metric."),
        (lambda kit: kit.frame("customer_churn_rate", variant="snapshto"), "Did you mean snapshot?"),
        (lambda kit: kit.frame("nps", variant="foo"), "variant 'foo' is no variant of nps. Known: "),
        (lambda kit: kit.frame("nps", by="plann"), "Did you mean plan?"),
        (lambda kit: kit.frame("nps", by=""), "by '' is neither a segment column"),
        (lambda kit: kit.frame(by="plann"), "Did you mean plan?"),
        (lambda kit: kit.frame("nps", periods=0), "periods 0 is not a whole number from 1 on."),
        (lambda kit: kit.frame("nps", back=-1), "back -1 is not a whole number from 0 on."),
        (lambda kit: kit.frame("nps", periods="3"), "periods '3' is not a whole number"),
        (lambda kit: kit.cohorts("custmers"), "Did you mean customers?"),
        (lambda kit: kit.cohort_table("custmers"), "Did you mean customers?"),
        (lambda kit: kit.figure.retention_heatmap("revenue_nett"), "Did you mean revenue_net?"),
        (lambda kit: kit.figure.retention_heatmap("x"), "'x' is not a measure of cohorts."),
        (lambda kit: kit.say_cohorts(measure="custmers"), "Did you mean customers?"),
        (lambda kit: kit.say_cohorts(measure="custmers"), "Did you mean customers?"),
        (lambda kit: kit.table("nps", by="touchpiont"), "Did you mean touchpoint?"),
        (lambda kit: kit.table("mrr", variant="foo"), "is no variant of mrr"),
        (lambda kit: kit.movement_table(periods=0), "periods 0"),
        (lambda kit: kit.variants_table("churn"), "churn is not a metric."),
        (lambda kit: kit.by_segment("npss"), "Did you mean nps?"),
        (lambda kit: kit.by_segment("nps", variant="foo"), "is no variant of nps"),
        (lambda kit: kit.what_moved("customer_churn_rate", by="plann"), "Did you mean plan?"),
        (lambda kit: kit.say("nps", by="plann"), "Did you mean plan?"),
        (lambda kit: kit.say_spikes("nps", variant="foo"), "is no variant of nps"),
        (lambda kit: kit.say_step("nps", by="plann"), "Did you mean plan?"),
        (lambda kit: kit.say_since("nps", by="plann"), "Did you mean plan?"),
        (lambda kit: kit.say_since("nps", by="plann"), "Did you mean plan?"),
        (lambda kit: kit.segments_on_a_page("npss"), "Did you mean nps?"),
        (lambda kit: kit.has("npss"), "Did you mean nps?"),
        (lambda kit: kit.figure.trend("nps", variant="foo"), "is no variant of nps"),
        (lambda kit: kit.figure.trend("nps", periods=-1), "is not a whole number"),
        (lambda kit: kit.figure.control_chart("npss"), "Did you mean nps?"),
        (lambda kit: kit.figure.segments("nps", "plann"), "Did you mean plan?"),
        (lambda kit: kit.figure.touchpoints("cse"), "Did you mean ces?"),
        (lambda kit: kit.figure.score_distribution("nps"), "'nps' does not count answers. Known: ces_answers"),
        (lambda kit: kit.figure.mrr_line("plann"), "Did you mean plan?"),
        (lambda kit: kit.figure.survival("plann"), "Did you mean plan?"),
        (lambda kit: kit.figure.time_to_value("plann"), "Did you mean plan?"),
        (lambda kit: kit.figure.ltv_cac("plann"), "Did you mean plan?"),
        (lambda kit: kit.figure.payback("plann"), "Did you mean plan?"),
        (lambda kit: kit.figure.what_moved("customer_churn_rate", by="plann"), "Did you mean plan?"),
    ],
)  # fmt: skip
def test_a_misspelt_word_is_refused_with_a_suggestion(sample, ask, said):
    with pytest.raises(EditionError) as caught:
        ask(sample())
    assert said in str(caught.value)


def test_a_grain_that_is_not_measured_is_refused(sample):
    with pytest.raises(EditionError, match="2026-W20 is a week, and sample is measured by"):
        sample("2026-W20")


def test_no_notebook_asks_for_a_column_that_an_edition_may_not_lack():
    """An edition without plans (or regions …) has those sections left out, and its reports made."""
    asked = {
        column
        for path in (find_root() / "notebooks").glob("*.ipynb")
        for column in re.findall(r'by=\\"(\w+)\\"', path.read_text(encoding="utf-8"))
    }
    assert {"feature", "touchpoint"} <= asked <= {*FURTHER, *USUAL}
