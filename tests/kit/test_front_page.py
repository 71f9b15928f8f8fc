"""The front page is true for any figures, and says no more than they allow."""

import re

import pandas as pd
import pytest
import small
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cs_lib.judgement.standing import share_interval
from cs_lib.kit import kit_scorecard
from cs_lib.kit.kit_decomposition import shown, what_moved
from cs_lib.period import Period
from cs_lib.report.display import LeftOut
from cs_lib.report.text.decomposition import apportioned, moved_sentence, rounded

CHURN = {"variant": "snapshot"}
quietly = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def months(count, last="2026-06"):
    end = Period.parse(last)
    return [end.back(count - 1 - i).label for i in range(count)]


def churn(made, parts, period, segment="all"):
    return made.share("customer_churn_rate", *parts, period=period, segment=segment, **CHURN)


def two_plans(made, before, now, plans=("A", "B")):
    """Churn at two periods, in total and by plan."""
    rows = []
    for period, parts in (("2026-05", before), ("2026-06", now)):
        rows.append(churn(made, [sum(each) for each in zip(*parts, strict=True)], period))
        rows += [
            churn(made, part, period, f"plan={plan}")
            for plan, part in zip(plans, parts, strict=True)
        ]
    return made.kit_of(rows)


# --- what moved it --------------------------------------------------------------------------------


def test_kitagawas_split_of_the_published_example(made):
    """the definitions: (1000 at 5 %, 5000 at 2 %) to (5000 at 4 %, 1000 at 1 %): +1.0 = −1.0 rate, +2.0 mix."""
    kit = two_plans(made, [(50, 1000), (100, 5000)], [(200, 5000), (10, 1000)])
    moved = what_moved(kit.selection, "customer_churn_rate", "plan")
    exact = rounded(moved)
    assert (exact.now - exact.before, sum(exact.rate), sum(exact.mix)) == (100, -100, 200)
    said = moved_sentence(moved, kit.formatter).text
    assert "rose by 1.00 percentage points, from 2.50% in May 2026 to 3.50% in June 2026" in said
    assert "−1.00 from the plans' rates and +2.00 from the mix of plans" in said


parts = st.tuples(st.integers(0, 400), st.integers(0, 400)).map(lambda p: (min(p), max(p)))


@quietly
@given(st.lists(st.tuples(parts, parts), min_size=2, max_size=5))
def test_the_split_adds_up_in_every_row_and_column(made, pairs):
    names = "ABCDE"[: len(pairs)]
    kit = two_plans(made, [old for old, _ in pairs], [new for _, new in pairs], names)
    moved = what_moved(kit.selection, "customer_churn_rate", "plan")
    if isinstance(moved, LeftOut):
        return
    assert moved.parts["total"].sum() == pytest.approx(moved.change, abs=1e-12)
    exact = rounded(moved)
    assert sum(exact.rate) + sum(exact.mix) == sum(exact.totals) == exact.now - exact.before
    said = moved_sentence(moved, kit.formatter).text
    assert ("rose by" in said) == (exact.now > exact.before)
    assert ("fell by" in said) == (exact.now < exact.before)


@quietly
@given(st.lists(st.tuples(parts, parts), min_size=2, max_size=5))
def test_a_change_within_normal_variation_is_not_split(made, pairs):
    names = "ABCDE"[: len(pairs)]
    kit = two_plans(made, [old for old, _ in pairs], [new for _, new in pairs], names)
    moved = what_moved(kit.selection, "customer_churn_rate", "plan")
    if isinstance(moved, LeftOut) or moved.distinguishable:
        return
    [said] = shown(kit.selection, "customer_churn_rate", "plan")
    assert not re.search("rose by|fell by|largest part|mix", said.text)


@given(
    st.lists(st.floats(-500, 500, allow_nan=False), min_size=1, max_size=8), st.integers(-900, 900)
)
def test_apportioning_reaches_the_total(amounts, total):
    assert sum(apportioned(amounts, total)) == total


