"""Every column that the contract does not need may be absent, blank or null: the kit runs, and what
does not read the column stays as it is."""

import io
from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest
import yaml
from drawn import only

from cs_lib.data.contract import tables as contract
from cs_lib.data.facts.context import Context
from cs_lib.data.open_data import open_data
from cs_lib.edition import read_edition
from cs_lib.metrics.compute.compute_measures import measure
from cs_lib.metrics.compute.outline import outline

pytestmark = pytest.mark.slow

FILES = {
    "customers": """customer_id,signed_up_on,first_value_on,owner,name,region
ada,2026-05-01,2026-05-05,kim,Ada Ltd,N
ben,2026-05-03,2026-06-04,kim,,S
cyd,2026-06-10,,lou,Cyd & Co,N
""",
    "subscriptions": """customer_id,start_date,end_date,mrr,amount,interval_months,quantity,currency,end_reason,subscription_id,term_ends_on
ada,2026-05-01,,100,1200,12,1,USD,,s1,2027-05-01
ben,2026-05-03,2026-06-03,50,50,1,1,USD,price,s2,2026-06-03
cyd,2026-06-10,,80,80,1,1,USD,,s3,2026-07-10
""",
    "orders": """customer_id,ordered_at,amount,order_id,currency
ada,2026-05-02,40,1,USD
ada,2026-06-20,35.5,2,USD
ben,2026-05-05,120,3,USD
""",
    "survey_responses": """instrument,score,responded_at,response_id,customer_id,respondent_id,touchpoint,sent_at,weight,comment,followed_up_on
nps,10,2026-06-03,1,ada,x,web,2026-06-02,1,good,2026-06-05
nps,4,2026-06-04,2,ben,y,web,2026-06-02,2,bad,2026-06-04
csat,5,2026-06-09,3,cyd,z,shop,2026-06-09,1,,
""",
    "acquisition_costs": """month,amount,category,channel,currency
2026-05,100,marketing,ads,USD
2026-06,70,sales,fair,USD
""",
    "usage_events": """customer_id,occurred_at,feature,user_id
ada,2026-05-04,export,u1
ada,2026-06-04,import,u1
ben,2026-05-04,export,u3
""",
}
#: the metrics that read a column, where not all stay as they are without it
READ_BY = {
    "signed_up_on": {"time_to_value"},
    "first_value_on": {"time_to_value"},
    "end_reason": {"churned_customers_by_reason", "churned_mrr_by_reason"},
    "sent_at": {"response_rate"},
    "respondent_id": {"response_rate"},
    "weight": {"nps"},
    "followed_up_on": {"follow_up_rate"},
    "category": {"acquisition_cost"},
    "touchpoint": {"nps", "csat", "ces", "nps_promoters", "nps_passives", "nps_detractors"}
    | {"response_rate", "follow_up_rate"},
}
#: what no longer ends changes nearly every figure of subscriptions
KEPT_WITHOUT_END = {"new_customers", "opening_mrr"}
OPTIONAL = {
    table.name: [
        each.name
        for each in table.columns
        if not each.required and not each.present and each.name != "subscription_id"
    ]
    for table in contract.TABLES
    if table.name in FILES
}
ONE = [(table, (column,)) for table, columns in OPTIONAL.items() for column in columns]
TWO = [(table, pair) for table, columns in OPTIONAL.items() for pair in combinations(columns, 2)]
#: a metric or two of every fact
METRICS = (
    "mrr",
    "opening_mrr",
    "new_customers",
    "customer_churn_rate",
    "net_revenue_retention",
    "churned_customers_by_reason",
    "arpa",
    "expected_lifetime",
    "orders",
    "average_order_value",
    "nps",
    "csat",
    "response_rate",
    "follow_up_rate",
    "acquisition_cost",
    "cac",
    "time_to_value",
    "usage_frequency",
    "feature_adoption",
    "cohort_retention",
)


def shown(part: str | tuple[str, ...]) -> str:
    return part if isinstance(part, str) else "-".join(part)


