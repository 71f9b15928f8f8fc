"""Changes that change nothing: the same values, spelled in another way."""

from datetime import datetime, timedelta
from random import Random

from fuzz_case import NEUTRAL, Case, mutation
from fuzz_company import COLUMNS, DATES, NUMBERS, Writing

DATED = tuple(DATES)
COUNTED = tuple(NUMBERS)
WITH_IDS = tuple(name for name in COLUMNS if "customer_id" in COLUMNS[name])
MOMENTS = ("orders", "usage_events", "survey_responses")


@mutation(NEUTRAL, *WITH_IDS)
def customers_named_otherwise(case: Case, draw: Random):
    ids = sorted({row["customer_id"] for rows in case.tables.values() for row in rows if "customer_id" in row})  # fmt: skip
    make = draw.choice(
        [lambda n: f"{n:06}", lambda n: f"{10**14 + n}", lambda n: f"k{n}é", lambda n: f"O'{n}",
         lambda n: f'"{n}', lambda n: f"a,{n}", lambda n: f"日{n}", lambda n: f"{n}.0",
         lambda n: f"={n}+1", lambda n: f"ID {n}", lambda n: f"x{n}" * 40, lambda n: f"{n}e5"]
    )  # fmt: skip
    new = {old: make(number) for number, old in enumerate(ids, 1)}
    for rows in (case.rows, *case.tables.values()):
        for row in rows:
            if "customer_id" in row:
                row["customer_id"] = new[row["customer_id"]]
    case.right = [case.model()]
    case.note = make(7)


@mutation(NEUTRAL, *DATED)
def dates_spelled_otherwise(case: Case, draw: Random):
    column = draw.choice(DATES[case.table])
    forms = (
        [lambda t: f"{t:%Y-%m}", lambda t: f"{t:%Y-%m}-17"]
        if column == "month"
        else [
            lambda t: f"{t:%Y-%m-%dT%H:%M:%S}", lambda t: f"{t:%Y-%m-%d %H:%M:%S}.000",
            lambda t: f"{t:%Y-%m-%dT%H:%M:%S}Z", lambda t: f"{t:%Y-%m-%d %H:%M:%S} UTC",
            lambda t: f"{t:%Y-%m-%d %H:%M:%S}+00:00", lambda t: f"{t:%Y/%m/%d %H:%M:%S}",
            lambda t: f"{t + timedelta(hours=2):%Y-%m-%dT%H:%M:%S}+02:00",
            lambda t: f"{t - timedelta(hours=8):%Y-%m-%d %H:%M:%S}-08",
            lambda t: f"{t + timedelta(minutes=330):%Y-%m-%d %H:%M:%S}+0530",
            lambda t: f"{t:%Y-%m-%d %H:%M:%S} GMT", lambda t: f"{t:%Y-%m-%d %I:%M:%S %p}",
            lambda t: f"  {t:%Y-%m-%d %H:%M:%S} ", lambda t: f"{t:%Y-%m-%dT%H:%M:%S.000000Z}",
            lambda t: f"{t:%Y-%m-%d %H:%M:%S}.000 +0000",
        ]
    )  # fmt: skip
    form = draw.choice(forms)
    every = draw.random() < 0.7
    for index, row in enumerate(case.rows):
        if row[column] and (every or draw.random() < 0.2):
            row[column] = form(moment(row[column]))
            case.note = f"{column} as {row[column]}"
            case.at(index + 2)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}-01" if len(text) == 7 else text)


@mutation(NEUTRAL, *DATED)
def dates_in_a_format(case: Case, draw: Random):
    column = draw.choice(DATES[case.table])
    form = draw.choice(["%d.%m.%Y", "%m/%d/%Y", "%d-%b-%Y", "%Y%m%d", "%d %B %Y"])
    if case.table in MOMENTS:
        form += draw.choice([" %H:%M:%S", " %I:%M:%S %p"])
    for row in case.rows:
        for each in DATES[case.table]:
            if row[each]:
                row[each] = f"{moment(row[each]):{form}}"
    case.source(date_format=form)
    case.note = f"{column} as {form}"


