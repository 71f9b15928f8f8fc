"""Rates of the next purchase: SQL by hand, companies whose rate is known, and what is refused."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from drawn import DuckDBEngine, context, drawn, typed

from cs_lib.judgement.next_purchases import NextPurchase, NextPurchases, next_purchases
from cs_lib.judgement.series import Figures
from cs_lib.kit import kit_purchases
from cs_lib.kit.selection import Selection
from cs_lib.metrics.compute.purchase_cells import purchases
from cs_lib.metrics.measures import Measures
from cs_lib.period import Period, Segment
from cs_lib.report.display import LeftOut
from cs_lib.report.tables.purchase_table import purchases_table
from cs_lib.report.text.formatting import Formatter
from cs_lib.report.text.purchase_sentences import purchases_sentence

SAMPLE = Path(__file__).parents[2] / "cs_lib" / "data" / "sample"
JUNE, ALL = Period.parse("2026-06"), Segment()
KEYS = ["month", "product", "next"]


@pytest.fixture(scope="module")
def engine():
    made = DuckDBEngine()
    yield made
    made.close()


def by_hand(rows: pd.DataFrame, months) -> pd.DataFrame:
    """What SQL makes of customer_id, product, began, ends."""
    connection = duckdb.connect()
    connection.register("row", rows)
    connection.register("instant", pd.DataFrame({"moment": months}))
    query = Path(__file__).with_name("purchases_by_hand.sql").read_text(encoding="utf-8")
    return connection.sql(query).df()


def differences(cells: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Where the kit's cells of all customers and SQL's say differently."""
    mine = cells[cells["segment"] == "all"]
    theirs = by_hand(rows, mine["month"].drop_duplicates())
    both = mine.merge(theirs, on=KEYS, how="outer", suffixes=("", "_2"), indicator=True)
    both = both[(both["_merge"] != "right_only") | (both["customers_2"] >= 1)]
    over = both["bought"].notna()
    return both[
        (both["_merge"] != "both")
        | (both["customers"] != both["customers_2"])
        | (over & (both["bought"] != both["bought_2"]))
    ]


def test_sql_by_hand_counts_the_same_of_the_sample(sample):
    rows = duckdb.sql(
        f"SELECT customer_id, plan AS product, start_date AS began, end_date AS ends "
        f"FROM read_csv('{SAMPLE}/subscriptions.csv') "
        "WHERE amount > 0 AND (end_date IS NULL OR end_date > start_date)"
    ).df()
    cells = sample().measures.purchases
    assert len(cells[cells["segment"] == "all"]) == 25 * 9
    assert differences(cells, rows).empty


def drawn_company(seed: int, table: str) -> pd.DataFrame:
    """Rows of 120 customers that overlap, touch, last no time, begin and end on a month's first day, name no product."""
    draw, rows = np.random.default_rng(seed), []
    for customer in range(120):
        for _ in range(draw.integers(1, 6)):
            began = pd.Timestamp("2024-01-01") + pd.Timedelta(days=int(draw.integers(900)))
            began = began.replace(day=1) if draw.random() < 0.3 else began
            ends = began + pd.Timedelta(days=int(draw.choice([0, 1, 30, 31, 200, 500])))
            ends = ends.replace(day=1) if draw.random() < 0.3 else ends
            open_ended = table == "orders" or draw.random() < 0.2
            product = draw.choice(["A", "B", "C", None], p=[0.4, 0.3, 0.2, 0.1])
            rows.append(
                (f"c{customer}", product, began, pd.NaT if open_ended else max(ends, began))
            )
    frame = pd.DataFrame(rows, columns=["customer_id", "product", "began", "ends"])
    return frame[(frame["ends"].isna()) | (frame["ends"] > frame["began"])]