class Company:
    """An edition of one table (and of further ones), in a folder of its own."""

    def __init__(self, root: Path, table: str, *more: str):
        self.root, self.table = root, table
        (root / "params").mkdir()
        frame = pd.read_csv(io.StringIO(FILES[table]), dtype=str, keep_default_na=False)
        self.frame = frame[[each for each in frame if contract.table(table).column(each)]]
        for other in more:
            (root / f"{other}.csv").write_text(FILES[other], encoding="utf-8")
        self.more = {other: f"{other}.csv" for other in more}

    def edition(self, source="table.csv", without: tuple[str, ...] = (), blank=()):
        frame = self.frame.drop(columns=[each for each in without if each in self.frame])
        frame = frame.assign(**dict.fromkeys(blank, ""))
        frame.to_csv(self.root / "table.csv", index=False)
        told = {
            "company": "Tiny",
            "as_of": "2026-07-01",
            "grains": ["month"],
            "min_n": 1,
            "tables": {self.table: source, **self.more},
        }
        (self.root / "params" / "tiny.yaml").write_text(yaml.safe_dump(told), encoding="utf-8")
        return read_edition("tiny", root=self.root)

    def measured(self, metrics=METRICS, **what) -> dict:
        """Every figure: (metric, variant, segment, period) → value and status."""
        edition = self.edition(**what)
        with open_data(edition, root=self.root) as data, only(metrics):
            found = measure(Context.of(data, edition)).measures
        keys = found[["metric", "variant", "segment", "period_start"]].itertuples(index=False)
        figures = found[["numerator", "value", "status"]].astype(str).itertuples(index=False)
        return dict(zip(map(tuple, keys), map(tuple, figures), strict=True))

    def opened(self, **what) -> tuple[set, list]:
        """The columns that say anything, and the rows. A blank currency is the edition's."""
        with open_data(self.edition(**what), root=self.root) as data:
            frame = data.engine.collect(data.tables[self.table])
            said = set(data.given[self.table]) - {"currency"}
            columns = sorted(set(frame) - {"currency"})
            return said, frame[columns].astype(str).to_numpy().tolist()


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    known = {}

    def of(*tables: str) -> tuple[Company, dict]:
        if tables not in known:
            made = Company(tmp_path_factory.mktemp(tables[0]), *tables)
            known[tables] = made, made.measured() if len(tables) == 1 else {}
        return known[tables]

    return of


@pytest.mark.parametrize(("table", "columns"), ONE, ids=shown)
def test_without_one_column_the_figures_that_do_not_read_it_stay(company, table, columns):
    made, whole = company(table)
    found = made.measured(without=columns)
    [column] = columns
    kept = {key for key in whole if key[0] not in READ_BY.get(column, ())}
    if column == "end_date":
        kept = {key for key in whole if key[0] in KEPT_WITHOUT_END}
    assert {key: found.get(key) for key in kept} == {key: whole[key] for key in kept}


@pytest.mark.parametrize("table", FILES)
def test_columns_that_are_blank_or_null_are_as_good_as_absent(company, table):
    made, columns = company(table)[0], OPTIONAL[table]
    absent = made.opened(without=columns)
    assert made.opened(blank=columns) == absent
    assert made.opened(blank=columns[::2], without=columns[1::2]) == absent
    assert made.opened(blank=columns[1::2], without=columns[::2]) == absent
    nulls = ", ".join(f"NULL AS {each}" for each in columns)
    there = ", ".join(each for each in made.frame if each not in columns)
    assert made.opened(source={"sql": f"SELECT {there}, {nulls} FROM 'table.csv'"}) == absent


@pytest.mark.parametrize(("table", "columns"), TWO, ids=shown)
def test_without_two_columns_every_fact_is_built(company, table, columns):
    made, _ = company(table)
    edition = made.edition(without=columns)
    with open_data(edition, root=made.root) as data:
        assert outline(Context.of(data, edition), []).as_of == data.as_of


@pytest.mark.parametrize(
    ("table", "other", "column", "changed"),
    [
        ("usage_events", "subscriptions", "user_id", {"arpa"}),
        ("survey_responses", "subscriptions", "customer_id", {"nps"}),
        ("acquisition_costs", "customers", "category", {"acquisition_cost"}),
    ],
)
def test_without_a_column_that_another_table_is_read_by(company, table, other, column, changed):
    metrics = ("mrr", "arpa", "usage_frequency", "nps", "csat", "acquisition_cost")
    made, _ = company(table, other)
    whole = made.measured(metrics)
    found = made.measured(metrics, without=(column,))
    kept = {key for key in whole if key[0] not in changed}
    assert {key: found.get(key) for key in kept} == {key: whole[key] for key in kept}


def test_subscriptions_by_price_and_interval_need_no_further_column(tmp_path):
    made = Company(tmp_path, "subscriptions")
    made.frame = made.frame[["customer_id", "start_date", "amount", "interval_months"]]
    figures = made.measured()
    [mrr] = [figures[key] for key in figures if key[0] == "mrr" and str(key[3]) > "2026-06"]
    assert float(mrr[1]) == 230


def test_costs_of_no_marketing_have_no_marketing_cost(tmp_path):
    made = Company(tmp_path, "acquisition_costs")
    made.frame = made.frame.assign(category=["sales", ""])
    rows = [key[:3] for key in made.measured()]
    assert {variant for _, variant, _ in rows} == {"standard"}
    assert {segment for *_, segment in rows} == {"all", "category=sales", "category=(not given)"}
