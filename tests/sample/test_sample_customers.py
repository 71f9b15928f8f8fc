"""Each awkward customer is there, and is what its reason says."""

import pandas as pd
import pytest
from sample_company.awkward import AWKWARD, AWKWARD_COSTS

AS_OF = pd.Timestamp("2026-07-01")


@pytest.fixture
def rows(sample):
    """A customer's subscriptions, oldest first."""
    by_customer = sample.subscriptions.sort_values(["start_date", "end_date"])
    return lambda name: by_customer[by_customer.customer_id == name]


@pytest.fixture
def mrr(rows):
    """A customer's MRR just before a day, at midnight."""

    def just_before(name, day):
        own, day = rows(name), pd.Timestamp(day)
        counts = (own.start_date < day) & (own.end_date.isna() | (own.end_date >= day))
        return own.mrr[counts].sum()

    return just_before


@pytest.fixture
def network_in_apac(sample):
    regions = sample.customers.set_index("customer_id").region
    network = sample.subscriptions[sample.subscriptions.plan == "Network"]
    return set(network.customer_id[network.customer_id.map(regions) == "APAC"])


def months(first, last):
    return pd.date_range(first, last, freq="MS")


def test_every_awkward_customer_is_in_the_data_and_tested(sample):
    assert set(AWKWARD) == set(sample.customers.customer_id[sample.customers.customer_id >= "FL-9"])
    tested = {name[5:12].upper().replace("_", "-") for name in globals() if name[:8] == "test_fl_"}
    assert tested == set(AWKWARD)


def test_fl_9001_is_open_ended(rows, mrr):
    assert len(rows("FL-9001")) == 1
    assert rows("FL-9001").end_date.isna().all()
    assert {mrr("FL-9001", day) for day in months("2023-08", "2026-07")} == {189}


def test_fl_9002_returned_on_another_plan(rows, mrr):
    assert list(rows("FL-9002").plan) == ["Practice", "Solo"]
    seen = [mrr("FL-9002", day) for day in ("2024-03-01", "2024-04-01", "2024-08-01", "2024-09-01")]
    assert seen == [173, 0, 0, 79]


def test_fl_9003_has_two_plans_at_once_and_stays_when_one_ends(mrr):
    seen = [mrr("FL-9003", day) for day in ("2024-06-01", "2024-07-01", "2025-05-01", "2025-06-01")]
    assert seen == [570, 649, 649, 570]


def test_fl_9004_joined_and_left_inside_one_month(rows):
    own = rows("FL-9004")
    assert len(own) == 1
    assert own.start_date.dt.to_period("M").item() == own.end_date.dt.to_period("M").item()
    assert own.mrr.item() > 0


def test_fl_9005_is_on_network_in_apac_as_one_other_is(network_in_apac):
    assert "FL-9005" in network_in_apac
    assert len(network_in_apac) == 2


def test_fl_9006_is_that_other(network_in_apac):
    assert network_in_apac - {"FL-9005"} == {"FL-9006"}


def test_fl_9007_went_down_and_up_again_in_one_month(rows, mrr):
    assert list(rows("FL-9007").plan) == ["Practice", "Solo", "Practice"]
    assert rows("FL-9007").mrr.diff().iloc[1] < 0 < rows("FL-9007").mrr.diff().iloc[2]
    assert mrr("FL-9007", "2026-05-01") == mrr("FL-9007", "2026-06-01") > 0


def test_fl_9008_went_yearly_at_the_same_mrr(rows, mrr):
    assert list(rows("FL-9008").interval_months) == [1, 12]
    assert {mrr("FL-9008", day) for day in months("2024-07", "2026-07")} == {100}


def test_fl_9009_pays_1200_a_year_and_never_moves(rows, mrr):
    own = rows("FL-9009")
    assert (own.amount.item(), own.interval_months.item()) == (1200, 12)
    assert {mrr("FL-9009", day) for day in months("2023-10", "2026-07")} == {100}


def test_fl_9010_never_paid(rows):
    assert rows("FL-9010").mrr.tolist() == [0]
    assert rows("FL-9010").end_date.notna().all()


def test_fl_9011_starts_on_a_last_day_and_ends_on_a_first(rows, mrr):
    own = rows("FL-9011")
    assert own.start_date.dt.is_month_end.item()
    assert own.end_date.dt.day.item() == 1
    seen = [mrr("FL-9011", day) for day in ("2025-01-31", "2025-02-01", "2025-03-01", "2025-04-01")]
    assert seen == [0, 79, 79, 0]


def test_fl_9012_ends_on_the_boundary_and_is_gone_in_december(mrr):
    seen = [mrr("FL-9012", day) for day in ("2025-11-01", "2025-12-01", "2026-01-01")]
    assert seen == [221, 221, 0]


