"""What comments are about: the sample against SQL by hand, what is tested and how, and the words for it."""

import sys
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cs_lib.edition import read_edition
from cs_lib.judgement.said_themes import themes
from cs_lib.judgement.score_drivers import drivers
from cs_lib.judgement.series import Figures
from cs_lib.kit import kit_said
from cs_lib.metrics.frame_columns import SAID, STEPS, THEMES
from cs_lib.metrics.measures import Measures
from cs_lib.period import Period, Segment
from cs_lib.report.tables.theme_tables import examples_table, groups_table, themes_table
from cs_lib.report.text.formatting import Formatter
from cs_lib.report.text.theme_sentences import apart_sentence, themes_sentence

SAMPLE = Path(__file__).parents[2] / "cs_lib" / "data" / "sample"
JUNE = Period.parse("2026-06")


@pytest.fixture(scope="module")
def by_hand():
    query = Path(__file__).with_name("themes_by_hand.sql").read_text(encoding="utf-8")
    return duckdb.sql(query.format(folder=SAMPLE)).df()


def test_sql_by_hand_counts_the_same_comments(sample, by_hand):
    found = sample().found(themes, Segment())
    named = by_hand.groupby("theme")["k"].sum()
    assert found.comments == named[""]
    assert found.rows.set_index("theme")["k"].to_dict() == named.drop("").to_dict()
    hand = by_hand[by_hand["instrument"].eq(found.instrument)].groupby("theme")[["k", "s"]].sum()
    means = (hand["s"] / hand["k"])[found.rows["theme"]]
    assert found.rows["score"].tolist() == pytest.approx(means.tolist())


def test_each_score_group_is_held_against_the_instruments_other_comments(sample, by_hand):
    cells = sample().found(themes, Segment()).cells
    cells = cells[cells["by"] == "score_group"].set_index(["instrument", "group", "theme"])
    k = by_hand.set_index(["instrument", "score_group", "theme"])["k"]
    for (instrument, group, theme), row in cells.iterrows():
        rest = [
            sum(k.get((instrument, other, name), 0) for other in k[instrument].index.unique(0))
            - k.get((instrument, group, name), 0)
            for name in (theme, "")
        ]
        mine = [k.get((instrument, group, name), 0) for name in (theme, "")]
        assert [row["k"], row["n"], row["rest_k"], row["rest_n"]] == [*mine, *rest]


def test_the_samples_detractors_name_the_price(sample):
    """The story of the price rise, as METRICS would quote it."""
    found = sample().found(themes, Segment())
    formatter = Formatter.of(read_edition("sample"))
    text = str(apart_sentence(found.cells, formatter))
    assert text.startswith(
        "Price is named in 16 of 65 comments of detractors and in 18 of the 344 other NPS comments"
    )
    assert "need not be a cause" in text
    assert str(themes_sentence(found, formatter)).startswith("Customers wrote 857 comments from")
    inside = str(themes_sentence(found, formatter, where="plan Solo"))
    assert inside.startswith("Customers of plan Solo wrote 857 comments from")


def test_segments_add_up_to_all(sample):
    judged = sample()
    parts = [
        judged.found(themes, Segment.parse(f"region={each}")) for each in ("EMEA", "AMER", "APAC")
    ]
    whole = judged.found(themes, Segment())
    assert sum(each.comments for each in parts) == whole.comments
    counts = sum(each.rows.set_index("theme")["k"] for each in parts)
    assert counts.to_dict() == whole.rows.set_index("theme")["k"].to_dict()


def told(counts, before=None, *, size=1, names=("price", "support"), step="web"):
    """What is judged of comments: group → (n, k of each theme), `size` of them written by each customer; without a
    `step` each group has one of its own."""
    cells, steps = [], []
    for window, given in (("2026-06-01", counts), ("2025-06-01", before or {})):
        for place, theme in enumerate(("", *names)):
            k = sum(parts[place] for parts in given.values())
            n = sum(parts[0] for parts in given.values())
            for instrument in ("", "nps"):
                sums = [k, 8.0 * k, k * size, k * size, 64.0 * k * size, 8.0 * k * size, k / size]
                where = [pd.Timestamp(window), "all", "all", instrument, theme]
                cells += [[*where, *sums]] if n else []
            for group, parts in given.items():
                where = [pd.Timestamp(window), "all", "all", "nps", group, step or group, theme]
                steps.append([*where, parts[place]])
    steps.append([pd.Timestamp("2024-01-01"), "all", "all", "nps", "promoter", "web", "", 1])
    edition = read_edition("sample").model_copy(
        update={"themes": {each: (each,) for each in names}, "min_comments": 8}
    )
    none = pd.DataFrame()
    measures = Measures(
        *(none, none, none, {}, JUNE.end),
        themes=pd.DataFrame(cells, columns=THEMES).astype(dict.fromkeys(SAID, float)),
        steps=pd.DataFrame(steps, columns=STEPS),
    )
    return themes(Figures(edition, measures), Segment(), JUNE)


