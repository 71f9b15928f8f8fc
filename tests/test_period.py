"""Periods and segments: read, written back, and stepped through."""

import re
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_lib.errors import EditionError
from cs_lib.period import (
    GRAINS,
    MONTH,
    QUARTER,
    WEEK,
    YEAR,
    Period,
    Segment,
    add_months,
    last_complete,
    periods_covering,
    segment_column,
    segment_name,
)

days = st.dates(date(1990, 1, 8), date(2090, 1, 1))


@pytest.mark.parametrize(
    ("text", "start", "end", "grain"),
    [
        ("2026-06", date(2026, 6, 1), date(2026, 7, 1), MONTH),
        ("2026-12", date(2026, 12, 1), date(2027, 1, 1), MONTH),
        ("2026-Q2", date(2026, 4, 1), date(2026, 7, 1), QUARTER),
        ("2026-Q4", date(2026, 10, 1), date(2027, 1, 1), QUARTER),
        ("2026", date(2026, 1, 1), date(2027, 1, 1), YEAR),
        ("2026-W24", date(2026, 6, 8), date(2026, 6, 15), WEEK),
        ("2026-W01", date(2025, 12, 29), date(2026, 1, 5), WEEK),
        ("2026-W53", date(2026, 12, 28), date(2027, 1, 4), WEEK),
        ("2021-W01", date(2021, 1, 4), date(2021, 1, 11), WEEK),
        (" 2026-06 ", date(2026, 6, 1), date(2026, 7, 1), MONTH),
    ],
)
def test_a_period_is_read(text, start, end, grain):
    period = Period.parse(text)
    assert (period.start, period.end, period.grain) == (start, end, grain)
    assert period.label == str(period) == text.strip()


@pytest.mark.parametrize(
    "text", ["", "2026-13", "2026-00", "2026-Q5", "2026-W00", "2026-W54", "26-06", "2026-6", "June"]
)
def test_what_is_no_period_is_refused(text):
    with pytest.raises(EditionError) as caught:
        Period.parse(text)
    assert str(caught.value) == (
        f"period {text!r} is not a period. Write a month as 2026-06, a quarter as 2026-Q2, an ISO "
        "week as 2026-W24 or a year as 2026."
    )


def test_a_week_that_the_year_does_not_have():
    with pytest.raises(EditionError, match=r"period 2025-W53: 2025 has 52 ISO weeks\."):
        Period.parse("2025-W53")


@given(days, st.sampled_from(GRAINS), st.integers(-30, 30))
def test_periods_tile_the_calendar(day, grain, count):
    period = Period.containing(day, grain)
    assert period.start <= day < period.end
    assert period.back().end == period.start
    assert period.back(-1).start == period.end
    assert period.back(count).back(-count) == period
    assert Period.parse(period.label) == period
    assert Period.containing(period.end - timedelta(days=1), grain) == period


@given(days, days, st.sampled_from(GRAINS))
def test_periods_cover_a_span_without_gaps(one, other, grain):
    first, last = min(one, other), min(max(one, other), min(one, other) + timedelta(days=900))
    periods = periods_covering(first, last, grain)
    assert periods[0].start <= first
    assert periods[-1].start <= last < periods[-1].end
    assert all(a.end == b.start for a, b in pairwise(periods))


def test_a_year_earlier():
    assert Period.parse("2026-06").year_before().label == "2025-06"
    assert Period.parse("2026-Q1").year_before().label == "2025-Q1"
    assert Period.parse("2026").year_before().label == "2025"
    assert Period.parse("2026-W24").year_before().label == "2025-W24"


def test_a_period_is_complete_when_it_ends_at_or_before_as_of():
    june = Period.parse("2026-06")
    assert june.complete_at(date(2026, 7, 1))
    assert not june.complete_at(date(2026, 6, 30))
    assert last_complete(date(2026, 7, 1)) == june
    assert last_complete(date(2026, 6, 30)).label == "2026-05"
    assert last_complete(date(2026, 6, 30), QUARTER).label == "2026-Q1"
    assert last_complete(date(2026, 6, 15), WEEK).label == "2026-W24"


