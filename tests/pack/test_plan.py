"""What a run refuses, and in which words, before any kernel has started or file been written."""

from datetime import date

import pytest

from cs_lib.edition import read_edition
from cs_lib.errors import EditionError
from cs_lib.pack.run.choices import choose_period
from cs_lib.pack.run.plan import make_plan
from cs_lib.pack.run.request import RunRequest

AS_OF, FIRST = date(2011, 12, 10), date(2010, 12, 1)


@pytest.fixture
def plan(project, measures):
    def make(given=None, **asked):
        edition = read_edition("tiny", root=project.root)
        request = RunRequest(**asked)
        return make_plan(edition, given or measures(), request, root=project.root, passed_as="tiny")

    return make


def refusal(call, *args, **kwargs) -> str:
    with pytest.raises(EditionError) as caught:
        call(*args, **kwargs)
    return str(caught.value)


# --- period


@pytest.fixture
def period(project):
    def choose(text=None, as_of=AS_OF, first=FIRST):
        edition = read_edition("tiny", root=project.root)
        return choose_period(edition, text, as_of=as_of, first=first)

    return choose


def test_the_period_is_the_last_complete_month(period):
    assert period().label == "2011-11"
    assert period(as_of=date(2012, 1, 1)).label == "2011-12"


def test_an_incomplete_period_is_refused_with_the_last_complete_one(period):
    assert refusal(period, "2011-12") == (
        "2011-12 is not complete: the data end on 2011-12-09. The last complete month is 2011-11."
    )
    assert refusal(period, "2011-Q4") == (
        "2011-Q4 is not complete: the data end on 2011-12-09. The last complete quarter is 2011-Q3."
    )


def test_a_period_before_the_data_is_refused(period):
    assert refusal(period, "2010-11") == "2010-11 is before the data, which begin on 2010-12-01."


def test_a_grain_that_is_not_measured_is_refused(period):
    assert refusal(period, "2011-W20") == (
        "2011-W20 is a week, and tiny is measured by month, quarter, year. Add week to its grains."
    )


def test_data_without_a_complete_month_have_no_period(period):
    assert "hold no complete month" in refusal(
        period, as_of=date(2026, 6, 20), first=date(2026, 6, 3)
    )


def test_what_is_not_a_period_is_refused(period):
    assert "is not a period" in refusal(period, "June")


# --- notebooks


def test_notebooks_that_can_read_the_tables_are_chosen_in_their_order(project, plan):
    project.notebook("adoption", reads_any=["usage_events"])
    project.notebook("cohorts", reads_any=["orders", "subscriptions"], order=2)
    project.notebook("scorecard", order=1)
    assert [report.slug for report in plan().reports] == ["scorecard--all", "cohorts--all"]


def test_a_notebook_asked_for_by_name_runs_whatever_it_reads(project, plan):
    project.notebook("adoption", reads_any=["usage_events"])
    assert [r.slug for r in plan(notebooks=("adoption",)).reports] == ["adoption--all"]


def test_an_unknown_notebook_is_refused(project, plan):
    project.notebook("scorecard")
    assert refusal(plan, notebooks=("scorcard",)) == (
        "--notebook: there is no notebook scorcard. Did you mean scorecard?"
    )


def test_an_unknown_notebook_in_the_edition_is_refused(project, plan):
    project.notebook("scorecard")
    project.edition(
        "company: Tiny\ntables: {subscriptions: x.csv}\nreports: {notebooks: [score]}\n"
    )
    assert refusal(plan).startswith("tiny: reports.notebooks: there is no notebook score.")


def test_nothing_to_make_is_refused(plan):
    assert "there is nothing to make" in refusal(plan)


def test_a_file_that_is_no_notebook_is_refused(project, plan):
    (project.root / "notebooks" / "half.ipynb").write_text("{")
    assert "cannot be read as a notebook" in refusal(plan)


# --- segments

REGIONS = "company: Tiny\ntables: {subscriptions: x.csv}\nsegments: [plan, region]\n"


def slugs(plan) -> list[str]:
    return [report.slug for report in plan.reports]


def test_a_star_stands_for_every_value_with_a_figure_in_the_period(project, plan):
    project.notebook("scorecard")
    assert slugs(plan(segments=("plan=*",))) == ["scorecard--plan-Basic", "scorecard--plan-Pro"]


def test_a_segment_hidden_for_its_size_gets_no_report(project, plan, measures):
    project.notebook("scorecard")
    hidden = measures.figure(
        "customer_churn_rate", "plan=Rare", value=float("nan"), status="suppressed"
    )
    given = measures(measures.figure("customer_churn_rate", "plan=Pro"), hidden)
    assert slugs(plan(given, segments=("plan=*",))) == ["scorecard--plan-Pro"]


def test_crossed_columns_expand_in_the_order_of_the_measures(project, plan, measures):
    project.notebook("scorecard")
    project.edition(
        "company: Tiny\ntables: {subscriptions: x.csv}\nsegments: [plan, region]\n"
        "reports: {segments: ['plan=*,region=EMEA']}\n"
    )
    rows = [
        measures.figure("customer_churn_rate", f"plan={plan},region={region}")
        for plan in ("Basic", "Pro")
        for region in ("EMEA", "APAC")
    ]
    expected = ["scorecard--plan-Basic__region-EMEA", "scorecard--plan-Pro__region-EMEA"]
    assert slugs(plan(measures(*rows))) == expected
    assert slugs(plan(measures(*rows), segments=("region=EMEA,plan=*",))) == expected