def test_a_share_has_wilsons_interval_where_each_customer_wrote_once():
    found = told({"detractor": (60, 30, 6), "promoter": (140, 20, 14)})
    ends = stats.binomtest(50, 200).proportion_ci(method="wilson")
    [price] = found.rows[found.rows["theme"] == "price"].to_dict("records")
    assert (price["share"], price["low"], price["high"]) == pytest.approx((0.25, *ends))


def test_comments_of_one_customer_count_as_what_they_are():
    alone, together = (
        told({"detractor": (60, 30, 6), "promoter": (140, 20, 14)}, size=size).rows
        for size in (1, 10)
    )
    assert (together["high"] - together["low"] > 1.5 * (alone["high"] - alone["low"])).all()


def test_a_theme_that_stands_apart_is_named_and_one_that_may_be_chance_is_not():
    found = told({"detractor": (60, 30, 6), "promoter": (140, 20, 14)})
    cells = found.cells[found.cells["by"] == "score_group"]
    [apart] = cells[cells["differs"]].to_dict("records")
    assert (apart["group"], apart["theme"], apart["k"], apart["rest_k"]) == (
        *("detractor", "price"),
        *(30, 20),
    )
    p = stats.hypergeom(200, 50, 60).sf(29)
    assert apart["p"] == pytest.approx(2 * p, rel=1e-6)
    even = told({"detractor": (60, 15, 6), "promoter": (140, 35, 14)})
    assert not even.cells["differs"].any()
    formatter = Formatter.of(read_edition("sample"))
    assert str(apart_sentence(even.cells, formatter)).startswith("No theme stands apart")


def test_a_change_against_the_twelve_months_before_is_said_where_chance_is_ruled_out():
    now = {"detractor": (100, 50, 10), "promoter": (100, 20, 10)}
    then = {"detractor": (100, 20, 10), "promoter": (100, 10, 10)}
    found = told(now, then)
    formatter = Formatter.of(read_edition("sample"))
    assert found.before == 200
    said = "Price rose to 35.0% from 15.0% in the twelve months before."
    assert said in str(themes_sentence(found, formatter))
    text = themes_table(found, formatter).text
    assert "▲ more" in text and "▼" not in text
    assert "by more than normal variation" in str(themes_sentence(told(now, now), formatter))


def test_few_comments_are_neither_shown_nor_judged():
    assert told({"detractor": (7, 7, 0)}) is None
    found = told({"detractor": (7, 7, 0), "promoter": (40, 1, 2)})
    assert set(found.cells.loc[found.cells["by"] == "score_group", "group"]) == {"promoter"}
    assert "Detractors" not in groups_table(found, Formatter.of(read_edition("sample"))).text


def test_comments_enough_together_of_which_no_group_has_enough_are_told_together(sample):
    found = told({"detractor": (5, 4, 0), "promoter": (5, 1, 1)}, step="")
    assert found.comments == 10 and found.cells.empty
    assert found.rows["k"].tolist() == [5, 1]
    formatter = Formatter.of(read_edition("sample"))
    assert "differ" not in str(apart_sentence(found.cells, formatter))


def test_what_is_left_out_says_why(sample):
    judged = sample()
    assert np.isfinite(judged.found(themes, Segment()).rows["low"]).all()
    shown = kit_said._themes
    selection = type("S", (), {"edition": judged.edition.model_copy(update={"themes": {}})})
    assert (
        str(shown(selection, "x")) == "Left out: x: needs themes, which this edition does not name."
    )


def test_examples_are_quoted_with_their_rule(sample):
    found = sample().found(themes, Segment())
    table = examples_table(found, 8, Formatter.of(read_edition("sample")))
    assert "8 customers or more named, each of another customer" in table.text
    assert len(found.examples.groupby("theme")) == 6
    assert (found.examples.groupby("theme").size() <= 3).all()


def test_the_samples_scores_go_with_value_for_money(sample):
    """The parts of R² by least squares over all orders, from the shipped files by pandas."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "metrics"))
    from test_drivers import by_orders

    answers = pd.read_csv(SAMPLE / "survey_responses.csv.gz", parse_dates=["responded_at"])
    items = pd.read_csv(SAMPLE / "survey_items.csv.gz")
    wide = items.pivot(index="response_id", columns="item", values="value").dropna()
    year = answers["responded_at"].between("2025-07-01", "2026-06-30 23:59:59")
    wide = wide.join(answers[year].set_index("response_id")["score"], how="inner")
    [found] = sample().found(drivers, Segment())
    rows = found.rows.set_index("item").loc[wide.columns[:-1]]
    assert found.n == len(wide)
    assert rows["part"].tolist() == pytest.approx(
        by_orders(wide.to_numpy(float)).tolist(), abs=1e-7
    )
    assert rows["mean"].tolist() == pytest.approx(wide.mean()[:-1].tolist())
    assert found.rows["item"].tolist()[:2] == ["Value for money", "Support"]
    assert found.rows.loc[0, "low"] > found.rows.loc[1, "high"]