def cells_of(engine, table: str, rows: pd.DataFrame, as_of="2026-07-01", **keys) -> pd.DataFrame:
    named = rows.rename(columns={"began": "start_date", "ends": "end_date"}).assign(mrr=5.0)
    if table == "orders":
        named = rows.rename(columns={"began": "ordered_at"}).drop(columns="ends").assign(amount=5.0)
    texts = named.astype(object).where(named.notna(), None)
    columns = {
        each: [None if cell is None else str(cell) for cell in texts[each]] for each in texts
    }
    frame = drawn_frame(pd.DataFrame(columns))
    return purchases(context(engine, as_of, {table: frame}, segments=("product",), **keys))


def drawn_frame(frame: pd.DataFrame) -> pd.DataFrame:
    found = typed(frame.rename(columns={"product": "plan"}))
    return found.rename(columns={"plan": "product"})


@pytest.mark.parametrize("table", ["subscriptions", "orders"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_sql_by_hand_counts_the_same_of_awkward_companies(engine, table, seed):
    rows = drawn_company(seed, table)
    cells = cells_of(engine, table, rows)
    assert {*cells["product"]} == {"", "A", "B", "C"} and cells["bought"].sum() > 100
    found = differences(cells, rows)
    assert found.empty, found.head().to_string()


def company(share: float, seed: int, customers: int = 3000) -> pd.DataFrame:
    """Half had A before July 2025 and half C; of either so many buy B in a random month of the year after."""
    draw = np.random.default_rng(seed)
    rows = []
    for number in range(customers):
        first = "A" if number % 2 else "C"
        rows.append((f"c{number}", first, pd.Timestamp("2025-02-03"), pd.NaT))
        if draw.random() < (share if first == "A" else share / 3):
            bought = pd.Timestamp("2025-07-01") + pd.Timedelta(days=int(draw.integers(365)))
            rows.append((f"c{number}", "B", bought, pd.NaT))
    return pd.DataFrame(rows, columns=["customer_id", "product", "began", "ends"])


def judged(sample, cells: pd.DataFrame, **edition) -> list[NextPurchases]:
    known = sample()
    none = pd.DataFrame()
    measures = Measures(none, none, none, {}, known.measures.as_of, purchases=cells)
    told = known.edition.model_copy(update={"min_n": 5, **edition})
    return next_purchases(Figures(told, measures), ALL, JUNE)


@pytest.mark.parametrize("table", ["subscriptions", "orders"])
def test_a_known_rate_is_found_within_its_interval(engine, sample, table):
    """Thirty in a hundred of those with A, ten of those with C: the interval holds the one, and they stand apart."""
    [found] = judged(sample, cells_of(engine, table, company(0.3, 7)))
    assert (found.table, found.start, found.last) == (table, date(2025, 7, 1), JUNE)
    first, other = found.pairs[:2]
    assert (first.product, first.next, first.customers) == ("A", "B", 1500)
    assert first.low < 0.3 < first.high and first.high - first.low < 0.06
    assert (other.product, other.next) == ("C", "B") and other.low < 0.1 < other.high
    assert first.every == 3000 and first.every_bought == first.bought + other.bought
    assert first.above and other.differs and not other.above
    assert first.now == 1500 - first.bought


@pytest.mark.slow
def test_where_the_rate_is_the_same_nothing_stands_apart(engine, sample):
    apart = 0
    for seed in range(8):
        rows = company(0.3, seed, 400)
        rows["product"] = rows["product"].where(
            rows["product"] == "B",
            rows["customer_id"].str[-2].map(lambda each: "A" if each in "13579c" else "C"),
        )
        shuffled = rows[(rows["product"] != "B")]
        buyers = np.random.default_rng(seed).choice(shuffled["customer_id"], 80, replace=False)
        late = pd.DataFrame(
            {
                "customer_id": buyers,
                "product": "B",
                "began": pd.Timestamp("2026-01-09"),
                "ends": pd.NaT,
            }
        )
        [found] = judged(sample, cells_of(engine, "orders", pd.concat([shuffled, late])))
        apart += any(each.differs for each in found.pairs if each.next == "B")
    assert apart <= 1, "one in twenty, by chance"


def test_what_comes_after_the_period_changes_nothing(engine):
    rows = drawn_company(4, "subscriptions")
    later = pd.DataFrame([("c1", "C", pd.Timestamp("2026-08-02"), pd.NaT)], columns=rows.columns)
    one, other = (
        cells_of(engine, "subscriptions", each) for each in (rows, pd.concat([rows, later]))
    )
    pd.testing.assert_frame_equal(one, other)


def test_few_customers_are_refused_and_cannot_be_got_by_subtraction(engine, sample):
    cells = cells_of(engine, "orders", company(0.3, 1, 40))
    [found] = judged(sample, cells)
    assert found.pairs[0].has_others
    few = cells.copy()
    few.loc[(few["product"] == "") & (few["next"] == "B"), "customers"] = 22.0
    [found] = judged(sample, few)
    first = next(each for each in found.pairs if (each.product, each.next) == ("A", "B"))
    assert first.customers == 20 and not first.has_others and not first.differs
    table = purchases_table(found, Formatter())
    [line] = [
        each for each in table.text.splitlines() if each.startswith(("A  ", "A ")) and " B " in each
    ]
    assert line.count("%") == 3, "its share and its interval alone"
    assert "Blank: fewer than 5 others had neither." in table.text
    assert judged(sample, cells, min_n=30) == []


def test_a_product_is_named_by_a_column_or_not_told(engine):
    orders = drawn(
        "customer_id | ordered_at | amount | region\na | 2025-01-01 | 5 | N\nb | 2025-01-02 | 5 | S\n"
    )
    bare = context(engine, "2026-07-01", {"orders": orders}, segments=("region",))
    assert purchases(bare).empty
    keys = {"segments": ("region",), "product": "region"}
    assert len(purchases(context(engine, "2026-07-01", {"orders": orders}, **keys)))


# --- in words

PAIR = NextPurchase("Solo", "Network", 220, 23, 0.071, 0.152, 300, 25, True, 335, 0.01)


def said(*pairs: NextPurchase, table: str = "subscriptions") -> str:
    return str(
        purchases_sentence(NextPurchases(table, date(2025, 7, 1), JUNE, [*pairs]), Formatter())
    )


def test_the_sentence_says_of_whom_how_many_and_against_whom():
    assert said(PAIR) == (
        "Of 220 customers who paid for Solo at the end of June 2025 and had never paid for Network, 10.5% took it within 12 months "
        "(95% interval 7.1% to 15.2%); of all 300 customers who had never paid for it, 8.3% did. That is more often than "
        "among the others, beyond normal variation. At the end of June 2026, 335 customers paid for Solo and had never paid "
        "for Network; a past rate is no promise."
    )
    text = said(PAIR._replace(differs=False), table="orders")
    assert (
        "had bought Solo before 1 July 2025 and had never bought Network, 10.5% bought it" in text
    )
    assert "The difference to the others is within normal variation." in text


def test_the_pair_that_stands_out_goes_before_a_likelier_one():
    likelier = PAIR._replace(product="Practice", bought=60, differs=False)
    assert "paid for Solo" in said(likelier, PAIR) and "paid for Practice" in said(
        likelier, PAIR._replace(differs=False)
    )


def test_without_others_or_customers_now_neither_is_spoken_of():
    text = said(PAIR._replace(every=np.nan, every_bought=np.nan, differs=False, now=np.nan))
    assert text.endswith("(95% interval 7.1% to 15.2%).")


def test_what_is_left_out_says_why(sample):
    def shown(period="2026-06", segment="all", **changed):
        known = sample(period)
        measures = replace(known.measures, **changed)
        return kit_purchases.shown(
            Selection(known.edition, measures, known.period, Segment.parse(segment))
        )

    assert len(shown()) == 2 and len(shown(segment="region=APAC")) == 2
    for [part], says in (
        (shown("2024-05"), "twelve months of history"),
        (shown(segment="plan=Solo"), "not told within plan Solo"),
        (shown(purchases=sample().measures.purchases.head(0)), "definitions.product"),
    ):
        assert isinstance(part, LeftOut) and says in str(part)
