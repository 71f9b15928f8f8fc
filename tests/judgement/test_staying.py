"""Scores and staying: the sample's published figures, SQL by hand, and companies with a link and without."""

from pathlib import Path

import duckdb
import pandas as pd
import pytest
from scipy import stats

from cs_lib.judgement.score_link import ANSWERS, answers_apart, risk_ratio, staying
from cs_lib.judgement.series import Figures
from cs_lib.kit import kit_said
from cs_lib.metrics.frame_columns import STAYING
from cs_lib.metrics.measures import Measures
from cs_lib.period import Period, Segment
from cs_lib.report.text.formatting import Formatter
from cs_lib.report.text.staying_sentences import answers_apart_clause, staying_sentence

SAMPLE = Path(__file__).parents[2] / "cs_lib" / "data" / "sample"
JUNE = Period.parse("2026-06")


def test_the_samples_figures_of_six_months_after_an_answer(sample):
    """METRICS §6: detractors 11.15 % (278), passives 11.76 (476), promoters 13.53 (717), silent 14.29 (952);
    risk ratio .824 (.564–1.205)."""
    found = sample().found(staying, Segment())
    assert found.rows["customers"].to_dict() == {
        "promoter": 717,
        "passive": 476,
        "detractor": 278,
        "no answer": 952,
    }
    shares = [13.53, 11.76, 11.15, 14.29]
    assert (100 * found.rows["churn"]).tolist() == pytest.approx(shares, abs=5e-3)
    ratio = found.detractors
    assert (ratio.value, ratio.low, ratio.high) == pytest.approx((0.824, 0.564, 1.205), abs=5e-4)
    assert not ratio.differs and found.windows == 5


@pytest.mark.parametrize(
    ("period", "instants"),
    [
        ("2026-06", ["2024-01-01", "2024-07-01", "2025-01-01", "2025-07-01", "2026-01-01"]),
        ("2026-04", ["2024-05-01", "2024-11-01", "2025-05-01", "2025-11-01"]),
    ],
)
def test_sql_by_hand_counts_the_same(sample, period, instants):
    query = Path(__file__).with_name("staying_by_hand.sql").read_text(encoding="utf-8")
    dates = ", ".join(f"DATE '{each}'" for each in instants)
    hand = duckdb.sql(query.format(folder=SAMPLE, instants=dates)).df().set_index("answer")
    found = sample(period).found(staying, Segment()).rows
    for name in hand:
        told = found[name].loc[hand.index].tolist()
        assert told == pytest.approx(hand[name].tolist(), abs=1e-3), name


def test_segments_add_up_to_all(sample):
    judged = sample()
    parts = [
        judged.found(staying, Segment.parse(f"region={each}")).rows
        for each in ("EMEA", "AMER", "APAC")
    ]
    whole = judged.found(staying, Segment()).rows
    for name in ("customers", "left", "opening", "kept", "retained"):
        assert sum(each[name] for each in parts).tolist() == pytest.approx(whole[name].tolist())


def test_without_a_link_it_is_said_plainly_and_nothing_is_found(sample):
    judged = sample()
    text = str(staying_sentence(judged.found(staying, Segment()), Formatter.of(judged.edition)))
    assert text.startswith("No link between scores and staying shows: 11.2% of 278 detractors and")
    assert not list(answers_apart(judged.figures, JUNE, Segment()))


def told(sample, counts, mrr=100.0):
    """What is judged of one half-year of `counts`: answer → (customers, left)."""
    rows = [
        {
            "month": pd.Timestamp("2026-06-01"),
            **{"segment_by": "all", "segment": "all", "answer": answer, "customers": n},
            **{"left": left, "opening": n * mrr, "kept": (n - left) * mrr},
            **{"retained": (n - left) * mrr, "gained": 0, "gainers": 0},
            **{"opening_squared": n * mrr**2, "gained_squared": 0},
        }
        for answer, (n, left) in counts.items()
    ]
    judged = sample()
    frame = pd.DataFrame(rows).astype(dict.fromkeys(STAYING[4:], float))
    none = pd.DataFrame()
    measures = Measures(none, none, none, {}, judged.measures.as_of, staying=frame)
    return Figures(judged.edition, measures)


LINKED = dict(zip(ANSWERS, [(400, 20), (200, 20), (200, 40), (300, 40)], strict=True))


def test_a_link_is_a_finding_with_what_it_costs(sample):
    figures = told(sample, LINKED)
    [found] = answers_apart(figures, JUNE, Segment())
    assert (found.value, found.reference) == (0.2, 0.05)
    # 30 of 200 detractors more than at the promoters' rate in half a year: 60 a year, at 1,200 a year each
    assert (found.stake.customers, found.stake.money) == pytest.approx((60, 72_000))
    clause = answers_apart_clause(found, Formatter.of(figures.edition))
    assert clause == (
        "detractors left 4.0 times as often as promoters within 6 months of their answer (20.0% against 5.0%)"
    )
    sentence = str(
        staying_sentence(staying(figures, Segment(), JUNE), Formatter.of(figures.edition))
    )
    assert "does not prove a cause" in sentence and "No link" not in sentence


def test_few_detractors_are_neither_shown_nor_judged(sample):
    figures = told(sample, LINKED | {"detractor": (4, 4)})
    found = staying(figures, Segment(), JUNE)
    assert found.rows["hidden"].to_dict()["detractor"] and found.detractors is None
    table = kit_said.staying_table(found, Formatter.of(figures.edition))
    assert "too few customers" in table.text and table.data.loc[2, "customers":"left"].isna().all()


def test_the_ratios_interval_is_katzs():
    one, other = (pd.Series({"left": x, "customers": n}) for x, n in ((31, 278), (97, 717)))
    found = stats.contingency.relative_risk(31, 278, 97, 717)
    ends = found.confidence_interval(0.95)
    assert risk_ratio(one, other, 0.95) == pytest.approx((found.relative_risk, ends.low, ends.high))
