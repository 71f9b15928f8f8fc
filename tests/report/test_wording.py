"""Numbers as text: the currency of an edition, and the conventions of English wherever it is at home."""

import re
from decimal import Decimal

import pytest
from babel.numbers import format_decimal
from hypothesis import given, settings
from hypothesis import strategies as st

from cs_lib.period import Period
from cs_lib.report.text.formatting import MISSING, Formatter, listed, metric_title, plural
from cs_lib.report.text.measure_row import Reading, labels, segment_pairs
from cs_lib.vocabulary import (
    COUNT,
    DAYS,
    MONEY,
    MONTHS,
    PER_YEAR,
    PERCENT,
    POINTS,
    RATIO,
    SCORE,
    UNITS,
)

US, UK, GERMANY = Formatter("USD", "en_US"), Formatter("GBP", "en_GB"), Formatter("EUR", "de_DE")
NIGERIA, SWEDEN = Formatter("NGN", "en_NG"), Formatter("SEK", "sv_SE")
NBSP = "\u00a0"
LOCALES = (
    US,
    UK,
    GERMANY,
    NIGERIA,
    Formatter("EUR", "fr_FR"),
    Formatter("JPY", "ja_JP"),
    Formatter("INR", "en_IN"),
    SWEDEN,
)


@pytest.mark.parametrize(
    ("formatter", "unit", "value", "compact", "text"),
    [
        (US, PERCENT, 0.0312, False, "3.1%"),
        (US, PERCENT, 0.0004, False, "0.04%"),
        (US, PERCENT, 1.053, False, "105.3%"),
        (US, PERCENT, -0.25, False, "−25.0%"),
        (US, PERCENT, 12.3, False, "1,230%"),
        (US, PERCENT, 0.0, False, "0.0%"),
        (GERMANY, PERCENT, 0.137, False, "13.7%"),
        (US, MONEY, 1240, False, "$1,240"),
        (US, MONEY, 12.4, False, "$12.40"),
        (US, MONEY, 1_240_000, True, "$1.24M"),
        (US, MONEY, 1_200_000, True, "$1.20M"),
        (US, MONEY, 999_999, True, "$1.00M"),
        (US, MONEY, 9_999, True, "$9,999"),
        (US, MONEY, -27_900, True, "−$27.9K"),
        (UK, MONEY, 1240, False, "£1,240"),
        (GERMANY, MONEY, 1240, False, "€1,240"),
        (GERMANY, MONEY, 1_240_000, True, "€1.24M"),
        (GERMANY, MONEY, 12_400, True, "€12.4K"),
        (SWEDEN, MONEY, 1240, False, f"SEK{NBSP}1,240"),
        (NIGERIA, MONEY, 1_240_000, True, "₦1.24M"),
        (US, COUNT, 1004, False, "1,004"),
        (US, POINTS, 39.84, False, "39.8 points"),
        (US, SCORE, 4.08, False, "4.08"),
        (US, RATIO, 3.24, False, "3.2×"),
        (US, MONTHS, 11, False, "11.0 months"),
        (US, DAYS, 1, False, "1 day"),
        (US, DAYS, 12.5, False, "12.5 days"),
        (US, PER_YEAR, 8.41, False, "8.4 a year"),
        (US, MONEY, float("nan"), False, MISSING),
        (US, PERCENT, None, False, MISSING),
    ],
)
def test_a_figure_reads_as_english_writes_it(formatter, unit, value, compact, text):
    assert formatter.value(value, unit, compact=compact) == text


@settings(max_examples=300, deadline=None)
@given(
    st.floats(-1e15, 1e15) | st.integers(-20_000, 20_000).map(lambda n: n / 8), st.integers(0, 4)
)
def test_a_number_is_written_as_babel_writes_it_in_english(value, decimals):
    pattern = "#,##0." + "0" * decimals if decimals else "#,##0"
    exact = Decimal(repr(round(value, 12)))
    babels = format_decimal(exact, pattern, "en_US")
    shown = US.decimal(value, decimals)
    assert shown.replace("−", "-") == (
        babels if set(babels) & set("123456789") else babels.lstrip("-")
    )


