"""The sample files: reproducible, small, and within the input contract."""

import gzip

import pandas as pd
import pytest
from sample_company import generate
from sample_company.awkward import AWKWARD_COMMENTS

AS_OF = pd.Timestamp("2026-07-01")
OPENED = pd.Timestamp("2023-07-01")
SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}
FILES = {
    "customers.csv": [
        "customer_id",
        "signed_up_on",
        "first_value_on",
        "region",
        "channel",
        "owner",
        "valid_from",
    ],
    "subscriptions.csv": [
        "subscription_id",
        "customer_id",
        "plan",
        "start_date",
        "end_date",
        "amount",
        "interval_months",
        "currency",
        "end_reason",
        "term_ends_on",
    ],
    "survey_responses.csv.gz": [
        "response_id",
        "instrument",
        "score",
        "sent_at",
        "responded_at",
        "customer_id",
        "respondent_id",
        "touchpoint",
        "comment",
        "followed_up_on",
    ],
    "survey_items.csv.gz": ["response_id", "item", "value"],
    "success_costs.csv": ["month", "amount", "owner"],
    "acquisition_costs.csv": ["month", "amount", "category", "channel"],
    "budget.csv": ["month", "metric", "value"],
    "usage_events.csv.gz": ["customer_id", "user_id", "occurred_at", "feature"],
}


@pytest.fixture(scope="module")
def regenerated(tmp_path_factory):
    out = tmp_path_factory.mktemp("sample")
    generate.main(["--out", str(out)])
    return out


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_regenerating_gives_the_shipped_bytes(regenerated, name):
    """Compressed files are compared unpacked, as zlib's builds differ in what they make."""
    unpack = gzip.decompress if name.endswith(".gz") else bytes
    new, shipped = (folder / name for folder in (regenerated, generate.SHIPPED))
    assert unpack(new.read_bytes()) == unpack(shipped.read_bytes())


@pytest.mark.slow
def test_compressed_bytes_hold_neither_clock_nor_file_name(regenerated):
    for name in (name for name in FILES if name.endswith(".gz")):
        flags_and_time = (regenerated / name).read_bytes()[3:8]
        assert flags_and_time == bytes(5)
        assert flags_and_time == (generate.SHIPPED / name).read_bytes()[3:8]


def test_the_same_content_packs_to_the_same_bytes():
    assert generate.compressed(b"fern" * 1000) == generate.compressed(b"fern" * 1000)


def test_files_are_small_enough_to_ship():
    assert sum((generate.SHIPPED / name).stat().st_size for name in FILES) < 3_000_000


@pytest.mark.parametrize(("name", "columns"), FILES.items())
def test_columns_are_those_of_the_contract(name, columns):
    assert list(pd.read_csv(generate.SHIPPED / name, nrows=1).columns) == columns


def test_keys_are_unique(sample):
    assert not sample.dated.duplicated(["customer_id", "valid_from"]).any()
    assert sample.subscriptions.subscription_id.is_unique
    assert sample.surveys.response_id.is_unique
    assert not sample.usage.duplicated().any()
    assert not sample.costs.duplicated().any()


def test_every_customer_is_known(sample):
    known = set(sample.customers.customer_id)
    for table in (sample.subscriptions, sample.surveys, sample.usage):
        assert len(table) > 1000
        assert set(table.customer_id) <= known


def test_dates_lie_within_the_extract(sample):
    surveys, subscriptions = sample.surveys, sample.subscriptions
    dates = {
        "signed_up_on": sample.customers.signed_up_on,
        "first_value_on": sample.customers.first_value_on.dropna(),
        "start_date": subscriptions.start_date,
        "sent_at": surveys.sent_at,
        "responded_at": surveys.responded_at.dropna(),
        "month": sample.costs.month,
        "occurred_at": sample.usage.occurred_at,
    }
    outside = {
        name: int((~values.between(OPENED, AS_OF, inclusive="left")).sum())
        for name, values in dates.items()
    }
    assert outside == dict.fromkeys(dates, 0)
    assert (subscriptions.end_date >= AS_OF).sum() == 2


def test_dates_are_in_order(sample):
    customers, subscriptions, surveys = sample.customers, sample.subscriptions, sample.surveys
    reached = customers.dropna(subset="first_value_on")
    ended = subscriptions.dropna(subset="end_date")
    answered = surveys.dropna(subset="responded_at")
    assert (reached.first_value_on > reached.signed_up_on).all()
    assert (ended.end_date >= ended.start_date).all()
    assert (answered.responded_at >= answered.sent_at).all()
    signed_up = customers.set_index("customer_id").signed_up_on
    first = subscriptions.groupby("customer_id").start_date.min()
    assert (first >= signed_up[first.index]).all()


def test_money_and_terms_are_what_the_contract_allows(sample):
    subscriptions = sample.subscriptions
    assert (subscriptions.amount >= 0).all()
    assert set(subscriptions.interval_months) == {1, 12}
    assert set(subscriptions.currency) == {"USD"}
    assert set(subscriptions.plan) == {"Solo", "Practice", "Network"}
    assert set(sample.customers.region) == {"EMEA", "AMER", "APAC"}
    assert set(sample.costs.channel) == set(sample.customers.channel)
    assert (sample.costs.month.dt.day == 1).all()


def test_a_reason_is_given_only_for_what_ended(sample):
    still_open = sample.subscriptions[sample.subscriptions.end_date.isna()]
    assert len(still_open) > 900
    assert (still_open.end_reason == "").all()


def test_a_changed_plan_is_followed_by_its_successor_the_same_day(sample):
    subscriptions = sample.subscriptions
    replaced = subscriptions[subscriptions.end_reason == "changed plan"]
    starts = set(zip(subscriptions.customer_id, subscriptions.start_date, strict=True))
    assert len(replaced) > 500
    assert set(zip(replaced.customer_id, replaced.end_date, strict=True)) <= starts


def test_scores_are_whole_and_on_their_scale(sample):
    answered = sample.surveys.dropna(subset="score")
    assert set(answered.instrument) == set(SCALES)
    for instrument, (low, high) in SCALES.items():
        assert set(answered[answered.instrument == instrument].score) <= set(range(low, high + 1))


def test_an_invitation_has_both_score_and_answer_time_or_neither(sample):
    surveys = sample.surveys
    assert (surveys.score.isna() == surveys.responded_at.isna()).all()
    assert (surveys.comment[surveys.score.isna()] == "").all()


def test_response_rates_are_realistic_and_the_latest_invitations_mostly_open(sample):
    surveys = sample.surveys
    rate = surveys.score.notna().groupby(surveys.instrument).mean()
    assert rate.between(0.30, 0.50).all()
    latest = surveys[surveys.sent_at >= AS_OF - pd.Timedelta(days=14)]
    assert latest.score.notna().mean() < rate.min()


def test_some_respondents_answer_nps_twice_in_a_quarter(sample):
    nps = sample.surveys[sample.surveys.instrument == "nps"].dropna(subset="score")
    quarter = nps.responded_at.dt.to_period("Q")
    assert nps.groupby([nps.respondent_id, quarter]).size().ge(2).sum() > 50


def test_the_awkward_comments_arrive_as_they_were_written(sample):
    comments = set(sample.surveys.comment)
    assert set(AWKWARD_COMMENTS) <= comments
    assert (sample.surveys.comment == "").mean() > 0.9
