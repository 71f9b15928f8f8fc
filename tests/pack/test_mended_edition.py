"""The keys that findings name are put together to one piece of YAML, which works as it is pasted."""

import sys
from pathlib import Path

import pytest
import yaml

from cs_lib.edition import find_root
from cs_lib.errors import DataError
from cs_lib.pack.run.check_command import check_edition
from cs_lib.pack.run.mended_edition import mended

sys.path.append(str(Path(__file__).resolve().parent.parent / "metrics"))
from workshop import in_folder

SUBS = "customer_id,start_date,end_date,mrr"
ENDED = "z,2025-01-05,2026-02-05,9"


@pytest.fixture
def workshop(tmp_path):
    with in_folder(tmp_path) as made:
        yield made


def write(workshop, header, *rows, name="rows.csv"):
    workshop.write(name, "\n".join([header, *rows]) + "\n")


def looked_at(workshop, edition):
    """What is found in an edition's data, refused or not."""
    try:
        return workshop.open(**edition).findings
    except DataError as error:
        return error.findings


def pasted(workshop, tables, **keys):
    """The edition with what is offered in place of its own keys, and what is found then, without what is left out by it."""
    edition = {"as_of": "2026-07-01", **keys, "tables": tables}
    edition |= yaml.safe_load(mended(edition, looked_at(workshop, edition)))
    return edition, [each.rule for each in looked_at(workshop, edition) if each.rule != "said of the export"]  # fmt: skip


def amounts(workshop, table, column):
    data = workshop.opened[-1]
    return sorted(float(each) / 1e6 for each in data.engine.collect(data.tables[table])[column])


def test_two_rows_that_do_not_count_by_two_columns_and_by_one(workshop):
    rows = [*(f"c{n},2026-01-0{n},,10,paid,Pro" for n in range(1, 5)), "x,2026-01-05,,7,trial,Pro", "y,2026-01-05,,5,paid,Lifetime deal", "w,2026-01-05,,3,paid,Free trial"]  # fmt: skip
    write(workshop, f"{SUBS},status,plan", *rows, f"{ENDED},paid,Pro")
    edition, left = pasted(workshop, {"subscriptions": "rows.csv"})
    where = edition["tables"]["subscriptions"]["where"]
    assert where["status"] == ["paid"] and sorted(where["plan"]["not"]) == [
        "Free trial",
        "Lifetime deal",
    ]
    assert left == [] and amounts(workshop, "subscriptions", "mrr") == [9, 10, 10, 10, 10]


def test_two_names_of_one_segment_are_spelled_alike_twice(workshop):
    plans = ("Pro", "pro", "Pro", "Team", "team", "Team")
    write(workshop, f"{SUBS},plan", *(f"c{n},2026-01-05,,10,{each}" for n, each in enumerate(plans)), f"{ENDED},Pro")  # fmt: skip
    edition, left = pasted(workshop, {"subscriptions": "rows.csv"}, segments=["plan"])
    assert edition["tables"]["subscriptions"]["rename"] == {"plan": {"pro": "Pro", "team": "Team"}}
    assert left == []


def test_what_two_columns_take_off_is_taken_off_together(workshop):
    rows = (f"{n},c{n},2026-01-0{n},100,10,5" for n in range(1, 5))
    write(workshop, "order_id,customer_id,ordered_at,Total,Shipping,Tip", *rows)
    tables = {"orders": {"path": "rows.csv", "columns": {"amount": "Total"}}}
    _, left = pasted(workshop, tables)
    assert left == [] and amounts(workshop, "orders", "amount") == [85] * 4


def test_two_findings_of_one_thing_mend_it_once(workshop):
    """That the price is a year's is told by its interval and by what others pay: it is divided by 12 once."""
    rows = (f"c{n},2026-01-0{1 + n % 9},,{1200 if n % 3 else 100},{12 if n % 3 else 1},Pro" for n in range(12))  # fmt: skip
    write(workshop, "customer_id,start_date,end_date,price,billing_period,plan", *rows, "z,2025-01-05,2026-02-05,100,1,Pro")  # fmt: skip
    tables = {"subscriptions": {"path": "rows.csv", "columns": {"mrr": "price"}}}
    edition, left = pasted(workshop, tables)
    assert edition["tables"]["subscriptions"]["columns"] == {"amount": "price", "interval_months": "billing_period"}  # fmt: skip
    assert left == [] and amounts(workshop, "subscriptions", "mrr") == [100] * 13


