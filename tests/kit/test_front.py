"""The front page leads with what matters: each story in its month, true in every figure, calm where nothing is."""

import dataclasses
import re

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from small import SMALL
from small import kit_of as small_kit

from cs_lib.edition.notes import Notes
from cs_lib.kit.kit import Kit
from cs_lib.metrics.compute.intervals import wilson
from cs_lib.metrics.frame_columns import PURCHASES
from cs_lib.period import Period, Segment
from cs_lib.report.tables.front_page import FrontPage

#: what each story of the sample is told by
STORIES = {
    "price rise": r"Upgrades and price rises brought 6\.6% of MRR|Solo lost \d\.\d% of its customers",
    "guided onboarding": r"Customers now reach first value in \d+ days; before .* it took 2\d days",
    "rival in APAC": r"APAC loses \d\.\d% of its customers a month.* elsewhere \([12]\.\d%\)",
    "dear events": r"A new Events customer costs \$\d,\d+ to win; others cost \$1,\d+; "
    r"it is worth 1\.\d× that \(target 3\)",
    "support trouble": r"CSAT fell to 5\d\.\d% in March|CSAT is back at \d\d\.\d% in May",
    "waitlist launch": r"Waitlist is used by \d+% of active customers, \d months after its first use",
}
#: words that a minute is enough for: adults read 175 to 300 of such text (Brysbaert 2019)
MINUTE = 271
MONTHS = [Period.parse("2026-06").back(back).label for back in range(8, -1, -1)]
#: the months in which each story shows
SHOWS = {
    "price rise": ["2025-10", "2026-01"],
    "guided onboarding": ["2026-01", "2026-04"],
    "rival in APAC": ["2026-02", "2026-04", "2026-06"],
    "dear events": ["2025-10", "2025-12", "2026-06"],
    "support trouble": ["2026-03", "2026-04", "2026-05", "2026-06"],
    "waitlist launch": ["2025-12", "2026-03", "2026-06"],
}


def sentences(page: FrontPage) -> list[str]:
    """Every sentence of a page that the kit writes."""
    told = [text for story in page.stories for text in (story.what, story.so_what)]
    texts = [*page.headline, *told, page.calm, page.targets]
    return [each for text in texts for each in re.split(r"(?<=\.) (?=[A-Z0-9])", text) if each]


def stories_of(page: FrontPage) -> set[str]:
    told = " ".join(story.what for story in page.stories)
    return {name for name, pattern in STORIES.items() if re.search(pattern, told)}


def with_notes(kit: Kit, **update) -> Kit:
    edition = kit.selection.edition.model_copy(update=update)
    chosen = kit.selection
    return Kit(type(chosen)(edition, chosen.measures, chosen.period, chosen.segment))


@pytest.fixture(scope="module")
def june(sample):
    return sample().front_page()


def test_june_names_four_of_the_six_stories_and_the_missed_target_first(june):
    assert len(june.stories) == 5
    assert stories_of(june) == {
        "rival in APAC",
        "dear events",
        "support trouble",
        "waitlist launch",
    }
    assert june.stories[0].key == "target: customer_churn_rate"
    assert (
        june.stories[0].what
        == "2.3% of customers leave a month (2.6% a year ago); the target is 2%."
    )
    assert june.stories[0].so_what == "Beyond target: about $119K and 39 customers a year."
    assert [story.good for story in june.stories] == [False, False, False, False, True]


def test_june_opens_with_a_line_to_remember(june):
    assert june.headline == (
        "Growing fast, leaking in APAC.",
        "MRR is $255K (ARR $3.06M), up 78% on a year ago and 4.6% on May.",
        "We kept 80.5% of last year's revenue before upgrades; the target is 85%; "
        "June is the best of 24 months.",
    )
    assert june.targets == (
        "4 of 11 targets are missed; too close to call: "
        "net revenue retention, NPS, CAC and CAC payback."
    )


def words_of(page):
    tiles = [(t.name, t.value, t.verdict, t.target, t.change, t.more) for t in page.tiles]
    texts = [*sentences(page), *(each for tile in tiles for each in tile), page.foot]
    return len(re.findall(r"[$]?\w[\w.,%'’×]*", " ".join(texts)))


