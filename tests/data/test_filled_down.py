"""Reports for the eye: the customer's name stands once above its rows, and totals below. Read by keys."""

import pytest
import yaml
from offers import offers

AS_OF = {"as_of": "2026-07-01"}
#: as QuickBooks writes sales by customer: 105 + 70 of Amy, 85 of Bill
DETAIL = """Customer,Date,Num,Amount
Amy's,,,
,2026-06-01,1021,105.00
,2026-06-15,1023,70.00
Total for Amy's,,,175.00
Bill,,,
,2026-06-05,1027,85.00
Total for Bill,,,85.00
TOTAL,,,260.00
"""
COLUMNS = {"customer_id": "Customer", "ordered_at": "Date"}
LEFT_OUT = {"Customer": {"not": ["Total*"]}}


def opened(workshop, text=DETAIL, **keys):
    workshop.write("report.csv", text)
    told = {"path": "report.csv", "columns": COLUMNS, **keys}
    return workshop.open({"orders": told}, **AS_OF)


def amounts(data):
    rows = data.engine.collect(data.tables["orders"])
    return [
        (who, amount / 1e6) for who, amount in zip(rows["customer_id"], rows["amount"], strict=True)
    ]


def test_each_row_is_given_the_name_above_it(workshop):
    data = opened(workshop, fill_down=["Customer"], where=LEFT_OUT)
    assert amounts(data) == [("Amy's", 105), ("Amy's", 70), ("Bill", 85)]
    assert {each.rule for each in data.findings} == {
        "said of the export",
        "column spelled otherwise",
    }


def test_the_check_offers_the_keys_that_read_the_report(workshop):
    workshop.write("report.csv", DETAIL)
    says, *_ = workshop.refused({"orders": {"path": "report.csv", "columns": COLUMNS}}, **AS_OF)
    assert says.startswith("report.csv, line 3, column Customer: the value is missing")
    [keys] = offers(says)
    assert keys == {"fill_down": ["Customer"], "where": LEFT_OUT}
    assert len(amounts(opened(workshop, **keys))) == 3


def test_totals_that_nobody_left_out_are_refused_with_the_key(workshop):
    workshop.write("report.csv", DETAIL)
    told = {"path": "report.csv", "columns": COLUMNS, "fill_down": ["Customer"]}
    says, *_ = workshop.refused({"orders": told}, **AS_OF)
    assert says.startswith("report.csv, line 5, column Date") and "(3 rows, then line 8, 9)" in says
    assert offers(says) == [{"where": LEFT_OUT}]


def test_what_stands_below_a_total_without_a_name_is_nobodys(workshop):
    """A customer's own row below the total of a part of it: never counted under that part, nor left out."""
    text = DETAIL.replace("Bill,,,\n", "")
    workshop.write("report.csv", text)
    told = {"path": "report.csv", "columns": COLUMNS, "fill_down": "Customer", "where": LEFT_OUT}
    [says, _] = workshop.refused({"orders": told}, **AS_OF)
    assert says.startswith("report.csv, line 6, column Customer: the value is missing")


def test_names_that_share_their_column_with_the_rows(workshop):
    """As Xero writes what is owed: the customer stands alone in the column of the dates."""
    text = (
        "Invoice Date,Number,Due\nCity,,\n2026-06-01,1,100\n2026-06-05,2,50\nTotal City,,150\n"
        "Boom,,\n2026-06-07,3,20\nTotal Boom,,20\nTotal,,170\n"
    )
    data = opened(
        workshop,
        text,
        columns={"ordered_at": "Invoice Date", "amount": "Due"},
        fill_down={"customer_id": "Invoice Date"},
        where={"Invoice Date": {"not": ["Total*"]}},
    )
    assert amounts(data) == [("City", 100), ("City", 50), ("Boom", 20)]