def test_months_are_added_to_the_first_of_the_month():
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 1)
    assert add_months(date(2026, 1, 31), -1) == date(2025, 12, 1)
    assert add_months(date(2026, 11, 5), 14) == date(2028, 1, 1)


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("all", ()),
        ("", ()),
        ("plan=Pro", (("plan", "Pro"),)),
        (" plan = Pro , region=EMEA ", (("plan", "Pro"), ("region", "EMEA"))),
        ("plan=*", (("plan", "*"),)),
        ("plan=Pro, yearly", (("plan", "Pro, yearly"),)),
        ("plan=Pro, yearly,region=EMEA", (("plan", "Pro, yearly"), ("region", "EMEA"))),
        ("plan=a=b", (("plan", "a=b"),)),
    ],
)
def test_a_segment_is_read(text, pairs):
    segment = Segment.parse(text)
    assert segment.pairs == pairs
    assert Segment.parse(segment.label) == segment


@pytest.mark.parametrize("text", ["plan", "=Pro", "plan=", "Pro,plan=x"])
def test_what_is_no_segment_is_refused(text):
    with pytest.raises(EditionError, match=r"cannot be read at .*Write all, plan=Pro, or "):
        Segment.parse(text)


def test_segments_in_measures_and_in_file_names():
    segment = Segment.parse("plan=Pro & Co,region=EMEA")
    assert segment.by == "plan,region"
    assert segment.label == "plan=Pro & Co,region=EMEA"
    assert (Segment().by, Segment().label, Segment().slug) == ("all", "all", "all")


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("plan=Practice", "plan-Practice"),
        ("end_reason=Too Dear,market=United Kingdom", "end_reason-Too_Dear__market-United_Kingdom"),
        ("version=V.2", "version-V.2"),
        ("plan=Solo,region=EMEA", "plan-Solo__region-EMEA"),
        ("year=2026", "year-2026"),
    ],
)
def test_an_ordinary_segment_has_a_file_name_that_says_it(text, slug):
    assert Segment.parse(text).slug == slug


def test_segments_that_only_look_alike_have_files_of_their_own():
    alike = (
        "EMEA",
        "Emea",
        "Pro",
        "pro",
        "PRO",
        "pRO",
        "Pro.",
        "Pro ",
        " Pro",
        "Pro_",
        "Pro-",
        "Pro/",
        "Pró",
        "Pro\n",
    )
    slugs = {Segment((("plan", each),)).slug.casefold() for each in alike}
    assert len(slugs) == len(alike)
    crossed = (
        (("a", "B"), ("c", "D")),
        (("a", "B__c-D"),),
        (("a-B", "C"),),
        (("a", "B-C"),),
        (("a b", "C"),),
        (("a_b", "C"),),
        (("a", "B  C-D"),),
        (("a", "B"), ("C", "D")),
    )
    assert len({Segment(each).slug.casefold() for each in crossed}) == len(crossed)


texts = st.one_of(
    st.text(min_size=1, max_size=120),
    st.text(alphabet="aAbB _-.~=,ſßK", min_size=1, max_size=4),
    st.sampled_from(["CON", "nul", "com1", "..", ".", "42" * 60, "会" * 42, "👩‍👩‍👧" * 30]),
)


@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=2), st.tuples(texts, texts))
def test_file_names_of_segments_are_short_safe_and_their_own(pairs, other):
    one, two = Segment(tuple(pairs)), Segment((other,))
    assert one.slug.isascii()
    assert len(one.slug) <= 80
    assert not set(one.slug) & set('/\\:*?"<>| \n\t')
    assert one.slug[-1] not in ". "
    assert one.slug.partition(".")[0].upper() not in {"CON", "PRN", "AUX", "NUL", "COM1", "LPT1"}
    if one != two:
        assert one.slug.casefold() != two.slug.casefold()


@given(st.lists(texts, min_size=1, max_size=3, unique=True))
def test_a_column_of_a_segment_bears_a_name_of_its_own_inside_and_gets_it_back(names):
    inside = [segment_column(each) for each in names]
    assert [segment_name(each) for each in inside] == names
    assert len({each.casefold() for each in inside}) == len(names)
    assert all(re.fullmatch("segment: [a-z0-9_~]+", each) for each in inside)


def test_a_value_may_hold_what_separates_segments():
    label = "plan=Pro, of=old,region=a=b"
    assert Segment.parse(label, ("plan", "region")).pairs == (
        ("plan", "Pro, of=old"),
        ("region", "a=b"),
    )