def test_apportioning_moves_nothing_by_a_whole_one():
    amounts = [1.4, 2.4, -3.3, 0.5]
    assert apportioned(amounts, 1) == [1, 2, -3, 1]


# --- the front page -------------------------------------------------------------------------------------

money = st.integers(0, 10**6).map(float)


@st.composite
def editions(draw, row, share):
    """Rows and targets of an edition that has some of the headline metrics."""
    rows = [row("paying_customers", float(draw(st.integers(0, 900))))]
    if draw(st.booleans()):
        opening, gained, lost = draw(st.tuples(money, money, money))
        lost = min(lost, opening)
        rows += [row("opening_mrr", opening), row("new_mrr", gained), row("churned_mrr", -lost)]
        rows += [row("expansion_mrr", 0.0), row("contraction_mrr", 0.0)]
        rows += [row("mrr", opening + gained - lost)]
    for name, variant in (("customer_churn_rate", "snapshot"), ("csat", "standard")):
        if draw(st.booleans()):
            for period in ("2026-05", "2026-06"):
                rows.append(share(name, *draw(parts), variant=variant, period=period))
    if draw(st.booleans()):
        value = draw(st.floats(0.1, 9))
        spread = draw(st.floats(0, 3))
        rows.append(row("ltv_to_cac", value, low=value - spread / 2, high=value + spread))
    targets = draw(
        st.fixed_dictionaries(
            {}, optional={"customer_churn_rate": st.floats(0, 1), "csat": st.floats(0, 1)}
        )
    )
    return rows, {name: {"all": target} for name, target in targets.items()}


@quietly
@given(st.data())
def test_the_verdicts_of_the_page_are_true_for_any_figures(made, data):
    rows, targets = data.draw(editions(made.row, made.share))
    page = made.kit_of(rows, targets=targets).front_page()
    frame = pd.DataFrame(rows).set_index(["metric", "period_start"])["value"]
    june = {name: frame.get((name, pd.Timestamp("2026-06-01"))) for name, _ in frame.index}
    if isinstance(page, LeftOut):
        assert not any(value == value for value in june.values() if value is not None)
        return
    assert len(page.tiles) <= 6 and len(page.stories) <= 5
    tiles = {tile.name: tile for tile in page.tiles}
    told = " ".join(page.headline + tuple(story.what for story in page.stories if not story.good))
    missed = {}
    for name, title, higher in (
        ("csat", "CSAT", True),
        ("customer_churn_rate", "Customers lost a month", False),
    ):
        verdict, missed[name] = tiles[title].verdict if title in tiles else "", False
        if verdict:
            good, missed[name] = _judged(rows, name, targets, higher=higher)
            assert ("met" in verdict, "missed" in verdict) == (good, missed[name])
    assert ("CSAT is" in told or "csat" in told.lower()) == missed["csat"]
    assert ("of customers leave a month" in told) == missed["customer_churn_rate"]
    for said in page.headline:
        assert said[0].isupper() | said[0].isdigit() and said.endswith(".")
        assert not re.search(r"nan|None|inf\b|  |\(\)", said), said


def _judged(rows, name, targets, *, higher):
    """Whether a target is met or missed by both months together, by the interval of their sums."""
    own = [r for r in rows if r["metric"] == name and r["status"] == "ok"]
    x, n = (sum(r[part] for r in own) for part in ("numerator", "denominator"))
    goal = targets.get(name, {}).get("all")
    low, high = (float(end) for end in share_interval(x, n, 0.95))
    good = goal is not None and n >= 10 and (low >= goal if higher else high <= goal)
    bad = goal is not None and n >= 10 and (high < goal if higher else low > goal)
    return good, bad


# --- signals --------------------------------------------------------------------------------------


