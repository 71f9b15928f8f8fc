"""What must hold for every company, with Hypothesis: on facts, summed to periods."""

from datetime import date, datetime, timedelta

import pandas as pd
import pytest
from drawn import PandasEngine, context_of, edition
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cs_lib.data.facts import FACTS
from cs_lib.data.facts.context import Context
from cs_lib.metrics.compute.outline import segments_of
from cs_lib.period import segment_column

pytestmark = pytest.mark.slow

AS_OF = date(2024, 9, 1)
FIRST = datetime(2024, 1, 1)
MONEY = [
    "opening",
    "new",
    "reactivation",
    "expansion",
    "contraction",
    "churn",
    "transfer_in",
    "transfer_out",
    "closing",
]
COUNTS = ["at_opening", "at_closing", "lost", "reactivated", "joined_and_left", "started", "ended"]
KEPT = ["retained", "kept", "year_ago", "retained_12", "kept_12"]
ENGINE = PandasEngine()
#: few examples of many rows each: an example costs two reductions. Found cases are shown as drawn, not shrunk.
FEW = settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@st.composite
def companies(draw):
    """Subscription rows that overlap, touch, gap, last no time, are free or open, in three plans."""
    rows = []
    for _ in range(draw(st.integers(8, 24))):
        start = FIRST + timedelta(
            days=draw(st.one_of(st.sampled_from([0, 31, 60, 91, 121]), st.integers(0, 230)))
        )
        length = draw(
            st.one_of(st.none(), st.sampled_from([0, 1, 29, 31, 60]), st.integers(0, 240))
        )
        end = None if length is None else start + timedelta(days=length)
        mrr = draw(st.sampled_from([0, 10_000_000, 33_333_333, 40_000_000, 100_000_000, 1_000_001]))
        rows.append(
            (
                draw(st.sampled_from("abcde")),
                start,
                end,
                mrr,
                draw(st.sampled_from(["A", "B", "C"])),
            )
        )
    return _frame(rows)


def _frame(rows) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["customer_id", "start_date", "end_date", "mrr", "plan"])
    kinds = {"customer_id": "str", "plan": "str", "mrr": "Int64"}
    kinds |= dict.fromkeys(("start_date", "end_date"), "datetime64[us]")
    return frame.astype(kinds)


def _context(tables: dict, **keys) -> Context:
    return context_of(tables, ENGINE, edition(tables, **keys), AS_OF)


def _units(subscriptions, by=(), **keys) -> pd.DataFrame:
    prepared = FACTS["movements"].prepare(_context({"subscriptions": subscriptions}, **keys))
    return _placed(prepared, by)


def _placed(prepared, by=()) -> pd.DataFrame:
    """The units of a fact with the grain and the start of their period."""
    return ENGINE.collect(prepared.at(by)).merge(prepared.calendar.cells, on="period")


def _summed(subscriptions, by=(), **keys) -> pd.DataFrame:
    """The sums of every period (and plan), in whole millionths; months in which nothing happened are left out."""
    columns, by = MONEY + COUNTS + KEPT, tuple(map(segment_column, by))
    summed = (
        _units(subscriptions, by, **keys)
        .groupby(["grain", "period_start", *by])[columns]
        .sum()
        .astype("int64")
    )
    return summed[(summed != 0).any(axis=1)].sort_index()


def _same(one, other):
    pd.testing.assert_frame_equal(one, other)