def test_fl_9013_started_on_a_leap_day(rows):
    assert rows("FL-9013").start_date.iloc[0] == pd.Timestamp("2024-02-29")
    assert rows("FL-9013").interval_months.iloc[0] == 12


def test_fl_9014_has_given_notice(rows):
    assert rows("FL-9014").end_date.item() > AS_OF
    assert rows("FL-9014").interval_months.item() == 1


def test_fl_9015_will_not_renew(rows, sample):
    assert rows("FL-9015").end_date.item() > AS_OF
    assert rows("FL-9015").interval_months.item() == 12
    future = sample.subscriptions[sample.subscriptions.end_date >= AS_OF]
    assert set(future.customer_id) == {"FL-9014", "FL-9015"}


def test_fl_9016_has_a_row_of_zero_length(rows, mrr, sample):
    voided, entered = rows("FL-9016").to_dict("records")
    assert voided["start_date"] == voided["end_date"] == entered["start_date"]
    assert mrr("FL-9016", "2025-09-01") == 79
    assert (sample.subscriptions.start_date == sample.subscriptions.end_date).sum() == 1


def test_fl_9017_never_had_a_subscription(rows, sample):
    assert rows("FL-9017").empty
    assert (~sample.customers.customer_id.isin(sample.subscriptions.customer_id)).sum() == 1


def test_fl_9018_used_the_product_after_leaving_and_nobody_else_did(rows, sample):
    last = sample.subscriptions.assign(end=sample.subscriptions.end_date.fillna(AS_OF))
    last = last.groupby("customer_id").end.max()
    late = sample.usage[sample.usage.occurred_at >= sample.usage.customer_id.map(last)]
    assert set(late.customer_id) == {"FL-9018"}
    assert late.occurred_at.dt.to_period("M").nunique() >= 2
    assert rows("FL-9018").end_date.item() == pd.Timestamp("2025-09-18")


def test_fl_9019_pays_a_price_that_twelve_does_not_divide(rows):
    cents = rows("FL-9019").amount.item() * 100
    assert cents % 12 != 0


def test_fl_9020_left_and_came_back_inside_one_month(rows, mrr):
    left, back = rows("FL-9020").end_date.iloc[0], rows("FL-9020").start_date.iloc[1]
    assert left < back
    assert left.to_period("M") == back.to_period("M")
    assert mrr("FL-9020", "2025-11-01") == mrr("FL-9020", "2025-12-01") == 173


def test_fl_9021_was_on_a_free_plan_before_paying(rows, mrr):
    assert rows("FL-9021").mrr.tolist() == [0, 79]
    assert [mrr("FL-9021", day) for day in ("2024-09-01", "2024-10-01")] == [0, 79]


def test_fl_9022_moved_to_a_free_plan(rows, mrr):
    assert rows("FL-9022").end_date.isna().iloc[-1]
    assert [mrr("FL-9022", day) for day in ("2025-01-01", "2025-02-01")] == [149, 0]


def test_fl_9023_was_two_days_away_across_a_month_end(rows, mrr):
    away = rows("FL-9023").start_date.iloc[1] - rows("FL-9023").end_date.iloc[0]
    assert away == pd.Timedelta(days=2)
    seen = [mrr("FL-9023", day) for day in ("2025-04-01", "2025-05-01", "2025-06-01")]
    assert seen == [79, 0, 79]


def test_fl_9024_pays_a_cent_more(mrr):
    assert mrr("FL-9024", "2026-06-01") == pytest.approx(49.99)
    assert mrr("FL-9024", "2026-07-01") == 50


def test_the_awkward_costs_are_there(sample):
    costs = sample.costs
    total = costs.groupby([costs.month.dt.strftime("%Y-%m-%d"), "channel"]).amount.sum()
    assert set(AWKWARD_COSTS) <= set(total.index)
    assert set(costs.month[costs.amount < 0].dt.strftime("%Y-%m")) == {"2025-04", "2026-02"}
    assert total["2025-04-01", "Events"] > 0 > total["2026-02-01", "Referral"]


def test_events_won_nobody_in_august_2024(sample):
    paying = sample.subscriptions[
        (sample.subscriptions.mrr > 0)
        & (sample.subscriptions.start_date != sample.subscriptions.end_date)
    ]
    channel = sample.customers.set_index("customer_id").channel
    first = paying.groupby("customer_id").start_date.min().dt.strftime("%Y-%m")
    new = pd.crosstab(first, first.index.map(channel))
    assert new.loc["2024-08", "Events"] == 0
    assert new.loc["2024-08"].sum() > 10