def test_an_unknown_column_is_refused(project, plan):
    project.notebook("scorecard")
    assert refusal(plan, segments=("plans=Pro",)) == (
        "segment plans=Pro: plans is not among the segments of tiny. Did you mean plan?"
    )


def test_an_unknown_value_is_refused(project, plan):
    project.notebook("scorecard")
    assert refusal(plan, segments=("plan=Prro",)) == (
        "segment plan=Prro: no customer has plan Prro. Did you mean Pro?"
    )


def test_columns_that_are_not_crossed_are_refused(project, plan):
    project.notebook("scorecard")
    assert refusal(plan, segments=("plan=Pro,region=EMEA",)) == (
        "segment plan=Pro,region=EMEA: measures are not split by plan and region together. "
        "Add it to reports.segments in params/tiny.yaml."
    )


def test_a_value_may_hold_commas_and_equals_signs(project, plan, measures):
    project.notebook("scorecard")
    project.edition(REGIONS)
    names = ("region=Korea, South", "region=a,b=c", "region=x=y", "region=*")
    given = measures(*(measures.figure("customer_churn_rate", each) for each in names))
    given.measures["segment_by"] = "region"
    made = plan(given, segments=("region=*",)).reports
    assert sorted(each.segment.label for each in made) == sorted(names)
    assert len({each.slug for each in made}) == 4
    assert plan(given, segments=(names[0], names[2])).reports[1].segment.pairs == (
        ("region", "x=y"),
    )


def test_a_value_that_reads_as_another_segment_is_refused_with_a_way_on(project, plan, measures):
    project.notebook("scorecard")
    project.edition(REGIONS)
    given = measures(measures.figure("customer_churn_rate", "region=a,plan=Pro"))
    given.measures["segment_by"] = "region"
    said = refusal(plan, given, segments=("region=*",))
    assert "region=a,plan=Pro, which reads as another segment" in said
    assert """columns: {region: "replace(region, ',', ';')"}""" in said


def test_two_notebooks_may_not_differ_in_case_alone(project, plan):
    project.notebook("scorecard")
    project.notebook("Scorecard")
    assert "would be published as one file" in refusal(plan)


def test_a_long_name_of_a_notebook_is_cut_in_its_file_names(project, plan):
    names = ("n" * 200 + "a", "n" * 200 + "b", "名" * 80)
    for name in names:
        project.notebook(name)
    made = slugs(plan(notebooks=names, segments=("plan=*",)))
    assert len(set(made)) == 6
    assert all(len(f".{each}.ipynb.123456789".encode()) < 255 for each in made)


# --- targets


def with_targets(project, targets: str) -> None:
    project.notebook("scorecard")
    project.edition(
        "company: Tiny\ntables: {subscriptions: x.csv}\nsegments: [plan]\n"
        f"targets: {{{targets}}}\n"
    )


def test_a_target_for_no_metric_is_refused(project, plan):
    with_targets(project, "nett_revenue_retention: 1.1")
    assert refusal(plan) == (
        "params/tiny.yaml: targets.nett_revenue_retention is not a metric. "
        "Did you mean net_revenue_retention?"
    )


def test_a_target_for_an_unknown_segment_is_refused(project, plan):
    with_targets(project, "customer_churn_rate: {plan=Por: 0.1}")
    assert refusal(plan) == (
        "params/tiny.yaml: targets.customer_churn_rate: segment plan=Por: no customer has plan Por. "
        "Did you mean Pro?"
    )


def test_a_refused_run_leaves_nothing_behind(project, run):
    project.notebook("scorecard")
    with pytest.raises(EditionError):
        run(segments=("plan=None",))
    assert not (project.root / "reports").exists()


# --- events, notes and recipients


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "events: [{on: 2026-03, label: Rival, segments: [region=EMAE]}]",
            "params/tiny.yaml: events: Rival: segment region=EMAE: no customer has region EMAE. "
            "Did you mean EMEA?",
        ),
        (
            "mail: {from: a@b.c, recipients: {plan=Por: d@e.f}}",
            "params/tiny.yaml: mail.recipients: segment plan=Por: no customer has plan Por. Did you mean "
            "Pro?",
        ),
        (
            'mail: {from: a@b.c, recipients: {"plan=Pro,region=EMEA": d@e.f}}',
            "params/tiny.yaml: mail.recipients: segment plan=Pro,region=EMEA: measures are not split by "
            "plan and region together. Add it to reports.segments in params/tiny.yaml.",
        ),
    ],
)
def test_segments_of_events_and_recipients_are_those_of_the_data(project, plan, line, said):
    project.edition(
        f"company: Tiny\ntables: {{subscriptions: data/subscriptions.csv}}\nsegments: [plan, region]\n{line}\n"
    )
    project.notebook("scorecard")
    assert refusal(plan) == said


def test_segments_of_notes_are_those_of_the_data(project, plan):
    project.notebook("scorecard")
    notes = project.root / "params" / "notes" / "tiny.yaml"
    notes.parent.mkdir()
    for finding, said in (
        (
            "segment apart: nps, plan=Por",
            "segment plan=Por: no customer has plan Por. Did you mean Pro?",
        ),
        ("signal: feature_adoption, feature=Waitlist", ""),
    ):
        notes.write_text(f"notes: [{{finding: '{finding}', since: 2026-05}}]\n")
        if said:
            assert refusal(plan) == f"params/notes/tiny.yaml: {finding}: {said}"
        else:
            assert plan()
