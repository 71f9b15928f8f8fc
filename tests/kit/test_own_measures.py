"""A segment's report holds its own rows alone, reads others when they are asked for, and tells what it told."""

from dataclasses import replace

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from cs_lib.errors import EditionError
from cs_lib.judgement.series import Figures
from cs_lib.kit import kit_scorecard, kit_segments
from cs_lib.kit.selection import Selection
from cs_lib.metrics.audit.cache import FRAMES
from cs_lib.metrics.audit.handed_measures import OwnMeasures, read_measures, write_measures
from cs_lib.period import ALL, Segment
from cs_lib.vocabulary import COHORT_MEASURES

PLAN = "plan=Practice"


@pytest.fixture(scope="module")
def given(sample, tmp_path_factory):
    """The sample's selection of a plan, and the folder that its measures were handed over in."""
    selection = sample(segment=PLAN).selection
    folder = tmp_path_factory.mktemp("handed") / "measures"
    write_measures(folder, selection.measures, selection.edition)
    return selection, folder


@pytest.fixture
def own(given):
    """The same selection from what a report reads."""
    selection, folder = given
    measures = read_measures(folder, selection.edition, selection.segment)
    return Selection(selection.edition, measures, selection.period, selection.segment)


def test_a_report_holds_its_segment_what_is_inside_it_and_the_whole_company(given, own):
    whole = given[0].measures
    for name in FRAMES:
        rows, found = getattr(whole, name), getattr(own.measures, name)
        if "segment" in rows:
            inside = rows["segment"].map(lambda each: each.startswith(f"{PLAN},")).astype(bool)
            rows = rows[rows["segment"].isin((ALL, PLAN)) | inside].reset_index(drop=True)
        assert_frame_equal(found, rows)
    assert len(own.measures.measures) < len(whole.measures) / 4
    assert_frame_equal(own.measures.whole().measures, whole.measures)


def test_segments_beside_it_are_read_when_they_are_asked_for(given, own):
    whole = given[0]
    for by in (None, "plan", "region", "use"):
        assert_frame_equal(
            own.rows(by=by, periods=3, variant="*"), whole.rows(by=by, periods=3, variant="*")
        )
        assert_frame_equal(own.rows("nps", "mrr", by=by), whole.rows("nps", "mrr", by=by))
        assert_frame_equal(own.curve("survival", by), whole.curve("survival", by))
        assert own.splits_by("mrr", by or "plan") == whole.splits_by("mrr", by or "plan")
    for measure in COHORT_MEASURES:
        assert_frame_equal(own.cohorts(measure), whole.cohorts(measure))
    figures, all_of_them = (Figures(each.edition, each.measures) for each in (own, whole))
    for within in (ALL, PLAN, "region=EMEA"):
        by = "plan" if within == ALL else f"{Segment.parse(within).by},channel"
        asked = ("mrr", by, "month")
        there = all_of_them.segments(*asked, within=within)
        assert figures.segments(*asked, within=within) == there
        for segment in there:
            one, other = (
                each.series("mrr", by, segment, grain="month") for each in (figures, all_of_them)
            )
            assert one.value.tolist() == other.value.tolist() and len(one)


@pytest.mark.parametrize(
    "segment", ["plan=Solo", pytest.param("region=APAC", marks=pytest.mark.slow)]
)
def test_what_customers_of_a_segment_named_stands_apart_in_its_own_report_too(
    sample, given, segment
):
    """Those who left elsewhere are no rows of its own; without them no reason would stand apart."""
    whole = sample(segment=segment).selection
    measures = read_measures(given[1], whole.edition, whole.segment)
    own = Selection(whole.edition, measures, whole.period, whole.segment)
    before, now = (each.judgement.findings(each.segment) for each in (whole, own))
    assert list(map(repr, now)) == list(map(repr, before))
    assert "reason apart" in {each.kind for each in now}


def test_what_it_shows_is_what_it_showed_before(given, own):
    whole = given[0]
    before, now = (kit_scorecard.segments_on_a_page(each) for each in (whole, own))
    assert now.html == before.html
    before, now = (each.judgement.findings(each.segment) for each in (whole, own))
    assert list(map(repr, now)) == list(map(repr, before)) and now
    before, now = (kit_segments.by_segment(each, "csat") for each in (whole, own))
    assert [str(each) for each in now] == [str(each) for each in before]


def test_a_note_about_another_segment_is_held_against_that_one(given, own):
    whole = given[0]
    notes = whole.edition.notes.notes
    assert {each.finding.rpartition(" ")[2] for each in notes} - {ALL, PLAN}
    for note in notes:
        assert own.judgement.is_restated(note) == whole.judgement.is_restated(note)


def test_a_segment_whose_name_another_begins_with_is_not_read(given, measures_of_segments):
    edition = given[0].edition
    folder = measures_of_segments(
        "plan=Pro", "plan=Pro-", "plan=Pro,region=EMEA", "plan=Pro 2", ALL
    )
    found = read_measures(folder, edition, Segment.parse("plan=Pro"))
    assert isinstance(found, OwnMeasures)
    assert found.measures["segment"].tolist() == ["plan=Pro", "plan=Pro,region=EMEA", ALL]


def test_a_segment_that_is_not_there_is_told_which_are(given):
    selection, folder = given
    asked = Segment.parse("plan=Practise")
    measures = read_measures(folder, selection.edition, asked)
    with pytest.raises(EditionError, match=r"not in the data\. Did you mean plan=Practice\?"):
        Selection(selection.edition, measures, selection.period, asked)


@pytest.fixture
def measures_of_segments(given, tmp_path):
    """Hands over measures of one row for each segment; gives the folder."""

    def folder(*segments):
        selection = given[0]
        rows = selection.measures.measures.head(len(segments)).assign(segment=list(segments))
        few = replace(selection.measures, measures=pd.DataFrame(rows).reset_index(drop=True))
        write_measures(tmp_path / "few", few, selection.edition)
        return tmp_path / "few"

    return folder
