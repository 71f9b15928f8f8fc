"""Titles, several rows of names and totals are left out by a key, and lines are still the file's own."""

import gzip

import pytest

HEAD = "month,channel,amount\n"
TITLES = 'Campaign report\n"January 1, 2026 - March 31, 2026"\n'
ROWS = "2026-01,ads,10\n2026-02,ads,20\n"
TOTAL = "Total: Account,--,30\n"
COSTS = {"path": "costs.csv", "skip": 2, "footer": 1}
AMOUNTS = [10_000_000, 20_000_000]


def amounts(workshop, source=COSTS):
    rows = workshop.rows({"acquisition_costs": source}, as_of="2026-04-01")
    return [row[1] for row in rows]


@pytest.mark.parametrize(
    ("end", "encoding", "last"),
    [
        ("\n", "utf-8", "\n"),
        ("\r\n", "utf-8-sig", ""),
        ("\r", "utf-16", "\n\n"),
        ("\r\n", "cp1252", "\n,,\n"),
        ("\n", "utf-16", ""),
    ],
)
def test_lines_above_and_below(workshop, end, encoding, last):
    text = TITLES + HEAD + ROWS.replace("ads", "Größe") + TOTAL.rstrip("\n") + last
    workshop.write("costs.csv", text.replace("\n", end).encode(encoding))
    assert amounts(workshop, {**COSTS, "encoding": "cp1252"}) == AMOUNTS


def test_a_packed_file_and_a_glob(workshop):
    workshop.write("in/1.csv.gz", gzip.compress((TITLES + HEAD + ROWS + TOTAL).encode()))
    workshop.write("in/2.csv", TITLES + HEAD + "2026-03,ads,5\n" + TOTAL)
    assert amounts(workshop, {**COSTS, "path": "in/*"}) == [*AMOUNTS, 5_000_000]


def test_lines_are_counted_in_the_file_as_it_came(workshop):
    workshop.write("costs.csv", TITLES + HEAD + ROWS + "2026-03,ads,many\n2026-03,ads\n" + TOTAL)
    ragged, value, _ = workshop.refused({"acquisition_costs": COSTS}, as_of="2026-04-01")
    assert ragged.startswith("costs.csv, line 7: 2 fields where the first line names 3.")
    assert value.startswith('costs.csv, line 6, column amount: "many" is not a number.')


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_column_is_named_by_the_first_row_that_names_it(workshop, end):
    text = (
        'Respondent ID,Date Created,"How likely is it, that you would\nrecommend us?",,Why?\n'
        ",,,NPS Category,Open-Ended Response\n"
        '{""ImportId""},x,x,x,x\n'
        "1,2026-01-15,9,Promoter,\n2,2026-01-16,nine,,\n"
    )
    workshop.write("answers.csv", text.replace("\n", end))
    columns = {
        "response_id": "Respondent ID",
        "responded_at": "Date Created",
        "score": "how likely is it, that you would recommend us?",
        "instrument": "'nps'",
        "category": "NPS Category",
    }
    source = {"path": "answers.csv", "header_rows": 3, "columns": columns}
    refused = workshop.refused({"survey_responses": source}, as_of="2026-02-01")[0]
    assert refused.startswith("answers.csv, line 6, column How likely is it, that you would recomm")
    data = workshop.open({"survey_responses": source}, as_of="2026-02-01", allow_rejects=True)
    assert data.inputs[0].rows == 2 and data.inputs[0].rejected == 1


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"skip": 9}, "costs.csv: skip: 9 leaves nothing, for the file has 6 lines."),
        ({"footer": 9}, "costs.csv: footer: 9 leaves nothing, for the file has fewer lines."),
        ({"path": "costs.parquet"}, "costs.parquet: skip and footer speak of the lines of a CSV"),
    ],
)
def test_lines_that_are_not_there(workshop, keys, says):
    import pandas as pd

    workshop.write("costs.csv", TITLES + HEAD + ROWS + TOTAL)
    pd.DataFrame({"month": ["2026-01"], "amount": [1]}).to_parquet(workshop.root / "costs.parquet")
    [line] = workshop.refused({"acquisition_costs": {**COSTS, **keys}})
    assert line.startswith(says)


def test_lines_of_a_query_are_not_cut(workshop):
    with pytest.raises(
        Exception, match="skip and footer speak of a CSV file or a sheet, not of sql"
    ):
        workshop.edition({"acquisition_costs": {"sql": "SELECT 1", "skip": 1, "footer": 2}})


def test_a_column_whose_name_might_be_computed(workshop):
    workshop.write(
        "subs.csv", "subscriptions.id,Created (UTC),MRR - net\n1,2026-01-15,10\n2,soon,10\n"
    )
    columns = {
        "customer_id": "subscriptions.id",
        "start_date": "created  (utc)",
        "mrr": 'CAST("MRR - net" AS INTEGER) * 2',
    }
    tables = {"subscriptions": {"path": "subs.csv", "columns": columns}}
    assert workshop.refused(tables)[0].startswith("subs.csv, line 3, column Created (UTC): ")
    workshop.write("subs.csv", "subscriptions.id,Created (UTC),MRR - net\n1,2026-01-15,10\n")
    assert workshop.rows(tables)[0][2] == 20_000_000
