"""Cells that lie: one value of one row cannot be what the clean company says."""

from datetime import datetime, timedelta
from random import Random

from fuzz_case import LYING, Case, mutation
from fuzz_company import DATES, NUMBERS, REQUIRED
from fuzz_spellings import COUNTED, DATED, WITH_IDS, moment

#: what a word that follows a time says: hours to add to come to UTC; None where it can't be known
ZONES = {
    "UTC": 0, "GMT": 0, "Z": 0, "PST": 8, "PDT": 7, "EST": 5, "CET": -1, "+02:00": -2, "-0330": 3.5,
    "+05:30": -5.5, "-08": 8,
}  # fmt: skip
TAILS = (
    " foo", " America/New_York", " PM", " BC", " (BC)", "x", " 1", " PST", " EST", " IST", "T", "Q",
    " 00", "-", ".", " 25:00:00", " 10:60:00", " 10:20:30 XYZ", " 10:20:30 foo", " 10:20:30 12",
    " 10:20:30+99:00", " 10:20:30 Europe/Berlin!", " 23:30:00 Mars/Phobos", " 10:20:30 PM PM",
    " 13:20:30:44", " 10:20:30Zz", " 10.20.30", " 24:30:00", " 10:20:30 +2", "\x00", " 1a:00:00",
)  # fmt: skip
NO_DATES = (
    "today", "infinity", "-infinity", "epoch", "now", "46027", "46027.5", "1767225600",
    "1767225600000", "2026", "2026-13-01", "2026-02-30", "2026-00-10", "2025-02-29", "2026-W02-1",
    "2026-005", "0000-00-00", "0001-01-01", "1600-01-01", "1899-12-30", "2150-01-01", "2262-04-12",
    "20225-01-15", "0202-01-15", "202501-01-15", "200000000-01-15", "-2026-01-05", "2026–01–05",
    "5 Jan", "Jan 2026", "00/00/0000", "2026-1", "99-01-05", "26-01-05", "06/01/26", "1/5/26",
    "05.01.26", "26/01/05", "2026-01-05-01", "२०२६-०१-०५", "#REF!", "#########", "12:30", "true",
    "2O26-01-05", "2026-01-O5", "'2026-01-05", "=2026-01-05", "2026,01,05", "2026-01-05/2026-02-05",
)  # fmt: skip
#: spellings that are one date, by what makes them; read rightly or refused
OTHER_DATES = (
    "%d.%m.%Y", "%m/%d/%Y", "%Y%m%d", "%d %b %Y", "%b %d, %Y", "%Y.%m.%d", "%A %d %B %Y", "%d-%m-%Y",
    "%y-%m-%d", "%m/%d/%y", "%d.%m.%y", "%Y-%j", "%Y-%m-%dT%H", "%Y-%m-%d %H", "%a %b %d %H:%M:%S %Y",
)  # fmt: skip
NULLS = (
    "NULL", "null", "N/A", "n/a", "NA", "-", "--", "None", "NaN", "nan", "nil", "\\N", "#N/A", "?", ".",
    "(blank)", "(null)", "undefined", "unknown", '""', "''", "0000-00-00",
)  # fmt: skip
#: (what stands there, what it can only mean; None where it can't be read), made of the old number
WRONG_NUMBERS = (
    "inf", "-inf", "Infinity", "1e30", "1e18", "9.3e12", "99999999999999999999", "1e400", "0x10", "1_000",
    "$50", "50 USD", "€50", "50%", "(50)", "50-", "--5", "5.5.5", "5 0", "1,200.00", "1 200", "1'200",
    "1.200,50", "12,5", "five", "1/2", "5e", "e5", "+", "5..", ",5,", "1,2,3", "1.234.567", "5\x00", "0b1",
    "1e5e", "½", "5 ", "TRUE", "5;6", "²", "1e-400x", "1.2.3,4", "=5+5",
)  # fmt: skip
OTHER_DIGITS = {"fullwidth": "０１２３４５６７８９", "arabic": "٠١٢٣٤٥٦٧٨٩", "deva": "०१२३४५६७८९"}


