"""Whatever the measures are, everything the kit says of them is whole, and agrees with their figures."""

import re

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small import catch_display

from cs_lib.metrics.compute.intervals import student
from cs_lib.period import Period
from cs_lib.report.display import LeftOut, ReportTable, Sentence
from cs_lib.report.tables.front_page import FrontPage

pytestmark = pytest.mark.slow

PLANS = ("Pro", "<i>Solo</i>", "A, B & co")
SHARES = {"customer_churn_rate": "snapshot", "csat": "standard"}
TOTALS = ("new_customers", "paying_customers", "revenue")
FLOW = ("new_mrr", "expansion_mrr", "contraction_mrr", "churned_mrr")
COUNTED = "customers|answers|orders|figures|plans|cohorts|months|periods|segments"
NEVER = (r"\bnan\b", r"\bNone\b(?! of them)", r"\binf\b", "  ", r"\(\)", r"\.\.", " ,", r"^[a-z]")
LAST = Period.parse("2026-06")
quietly = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@st.composite
def companies(draw, made):
    """Up to 26 months of some metrics, for everybody and by plan; a month may be missing or empty."""
    months = draw(st.integers(1, 26))
    size, level = draw(st.sampled_from([1, 3, 40, 900])), draw(st.floats(0, 1))
    jump, at = draw(st.floats(-1, 1)), draw(st.integers(0, 26))
    seed = draw(st.randoms(use_true_random=False))
    rows = []
    for back in range(months):
        if back and seed.random() < 0.05:
            continue
        period = LAST.back(back).label
        shift = jump if back < at else 0.0
        for segment in ("all", *(f"plan={plan}" for plan in PLANS)):
            rows += _month(made, seed, period, segment, size, min(1, max(0, level + shift)))
    return rows


def _month(made, seed, period, segment, size, level):
    options = {"period": period, "segment": segment}
    rows = []
    for name, variant in SHARES.items():
        n = seed.choice([0, 1, size, size])
        part = sum(seed.random() < level for _ in range(n))
        rows.append(made.share(name, part, n, variant=variant, **options))
    rows += [made.row(name, float(seed.randrange(size + 1)), **options) for name in TOTALS]
    opening, moves = float(seed.randrange(size * 50 + 1)), [seed.randrange(size * 9) for _ in FLOW]
    signed = dict(zip(FLOW, [*moves[:2], *(-each for each in moves[2:])], strict=True))
    rows += [made.row(name, float(amount), **options) for name, amount in signed.items()]
    rows += [
        made.row(f"{name}_mrr", 0.0, **options)
        for name in ("reactivation", "transfer_in", "transfer_out")
    ]
    rows += [made.row("opening_mrr", opening, **options)]
    rows += [made.row("net_new_mrr", float(sum(signed.values())), **options)]
    rows += [made.row("mrr", opening + sum(signed.values()), **options)]
    scores = [seed.randrange(1, 8) for _ in range(min(size, 40))]
    n, total, squares = len(scores), sum(scores), sum(each**2 for each in scores)
    low, high = (float(end) for end in student(total, squares, n))
    ends = {"low": low if n > 1 else None, "high": high if n > 1 else None}
    rows.append(made.row("ces", total / n, n=n, numerator=total, denominator=n, **ends, **options))
    return rows


def everything(kit, monkeypatch) -> list:
    """All that the kit can say of these metrics."""
    shown: list = []
    catch_display(monkeypatch, lambda *parts: shown.extend(parts))
    names = (*SHARES, *TOTALS, "mrr", "net_new_mrr", "ces")
    shown += [kit.front_page(), kit.actions(), kit.scorecard()]
    kit.signals()
    kit.what_moved("customer_churn_rate")
    shown.append(kit.segments_on_a_page("csat", "mrr"))
    for name in names:
        shown += [kit.say(name), kit.say_spikes(name), kit.say_step(name)]
        if name != "net_new_mrr":
            shown += [kit.say(name, by="plan"), kit.say_since(name, by="plan")]
    shown += [kit.table("csat", periods=6), kit.table("customer_churn_rate", by="plan")]
    for name in SHARES:
        shown += [kit.say_spikes(name, by="plan"), kit.say_step(name, by="plan")]
    return shown


@pytest.mark.parametrize("segment", ["all", "plan=<i>Solo</i>"])
def test_everything_said_is_whole(made, monkeypatch, segment):
    @quietly
    @given(companies(made))
    def holds(rows):
        kit = made.kit_of(rows, targets={"csat": {"all": 0.8}}, segment=segment)
        for part in everything(kit, monkeypatch):
            for text in _sentences(part):
                for never in NEVER:
                    assert not re.search(never, text), (never, text)
                assert not re.search(r"[-−][$]?0(?:\.0+)?(?![\d.,])", text), text
                assert not re.search(rf"(?<![\d.,−])1 (?:{COUNTED})\b", text), text
                assert text.endswith("."), text
            markup = (
                part._repr_mimebundle_().get("text/html", "")
                if hasattr(part, "_repr_mimebundle_") and not hasattr(part, "png")
                else ""
            )
            assert "<i>Solo" not in markup
        _movement_agrees(kit, rows, segment)

    holds()


def _sentences(part) -> list[str]:
    if isinstance(part, Sentence | LeftOut):
        return [str(part)]
    if isinstance(part, ReportTable):
        assert not re.search(r"\bnan\b|\bNone\b|\binf\b|[-−][$]?0(?:\.0+)?(?![\d.,])", part.text), (
            part.text
        )
        return []
    return list(page_sentences(part)) if isinstance(part, FrontPage) else []


def page_sentences(page: FrontPage) -> list[str]:
    """Every sentence of a front page but those that people wrote."""
    told = [text for story in page.stories for text in (story.what, story.so_what)]
    return [each for each in (*page.headline, *told, page.calm, page.targets, page.foot) if each]


def _movement_agrees(kit, rows, segment) -> None:
    june = {
        row["metric"]: row["value"]
        for row in rows
        if row["segment"] == segment and row["period_start"] == pd.Timestamp(LAST.start)
    }
    text = str(kit.say("mrr"))
    before = kit.frame("mrr", back=1)["value"]
    if len(before):
        assert (", up " in text) <= (june["mrr"] > before.iloc[0])
        assert (", down " in text) <= (june["mrr"] < before.iloc[0])
