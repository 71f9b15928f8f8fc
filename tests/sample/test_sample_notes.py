"""What the sample's authors say happened did happen, and what they wrote about a figure is of that figure."""

from pathlib import Path

import pytest
from sample_company.company import PLANS
from sample_company.story import LAUNCH, ONBOARDING, PRICE_RISE, RIVAL, SUPPORT_TROUBLE

from cs_lib.edition import read_edition
from cs_lib.judgement.judgement import Judgement
from cs_lib.metrics.audit.cache import load_measures
from cs_lib.metrics.catalogue import check_metric_names
from cs_lib.period import Period, Segment

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = read_edition("sample", root=ROOT)


def test_the_events_are_those_that_were_planted():
    check_metric_names(SAMPLE)
    events = {each.label: each for each in SAMPLE.events}
    assert {label: (each.on, each.last) for label, each in events.items()} == {
        "Guided set-up": (ONBOARDING.on, ONBOARDING.on),
        "Rival in APAC": (RIVAL.on, RIVAL.on),
        "Waitlist released": (LAUNCH.on, LAUNCH.on),
        "Price rise": (PRICE_RISE.on, PRICE_RISE.on),
        "Support short of people": SUPPORT_TROUBLE.seen,
    }
    assert events["Rival in APAC"].segments == (f"region={RIVAL.region}",)
    rises = {plan.name: plan.price[1] / plan.price[0] - 1 for plan in PLANS}
    shown = {name: f"{rise:.0%}" for name, rise in rises.items()}
    assert shown == {"Solo": "20%", "Practice": "7%", "Network": "7%"}
    assert all(figure in events["Price rise"].text for figure in shown.values())


@pytest.mark.slow
def test_each_note_is_of_a_finding_of_its_month_and_of_its_figure():
    measures = load_measures(SAMPLE, root=ROOT)
    found = {}
    for note in SAMPLE.notes.notes:
        if note.since not in found:
            judgement = Judgement(SAMPLE, measures, Period.parse(note.since))
            found[note.since] = {each.key: each for each in judgement.findings(Segment())}
        assert found[note.since][note.finding].value == pytest.approx(note.value, rel=1e-4)