@mutation(LYING, *DATED)
def a_tail_after_a_date(case: Case, draw: Random):
    column = draw.choice(DATES[case.table])
    tail = draw.choice(TAILS)
    case.poke(draw, column, lambda old: f"{moment(old):%Y-%m-%d}{tail}")


@mutation(LYING, *DATED)
def a_zone_after_a_time(case: Case, draw: Random):
    column, clock = (
        draw.choice(DATES[case.table]),
        draw.choice(["00:10:00", "10:20:30", "23:50:10"]),
    )
    zone, hours = draw.choice(list(ZONES.items()))
    gap = "" if zone[0] in "+-Z" and draw.random() < 0.5 else " "

    def right(old):
        at = datetime.fromisoformat(f"{moment(old):%Y-%m-%d} {clock}") + timedelta(hours=hours)
        return cell(column, at)

    case.poke(draw, column, lambda old: f"{moment(old):%Y-%m-%d} {clock}{gap}{zone}", right)


@mutation(LYING, *DATED)
def a_half_of_the_day(case: Case, draw: Random):
    column = draw.choice(DATES[case.table])
    hour, half = draw.randrange(1, 14), draw.choice(["AM", "PM", "pm", "a.m.", "P.M.", "p"])
    gap = draw.choice([" ", ""])

    def right(old):
        afternoon = half[0] in "Pp"
        wall = (hour % 12) + 12 * afternoon if hour <= 12 else hour
        return cell(column, moment(old).replace(hour=0, minute=5, second=0) + timedelta(hours=wall))

    case.poke(draw, column, lambda old: f"{moment(old):%Y-%m-%d} {hour:02}:05:00{gap}{half}", right)
    if hour > 12:
        case.right = case.right if half[0] in "Pp" else []


def cell(column: str, at: datetime) -> str:
    """A moment as the clean company writes it in this column."""
    if column == "month":
        return f"{at:%Y-%m}"
    dated = column in ("signed_up_on", "first_value_on", "start_date", "end_date")
    return f"{at:%Y-%m-%d}" if dated else f"{at:%Y-%m-%d %H:%M:%S}"


@mutation(LYING, *DATED)
def no_date_at_all(case: Case, draw: Random):
    case.poke(draw, draw.choice(DATES[case.table]), draw.choice(NO_DATES))


@mutation(LYING, *DATED)
def a_date_in_another_format(case: Case, draw: Random):
    column, form = draw.choice(DATES[case.table]), draw.choice(OTHER_DATES)

    def right(old):
        return cell(column, moment(old) if "H" in form else moment(old[:10]))

    case.poke(draw, column, lambda old: f"{moment(old):{form}}", right)
    if form in ("%Y-%m-%dT%H", "%Y-%m-%d %H"):
        case.right = []


@mutation(LYING, *DATED)
def every_date_in_another_format(case: Case, draw: Random):
    column, form = draw.choice(DATES[case.table]), draw.choice(OTHER_DATES[:12])
    right = case.model()
    for index, row in enumerate(case.rows):
        if row[column]:
            right[case.table][index][column] = cell(column, moment(row[column][:10]))
            row[column] = f"{moment(row[column]):{form}}"
            case.at(index + 2)
    case.right = [right]
    case.note = f"{column} as {form}"


@mutation(LYING, "subscriptions")
def ends_that_never_come(case: Case, draw: Random):
    value = draw.choice(["9999-12-31", "9999-12-31 00:00:00", "9999-12-31 23:59:59", "2999-12-31"])
    case.poke(draw, "end_date", value, "")


@mutation(LYING, *DATED, name="words_for_nothing")
def words_for_nothing(case: Case, draw: Random):
    columns = [*DATES[case.table], *NUMBERS.get(case.table, [])]
    column, word = draw.choice(columns), draw.choice(NULLS)
    can_be_blank = column not in REQUIRED[case.table] and column not in ("score", "responded_at")
    case.poke(draw, column, word, *([""] if can_be_blank else []))
    if draw.random() < 0.3:
        case.source(empty=[word])
        case.keys.append("empty")