@FEW
@given(companies(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(company, chance):
    order = list(range(len(company)))
    chance.shuffle(order)
    turned = company.iloc[order].reset_index(drop=True)
    _same(_summed(company), _summed(turned))
    _same(
        _summed(company, ("plan",), segments=("plan",)),
        _summed(turned, ("plan",), segments=("plan",)),
    )


@FEW
@given(companies())
def test_the_names_of_customers_do_not_matter(company):
    names = {"a": "Zoë", "b": "0", "c": "a", "d": "x,y", "e": "ÿ"}
    renamed = company.assign(customer_id=company["customer_id"].map(names).astype("str"))
    _same(_summed(company), _summed(renamed))


@FEW
@given(companies())
def test_ten_times_the_currency_is_ten_times_the_money(company):
    once, tenfold = _summed(company), _summed(company.assign(mrr=company["mrr"] * 10))
    _same(once[MONEY + KEPT] * 10, tenfold[MONEY + KEPT])
    _same(once[COUNTS], tenfold[COUNTS])


@FEW
@given(companies())
def test_a_subscription_billed_in_two_rows_is_the_same_subscription(company):
    small = company.assign(mrr=company["mrr"] * 2 // 5)
    rest = company.assign(mrr=company["mrr"] - small["mrr"])
    _same(_summed(company), _summed(pd.concat([small, rest], ignore_index=True)))


@FEW
@given(companies(), st.integers(1, 200))
def test_a_subscription_renewed_in_between_is_the_same_subscription(company, days):
    """Each row that lasts longer is cut in two that touch."""
    cut = company["start_date"] + pd.Timedelta(days=days)
    longer = company["end_date"].isna() | (company["end_date"] > cut)
    before = company.assign(end_date=company["end_date"].mask(longer, cut).astype("datetime64[us]"))
    after = company[longer].assign(start_date=cut[longer].astype("datetime64[us]"))
    _same(_summed(company), _summed(pd.concat([before, after], ignore_index=True)))


@FEW
@given(companies())
def test_a_customer_wholly_outside_the_period_changes_nothing_in_it(company):
    later = _frame(
        [
            ("z", datetime(2024, 8, 3), datetime(2024, 8, 20), 77, "A"),
            ("y", datetime(2025, 1, 1), None, 5, "B"),
        ]
    )
    before, after = (
        frame[frame.index.get_level_values("period_start") < pd.Timestamp("2024-08-01")]
        for frame in (_summed(company), _summed(pd.concat([company, later], ignore_index=True)))
    )
    _same(before, after)


@FEW
@given(companies())
def test_plans_re_add_to_the_whole_and_reconcile_on_their_own(company):
    whole = _summed(company)
    plans = _summed(company, ("plan",), segments=("plan",))
    added = plans.groupby(["grain", "period_start"]).sum()
    net = [
        "opening",
        "new",
        "reactivation",
        "churn",
        "closing",
        "joined_and_left",
        "started",
        "ended",
        "year_ago",
    ]
    _same(added.reindex(whole.index)[net], whole[net])
    moved = plans[MONEY[1:-1]].sum(axis=1)
    assert (plans["opening"] + moved == plans["closing"]).all()
    assert (added["transfer_in"] + added["transfer_out"] == 0).all()
    change = ["expansion", "contraction"]
    assert (added[change].sum(axis=1).reindex(whole.index) == whole[change].sum(axis=1)).all()
    assert (added["expansion"] <= whole["expansion"].reindex(added.index)).all()
    shared = (added[KEPT].reindex(whole.index) - whole[KEPT]).abs()
    assert (shared <= 3 * len(company)).all(axis=None)


@FEW
@given(companies())
def test_movements_lead_from_each_opening_to_its_closing_and_on(company):
    months = _units(company).groupby("period_start")[MONEY + COUNTS].sum()
    months = months.reindex(pd.date_range("2024-01-01", "2024-08-01", freq="MS"), fill_value=0)
    assert (months["opening"] + months[MONEY[1:-1]].sum(axis=1) == months["closing"]).all()
    assert (months["opening"].iloc[1:].to_numpy() == months["closing"].iloc[:-1].to_numpy()).all()
    customers = months["at_opening"] + months["started"] + months["reactivated"] - months["lost"]
    assert (customers - months["joined_and_left"] == months["at_closing"]).all()


@FEW
@given(companies())
def test_gross_retention_is_at_most_net_and_at_most_whole_customer_by_customer(company):
    for by, keys in (((), {}), (("plan",), {"segments": ("plan",)})):
        units = _units(company, tuple(map(segment_column, by)), **keys)
        assert (units["kept"] <= units["retained"]).all()
        assert (units["kept"] <= units["opening"]).all()
        assert (units["kept_12"] <= units["retained_12"]).all()
        assert (units["kept_12"] <= units["year_ago"]).all()
        assert (units[["kept", "kept_12"]] >= 0).all(axis=None)


@FEW
@given(companies())
def test_quarters_are_the_states_of_their_months(company):
    frame = _summed(company, grains=("month", "quarter"))
    if "quarter" not in frame.index.get_level_values("grain"):
        return
    months, quarters = frame.loc["month"], frame.loc["quarter"]
    for start, row in quarters.iterrows():
        first = months.reindex([start], fill_value=0).iloc[0]
        last = months.reindex([start + pd.DateOffset(months=2)], fill_value=0).iloc[0]
        assert row["opening"] == first["opening"]
        if start < pd.Timestamp("2024-07-01"):
            assert row["closing"] == last["closing"]
    assert quarters["started"].sum() == months["started"].sum()


@FEW
@given(companies())
def test_inputs_are_not_modified(company):
    before = company.copy(deep=True)
    _summed(company, ("plan",), segments=("plan",))
    pd.testing.assert_frame_equal(company, before)


@st.composite
def baskets(draw):
    """Order lines: split over days, refunded, without an id."""
    rows = []
    for number in range(draw(st.integers(6, 20))):
        day = FIRST + timedelta(days=draw(st.integers(0, 240)))
        rows.append(
            (
                draw(st.sampled_from("abc")),
                day,
                draw(st.sampled_from([5, 12, -4, 0])) * 1_000_000,
                f"o{number}",
            )
        )
    return pd.DataFrame(rows, columns=["customer_id", "ordered_at", "amount", "order_id"]).astype(
        {"customer_id": "str", "order_id": "str", "ordered_at": "datetime64[us]", "amount": "Int64"}
    )


ACTIVITY = [
    "revenue",
    "orders",
    "revenue_12",
    "orders_12",
    "at_opening",
    "at_closing",
    "lost",
    "started",
    "reactivated",
]


def _activity(orders) -> pd.DataFrame:
    prepared = FACTS["activity"].prepare(_context({"orders": orders}))
    summed = _placed(prepared).groupby(["grain", "period_start"])[ACTIVITY].sum().astype("int64")
    return summed[(summed != 0).any(axis=1)].sort_index()


@FEW
@given(baskets())
def test_an_invoice_of_two_lines_is_the_same_invoice(orders):
    half = orders.assign(amount=orders["amount"] // 4)
    rest = orders.assign(amount=orders["amount"] - half["amount"])
    _same(_activity(orders), _activity(pd.concat([half, rest], ignore_index=True)))


@FEW
@given(baskets(), st.randoms(use_true_random=False))
def test_the_order_of_invoices_does_not_matter(orders, chance):
    order = list(range(len(orders)))
    chance.shuffle(order)
    before = orders.copy(deep=True)
    _same(_activity(orders), _activity(orders.iloc[order].reset_index(drop=True)))
    pd.testing.assert_frame_equal(orders, before)


@pytest.mark.parametrize("table", ["subscriptions", "orders"])
def test_a_table_without_rows_has_facts_without_rows(table):
    empty = {"subscriptions": _frame([]), "orders": _empty_orders()}[table]
    fact = {"subscriptions": "movements", "orders": "activity"}[table]
    prepared = FACTS[fact].prepare(_context({table: empty}))
    assert len(ENGINE.collect(prepared.at(()))) == 0


def _empty_orders() -> pd.DataFrame:
    return pd.DataFrame(columns=["customer_id", "ordered_at", "amount", "order_id"]).astype(
        {"customer_id": "str", "order_id": "str", "ordered_at": "datetime64[us]", "amount": "Int64"}
    )


@FEW
@given(companies())
def test_a_fact_has_no_segment_that_the_fact_it_lies_within_lacks(company):
    orders = pd.DataFrame(
        {
            "customer_id": company["customer_id"],
            "ordered_at": company["start_date"],
            "amount": company["mrr"],
            "plan": company["plan"],
        }
    )
    left = company.assign(end_reason="price")
    context = _context(
        {"subscriptions": left, "orders": orders}, segments=("plan",), grains=("month", "quarter")
    )
    built = {name: each.prepare(context) for name, each in FACTS.items() if each.available(context)}
    segments = {
        name: {tuple(row) for each in segments_of(fact, context) for row in each.to_numpy()}
        for name, fact in built.items()
    }
    inside = {name: FACTS[name].within for name in built if FACTS[name].within}
    assert {"spread", "tenths", "vintages", "order_spread", "losses"} <= inside.keys()
    for name, outer in inside.items():
        assert segments[name] <= segments[outer], name
