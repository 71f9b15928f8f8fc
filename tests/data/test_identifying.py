"""Columns that figures are split by and that name somebody are refused, or warned of."""

import pytest

CUSTOMERS = [
    (f"kd-{n}", f"Firm {n}", f"firm{n}@mail.example", ("Pro", "Solo")[n % 2]) for n in range(30)
]
SUBS = "customer_id,start_date,mrr,plan,end_reason,account\n" + "".join(
    f"{who},2026-01-05,10,{plan},{mail},{who.upper()}\n" for who, _, mail, plan in CUSTOMERS
)
PEOPLE = "customer_id,name,mail,region,owner\n" + "".join(
    f"{who},{name},{mail},{('EMEA', 'APAC')[n % 2]},{name}\n"
    for n, (who, name, mail, _) in enumerate(CUSTOMERS)
)
NOTHING = "nullif('', '')"
TABLES = {
    "subscriptions": {"path": "subs.csv", "columns": {"end_reason": NOTHING}},
    "customers": {"path": "people.csv", "columns": {"owner": NOTHING}},
}


@pytest.fixture
def company(workshop):
    workshop.write("subs.csv", SUBS)
    workshop.write("people.csv", PEOPLE)
    return workshop


def with_columns(table: str, **columns: str) -> dict:
    own = TABLES[table]
    return {**TABLES, table: {**own, "columns": {**own["columns"], **columns}}}


@pytest.mark.parametrize(
    ("tables", "segments", "said"),
    [
        (TABLES, ["account"], "subs.csv: account holds the same as customer_id, and figures are split by it: every report would name customers. Take account out of segments."),
        (TABLES, ["plan", "mail"], "people.csv: mail holds e-mail addresses"),
        (with_columns("customers", firm="name"), ["firm"], "people.csv: firm holds the same as name"),
        (with_columns("customers", owner="owner"), ["plan"], 'owner holds the same as name, and figures are split by it: every report would name customers. Say columns: {owner: ' + f'"{NOTHING}"}}'),
        (with_columns("subscriptions", end_reason="end_reason"), [], "subs.csv: end_reason holds e-mail addresses"),
    ],
)  # fmt: skip
def test_a_column_that_names_somebody_splits_no_figure(company, tables, segments, said):
    [line] = company.refused(tables, as_of="2026-07-01", segments=segments)
    assert said in line


def warnings(company, tables, **keys):
    found = company.open(tables, as_of="2026-07-01", **keys).findings
    return [each for each in found if each.rule == "column that tells customers apart"]


def test_a_column_in_which_nearly_each_customer_stands_alone_is_warned_of(company):
    text = "'Praxis ' || substr(name, 5)"
    [found] = warnings(company, with_columns("customers", site=text), segments=["site", "region"])
    assert found.says == (
        "customers: 30 of 30 customers have a value of site that no other has, and figures are split by it: whoever "
        "reads a report sees single customers. Take site out of segments."
    )
    assert warnings(company, TABLES, segments=["plan", "region"]) == []


def test_a_customer_may_be_called_like_its_plan(company):
    company.write("subs.csv", SUBS.replace("kd-1,", "Pro,").replace("kd-2,", "Solo,"))
    assert warnings(company, TABLES, segments=["plan"]) == []


def test_the_addresses_of_ones_own_people_name_no_customer(company):
    """An export has its owners, and whoever sold, by their addresses: few people with many customers."""
    own = [f"{who}@fernleaf.example" for who in ("ada", "ben", "cy", "di", "eve", "flo", "gus")]
    lines = "".join(
        f"{who},{own[n % 7]},{own[n % 6]},{own[n % 7]}\n" for n, (who, *_) in enumerate(CUSTOMERS)
    )
    company.write("people.csv", f"customer_id,owner,seller,mail\n{lines}")
    tables = {**TABLES, "customers": {"path": "people.csv"}}
    assert warnings(company, tables, segments=["seller"]) == []
    [line] = company.refused(tables, as_of="2026-07-01", segments=["mail"])
    assert "people.csv: mail holds e-mail addresses" in line, "four customers each are too few"
