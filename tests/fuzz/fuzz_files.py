"""Files that lie: rows twice, lines lost, headers that do not fit, packing cut off."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

import fuzz_company as company
from fuzz_case import LYING, Case, mutation
from fuzz_company import COLUMNS, DATES, NEEDED, packed_up
from fuzz_spellings import DATED, moment

KEYED = ("customers", "survey_responses", "orders")


@mutation(LYING)
def a_row_twice(case: Case, draw: Random):
    index = draw.randrange(len(case.rows))
    again = draw.randrange(index + 1, len(case.rows) + 1)
    case.rows.insert(again, dict(case.rows[index]))
    case.at(index + 2, again + 2)
    case.said = [case.as_rows(), case.tables]
    if case.table in KEYED:
        case.said = [case.tables]


@mutation(LYING)
def a_file_twice(case: Case, draw: Random):
    lines = case.lines()
    half = len(lines) // 2
    again = draw.choice(["whole", "copy of one", "overlap", "packed"])
    parts = {
        "whole": {"a.csv": lines, "b.csv": lines},
        "copy of one": {"a.csv": lines[:half], "b.csv": lines[:1] + lines[half:],
                        "b (1).csv": lines[:1] + lines[half:]},
        "overlap": {"a.csv": lines[: half + 2], "b.csv": lines[:1] + lines[half:]},
        "packed": {"a.csv": lines, "b.csv.gz": lines},
    }[again]  # fmt: skip
    for name, own in parts.items():
        text = "".join(own)
        case.write(packed_up(text) if name.endswith("gz") else text, f"billing/{name}")
        case.at(None, file=name)
    case.path("billing/*")
    case.note = again
    case.said = [case.tables]


@mutation(LYING)
def a_column_gone_from_one_file(case: Case, draw: Random):
    names = list(case.rows[0])
    gone = draw.choice(names)
    half = len(case.rows) // 2
    parts = [case.rows[:half], case.rows[half:]]
    short = draw.randrange(2)
    for row in parts[short]:
        del row[gone]
    for number, own in enumerate(parts):
        case.write(company.written(own), f"parts/p{number}.csv")
    case.path("parts/*.csv")
    case.note = f"{gone} from p{short}"
    case.at(None, file=f"p{short}.csv")


@mutation(LYING)
def a_name_twice_in_the_header(case: Case, draw: Random):
    names = list(case.rows[0])
    known = draw.choice([name for name in names if name in COLUMNS[case.table]])
    other = draw.choice([name for name in names if name != known])
    header = [known if name == other else name for name in names]
    if draw.random() < 0.4:
        header[header.index(known)] = known.upper()
    case.write(case.text(header=header))
    case.note = ",".join(header)
    case.at(None, 1)


@mutation(LYING)
def a_known_name_besides(case: Case, draw: Random):
    """A further column that is a known one under another spelling: which of the two is meant?"""
    known = draw.choice([name for name in case.rows[0] if name in COLUMNS[case.table]])
    spelled = draw.choice([known.upper(), known.replace("_", " "), known.title(), f"{known} "])
    if spelled == known:
        spelled = known.upper()
    for index, row in enumerate(case.rows):
        row[spelled] = case.rows[index - 1][known]
    case.note = spelled
    case.at(None, 1)


@mutation(LYING, "subscriptions", "orders", "acquisition_costs", "survey_responses", "usage_events")
def names_of_the_header_swapped(case: Case, draw: Random):
    pairs = {
        "subscriptions": [("start_date", "end_date"), ("mrr", "customer_id"), ("mrr", "start_date")],
        "orders": [("amount", "customer_id"), ("ordered_at", "amount"), ("ordered_at", "order_id")],
        "acquisition_costs": [("month", "amount"), ("amount", "channel")],
        "survey_responses": [("score", "instrument"), ("instrument", "touchpoint"), ("score", "response_id")],
        "usage_events": [("occurred_at", "feature"), ("occurred_at", "customer_id")],
    }  # fmt: skip
    one, other = draw.choice(pairs[case.table])
    spelled = {one: other, other: one}
    case.write(case.text(header=[spelled.get(name, name) for name in case.rows[0]]))
    case.note = f"{one} and {other}"
    case.at(None, *range(1, len(case.rows) + 2))


@mutation(LYING)
def a_needed_column_gone(case: Case, draw: Random):
    gone = draw.choice(NEEDED[case.table])
    for row in case.rows:
        del row[gone]
    case.note = gone
    case.at(None)


@mutation(LYING)
def packing_cut_off(case: Case, draw: Random):
    packed = packed_up(case.text())
    bad = draw.choice(["cut", "flipped", "empty", "junk after", "two members"])
    name = f"{case.file}.gz"
    middle = draw.randrange(12, len(packed) - 8)
    content = {
        "cut": packed[:middle],
        "flipped": packed[:middle] + bytes([packed[middle] ^ 0x55]) + packed[middle + 1 :],
        "empty": b"",
        "junk after": packed + b"junk",
        "two members": b"",
    }[bad]
    if bad == "two members":
        lines = case.lines()
        half = len(lines) // 2
        content = b"".join(packed_up("".join(own)) for own in (lines[:half], lines[half:]))
    if bad in ("two members", "junk after"):
        case.right = [case.tables]
    case.write(content, name)
    case.path(name)
    case.note = bad
    case.at(None, file=name)


@mutation(LYING)
def no_table_at_all(case: Case, draw: Random):
    content = draw.choice(
        [b"", b"\n", b" \n \n", b"\x00", b"<!DOCTYPE html>\n<html><body>Login</body></html>\n", b"{}", b"[]",
         b"PK\x03\x04" + bytes(range(200)), b"\xd0\xcf\x11\xe0" + bytes(90), bytes(range(256)), b"customer_id",
         b"\xef\xbb\xbf", b'"', b'""\n', b",\n", b",,,\n,,,\n", b"a\n1\n", b"%PDF-1.7\n\xe2\xe3", b"\xff\xfe",
         b"\r", b"\x1f\x8b", b"PAR1" + bytes(40) + b"PAR1"]
    )  # fmt: skip
    name = draw.choice(
        [case.file, case.file, f"{case.table}.json", f"{case.table}.parquet", f"{case.table}.jsonl"]
    )
    case.write(content, name)
    case.path(name)
    case.note = f"{name}: {content[:20]!r}"
    case.at(None, 1, file=name)


@mutation(LYING)
def the_header_alone(case: Case, draw: Random):
    case.write(case.lines()[0])
    case.at(None, 1)
    case.keys.append(case.table)


@mutation(LYING, "subscriptions")
def ends_that_are_the_last_day(case: Case, draw: Random):
    """Follow-on rows start the day after the row before ends: its end is a day that was paid for."""
    for row in case.rows:
        if row["end_date"]:
            row["end_date"] = str(date.fromisoformat(row["end_date"]) - timedelta(days=1))
    case.said = [case.as_rows(), case.tables]
    if draw.random() < 0.4:
        case.source(end_date="inclusive")
        case.said, case.right = [], [case.tables]
        case.keys.append("end_date")


@mutation(LYING, "subscriptions")
def only_those_who_stay(case: Case, draw: Random):
    case.rows = [row for row in case.rows if not row["end_date"]]
    case.said = [case.as_rows()]


@mutation(LYING, "orders")
def orders_of_nothing(case: Case, draw: Random):
    for index in draw.sample(range(len(case.rows)), draw.randrange(1, 6)):
        case.rows[index]["amount"] = draw.choice(["0", "0.00", "-0", "0.0000001"])
        case.at(index + 2)
    case.said = [case.as_rows()]


@mutation(LYING, *DATED)
def most_leave_on_one_day(case: Case, draw: Random):
    if case.table != "subscriptions":
        column = DATES[case.table][0]
        case.rows.sort(key=lambda row: moment(row[column]))
        case.right = [case.tables]
        return
    for row in case.rows:
        if not row["end_date"] and draw.random() < 0.7:
            row["end_date"] = "2026-03-31"
    case.said = [case.as_rows()]


@mutation(LYING, "subscriptions", "orders", "customers", "survey_responses", "usage_events")
def full_exports_in_one_folder(case: Case, draw: Random):
    """Last month's export beside this month's, which holds all that it held and more."""
    older = [dict(row) for row in case.rows[: draw.randrange(2, len(case.rows))]]
    if case.table == "subscriptions":
        for row in older:
            row["end_date"] = row["end_reason"] = ""
    names = draw.choice([("2026-02.csv", "2026-03.csv"), ("export_1.csv", "export_2.csv")])
    for name, rows in zip(names, (older, case.rows), strict=True):
        case.write(company.written(rows), f"billing/{name}")
        case.at(None, file=name)
    case.path("billing/*.csv")
    case.said = [case.tables]
    if draw.random() < 0.4:
        case.source(latest="file")
        case.said, case.right, case.keys = [], [case.tables], ["latest"]


@mutation(LYING, "subscriptions")
def prices_by_the_week(case: Case, draw: Random):
    right = case.model()
    for row, clean in zip(case.rows, right["subscriptions"], strict=True):
        weeks = draw.choice([1, 2, 4])
        row["amount"] = row.pop("mrr")
        row["interval_weeks"] = str(weeks)
        monthly = Decimal(row["amount"]) * 52 / (12 * weeks)
        clean["mrr"] = f"{monthly.quantize(Decimal('0.000001'), ROUND_HALF_UP)}"
    case.right, case.keys = [right], ["mrr"]
    case.at(None)