@settings(deadline=None)
@given(st.floats(), st.sampled_from(UNITS), st.sampled_from(LOCALES), st.booleans())
def test_every_number_has_a_text_without_nan(value, unit, formatter, compact):
    if abs(value) > 1e12 and value not in (float("inf"), float("-inf")):
        return
    text = formatter.value(value, unit, compact=compact)
    assert text and "nan" not in text.lower() and "inf" not in text.lower()
    assert ("−" in text) <= (value < 0), "a minus sign only before what is below zero"


def test_an_interval_leaves_the_unit_words_off():
    assert US.interval(0.022, 0.043, PERCENT) == "2.2% to 4.3%"
    assert US.interval(14.05, 44.2, POINTS) == "14.0 to 44.2"
    assert US.interval(float("nan"), 1, PERCENT) == ""


@pytest.mark.parametrize(
    ("new", "old", "unit", "text", "short"),
    [
        (0.031, 0.027, PERCENT, "up 0.4 percentage points", "+0.4 pp"),
        (0.02, 0.03, PERCENT, "down 1.0 percentage points", "−1.0 pp"),
        (0.03, 0.03, PERCENT, "unchanged", "0"),
        (0.03, 0.0300001, PERCENT, "unchanged", "0"),
        (18.206, 18.2, MONTHS, "unchanged", "0"),
        (254_918, 254_880, MONEY, "unchanged", "0"),
        (1, 3, COUNT, "down 2", "3 → 1"),
        (5, 2, COUNT, "up 3", "2 → 5"),
        (50, 40, COUNT, "up 25.0%", "+25.0%"),
        (1_032_000, 1_000_000, MONEY, "up 3.2%", "+3.2%"),
        (50, 0, MONEY, "up $50", "+$50"),
        (-10_000, -20_000, MONEY, "up $10.0K", "+$10.0K"),
        (0, 1_192, MONEY, "down $1,192", "−$1,192"),
        (30, -10, POINTS, "up 40.0 points", "+40.0"),
        (11, 12.2, MONTHS, "down 1.2 months", "−1.2 months"),
        (16.66, 16.84, MONTHS, "down 0.1 months", "−0.1 months"),  # 16.8 → 16.7
        (0.0132, 0.0004, PERCENT, "up 1.26 percentage points", "+1.26 pp"),  # 0.04% → 1.3%
        (22.4, 9.4, DAYS, "up 13 days", "+13 days"),  # 9 days → 22 days
        (float("nan"), 1, COUNT, "", ""),
    ],
)
def test_a_change_says_its_direction_and_size(new, old, unit, text, short):
    assert US.change(new, old, unit) == text
    assert US.change_short(new, old, unit) == short


@pytest.mark.parametrize(
    ("values", "unit", "texts"),
    [
        ((243_700, 254_900, -14_700, 3577), MONEY, ["$243.7K", "$254.9K", "−$14.7K", "$3.6K"]),
        ((142_000, 143_000), MONEY, ["$142K", "$143K"]),
        ((89.13, 716), MONEY, ["$89", "$716"]),
        ((12.4, 9), MONEY, ["$12.40", "$9.00"]),
        ((12_000, 3), MONEY, ["$12,000", "$3"]),
        ((12_430_000, 520_000), MONEY, ["$12.4M", "$0.5M"]),
        ((9, 22.1), DAYS, ["9 days", "22 days"]),
        ((1_240_000, 1_200_000), MONEY, ["$1.24M", "$1.20M"]),
        ((999_999,), MONEY, ["$1.00M"]),
        ((0.5, float("nan")), PERCENT, ["50.0%", MISSING]),
        ((50.0, 9995.0), MONEY, ["$50", "$9,995"]),
    ],
)
def test_figures_of_one_line_are_written_alike(values, unit, texts):
    assert US.alike(values, unit) == texts