def test_a_page_is_read_in_a_minute(june):
    assert len(june.tiles) == 6
    assert words_of(june) <= MINUTE


def test_what_people_wrote_stands_beside_what_it_is_about(june):
    rival = next(story for story in june.stories if "APAC" in story.what)
    assert (
        "named “competitor”" in rival.what
        and "undercut" in rival.why
        and rival.do
        and rival.owner == "VP Customer Success"
    )
    waitlist = june.stories[-1]
    assert waitlist.why == "September 2025: Waitlist was released to all customers."
    assert not waitlist.do
    assert june.decisions[0] == "Meet the competitor's price in APAC?"


def test_nothing_is_explained_without_a_note_or_an_event(sample):
    page = with_notes(sample(), notes=Notes(), events=()).front_page()
    assert len(page.stories) == 5
    assert not any((story.why, story.do, story.owner) != ("", "", "") for story in page.stories)
    assert not page.decisions and not page.actions
    assert "Why" not in page._repr_mimebundle_()["text/html"]


def test_every_action_says_who_by_when_and_what_became_of_it(sample):
    table = sample("2026-02").actions().data
    assert {"Action", "About", "Owner", "Due", "Status", "Outcome"} <= {*table.columns}
    assert {*table["Status"]} == {"open", "done"}
    done = table[table["Status"] == "done"]
    assert (done["Outcome"] != "").all()
    page = sample("2026-02").front_page()
    assert all(each.status == "done" and each.outcome for each in page.actions)
    assert "overdue" in {*sample("2026-01").actions().data["Status"]}
    assert [*sample("2026-02", "plan=Solo").actions().data["About"]] == [
        "Solo: customer churn rate"
    ]


def test_an_action_on_a_figure_that_was_restated_since_is_marked(sample):
    kit = sample()
    notes = [each.model_copy(update={"value": 0.5}) for each in kit.selection.edition.notes.notes]
    other = with_notes(
        kit, notes=kit.selection.edition.notes.model_copy(update={"notes": tuple(notes)})
    )
    assert "Figure" not in kit.actions().data
    assert {*other.actions().data["Figure"]} == {"the figure was restated since"}


@pytest.mark.parametrize("segment", ["region=APAC", "plan=Solo"])
def test_a_segments_page_differs_from_the_company_and_names_no_other(sample, segment):
    page = sample(segment=segment).front_page()
    mine = segment.partition("=")[2]
    others = {"Solo", "Practice", "Network", "APAC", "EMEA", "AMER", "Events", "Organic"} - {mine}
    said = " ".join(sentences(page)) + " ".join(story.why for story in page.stories)
    assert mine in said and not any(re.search(rf"\b{other}\b", said) for other in others)
    assert all(tile.company.startswith("company ") for tile in page.tiles)
    assert "for the company" in " ".join(page.headline)
    assert not page.decisions


# --- nothing, and everything ----------------------------------------------------------------------


def company(made, *, churn, mrr, csat=0.9, months=36, plans=("A", "B"), last="2026-06"):
    """A company of 1,000 customers a plan: churn by month back and plan, MRR by month back."""
    rows = []
    for back in range(months):
        at = {"period": Period.parse(last).back(back).label}
        lost = {plan: round(churn(back, plan) * 1000) for plan in plans}
        for plan, many in lost.items():
            where = {"variant": "snapshot", "segment": f"plan={plan}", **at}
            rows.append(made.share("customer_churn_rate", many, 1000, **where))
            amount = mrr(back) / len(plans)
            rows += [made.row("mrr", amount, segment=f"plan={plan}", **at)]
            rows += [made.row("paying_customers", 1000.0, segment=f"plan={plan}", **at)]
        whole = sum(lost.values()), 1000 * len(plans)
        rows.append(made.share("customer_churn_rate", *whole, variant="snapshot", **at))
        rows += [made.row("mrr", mrr(back), **at), made.row("paying_customers", 2000.0, **at)]
        rows.append(made.share("csat", round(csat * 500), 500, **at))
    return rows


def test_a_company_where_nothing_happens_gets_a_calm_page(made):
    rows = company(made, churn=lambda *_: 0.02, mrr=lambda _: 100_000.0)
    page = made.kit_of(rows).front_page()
    assert page.headline[0] == "Holding steady, a calm month."
    assert page.stories == () and page.calm == "Nothing moved more than usual in this month."
    met = made.kit_of(rows, targets={"customer_churn_rate": 0.05, "csat": 0.5}).front_page()
    assert met.headline[0] == "Holding steady, all targets met."
    assert all(story.good for story in met.stories)