@mutation(NEUTRAL, *COUNTED)
def numbers_spelled_otherwise(case: Case, draw: Random):
    column = draw.choice(NUMBERS[case.table])
    form = draw.choice(
        [lambda x: f"+{x}" if x[0] != "-" else x, lambda x: f"{float(x):.6f}", lambda x: f" {x} ",
         lambda x: f"{x}00" if "." in x else f"{x}.00", lambda x: f"0{x}" if x[0] != "-" else x,
         lambda x: f"{float(x):.9e}"]
    )  # fmt: skip
    for index, row in enumerate(case.rows):
        if row[column]:
            row[column] = form(row[column])
            case.note = f"{column} as {row[column]}"
            case.at(index + 2)


@mutation(NEUTRAL, *COUNTED)
def decimal_commas(case: Case, draw: Random):
    column = draw.choice(NUMBERS[case.table])
    dots = draw.random() < 0.5
    for row in case.rows:
        if row[column]:
            whole, _, part = row[column].partition(".")
            if dots:
                whole = f"{int(whole):,}".replace(",", ".") if whole not in ("-0",) else whole
            row[column] = f"{whole},{part}" if part else whole
    case.source(decimal=",")
    case.write(case.text(Writing(delimiter=draw.choice(";,"))))
    case.note = f"{column}, dots {dots}"


@mutation(NEUTRAL, "subscriptions", "orders")
def another_currency_at_one(case: Case, draw: Random):
    for row in case.rows:
        row["currency"] = draw.choice(["EUR", "usd", "", "USD", " eur "])
    case.settings["rates"] = {"EUR": draw.choice([1, 1.0, "1"])}


@mutation(NEUTRAL, "acquisition_costs")
def costs_in_another_currency(case: Case, draw: Random):
    for row in case.rows:
        row["currency"] = "EUR"
        row["amount"] = str(float(row["amount"]) / 2)
    case.settings["rates"] = {"EUR": 2}
    case.places = [(case.file, None)]
    case.keys = ["currency"]


@mutation(NEUTRAL, "subscriptions", "orders")
def amounts_at_a_rate(case: Case, draw: Random):
    column = NUMBERS[case.table][0]
    for row in case.rows:
        row["currency"], row[column] = "JPY", str(float(row[column]) * 128)
    case.settings["rates"] = {"JPY": 1 / 128}


@mutation(NEUTRAL, "subscriptions")
def prices_by_term(case: Case, draw: Random):
    for row in case.rows:
        months = draw.choice([1, 3, 12])
        row["amount"] = f"{float(row.pop('mrr')) * months:g}"
        row["interval_months"] = str(months)


@mutation(NEUTRAL, "acquisition_costs", "survey_responses")
def words_in_another_case(case: Case, draw: Random):
    column = "category" if case.table == "acquisition_costs" else "instrument"
    for row in case.rows:
        row[column] = draw.choice([str.upper, str.title, lambda x: f" {x} "])(row[column])
    case.note = column


@mutation(NEUTRAL)
def blanks_around(case: Case, draw: Random):
    for row in case.rows:
        for column in row:
            if row[column] and draw.random() < 0.3:
                row[column] = draw.choice([" {}", "{} ", "  {}  ", "\t{}"]).format(row[column])


@mutation(NEUTRAL, "survey_responses")
def comments_of_many_kinds(case: Case, draw: Random):
    for row in case.rows:
        row["comment"] = draw.choice(
            ["two\nlines", 'a "quoted" word', "a, b; c", "=cmd()", "😀", "x" * 3000, "NULL",
             "a\r\nb", "", "-", "<b>", "'", '"', "\\", "\\n", "tab\there", "\ufeff"]
        )  # fmt: skip


@mutation(NEUTRAL, "orders", "usage_events")
def clocks_of_another_zone(case: Case, draw: Random):
    """Moments with their offset, and an edition that keeps another zone's days: whole days moved."""
    zone, hours = draw.choice([("Asia/Singapore", 8), ("Etc/GMT+5", -5)])
    column = DATES[case.table][0]
    for row in case.rows:
        utc = moment(row[column]) - timedelta(hours=hours)
        row[column] = f"{utc:%Y-%m-%dT%H:%M:%S}Z"
    case.settings["timezone"] = zone
    case.note = zone