@settings(deadline=None)
@given(st.lists(st.floats(-1e8, 1e8), min_size=1, max_size=6))
def test_amounts_of_one_line_show_one_scale_and_nothing_as_nothing(values):
    texts = US.alike(values, MONEY)
    assert all(text == "$0" for value, text in zip(values, texts, strict=True) if value == 0)
    told = [text for value, text in zip(values, texts, strict=True) if value]
    assert len({text.lstrip("−$0123456789,.") for text in told}) <= 1
    assert len({len(text.rstrip("KMBT").partition(".")[2]) for text in told}) <= 1
    for value, text in zip(values, texts, strict=True):
        assert (abs(value) > 0.5) <= any(letter in "123456789" for letter in text), text


@settings(deadline=None)
@given(st.floats(0, 1), st.floats(-1, 1))
def test_a_change_that_does_not_show_is_none(value, gap):
    said = US.change(value + gap, value, PERCENT)
    printed = [US.value(each, PERCENT) for each in (value, value + gap)]
    assert ("unchanged" in said) >= (printed[0] == printed[1])
    assert said == "unchanged" or any(letter in "123456789" for letter in said)


NUMBER = re.compile(r"[\d,.]+")


def printed(text: str) -> Decimal:
    """The number that a text shows."""
    size = Decimal(NUMBER.search(text)[0].replace(",", ""))
    scale = {"K": 1_000, "M": 1_000_000}.get(text[-1], 1)
    return size * scale * (-1 if "−" in text else 1)


@settings(deadline=None)
@given(
    st.floats(-900, 900),
    st.floats(-900, 900),
    st.sampled_from([POINTS, MONTHS, RATIO, SCORE, DAYS]),
)
def test_a_change_is_what_a_reader_subtracts(new, old, unit):
    said, ends = US.change(new, old, unit), [printed(each) for each in US.alike((new, old), unit)]
    if said != "unchanged":
        assert said.startswith("up" if new > old else "down")
        assert printed(said) == abs(ends[0] - ends[1]), (said, ends)
    else:
        assert ends[0] == ends[1]


@settings(deadline=None)
@given(st.floats(-1, 5), st.floats(-1, 5))
def test_a_change_of_a_rate_is_too(new, old):
    said, ends = US.change(new, old, PERCENT), [printed(US.percent(each)) for each in (new, old)]
    if said != "unchanged":
        assert printed(said) == abs(ends[0] - ends[1]), (said, ends)


@settings(deadline=None)
@given(st.floats(-5e5, 5e5), st.floats(-5e5, 0))
def test_and_one_of_an_amount_that_has_no_share(new, old):
    for full, ends in (
        (False, US.alike((new, old), MONEY)),
        (True, [US.money(each) for each in (new, old)]),
    ):
        said = US.change(new, old, MONEY, full=full)
        if said != "unchanged" and max(abs(new), abs(old)) >= 100:
            assert printed(said) == abs(printed(ends[0]) - printed(ends[1])), (said, ends)


@settings(deadline=None)
@given(st.floats(1, 5e7), st.floats(1, 5e7))
def test_amounts_told_with_a_share_bear_it_out(new, old):
    ends = [float(printed(each)) for each in US.ends((new, old), MONEY)]
    share = US.relative(new, old)
    assert not share or max(new, old) < 100 or US.relative(*ends) == share or min(new, old) < 100


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ((254_882, 243_713), ["$254.9K", "$243.7K"]),  # 4.6%; $255K beside $244K is 4.5%
        ((254_882, 143_438), ["$254,882", "$143,438"]),  # 77.7%; 254.9 beside 143.4 is 77.8%
        ((300_000, 150_000), ["$300K", "$150K"]),
        ((999, 500), ["$999", "$500"]),
    ],
)
def test_ends_have_the_digits_that_their_share_needs(values, texts):
    assert US.ends(values, MONEY) == texts


def test_a_ratio_that_could_be_anything_has_no_upper_end():
    """With one loss in three months a quick ratio ran to 2,520,750.1."""
    assert US.interval(0.0, 2_520_750.1, RATIO) == "0.0 or more"
    assert US.interval(2.0, 10.0, RATIO) == "2.0 to 10.0"


def test_an_interval_is_as_exact_as_its_wider_end():
    assert US.interval(0.0001, 0.017, PERCENT) == "0.0% to 1.7%"
    assert US.interval(0.0001, 0.0004, PERCENT) == "0.01% to 0.04%"