def test_a_key_goes_to_the_source_of_a_list_that_it_is_of(workshop):
    write(workshop, f"{SUBS},status", "a,2026-01-05,,10,paid", ENDED + ",paid", name="one.csv")
    write(workshop, f"{SUBS},State", "b,2026-01-05,,10,trial", "c,2026-01-05,,20,paid", name="two.csv")  # fmt: skip
    edition, left = pasted(workshop, {"subscriptions": ["one.csv", "two.csv"]})
    assert edition["tables"]["subscriptions"] == ["one.csv", {"path": "two.csv", "where": {"State": ["paid"]}}]  # fmt: skip
    assert left == []


def test_a_query_takes_the_place_of_the_path_of_another_table(workshop):
    write(workshop, "customer_id,account_type", "a,Customer", "b,Internal")
    write(workshop, SUBS, "a,2026-01-05,2026-03-05,10", "b,2026-01-05,,20", name="subs.csv")
    edition, left = pasted(workshop, {"customers": "rows.csv", "subscriptions": "subs.csv"})
    assert "path" not in edition["tables"]["subscriptions"]
    assert left == [] and amounts(workshop, "subscriptions", "mrr") == [10]


def test_keys_of_a_table_and_of_the_edition_go_where_they_belong(workshop):
    rows = (f"nps,{1 + n % 3},2026-0{1 + n % 6}-{10 + n},r{n},c{n}" for n in range(18))
    more = (f"nps,{1 + n % 3},2026-0{1 + n % 6}-{10 + n},q{n},k{n}" for n in range(18))
    write(workshop, "instrument,score,responded_at,response_id,customer_id", *rows, *more)
    edition, left = pasted(workshop, {"survey_responses": "rows.csv"}, definitions={"cac_lag": 2})
    assert edition["definitions"] == {"cac_lag": 2, "csat": {"scale": [1, 3], "satisfied": [2, 3]}}
    assert edition["tables"]["survey_responses"]["map"] == {"instrument": {"nps": "csat"}}
    assert left == []


def test_refused_values_are_read_by_keys_put_together(workshop):
    write(workshop, SUBS, "a,15/01/2026,NULL,$10", "b,16/01/2026,,$20")
    tables = {"subscriptions": {"path": "rows.csv", "empty": ["-"]}}
    edition, left = pasted(workshop, tables)
    assert edition["tables"]["subscriptions"] == {
        "path": "rows.csv",
        "empty": ["-", "NULL"],
        "date_format": {"start_date": "%d/%m/%Y"},
        "currency_sign": "$",
    }
    assert left == [] and amounts(workshop, "subscriptions", "mrr") == [10, 20]


def test_nothing_is_offered_where_a_reader_has_to_fill_in_or_nothing_is_found(workshop):
    write(workshop, SUBS, *(f"c{n},2025-01-05,,10" for n in range(30)))
    edition = {"as_of": "2026-07-01", "tables": {"subscriptions": "rows.csv"}}
    assert looked_at(workshop, edition) and mended(edition, looked_at(workshop, edition)) == ""
    assert mended(edition, ()) == ""


def test_check_prints_it_and_what_to_say_where_it_is_right(workshop):
    """Pasted from the screen, either way, nothing is left to be told."""
    (workshop.root / "notebooks").symlink_to(find_root() / "notebooks")
    write(workshop, f"{SUBS},status", "a,2026-01-05,,10,paid", "b,2026-01-05,,10,trial", f"{ENDED},paid")  # fmt: skip
    edition = {"company": "Acme", "as_of": "2026-07-01", "tables": {"subscriptions": "rows.csv"}}
    printed = _checked(workshop, edition)
    blocks = {key: printed.split(f"\n\n{key}:", 1)[1].split("\n\n")[0] for key in ("known", "tables")}  # fmt: skip
    for key, block in blocks.items():
        again = _checked(workshop, edition | yaml.safe_load(f"{key}:{block}"))
        assert 'say "trial" in status' not in again and 'says "trial" in status' not in again
        assert ("known: subscriptions, status not read, status" in again) == (key == "known")
        assert "\ntables:" not in again


def _checked(workshop, edition) -> str:
    workshop.write("params/acme.yaml", yaml.safe_dump(edition, sort_keys=False))
    said = []
    check_edition("acme", root=workshop.root, say=said.append)
    return "\n".join(said)