@mutation(LYING, *COUNTED)
def no_number_at_all(case: Case, draw: Random):
    case.poke(draw, NUMBERS[case.table][0], draw.choice(WRONG_NUMBERS))
    wrong = case.note.split(" → ")[1].strip("'")
    if wrong == "5 ":
        case.right = [case.as_rows()]
    if case.table == "acquisition_costs" and wrong in ("1e18", "9.3e12"):
        case.right = [case.as_rows()]


@mutation(LYING, *COUNTED)
def digits_of_other_scripts(case: Case, draw: Random):
    column = NUMBERS[case.table][0]
    digits = OTHER_DIGITS[draw.choice(list(OTHER_DIGITS))]
    case.poke(
        draw,
        column,
        lambda old: old.translate(str.maketrans("0123456789", digits)),
        lambda old: old,
    )


@mutation(LYING, *COUNTED)
def signs_and_powers(case: Case, draw: Random):
    column = NUMBERS[case.table][0]
    form = draw.choice(
        [lambda x: f"−{x}", lambda x: f"{x}e0", lambda x: f"+{x}", lambda x: f"{x}\u00a0",
         lambda x: f"\u00a0{x}", lambda x: f"{x}000000000000", lambda x: f"{x}E+0", lambda x: f"{x}.",
         lambda x: f"\u200b{x}", lambda x: f"{x}\ufeff", lambda x: f"'{x}", lambda x: f"\t{x}"]
    )  # fmt: skip
    case.poke(draw, column, form, lambda old: old)
    index = case.places[0][1] - 2
    new = case.rows[index][column]
    if new[0] == "−":
        case.right = [case.model_with(index, column, f"-{new[1:]}")]
    elif new.endswith("000000000000") or new.endswith("."):
        case.right = [case.model_with(index, column, new.rstrip("."))]


@mutation(LYING, *COUNTED)
def thousands_marked(case: Case, draw: Random):
    """Every number written with a mark for thousands, which a dot alone does not show."""
    column, mark = NUMBERS[case.table][0], draw.choice([",", " ", "'", ".", "\u00a0", "\u202f"])
    right = case.model()
    for index, row in enumerate(case.rows):
        number = (int(float(row[column] or 1)) or 1) * 1000
        row[column] = f"{number:,}".replace(",", mark)
        right[case.table][index][column] = str(number)
        case.at(index + 2)
    case.right, case.note = [right], f"{column} with {mark!r}"
    if mark == ".":
        case.said = [case.as_rows()]


@mutation(LYING, "subscriptions")
def below_zero(case: Case, draw: Random):
    case.poke(draw, "mrr", lambda old: f"-{old}")


@mutation(LYING, "subscriptions")
def ends_before_it_starts(case: Case, draw: Random):
    index = draw.choice([n for n, row in enumerate(case.rows) if row["end_date"]])
    start = moment(case.rows[index]["start_date"])
    case.rows[index]["end_date"] = f"{start - timedelta(days=draw.randrange(1, 400)):%Y-%m-%d}"
    case.at(index + 2)


@mutation(LYING, *DATED)
def after_the_extract(case: Case, draw: Random):
    column, day = (
        draw.choice(DATES[case.table]),
        draw.choice(["2026-04-01", "2026-05-17", "2062-01-05"]),
    )
    index = case.poke(draw, column, day[:7] if column == "month" else day)
    if (case.table, column) in (("acquisition_costs", "month"), ("subscriptions", "start_date")):
        case.said = [case.as_rows()]
    if column == "end_date":
        case.right = [case.as_rows()]
    if column == "start_date" and case.rows[index]["end_date"]:
        case.said = []


