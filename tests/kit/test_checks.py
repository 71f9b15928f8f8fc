"""A report proves the figures it shows, and does not come out where a proof fails."""

from dataclasses import replace

import pytest
from small import sample_measures

from cs_lib.errors import ReconciliationError
from cs_lib.kit.kit import Kit
from cs_lib.metrics.audit.reconciliation import COHORTS, proofs

EVERY = proofs(sample_measures().measures, sample_measures().cohorts)


def off_by_one(name: str):
    """The sample's measures with one figure of everybody (or of a part of them that is no segment), three months ago, raised."""
    measures = sample_measures()
    rows = measures.measures.copy()
    mine = (rows["metric"] == name) & (rows["status"] == "ok") & (rows["grain"] == "month")
    mine &= rows["segment_by"].isin(["all", "end_reason", "kind", "joined_in"])
    mine &= rows["period_start"] == "2026-03-01"
    assert mine.any(), name
    rows.loc[mine.idxmax(), ["value", "numerator"]] += 1.0
    return replace(measures, measures=rows)


@pytest.mark.parametrize("proof", EVERY, ids=lambda each: each.what)
def test_a_figure_that_is_off_stops_the_report_that_shows_it(proof, sample):
    kit = sample()
    name = next(each for each in reversed(proof.metrics) if each != COHORTS)
    name = "gross_revenue_retention" if name == "net_revenue_retention" else name
    broken = Kit(replace(kit.selection, measures=off_by_one(name), used={name: {"x"}}))
    if name == "gross_revenue_retention":
        broken = _more_gross_than_net(kit)
    with pytest.raises(ReconciliationError, match="do not reconcile"):
        broken.checks()
    figures = broken.selection.measures.measures
    failing = proofs(figures, sample_measures().cohorts, about={name})
    assert proof.what in {each.what for each in failing if not each.holds}


def _more_gross_than_net(kit) -> Kit:
    measures = sample_measures()
    rows = measures.measures.copy()
    rows.loc[rows["metric"] == "gross_revenue_retention", "numerator"] *= 3
    used = {"gross_revenue_retention": {"12_months"}}
    return Kit(replace(kit.selection, measures=replace(measures, measures=rows), used=used))


def test_a_report_proves_all_that_speaks_of_its_metrics_and_nothing_else(sample):
    for used in ({"mrr"}, {"nps", "csat_answers"}, {"customer_churn_rate"}, {COHORTS}, set()):
        kit = sample()
        kit.selection.used.update({name: set() for name in used})
        mine = [each for each in EVERY if set(each.metrics) & used]
        assert [each.what for each in kit.checks().checks] == [each.what for each in mine]
        measures = kit.selection.measures
        assert proofs(measures.measures, measures.cohorts, about=used) == mine, "over all cells"


def test_a_figure_elsewhere_that_is_off_does_not_stop_a_report(sample):
    kit = sample()
    broken = Kit(replace(kit.selection, measures=off_by_one("mrr"), used={"nps": set()}))
    assert broken.checks().hold