def test_two_columns_of_names_and_columns_of_months(workshop):
    """A pivot table: the region above the customers, whose next region begins without a customer of the last."""
    text = "Region,Customer,2026-05,2026-06\nEU,Ada,10,10\n,,1,1\n,Bo,5,\nUS,,2,2\n,Cy,7,7\n"
    workshop.write("report.csv", text)
    told = {
        "path": "report.csv",
        "columns": {"customer_id": "Customer", "region": "Region"},
        "months": "columns",
        "fill_down": ["Region", "Customer"],
    }
    [says, _] = workshop.refused({"subscriptions": told}, segments=["region"], **AS_OF)
    assert says.startswith("report.csv, line 5, column Customer: the value is missing")
    workshop.write("report.csv", text.replace("US,,2,2\n,Cy", "US,Cy"))
    data = workshop.open({"subscriptions": told}, segments=["region"], **AS_OF)
    found = data.engine.collect(data.tables["subscriptions"])
    sums = (found.groupby(["region", "customer_id"])["mrr"].sum() / 1e6).to_dict()
    assert sums == {("EU", "Ada"): 22, ("EU", "Bo"): 5, ("US", "Cy"): 14}


def test_each_file_begins_anew(workshop):
    workshop.write("report_1.csv", DETAIL.split("Total for Bill")[0])
    workshop.write("report_2.csv", "Customer,Date,Num,Amount\n,2026-06-20,1030,1\n")
    told = {"path": "report_*.csv", "columns": COLUMNS, "fill_down": "Customer", "where": LEFT_OUT}
    [says, _] = workshop.refused({"orders": told}, **AS_OF)
    assert says.startswith("report_2.csv, line 2, column Customer: the value is missing")


def test_a_few_blank_ids_are_no_report(workshop):
    """One order without a customer must not be given to whom the row above is of."""
    rows = "".join(f"c{n},2026-06-{1 + n:02d},{n},1\n" for n in range(9))
    workshop.write(
        "report.csv", f"Customer,Date,Num,Amount\n{rows},2026-06-20,9,1\nd,2026-06-21,10,1\n"
    )
    [says, _] = workshop.refused({"orders": {"path": "report.csv", "columns": COLUMNS}}, **AS_OF)
    assert says.endswith("Correct the export.")


def test_a_last_line_without_names_is_offered_as_a_footer(workshop):
    workshop.write(
        "report.csv", "Customer,Date,Num,Amount\na,2026-06-20,9,1\nb,2026-06-20,9,1\n,,,2\n"
    )
    says, *_ = workshop.refused({"orders": {"path": "report.csv", "columns": COLUMNS}}, **AS_OF)
    told = {"path": "report.csv", "columns": COLUMNS, **offers(says)[0]}
    assert workshop.open({"orders": told}, **AS_OF).inputs[0].rows == 2


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (
            {"fill_down": ["Custmer"]},
            "Custmer is not a column of report.csv. Did you mean Customer?",
        ),
        (
            {"sql": "SELECT 1", "path": None, "fill_down": ["a"]},
            "fill_down needs the lines of a file",
        ),
        ({"adapter": "stripe", "fill_down": ["a"]}, "leave out fill_down"),
    ],
)
def test_a_fill_down_that_cannot_be_meant_is_refused(workshop, told, says):
    workshop.write("report.csv", DETAIL)
    source = {name: own for name, own in {"path": "report.csv", **told}.items() if own}
    assert says in "".join(workshop.refused({"orders": source}, **AS_OF))


@pytest.mark.parametrize("column", ["Customer", ""])
def test_new_proposes_the_keys_of_such_a_report(tmp_path, column):
    from cs_lib.data.sources.filled_down import grouped_in
    from cs_lib.edition.adapter_files import adapters
    from cs_lib.pack.new.edition_text import edition_text
    from cs_lib.pack.new.folder_files import files_in
    from cs_lib.pack.new.proposal import Proposal, chosen_tables

    end = "\n\nAccrual Basis  Friday, July 3, 2026\n"
    text = "Sales by Customer Detail\nAcme\n\n" + DETAIL.replace("Customer,", f"{column},", 1) + end
    (tmp_path / "report.csv").write_text(text)
    proposal = Proposal("acme", "e", *chosen_tables(files_in(tmp_path, adapters(tmp_path))))
    lines = edition_text(proposal).split("  # orders:\n")[1].splitlines()
    own = yaml.safe_load("\n".join(each[4:] for each in lines if each.startswith("  #   ")))
    name = column or "column_1"
    assert own == {
        "path": "report.csv",
        "skip": 3,
        "footer": 3,
        "fill_down": [name],
        "where": {name: {"not": ["Total*"]}},
        "columns": {
            "customer_id": name,
            "ordered_at": "Date",
            "order_id": "Num",
            "amount": "Amount",
        },
    }
    assert grouped_in([["a", "b"], ["c", "d"]]) is None