def csat_over(made, shares, n=1000):
    return [
        made.share("csat", round(share * n), n, period=period)
        for share, period in zip(shares, months(len(shares)), strict=True)
    ]


def test_a_fall_is_told_with_what_came_after(made):
    shares = [0.80] * 14 + [0.60, 0.61] + [0.80] * 3
    said = made.kit_of(csat_over(made, shares)).say_spikes("csat").text
    assert said == "CSAT fell to 60.5% in February and March 2026 (the trend: 80.0%); 80.0% since."


def test_a_figure_that_waits_is_shown_for_its_newest_period_by_name(made):
    """Answers to June's invitations still come in: May is the newest month that can be judged."""
    months = ("2026-03", "2026-04", "2026-05")
    rows = [made.share("response_rate", 40, 100, period=month) for month in months]
    rows += [made.row("response_rate", None) | {"status": "immature"}, made.share("csat", 8, 10)]
    kit = made.kit_of(rows, targets={"response_rate": 0.2})
    said = str(kit.say("response_rate"))
    assert said.startswith("Response rate was 40.0% in May 2026 (40 of 100")
    assert said.endswith(
        "The target of at least 20% was met: 40.0% over 3 months (34.6% to 45.6%). For June 2026 it is too early to say."
    )
    for text in (kit.scorecard().text, kit.table("response_rate", "csat").text):
        [line] = [
            line for line in text.splitlines() if line.startswith("Response rate (May 2026) ")
        ]
        assert "40.0%" in line and "✓ met" in line
    assert kit.table("response_rate").text.startswith("Response rate (May 2026)")


def test_the_signal_of_a_figure_that_waits_is_that_of_its_newest_period(made):
    months = [Period.parse("2026-06").back(back).label for back in range(20, 1, -1)]
    rows = [made.share("response_rate", 400, 1000, period=month) for month in months]
    rows += [made.share("response_rate", 200, 1000, period="2026-05")]
    rows += [made.row("response_rate", None) | {"status": "immature"}]
    kit = made.kit_of(rows)
    assert "below the trend (40.0%)" in str(kit.say("response_rate"))
    assert "▼ below" in kit.scorecard().text
    assert "Response rate (May 2026): 20.0%, where the trend was 40.0%" in str(
        kit_scorecard.signals(kit.selection)[0]
    )


def test_a_figure_that_never_could_be_judged_says_so(made):
    kit = made.kit_of([made.row("response_rate", None) | {"status": "immature"}])
    assert str(kit.say("response_rate")) == "Response rate was not yet observable in June 2026."


def test_three_months_that_are_quiet_alone_may_stand_out_together(made):
    shares = [0.80] * 18 + [0.77, 0.77, 0.77]
    kit = made.kit_of(csat_over(made, shares))
    assert (
        kit.say_spikes("csat").text
        == "CSAT fell to 77.0% from April to June 2026 (the trend: 80.0%)."
    )
    assert not kit.selection.judgement.limits("csat", periods=3)["signal"].any()


def test_nothing_is_found_where_nothing_happened(made):
    kit = made.kit_of(csat_over(made, [0.80, 0.81] * 12))
    assert "moved no more than usual" in kit.say_spikes("csat").text
    assert kit.say_step("csat").text == "No lasting change shows in CSAT up to June 2026."


def test_a_young_company_is_not_judged(made):
    kit = made.kit_of(csat_over(made, [0.8] * 6))
    assert isinstance(kit.say_spikes("csat"), LeftOut)
    assert isinstance(kit.say_step("csat"), LeftOut)
    assert isinstance(kit.figure.control_chart("csat"), LeftOut)
    assert "too little history to say what is usual" in str(kit.front_page())


def test_a_lasting_change_is_dated(made):
    kit = made.kit_of(csat_over(made, [0.70] * 10 + [0.80] * 12))
    assert kit.say_step("csat").text == (
        "Since July 2025 CSAT has averaged 80.0%, against 70.0% in the 10 months before, an improvement."
    )


