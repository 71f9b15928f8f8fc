"""The shipped sample files as pandas frames, read once."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

SHIPPED = Path(__file__).parents[2] / "cs_lib" / "data" / "sample"


def read(name: str, *days: str) -> pd.DataFrame:
    table = pd.read_csv(SHIPPED / name, keep_default_na=False, na_values=dict.fromkeys(days, ""))
    return table.assign(**{day: pd.to_datetime(table[day]) for day in days})


@pytest.fixture(scope="session")
def sample() -> SimpleNamespace:
    subscriptions = read("subscriptions.csv", "start_date", "end_date")
    surveys = read("survey_responses.csv.gz", "sent_at", "responded_at", "followed_up_on")
    dated = read("customers.csv", "signed_up_on", "first_value_on", "valid_from")
    return SimpleNamespace(
        customers=dated.drop_duplicates("customer_id", keep="last"),
        dated=dated,
        subscriptions=subscriptions.assign(
            mrr=subscriptions.amount / subscriptions.interval_months
        ),
        surveys=surveys.assign(score=pd.to_numeric(surveys.score)),
        costs=read("acquisition_costs.csv", "month"),
        usage=read("usage_events.csv.gz", "occurred_at"),
    )