def test_periods_and_counts_have_names():
    names = [US.period(Period.parse(p)) for p in ("2026-06", "2026-Q2", "2026-W24", "2026")]
    assert names == ["June 2026", "Q2 2026", "week 24 of 2026", "2026"]
    assert [US.count(n, "customer") for n in (0, 1, 1004)] == [
        "0 customers",
        "1 customer",
        "1,004 customers",
    ]
    assert [plural(noun) for noun in ("reply", "day", "box", "person")] == [
        "replies",
        "days",
        "boxes",
        "people",
    ]
    assert [listed(["a", "b", "c"][:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]


def test_month_names_stay_english_beside_english_prose():
    assert GERMANY.period(Period.parse("2026-03")) == "March 2026"


def test_a_status_says_why(catalogue):
    churn = catalogue("customer_churn_rate").rule()
    assert US.status(Reading(status="undefined"), churn) == (
        "undefined (no customers paying at the start of the period)"
    )
    assert US.status(Reading(status="immature")) == "not yet observable"
    assert US.status(Reading(status="suppressed")) == "hidden: fewer than 5"
    quick = catalogue("quick_ratio").rule()
    assert US.status(Reading(status="undefined"), quick) == "undefined (no losses)"


def test_a_title_carries_its_variant_unless_it_is_the_plain_one(catalogue):
    assert metric_title(catalogue("customer_churn_rate")) == "Customer churn rate"
    assert metric_title(catalogue("customer_churn_rate"), "stripe") == (
        "Customer churn rate (Stripe's rule)"
    )
    assert metric_title(catalogue("net_revenue_retention")) == (
        "Net revenue retention (over twelve months)"
    )


def test_segments_are_read_whatever_their_values_hold():
    assert segment_pairs("plan,region", "plan=A,B=C,region=EMEA") == (
        ("plan", "A,B=C"),
        ("region", "EMEA"),
    )
    assert segment_pairs("all", "all") == ()
    assert US.segment("plan,region", "plan=Pro,region=EMEA") == "plan Pro, region EMEA"


def test_labels_are_what_tells_the_rows_apart():
    inside = [
        Reading(segment_by="plan", segment="plan=Pro"),
        Reading(segment_by="plan,touchpoint", segment="plan=Pro,touchpoint=billing"),
        Reading(segment_by="plan,touchpoint", segment="plan=Pro,touchpoint=support"),
    ]
    assert labels(inside) == ["All", "billing", "support"]
    assert labels(inside[1:2]) == ["billing"]


def test_the_parts_of_a_variance_are_written_as_the_whole():
    from cs_lib.judgement.plan_variance import Split
    from cs_lib.metrics.catalogue import metric
    from cs_lib.report.text.plan_sentences import plan_sentence

    metrics = {name: metric(name) for name in ("mrr", "paying_customers")}
    split = Split("mrr", "paying_customers", volume=-3_209.0, price=17_700.0)
    said = plan_sentence(split, metrics, Formatter()).text
    assert said.startswith("MRR is $14.5K above plan: −$3.2K from the number")
    assert said.endswith("and +$17.7K from what each brings.")


def test_an_effect_is_marked_on_its_side():
    from cs_lib.report.text.effect_words import effect_mark

    rows = [{"effect": 0.02, "differs": True}, {"effect": -0.02, "differs": True}]
    assert [effect_mark(row) for row in [*rows, rows[0] | {"differs": False}]] == ["▲ ", "▼ ", ""]


def test_a_lifetime_says_within_how_many_months_it_is_counted():
    from cs_lib.edition import read_edition
    from cs_lib.metrics.catalogue import metric_of
    from cs_lib.report.text.formatting import metric_title

    known = read_edition("sample")
    definitions = known.definitions.model_copy(update={"lifetime_horizon": 36})
    edition = known.model_copy(update={"definitions": definitions})
    title = metric_title(metric_of(edition, "expected_lifetime", ("lifetimes",)))
    assert title == "Expected lifetime (within 36 months)"
