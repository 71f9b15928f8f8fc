"""The example editions on the data they were written for."""

from pathlib import Path

import pytest

from cs_lib.data.open_data import open_data
from cs_lib.edition import read_edition

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def opened(real_data):
    """Open an example edition; what it says and a way to ask its tables."""
    made = []

    def open_(name):
        data = open_data(read_edition(f"examples/{name}", root=ROOT), root=ROOT, data_dir=real_data)
        made.append(data)
        return data

    yield open_
    for data in made:
        data.close()


def test_online_retail(opened):
    data = opened("online_retail")
    assert data.engine.rows(
        "SELECT count(*), count(DISTINCT customer_id), sum(amount) FROM stage_orders"
    ) == [(397_884, 4_338, 8_911_407_904_000)]
    assert data.engine.rows(
        "SELECT market, count(*) FROM stage_customers GROUP BY 1 ORDER BY 2 DESC"
    ) == [("United Kingdom", 3_950), ("Europe", 380), ("Rest of world", 38), ("(not given)", 4)]
    assert [each.rule for each in data.findings] == ["ends mid-period"]


def test_airport_survey(opened):
    data = opened("airport_survey")
    answers = data.engine.rows("""
        SELECT instrument, touchpoint, year(responded_at), count(score),
               count(*) FILTER (score >= 9000000), count(*) FILTER (score < 7000000)
        FROM stage_survey_responses WHERE instrument = 'nps' GROUP BY ALL
    """)
    assert answers == [("nps", "the airport", 2017, 2_746, 1_436, 342)]
    assert data.findings == ()


def test_mrr_playbook(opened):
    data = opened("mrr_playbook")
    paying = "start_date < DATE '{0}' AND end_date >= DATE '{0}'"
    for day, mrr in (("2019-08-01", 1350), ("2019-09-01", 1240), ("2020-01-01", 1255)):
        assert data.engine.rows(
            f"SELECT sum(mrr) FROM stage_subscriptions WHERE {paying.format(day)}"
        ) == [(mrr * 1_000_000,)]
    [cliff] = data.findings
    assert (cliff.rule, cliff.level, cliff.rows) == ("end-of-extract cliff", "warning", 28)
    assert cliff.says.startswith("2020-01: 28 of 28 customers paying at its opening end in it")


def test_the_sample_is_clean():
    with open_data(read_edition("sample", root=ROOT), root=ROOT) as data:
        assert data.findings == ()
        assert set(data.tables) == {
            "acquisition_costs",
            "customers",
            "plan",
            "subscriptions",
            "success_costs",
            "survey_items",
            "survey_responses",
            "usage_events",
        }