def test_a_spike_is_no_lasting_change(made):
    kit = made.kit_of(csat_over(made, [0.80] * 10 + [0.2] + [0.80] * 11))
    assert "No lasting change shows" in kit.say_step("csat").text


def test_limits_of_a_share_widen_where_fewer_answered(made):
    many, few = csat_over(made, [0.5] * 13), csat_over(made, [0.5] * 13)
    few[-1] = made.share("csat", 50, 100)
    widths = [
        float(judged["limit_high"].iloc[0] - judged["limit_low"].iloc[0])
        for judged in (made.kit_of(each).selection.judgement.limits("csat") for each in (many, few))
    ]
    assert widths[1] > 2 * widths[0]


def test_an_edition_without_anything_is_left_out(made):
    kit = made.kit_of([made.row("paying_customers", None)])
    assert isinstance(kit.front_page(), LeftOut)


# --- the sample's page ----------------------------------------------------------------------------


def test_the_scorecard_is_light_whole_and_the_same_twice(sample):
    table = sample().scorecard()
    assert len(table.html) < 300_000
    assert table.html == sample().scorecard().html
    for section in ("Growth", "Retention", "Sentiment", "Economics", "Adoption"):
        assert f"[{section}]" in table.text
    assert table.html.count("<img") == table.html.count("alt=") > 20
    assert "✓ met" in table.text and "✗ missed" in table.text


def test_signals_count_their_looks(sample):
    kit = sample("2026-03")
    said, table = kit_scorecard.signals(kit.selection)
    assert re.search(r"In March 2026, \d+ of \d+ figures moved more than usual", said.text)
    assert "CSAT" in table.text
    assert set(kit.selection.used) >= {"csat"}


def test_the_total_row_of_a_table_shows_its_change(sample):
    line = sample().table("customer_churn_rate", by="plan").text.splitlines()
    total = next(each for each in line if each.startswith("All"))
    assert "pp" in total


@pytest.mark.parametrize("segment", ["plan=Solo", "region=APAC"])
def test_a_segments_page_stands_on_its_own(sample, segment):
    kit = sample(segment=segment)
    assert "[Growth]" in kit.scorecard().text
    assert 2 <= len(kit.front_page().stories) <= 5
    assert kit.say_spikes("csat").text
    column, _, name = segment.partition("=")
    assert name in kit.say("customer_churn_rate").text
    assert kit.say_spikes("customer_churn_rate", by=column).text


@pytest.mark.parametrize("segment", ["all", "plan=Solo"])
def test_what_stands_out_is_what_each_figure_is_found_to_be_alone(sample, segment):
    kit = sample("2026-03", segment)
    looked = kit.selection.judgement.signals(kit.selection.segment)
    assert len(looked) > 20 and looked["signal"].any()
    for row in looked.to_dict("records"):
        alone = kit.selection.judgement.limits(
            row["metric"], row["segment_by"], row["segment"]
        ).iloc[0]
        for part in ("centre", "limit_low", "limit_high", "signal"):
            assert row[part] == pytest.approx(alone[part]), (row["metric"], row["segment"], part)


@pytest.mark.slow
def test_what_stands_out_by_little_is_not_said_to_be_usual(tmp_path):
    """Four of 30 customers left in June, which the control chart rings: below it one read that nothing moved."""
    rows = "customer_id,start_date,end_date,mrr\n" + "".join(
        f"c{place},2024-06-01,{'2026-06-10' if place < 4 else ''},50\n" for place in range(30)
    )
    kit = small.kit_of(small.Small("subscriptions", rows), tmp_path)
    assert kit.selection.judgement.limits("customer_churn_rate")["signal"].all()
    assert kit.say_spikes("customer_churn_rate").text == (
        "Customer churn rate moved little more than usual (by fewer than 5 customers) in the 12 months to June 2026."
    )
