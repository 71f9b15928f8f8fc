"""What the books of customer-success managers say, and what they don't, in words."""

from cs_lib.judgement.owner_books import FEWER, LEAST_EXPECTED, MORE, Books
from cs_lib.metrics.compute.intervals import expected_counts
from cs_lib.report.display import Sentence
from cs_lib.report.text.formatting import Formatter, listed, spoken
from cs_lib.report.text.word_forms import capital
from cs_lib.vocabulary import COUNT, MONEY, NOT_GIVEN, TOO_FEW

NO_OWNER = "no owner"
#: from so many on, losses expected are told in whole customers
IN_WHOLES = 10


def owner_name(owner: str) -> str:
    """An owner as a page names them."""
    return NO_OWNER if owner == NOT_GIVEN else owner


def books_sentence(found: Books, formatter: Formatter) -> Sentence:
    """ "From July 2025 to June 2026, allowing for plan and region, Ann lost more customers than expected: 31 where 19 …"."""
    rows = found.shown[found.shown["owner"].ne(NOT_GIVEN)]
    judged = rows[rows["verdict"].ne(TOO_FEW)]
    span = formatter.span(found.first, found.last)
    if judged.empty:
        text = f"No owner can be judged over {span}: of none are {LEAST_EXPECTED} losses expected."
        return Sentence(text)
    apart = [
        f"{row['owner']} lost {word} customers than expected ({_held_against(row, formatter)})"
        for verdict, word in ((MORE, "more"), (FEWER, "fewer"))
        for row in rows[rows["verdict"].eq(verdict)].to_dict("records")
    ]
    if not apart:
        whose = "their losses are" if len(judged) > 1 else "its losses are"
        many = formatter.count(len(judged), "owner")
        alike = _after(found).rstrip(",")
        return Sentence(f"{many} could be judged over {span}: {whose} as expected{alike}.")
    within = capital(formatter.within(found.first, found.last))
    text = f"{within}{_after(found)} {listed(apart)}."
    left = len(judged) - len(apart)
    if left:
        text += (
            f" The losses of {'the other' if left == 1 else f'the other {left}'} are as expected."
        )
    return Sentence(text)


def book_sentence(found: Books, row: dict, formatter: Formatter) -> Sentence:
    """One owner's book: customers, what was lost and expected, and what that comes to."""
    customers = formatter.count(round(row["customers"]), "customer")
    text = (
        f"{owner_name(row['owner'])} had {customers} on average over {formatter.span(found.first, found.last)}, "
        f"paying {formatter.short(row['mrr'], MONEY)} a month, and{_after(found)} lost "
        f"{_held_against(row, formatter)}."
    )
    if row["verdict"] == TOO_FEW:
        return Sentence(f"{text} {capital(_too_few(row))}.")
    return Sentence(f"{text} That is {row['verdict']}{_chance(row, formatter)}.")


def _too_few(row: dict) -> str:
    if row["owner"] == NOT_GIVEN:
        return "nobody is held to it"
    return f"with fewer than {LEAST_EXPECTED} losses expected that is too few to judge"


def _chance(row: dict, formatter: Formatter) -> str:
    if row["verdict"] in (MORE, FEWER):
        return ", beyond normal variation between owners"
    low, high = by_chance(row, formatter)
    if low <= row["lost"] <= high:
        return ": chance alone explains it"
    return ": of several owners one may lie so far off by chance"


def _after(found: Books) -> str:
    """ ", allowing for plan and region,"."""
    alike = listed([spoken(each) for each in found.alike])
    return f", allowing for {alike}," if alike else ""


def by_chance(row: dict, formatter: Formatter) -> tuple[int, int]:
    """Between which losses an owner's would lie, had their customers left as all alike did."""
    return expected_counts(row["expected"], formatter.confidence)


def expected_text(row: dict, formatter: Formatter) -> str:
    """ "19"; "4.6" where a tenth can matter."""
    return formatter.decimal(row["expected"], 0 if row["expected"] >= IN_WHOLES else 1)


def _held_against(row: dict, formatter: Formatter) -> str:
    """ "31 where 19 were expected; chance alone gives 11 to 28"."""
    low, high = by_chance(row, formatter)
    were = "was" if (expected := expected_text(row, formatter)) == "1" else "were"
    lost = formatter.value(row["lost"], COUNT)
    return f"{lost} where {expected} {were} expected; chance alone gives {low} to {high}"


def unknown_sentence(found: Books, formatter: Formatter) -> Sentence:
    """What a book does not know, so that nobody is held to it unheard."""
    alike = listed([spoken(each) for each in found.alike]) or "nothing"
    rows = found.shown
    gone = rows.loc[rows["owner"].eq(NOT_GIVEN), "customers"].sum()
    without = (
        f" {formatter.count(round(gone), 'customer')} had no owner, and count in the rates alone."
        if round(gone)
        else ""
    )
    return Sentence(
        f"A month's losses count to whoever had the customer on its first day. Customers are alike here in {alike} and "
        "in nothing else: a book given to somebody because its customers were unhappy looks bad through no fault of "
        f"theirs. The expected rates are of all customers, one's own among them.{without}"
    )