@mutation(LYING, "customers", "survey_responses")
def one_thing_before_the_other(case: Case, draw: Random):
    first, then = DATES[case.table]
    index = draw.choice([n for n, row in enumerate(case.rows) if row[then]])
    early = moment(case.rows[index][first]) - timedelta(days=draw.randrange(1, 60))
    case.rows[index][then] = cell(then, early)
    case.at(index + 2)
    case.said = [case.as_rows()]


@mutation(LYING, "survey_responses")
def off_the_scale(case: Case, draw: Random):
    index = draw.choice([n for n, row in enumerate(case.rows) if row["score"]])
    case.rows[index]["score"] = draw.choice(["-1", "11", "99", "12", "1000000", "7.5" * 1])
    case.at(index + 2)
    case.note = f"{case.rows[index]['instrument']} {case.rows[index]['score']}"
    if case.rows[index]["score"] == "7.5" and case.rows[index]["instrument"] == "nps":
        case.said = [case.as_rows()]


@mutation(LYING, "survey_responses")
def no_such_instrument(case: Case, draw: Random):
    case.poke(
        draw, "instrument", draw.choice(["NPS2", "n.p.s.", "customer satisfaction", "ENPS", "0"])
    )


@mutation(LYING, "survey_responses")
def an_answer_without_its_time(case: Case, draw: Random):
    case.poke(draw, "responded_at", "")


@mutation(LYING, "subscriptions", "orders")
def no_such_currency(case: Case, draw: Random):
    word = draw.choice(["EUR", "US$", "dollar", "€", "US D", "XXX", "USDT", "0"])
    index = case.poke(draw, "currency", word)
    if draw.random() < 0.3:
        case.settings["rates"] = {"GBP": 1.3}
    case.note = f"line {index + 2}: {word}"


@mutation(LYING, *DATED)
def a_blank_that_may_not_be(case: Case, draw: Random):
    case.poke(draw, draw.choice(REQUIRED[case.table]), draw.choice(["", " ", "  ", "\t", "\u00a0"]))


@mutation(LYING, *WITH_IDS)
def an_id_with_odd_letters(case: Case, draw: Random):
    """A customer's id with what cannot be seen around it: the same customer, or refused."""
    form = draw.choice(
        [lambda x: f" {x}", lambda x: f"{x} ", lambda x: f"{x}\t", lambda x: f"{x}\u00a0",
         lambda x: f"\u00a0{x}", lambda x: f"{x}\r", lambda x: f"\n{x}"]
    )  # fmt: skip
    case.poke(draw, "customer_id", form, lambda old: old)


@mutation(LYING, "customers", "survey_responses", "orders", "subscriptions")
def a_key_twice(case: Case, draw: Random):
    """The same key again, in a row that otherwise says something of its own."""
    key = {"customers": "customer_id", "survey_responses": "response_id", "orders": "order_id",
           "subscriptions": "subscription_id"}[case.table]  # fmt: skip
    first, second = sorted(draw.sample(range(len(case.rows)), 2))
    case.rows[second][key] = case.rows[first][key]
    case.at(first + 2, second + 2)
    if case.table == "subscriptions":
        case.rows[second].update(start_date="2025-10-01", end_date="")
        case.rows[first].update(start_date="2025-10-01", end_date="2025-12-15")
    if case.table == "orders":
        one, other = case.rows[first], case.rows[second]
        one["customer_id"] = other["customer_id"]
        case.right = [case.as_rows()]
        if draw.random() < 0.5:
            one.update(ordered_at=other["ordered_at"], amount=other["amount"])
            case.right = []


@mutation(LYING, *COUNTED)
def more_than_can_be_counted(case: Case, draw: Random):
    """Amounts so large that their sum no longer fits where the kit adds up."""
    column = NUMBERS[case.table][0]
    each = draw.choice(["9000000000000", "9200000000000", "900000000000", "123456789012.123456"])
    for index, row in enumerate(case.rows):
        row[column] = each
        case.at(index + 2)
    case.right, case.note, case.measured = [case.as_rows()], each, True
    if case.table == "survey_responses":
        case.right = []
    case.at(None)