@pytest.mark.parametrize("months", [9, 36])
def test_a_small_chart_says_how_long_its_line_is(made, months):
    rows = company(made, churn=lambda *_: 0.02, mrr=lambda _: 100_000.0, months=months)
    [mrr] = [tile for tile in made.kit_of(rows).front_page().tiles if tile.name == "MRR"]
    assert f'alt="{min(months, 24)} months: ' in mrr.line.html


def test_a_company_where_everything_falls_is_told_so(made):
    rows = company(
        made,
        churn=lambda back, plan: 0.03 + 0.002 * (36 - back) + (0.02 if plan == "A" else 0),
        mrr=lambda back: 100_000 * 1.05**back,
        csat=0.4,
    )
    targets = {"customer_churn_rate": 0.02, "csat": 0.85}
    page = made.kit_of(rows, targets=targets).front_page()
    assert page.headline[0] == "Shrinking fast, leaking among plan A customers."
    assert "down 44% on a year ago and 4.8% on May" in page.headline[1]
    assert page.headline[2].endswith("the twelve months to June are the worst of 24.")
    assert page.targets == "2 of 2 targets are missed."
    assert page.stories and not any(story.good for story in page.stories)


@pytest.mark.slow
@pytest.mark.parametrize("name", SMALL)
def test_a_small_edition_reads_well(name, tmp_path):
    page = small_kit(SMALL[name], tmp_path).front_page()
    if isinstance(page, FrontPage):
        for said in filter(None, [*sentences(page), page.foot]):
            assert re.fullmatch(r"[A-Z0-9].*\.", said), said
            assert not re.search(r"nan|None|inf\b|  |\(\)", said), said
        assert "too little history" in page.calm or page.stories
        assert page.tiles


def test_a_tile_of_an_earlier_period_is_dated(made):
    rows = company(made, churn=lambda *_: 0.02, mrr=lambda _: 100_000.0)
    late = [row for row in rows if row["metric"] != "csat" or row["period_start"].year < 2026]
    names = [tile.name for tile in made.kit_of(late).front_page().tiles]
    assert "CSAT (Dec 2025)" in names and not any("2026" in each for each in names)


def test_a_yearly_churn_stands_where_there_is_mrr_alone(made):
    rows = company(made, churn=lambda *_: 0.02, mrr=lambda _: 100_000.0)
    kit = made.kit_of(rows)
    assert "22% a year" in {tile.more for tile in kit.front_page().tiles}
    kit.selection.measures.left_out["mrr"] = "there are no subscriptions"
    assert not any(tile.more for tile in kit.front_page().tiles)


def test_figures_that_moved_are_not_called_calm(made):
    """A payment lost that is no headline figure: not told, and not denied."""
    rows = company(made, churn=lambda *_: 0.02, mrr=lambda _: 100_000.0)
    for back in range(30):
        at = Period.parse("2026-06").back(back).label
        rows.append(made.row("contraction_mrr", 40_000.0 if not back else 500.0 + back, period=at))
    page = made.kit_of(rows).front_page()
    assert page.headline[0] == "Holding steady." and not page.stories
    assert page.calm.startswith("1 of ")


def test_targets_without_a_verdict_are_not_met(made):
    rows = company(made, churn=lambda *_: 0.02, mrr=lambda _: 100_000.0)
    page = made.kit_of(rows, targets={"customer_churn_rate": 0.05, "nps": 30}).front_page()
    assert page.headline[0] == "Holding steady, all targets that can be judged are met."


# --- truth ----------------------------------------------------------------------------------------

