"""The same row twice: refused across files, refused or said inside one, and never counted in silence."""

import pytest

HEAD = "customer_id,start_date,end_date,mrr\n"
BILLING = {"subscriptions": "billing_*.csv"}
AGAIN = "stands again in"


def full_exports(workshop):
    workshop.write("billing_jan.csv", HEAD + "a,2025-01-10,,100\nb,2025-01-12,,50\n")
    workshop.write(
        "billing_feb.csv",
        HEAD + "a,2025-01-10,,100\nb,2025-01-12,2025-02-20,50\nc,2025-02-03,,70\n",
    )


def latest(path):
    return {"path": path, "latest": "file"}


def test_full_exports_under_one_glob_are_refused_with_both_places(workshop):
    full_exports(workshop)
    line = workshop.refused(BILLING)[0]
    assert line.startswith(
        "billing_jan.csv, line 2: the same row stands again in billing_feb.csv, line 2"
    )
    assert "latest: file" in line and line.endswith("(2 rows, then line 3)")


def test_the_latest_file_counts_where_the_edition_says_so(workshop):
    full_exports(workshop)
    data = workshop.open({"subscriptions": latest("billing_*.csv")}, as_of="2025-04-01")
    rows = data.engine.collect(data.tables["subscriptions"]).sort_values("customer_id")
    assert (rows["mrr"] // 1_000_000).tolist() == [100, 50, 70]
    assert rows["end_date"].notna().tolist() == [False, True, False]
    assert data.inputs[0].rows == 3
    says = next(each.says for each in data.findings if each.rule == "several exports")
    assert (
        "billing_feb.csv counts as the newest" in says and "2 rows of older files gave way" in says
    )


def test_with_rejects_allowed_the_newer_row_stays(workshop):
    full_exports(workshop)
    data = workshop.open(BILLING, allow_rejects=True, as_of="2025-04-01")
    rows = data.engine.collect(data.tables["subscriptions"])
    assert rows["end_date"].notna().sum() == 1
    assert (data.inputs[0].rows, data.inputs[0].rejected) == (5, 2)


def test_a_late_cancellation_of_a_subscription_with_an_id_stays(workshop):
    head = "subscription_id," + HEAD
    workshop.write("s_2025-01.csv", head + "1,a,2025-01-10,,100\n")
    workshop.write("s_2025-02.csv", head + "1,a,2025-01-10,2025-02-20,100\n")
    tables = {"subscriptions": "s_*.csv"}
    assert "latest: file" in workshop.refused(tables)[0]
    data = workshop.open(tables, allow_rejects=True, as_of="2025-04-01")
    assert data.engine.collect(data.tables["subscriptions"])["end_date"].notna().tolist() == [True]


def test_an_overlap_with_a_newer_file_keeps_the_newer_row(workshop):
    head = "subscription_id," + HEAD
    workshop.write("s_2025-01.csv", head + "1,a,2025-01-10,,100\n")
    workshop.write("s_2025-02.csv", head + "1,a,2025-01-20,2025-02-20,90\n")
    tables = {"subscriptions": "s_*.csv"}
    assert workshop.refused(tables)[0].startswith("s_2025-01.csv, line 2, column subscription_id")
    data = workshop.open(tables, allow_rejects=True, as_of="2025-04-01")
    assert data.engine.collect(data.tables["subscriptions"])["mrr"].tolist() == [90_000_000]
    data = workshop.open({"subscriptions": latest("s_*.csv")}, as_of="2025-04-01")
    assert data.engine.collect(data.tables["subscriptions"])["mrr"].tolist() == [90_000_000]


def test_changes_in_monthly_files_are_no_repeats(workshop):
    head = "subscription_id," + HEAD
    workshop.write("s_2025-01.csv", head + "1,a,2025-01-10,2025-02-10,100\n")
    workshop.write("s_2025-02.csv", head + "1,a,2025-02-10,,120\n")
    assert len(workshop.rows({"subscriptions": "s_*.csv"})) == 2


TABLES = {
    "customers": ("customer_id", "a"),
    "subscriptions": ("customer_id,start_date,mrr", "a,2025-01-10,5"),
    "orders": ("customer_id,ordered_at,amount", "a,2025-01-10 10:00:00,5"),
    "acquisition_costs": ("month,amount,category", "2025-01,5,sales"),
    "usage_events": ("customer_id,occurred_at,feature", "a,2025-01-10,x"),
    "survey_responses": ("instrument,score,responded_at", "nps,9,2025-01-10"),
}


@pytest.mark.parametrize("table", TABLES)
def test_a_file_given_twice_is_refused_and_each_remedy_works(workshop, table):
    head, row = TABLES[table]
    for name in ("in/x.csv", "in/x 1.csv"):
        workshop.write(name, f"{head}\n{row}\n")
    line = workshop.refused({table: "in/*.csv"}, as_of="2026-01-01")[0]
    assert line.startswith("in/x.csv, line 2") and "stands again in in/x 1.csv, line 2" in line
    assert len(workshop.rows({table: latest("in/*.csv")}, as_of="2026-01-01")) == 1
    assert len(workshop.rows({table: "in/x.csv"}, as_of="2026-01-01")) == 1
    if table != "customers":
        data = workshop.open({table: {"path": "in/*.csv", "repeats": "count"}}, as_of="2026-01-01")
        assert data.inputs[0].rows == 2
        assert any(AGAIN in each.says for each in data.findings)


@pytest.mark.parametrize("table", sorted(set(TABLES) - {"customers"}))
def test_rows_alike_in_one_file_are_counted_and_said(workshop, table):
    head, row = TABLES[table]
    workshop.write("x.csv", f"{head}\n{row}\n{row}\n{row}\n")
    data = workshop.open({table: "x.csv"}, as_of="2026-01-01")
    assert data.inputs[0].rows == 3
    [says] = [each.says for each in data.findings if each.rule == "same row twice"]
    assert says.startswith("x.csv, line 3: the same row stands already in x.csv, line 2")
    assert says.endswith("(2 rows, then line 4)")
    quiet = workshop.open({table: {"path": "x.csv", "repeats": "count"}}, as_of="2026-01-01")
    assert not [each for each in quiet.findings if each.rule == "same row twice"]


def test_the_same_order_twice_is_an_error_unless_rows_are_lines(workshop):
    line = "a,2026-01-01,5,o1\n"
    workshop.write("orders.csv", f"customer_id,ordered_at,amount,order_id\n{line}{line}")
    said = workshop.refused({"orders": "orders.csv"})[0]
    assert said.startswith(
        'orders.csv, line 3, column order_id: "o1" stands already in orders.csv, line 2'
    )
    lines = {"orders": {"path": "orders.csv", "repeats": "count"}}
    assert len(workshop.rows(lines)) == 2


def test_lines_of_an_order_with_other_amounts_are_no_repeats(workshop):
    text = "customer_id,ordered_at,amount,order_id\na,2026-01-01,5,o1\na,2026-01-01,6,o1\na,2026-01-02,5,o1\n"
    workshop.write("orders.csv", text)
    data = workshop.open({"orders": "orders.csv"}, as_of="2026-02-01")
    assert data.findings == ()


def test_ids_that_do_not_rise_are_still_compared(workshop):
    rows = [f"a,2026-01-01,{n},o{n * 7919 % 1000}\n" for n in range(1000)]
    workshop.write(
        "orders.csv", "customer_id,ordered_at,amount,order_id\n" + "".join([*rows, rows[3]])
    )
    assert workshop.refused({"orders": "orders.csv"})[0].startswith("orders.csv, line 1002")


def test_blank_ids_of_orders_are_compared_by_the_whole_row(workshop):
    text = "customer_id,ordered_at,amount,order_id\na,2026-01-01,5,\na,2026-01-01,5,\na,2026-01-01,5,1\n"
    workshop.write("orders.csv", text)
    data = workshop.open({"orders": "orders.csv"}, as_of="2026-02-01")
    assert [each.rows for each in data.findings if each.rule == "same row twice"] == [1]


def test_lines_are_still_known_after_older_rows_gave_way(workshop):
    head = "customer_id,ordered_at,amount,order_id\n"
    old = "".join(f"a,2026-01-01,1,{n}\n" for n in range(3000))
    new = "".join(f"a,2026-01-01,{2 if n != 2500 else 'x'},{n}\n" for n in range(100, 3000))
    workshop.write("in/2026-01.csv", head + old)
    workshop.write("in/2026-02.csv", head + new)
    said = workshop.refused({"orders": latest("in/*.csv")}, as_of="2026-03-01")[0]
    assert said.startswith("in/2026-02.csv, line 2402, column amount")


@pytest.mark.parametrize(
    ("names", "newest"),
    [
        (["b_jan.csv", "b_feb.csv"], "b_feb.csv"),
        (["b_2.csv", "b_10.csv"], "b_10.csv"),
        (["dec_2024.csv", "jan_2025.csv"], "jan_2025.csv"),
        (["01-12-2024.csv", "15-01-2025.csv"], "15-01-2025.csv"),
        (["20241231.csv", "202501.csv"], "202501.csv"),
        (["x.csv", "x (1).csv"], "x (1).csv"),
        (["2024-12/x.csv", "2025-01/x.csv"], "2025-01/x.csv"),
    ],
)
def test_the_newest_file_is_known_by_the_dates_and_numbers_in_the_names(workshop, names, newest):
    for name in names:
        workshop.write(f"in/{name}", HEAD + f"a,2025-01-10,,{2 if name == newest else 1}\n")
    [row] = workshop.rows({"subscriptions": latest("in/**/*.csv")}, as_of="2025-04-01")
    assert 2_000_000 in row


@pytest.mark.parametrize("names", [["old.csv", "new.csv"], ["01-02-2025.csv", "02-01-2025.csv"]])
def test_names_that_do_not_tell_the_newest_are_refused(workshop, names):
    for name in names:
        workshop.write(f"in/{name}", HEAD + "a,2025-01-10,,1\n")
    [line] = workshop.refused({"subscriptions": latest("in/*.csv")})
    assert "do not tell which is newer" in line and "export_2026-02.csv" in line


def test_months_without_a_year_are_held_against_the_rows(workshop):
    workshop.write("in/dec.csv", HEAD + "a,2024-12-10,,1\n")
    workshop.write("in/jan.csv", HEAD + "a,2024-12-10,,1\nb,2025-01-10,,1\n")
    [line] = workshop.refused({"subscriptions": latest("in/*.csv")})
    assert "Put the year into the names" in line
