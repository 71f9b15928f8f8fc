"""Each thing that happened to the sample company is said in a computed sentence, where a reader looks."""

import re

import pytest
from sample_company.story import STORIES

#: story → notebook → the cell, and what its sentence must say
TOLD = {
    ("price rise", "scorecard"): (
        (
            lambda kit: kit.say_spikes("expansion_mrr_rate"),
            r"Upgrades and price rises brought 6\.6% of MRR in October 2025, seven times the trend of 0\.9%; 1\.6% a month since",
        ),
    ),
    ("price rise", "cohort_retention"): (
        (
            lambda kit: kit.say_spikes("customer_churn_rate", by="plan"),
            r"Customer churn rate for Solo rose to 5\.2% from November 2025 to January 2026 \(the trend: 2\.2%\); 3\.0% since",
        ),
    ),
    ("guided onboarding", "survey_scores"): (
        (
            lambda kit: kit.say_step("ces", by="touchpoint"),
            r"Since (January|February) 2025 CES for onboarding has averaged 5\.\d+, against 4\.\d+ "
            r".*, an improvement",
        ),
    ),
    ("guided onboarding", "cohort_retention"): (
        (
            lambda kit: kit.say_step("time_to_value"),
            r"Since (January|February) 2025 time to value has averaged 9 days, against 2\d days"
            r".*, an improvement",
        ),
        (
            lambda kit: kit.say_cohorts(),
            r"9\d\.\d% of those who joined from (January|February) 2025 on, [78]\d\.\d% of those before; "
            r"newer cohorts keep more",
        ),
    ),
    ("rival in APAC", "cohort_retention"): (
        (
            lambda kit: kit.say("customer_churn_rate", by="region"),
            r"APAC loses 4\.0% of its customers a month, twice the rate elsewhere \(1\.9%\), over the twelve "
            r"months to June 2026",
        ),
    ),
    ("dear events", "unit_economics"): (
        (
            lambda kit: kit.say("cac", by="channel", variant="12_months"),
            r"Events has CAC of \$7,037, five times that elsewhere \(\$1,437\)",
        ),
        (
            lambda kit: kit.say("ltv_to_cac", by="channel"),
            r"lowest for Events \(1\.\d×\).*The target was missed for Events and was met for Organic",
        ),
    ),
    ("support trouble", "survey_scores"): (
        (
            lambda kit: kit.say_spikes("csat"),
            r"CSAT fell to 56\.7% in March and April 2026 \(the trend: 78\.3%\); 80\.0% since",
        ),
    ),
    ("fewer call-backs", "survey_scores"): (
        (
            lambda kit: kit.say_step("follow_up_rate"),
            r"Since November 2025 follow-up rate has averaged 39\.2%, against 68\.5% .*, worse",
        ),
        (
            lambda kit: kit.say("follow_up_rate", by="touchpoint"),
            r"Support has a follow-up rate of 35\.1% \(elsewhere 57\.3%\), over the twelve months to May 2026",
        ),
    ),
    ("waitlist launch", "adoption"): (
        (
            lambda kit: kit.say_since("feature_adoption", by="feature"),
            r"Compared with June 2025, feature adoption has risen for Waitlist \(from 0\.0% to 3\d\.\d%\)",
        ),
    ),
}
CELLS = [
    pytest.param(cell, pattern, id=f"{story}: {notebook} {number}")
    for (story, notebook), cells in TOLD.items()
    for number, (cell, pattern) in enumerate(cells, 1)
]


@pytest.mark.parametrize(("cell", "pattern"), CELLS)
def test_a_story_is_said(sample, cell, pattern):
    said = str(cell(sample()))
    assert re.search(pattern, said), said


def test_every_sign_of_every_story_has_a_cell():
    signs = {(story.name, sign.notebook) for story in STORIES for sign in story.signs}
    assert signs == set(TOLD)


def test_that_no_change_shows_is_not_that_there_was_none(sample):
    """Fewer were followed up in every region; of APAC alone there are too few answers for it to show, and none of June."""
    said = str(sample(segment="region=APAC").say_step("follow_up_rate"))
    assert said == "No lasting change shows in follow-up rate up to May 2026."