quietly = settings(
    max_examples=6,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@quietly
@given(st.data())
def test_every_figure_of_a_page_is_that_of_the_rows(made, data):
    """Computed a second time, from the rows themselves: rates, what is at stake, growth, best and worst."""
    rates = {plan: data.draw(st.floats(0.005, 0.09), label=plan) for plan in "AB"}
    grows, goal = data.draw(st.floats(-0.08, 0.08)), data.draw(st.floats(0.01, 0.05))
    rows = company(
        made, churn=lambda _, plan: rates[plan], mrr=lambda back: 90_000 * (1 + grows) ** -back
    )
    kit = made.kit_of(rows, targets={"customer_churn_rate": goal})
    page = kit.front_page()
    text = " ".join(sentences(page))
    last = {(row["metric"], row["segment"]): row["value"] for row in rows[::-1]}
    mrr, ago = last["mrr", "all"], rows_value(rows, "mrr", "2025-06")
    change = mrr / ago - 1
    if found := re.search(r", (up|down) ([\d,.]+)% on a year ago", text):
        shown = float(found[2].replace(",", "")) / 100
        assert (found[1] == "up") == (change > 0)
        assert shown == pytest.approx(abs(change), abs=0.0051 if abs(change) >= 0.1 else 0.00051)
    tag = page.headline[0]
    assert ("Growing" in tag, "Shrinking" in tag) == (change >= 0.03, change <= -0.03)
    lost = {plan: round(rates[plan] * 1000) / 1000 for plan in "AB"}
    whole = sum(lost.values()) / 2
    for name, rate, rest in re.findall(
        r"\b([AB]) loses ([\d.]+)% of its customers a month[^(]*\((?:elsewhere )?([\d.]+)%\)", text
    ):
        other = "B" if name == "A" else "A"
        assert float(rate) == pytest.approx(100 * lost[name], abs=0.051)
        assert float(rest) == pytest.approx(100 * lost[other], abs=0.051)
        [story] = [each for each in page.stories if f"{name} loses" in each.what]
        assert (lost[name] < lost[other]) == story.good
    for rate in re.findall(
        r"([\d.]+)% of customers leave a month(?: \(.*?\))?; the target is", text
    ):
        assert float(rate) == pytest.approx(100 * whole, abs=0.051) and whole > goal
    stakes = re.findall(
        r"(Beyond target|others' rate): about \$([\d.]+)K(?: and (\d+) cust)?", text
    )
    for what, money, people in stakes:
        size = 0.5 if "others" in what else 1.0
        gap = abs(lost["A"] - lost["B"]) if "others" in what else whole - goal
        assert float(money) == pytest.approx(gap * 144 * mrr * size / 1000, rel=0.006)
        assert not people or float(people) == pytest.approx(gap * 12 * 2000 * size, abs=0.51)
    assert ("targets" in text or "target is" in text) <= bool(page.tiles[1].target)


def rows_value(rows, name, month):
    start = Period.parse(month).start.isoformat()
    mine = (r for r in rows if (r["metric"], r["segment"]) == (name, "all"))
    return next(r["value"] for r in mine if str(r["period_start"])[:10] == start)


# --- month by month -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pages(sample):
    return {month: sample(month).front_page() for month in MONTHS}


@pytest.mark.slow
def test_the_page_of_any_month_is_read_in_a_minute(pages):
    assert {month: words_of(page) for month, page in pages.items() if words_of(page) > MINUTE} == {}


@pytest.mark.slow
def test_each_story_is_told_in_the_months_in_which_it_shows(pages):
    told = {month: stories_of(page) for month, page in pages.items()}
    missing = [
        (story, month)
        for story, months in SHOWS.items()
        for month in months
        if story not in told[month]
    ]
    assert not missing
    assert {*SHOWS} == {*STORIES}


@pytest.mark.slow
def test_the_missed_target_is_told_first_each_month(pages):
    for month, page in pages.items():
        assert "target" in page.stories[0].what, month
        assert sum(story.good for story in page.stories) == 1, month


@pytest.mark.slow
def test_no_two_months_read_alike(pages):
    # how many targets are missed is a count, which may well stay as it is
    said = {month: {*sentences(page)} - {page.targets} for month, page in pages.items()}
    alike = {
        (first, second): said[first] & said[second]
        for first in MONTHS
        for second in MONTHS
        if first < second and len(said[first] & said[second]) > 2
    }
    assert not alike


# --- what is to come, what was said, who holds much -------------------------------------------------


def with_more(kit, **frames):
    """The same kit over measures that hold these as well."""
    chosen = kit.selection
    measures = dataclasses.replace(chosen.measures, **frames)
    return Kit(type(chosen)(chosen.edition, measures, chosen.period, chosen.segment))


def due(mrr, rate):
    row = {"quarter": 0, "segment": "all", "terms": 40, "rate": rate, "hidden": False}
    return [
        {**row, "first": "2026-07-01", "last": "2026-09-30", "due": mrr, "expected": rate * mrr}
    ]


def renewing(made, rate, **more):
    rows = company(made, churn=lambda *_: 0.02, mrr=lambda _: 100_000.0)
    for back in range(12):
        at = Period.parse("2026-06").back(back).label
        rows.append(made.share("renewal_rate", round(rate * 500), 500, variant="gross", period=at))
    return made.kit_of(rows, **more)


def amount(text):
    """The dollars of "$25.3K" or "$2,500"."""
    number = float(text.strip("$K").replace(",", ""))
    return 1000 * number if text.endswith("K") else number


@quietly
@given(st.floats(5_000, 60_000), st.sampled_from([0.5, 0.62, 0.8, 0.91, 0.97]))
def test_what_comes_up_for_renewal_is_told_where_nothing_else_is(made, mrr, rate):
    kit = with_more(renewing(made, rate), data={"renewals_ahead": due(mrr, rate)})
    page = kit.front_page()
    high = float(wilson(rate * 6000, 6000)[1])
    # the kit knows how many answers count from each month's interval, which says so within a hundredth
    assume(abs(mrr * (1 - high) - 1000) > 20)
    assert page.calm == "Nothing moved more than usual in this month."
    assert page.headline[0] == "Holding steady, a calm month."
    assert bool(page.stories) == (mrr * (1 - high) >= 1000)
    for story in page.stories:
        pattern = (
            r"(\S+) of MRR comes up for renewal by 30 September; renewed as in the last twelve "
            r"months \((\d+)%\), (\S+) of it is lost\."
        )
        shown = re.fullmatch(pattern, story.what)
        assert shown, story.what
        assert amount(shown[1]) == pytest.approx(mrr, abs=51)
        assert int(shown[2]) == round(100 * rate)
        assert amount(shown[3]) == pytest.approx(mrr * (1 - rate), abs=51)
        money = re.search(r"in the quarter: about (\S+) of a year's revenue\.", story.so_what)
        assert amount(money[1]) == pytest.approx(12 * mrr * (1 - rate), rel=0.006)
        assert not story.good and not story.why


def test_what_is_to_come_takes_no_place_from_bad_news(made):
    """Two things go wrong, and more money than in any of them is to be renewed."""
    kit = renewing(made, 0.5, targets={"customer_churn_rate": 0.015, "csat": 0.95})
    kit = with_more(kit, data={"renewals_ahead": due(60_000.0, 0.5)})
    told = [story.what for story in kit.front_page().stories]
    assert "beyond target" in told[0] and "comes up for renewal" in told[-1]
    assert len(told) == 3


def test_who_may_leave_is_told_with_how_many_and_when(made, sample):
    frame = sample().selection.measures.risk
    mine = frame[frame["segment"].eq("all") & frame["month"].eq("2026-07-01")]
    rows = company(made, churn=lambda *_: 0.02, mrr=lambda _: 100_000.0)
    page = with_more(made.kit_of(rows), risk=mine).front_page()
    [story] = page.stories
    watched = mine[mine["band"].isin(["raised", "high"])].sum(numeric_only=True)
    assert story.what == (
        f"{watched['customers']:.0f} customers at raised or high risk pay ${watched['mrr'] / 1000:.1f}K of MRR; "
        f"about {watched['expected_customers']:.0f} of them are expected to leave in July."
    )
    assert not story.good
    many = mine.assign(expected_customers=40 * mine["expected_customers"])
    page = with_more(made.kit_of(rows), risk=many).front_page()
    assert page.headline[0] == "Holding steady, more customers at risk than usual."


def test_one_customer_who_holds_much_is_told_and_leads_only_where_it_is_a_quarter(made):
    rows = company(made, churn=lambda *_: 0.02, mrr=lambda _: 100_000.0)

    def page(share):
        largest = made.row("concentration", share, variant="top_1")
        return made.kit_of([*rows, largest, made.row("concentration", 0.5)]).front_page()

    [story] = page(0.14).stories
    assert story.what == "One customer brings 14% of all revenue."
    assert story.so_what == "Should it leave, about $168K a year goes with it."
    assert page(0.14).headline[0] == "Holding steady, a calm month."
    assert page(0.25).headline[0] == "Holding steady, hanging on one customer."
    assert not page(0.09).stories


def test_what_goes_with_a_missed_score_stands_beside_it(sample):
    """October: NPS is below its target, and value for money goes with it most; June has no such story."""
    page = sample("2025-10").front_page()
    [nps] = [story for story in page.stories if "NPS" in story.what]
    assert nps.what == (
        "NPS is 31.8; the target is 40. “Value for money” goes most with NPS and scores 3.6; the other items 3.9."
    )
    found = sample("2025-10").selection.judgement.findings(Segment())
    [driver] = [each for each in found if each.kind == "driver"]
    assert (f"{driver.value:.1f}", f"{driver.reference:.1f}") == ("3.6", "3.9")


@quietly
@given(st.integers(8, 60), st.integers(0, 3), st.integers(60, 400))
def test_what_customers_buy_next_is_told_where_nothing_else_is(made, took, others, have):
    """Of 200 customers of Solo and of 300 others who lacked Network."""
    counts = [
        ("2025-07-01", "", 500.0, float(took + others)),
        ("2025-07-01", "Solo", 200.0, float(took)),
        ("2026-07-01", "Solo", float(have), float("nan")),
    ]
    frame = pd.DataFrame(
        [
            ("subscriptions", pd.Timestamp(month), "all", "all", product, "Network", n, k)
            for month, product, n, k in counts
        ],
        columns=PURCHASES,
    )
    rows = company(made, churn=lambda *_: 0.02, mrr=lambda _: 100_000.0)
    rows += [made.row("expansion_mrr", 0.0)]
    for plan, pays in (("Solo", 100.0), ("Network", 260.0)):
        rows.append(made.row("arpa", pays, segment=f"plan={plan}"))
    page = with_more(made.kit_of(rows), purchases=frame).front_page()
    p = stats.fisher_exact([[took, 200 - took], [others, 300 - others]], "greater").pvalue
    assert bool(page.stories) == (2 * p < 0.05)
    for story in page.stories:
        assert story.what == (
            f"{took} of 200 Solo customers took Network within twelve months; {others or 'none'} of 300 others."
        )
        shown = re.fullmatch(
            r"Should as many of the (\d+) who have it now: about (\S+) a year\.", story.so_what
        )
        assert int(shown[1]) == have
        assert amount(shown[2]) == pytest.approx(took / 200 * have * 160 * 12, rel=0.006)
        assert not story.good and not story.why


@pytest.mark.parametrize(("effect", "what", "whom", "money"), [
    (-0.012, "1.2 fewer leave in a month where they used book", "do not use it", 12 * 0.012 * 0.6),
    (0.012, "1.2 more leave in a month where they used book", "use it", 12 * 0.012 * 0.4),
])  # fmt: skip
def test_a_feature_that_goes_with_staying_is_told_and_proves_nothing(
    made, effect, what, whom, money
):
    """800 of 2,000 customers use it."""
    rows = company(made, churn=lambda *_: 0.02, mrr=lambda _: 100_000.0)
    rows.append(made.share("feature_adoption", 800, 900, segment="feature=book"))
    row = {"feature": "book", "effect": effect, "low": -0.1, "high": 0.1, "p": 1e-4, "n": 5000.0}
    hazard = {"2026-07-01": {"features": [row], "growth": {}}}
    [story] = with_more(made.kit_of(rows), data={"hazard": hazard}).front_page().stories
    assert story.what == (
        f"Of 100 customers alike in all else that is known, {what}; that proves no cause."
    )
    said = re.fullmatch(
        rf"Should it hold for those who {whom}: about (\S+) a year\.", story.so_what
    )
    assert amount(said[1]) == pytest.approx(1_200_000 * money, rel=0.006)


def test_a_segments_page_says_what_those_who_left_named(sample):
    page = sample(segment="plan=Solo").front_page()
    assert page.stories[0].what.endswith("50 of 117 who left named “price”; 13 of 105 elsewhere.")
    january = sample("2026-01", "plan=Solo").front_page()
    assert january.stories[0].what.endswith("13 of 67 in the twelve months before.")
