"""What the books of customer-success managers say, and what they don't, in words."""

from cs_lib.judgement.owner_books import AS_EXPECTED, FEWER, LEAST_EXPECTED, MORE, Books
from cs_lib.metrics.compute.intervals import expected_counts
from cs_lib.period import Segment
from cs_lib.report.display import Sentence
from cs_lib.report.text.formatting import Formatter, listed, spoken
from cs_lib.report.text.word_forms import capital
from cs_lib.vocabulary import COUNT, NOT_GIVEN, OWNER, TOO_FEW

NO_OWNER = "no owner"
#: from so many on, losses expected are told in whole customers
IN_WHOLES = 10


def owner_name(owner: str) -> str:
    """An owner as a page names them."""
    return NO_OWNER if owner == NOT_GIVEN else owner


def todays_customers(segment: Segment) -> str:
    """Whose figures a report of an owner gives, and of which months it gives rates. Else nothing."""
    owner = dict(segment.pairs).get(OWNER)
    if owner is None:
        return ""
    have, had = (
        ("have no owner", "had none") if owner == NOT_GIVEN else (f"are {owner}'s", "were so")
    )
    return (
        f"Of the customers who {have} today, or {had} when they left, whoever had them before; rates and scores only of "
        "months in which the book was the same."
    )


def nobody_today(segment: Segment) -> str:
    """ "Daniel Reed has no customers today": of an owner whose customers all left or were handed over."""
    owner = dict(segment.pairs).get(OWNER)
    return f"{capital(owner_name(owner))} has no customers today." if owner else ""


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


def book_tag(row: dict) -> str:
    """One owner's book in a few words: how many left against how many were expected to."""
    if row["owner"] == NOT_GIVEN:
        return "Customers without an owner"
    if row["verdict"] == TOO_FEW:
        return "Too few to judge by who left"
    if row["verdict"] == AS_EXPECTED:
        return "About as many customers left as expected"
    return f"{'More' if row['verdict'] == MORE else 'Fewer'} customers left than expected"


def book_sentences(found: Books, row: dict, formatter: Formatter) -> list[str]:
    """How many of one owner's customers left and how many were expected to, and what that comes to."""
    within = capital(formatter.within(found.first, found.last))
    lost = formatter.count(row["lost"], "customer") if row["lost"] else "no customer"
    low, high = by_chance(row, formatter)
    left = f"{within}, {lost} left, where {expected_text(row, formatter)} would have {_rate(found)}"
    said = [f"{left}; chance alone gives {low} to {high}.", _what_it_comes_to(row, formatter)]
    months, whole = round(row["months"]), round(found.whole["months"])
    if months != whole:
        said.append(f"There were customers in {months} of these {whole} months.")
    return said


def _rate(found: Books) -> str:
    alike = listed([spoken(each) for each in found.alike])
    return (
        f"at the rate of all customers of the same {alike}"
        if alike
        else "at the rate of all customers"
    )


def _what_it_comes_to(row: dict, formatter: Formatter) -> str:
    if row["owner"] == NOT_GIVEN:
        return "Nobody is held to it."
    if row["verdict"] == TOO_FEW:
        return f"With fewer than {LEAST_EXPECTED} expected to leave, that is too few to judge."
    if row["verdict"] != AS_EXPECTED:
        return "That is beyond normal variation between owners."
    low, high = by_chance(row, formatter)
    if low <= row["lost"] <= high:
        return "Chance alone explains it."
    return "Of several owners one may lie so far off by chance."


def page_foot(found: Books, row: dict, formatter: Formatter) -> str:
    """Whose an owner's figures are, and what a book does not know."""
    said = (
        "Each month counts to whoever had the customer on its first day; customers and MRR at the end, due and at risk are "
        f"of whoever has them now. {_unfair(found)}"
    )
    if not row["cost"] > 0:
        return said
    return (
        f"{said} {returned_title(formatter)}: a year of the MRR that came from upgrades, or was not lost although "
        "expected to be. One large customer can turn it."
    )


def returned_title(formatter: Formatter) -> str:
    """What came back for what an owner's work cost, in words that need no explaining."""
    return f"Revenue added or saved per {formatter.sign}1 of cost"


def _unfair(found: Books) -> str:
    """Why a book may look bad through no fault of whoever holds it."""
    alike = listed([spoken(each) for each in found.alike])
    where = f"alike here in {alike} and in nothing else" if alike else "not told apart here"
    return (
        f"Customers are {where}: a book given to somebody because its customers were unhappy looks bad through no fault "
        "of theirs."
    )


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
    rows = found.shown
    gone = rows.loc[rows["owner"].eq(NOT_GIVEN), "customers"].sum()
    without = (
        f" {formatter.count(round(gone), 'customer')} had no owner, and count in the rates alone."
        if round(gone)
        else ""
    )
    return Sentence(
        f"A month's losses count to whoever had the customer on its first day. {_unfair(found)} The expected rates are of "
        f"all customers, one's own among them.{without}"
    )


def book_terms(formatter: Formatter) -> dict[str, str]:
    """What the words of an owner's book mean, each in a sentence."""
    return {
        "Expected": "how many of an owner's customers would have left in twelve months, had they left as all customers of "
        "the same plan and region did (the first two segment columns of few values), the owner's own among them",
        "By chance alone": f"between which numbers {formatter.level} of such losses would lie, had the customers left as all "
        "alike did",
        "Verdict": f"more or fewer than expected only beyond what chance brings, corrected for how many owners are judged "
        f"(Holm); too few to judge where fewer than {LEAST_EXPECTED} were expected to leave",
        "Renewed": "the share of MRR whose term ended that was renewed; terms that may still be are left out",
        "At risk": "customers whose chance to leave in the month that follows is 1.5 times the mean or more, and their MRR",
        returned_title(
            formatter
        ): "a year of the MRR that upgrades added, and of what was not lost although "
        "expected to be (less, where more was lost), over what the owner's work cost; one large customer can turn it, and who "
        "brought it about is not known",
        "Hidden": f"a book of fewer than {formatter.min_n} customers, and one that it could be worked out from",
    }
