"""How money is spread over customers, what moved it, and when those who bring it joined, in words."""

from collections.abc import Mapping, Sequence

from cs_lib.period import Period
from cs_lib.report.display import Sentence
from cs_lib.report.text.formatting import Formatter, listed
from cs_lib.report.text.measure_row import CENT, Reading
from cs_lib.report.text.word_forms import capital
from cs_lib.vocabulary import COUNT, PERCENT

#: whose share of the money is told, by variant of `concentration`: who they are, and whether they are several
LARGEST_WORDS = {
    "top_1": ("the largest customer", False),
    "top_5": ("the five largest", True),
    "top_10": ("the ten largest", True),
    "top_20": ("the twenty largest", True),
    "top_tenth": ("the largest tenth", False),
}
_TOLD = ("top_1", "top_10", "top_tenth")
EQUAL, TENTH = "equal_customers", "top_tenth"
#: of fewer periods before, nothing is said of what was usual
LEAST_PAST = 3
#: what customers of orders moved, in the order in which it is told and drawn: on a chart, in a sentence, in a table
MOVE_WORDS = {
    "new": ("new", "{} from {} who were new", "were new"),
    "returned": ("came back", "{} from {} who came back", "came back"),
    "increased": ("bought more", "{} from {} who bought more", "bought more"),
    "decreased": ("bought less", "{} from {} who bought less", "bought less"),
    "lost": ("lost", "{} with {} who did not order again", "did not order again"),
}
#: what became of the MRR of a year before, on a chart
YEAR_WORDS = {"lost": "lost", "gained": "pay more", "since": "new since"}


def concentration_sentence(
    now: Mapping[str, Reading],
    before: Sequence[float],
    *,
    money: str,
    paying: float,
    grain: str,
    formatter: Formatter,
) -> Sentence:
    """The shares of the largest, how many customers of one size would be as many, and how that was before.

    `now`: readings of `concentration` by variant; `before`: the largest tenth's share in the periods before;
    `paying`: how many customers there are, NaN where that is not known.
    """
    known = [name for name in _TOLD if name in now and now[name].ok and now[name].value < 1]
    texts = [f"{LARGEST_WORDS[name][0]} {{}}{formatter.percent(now[name].value)}" for name in known]
    said = []
    if texts:
        verb = "bring " if LARGEST_WORDS[known[0]][1] else "brings "
        first, *others = texts
        told = listed([first.format(verb) + f" of {money}", *(each.format("") for each in others)])
        said.append(f"{capital(told)}.")
    equal = now.get(EQUAL)
    if equal is not None and equal.ok:
        known_many = paying == paying
        whose = f"The {formatter.count(paying, 'customer')}" if known_many else "The customers"
        many = formatter.value(round(equal.value), COUNT)
        said.append(f"{whose} spread the risk as well as {many} of one size would.")
    if TENTH in known and len(before) >= LEAST_PAST:
        said.append(_against_before(now[TENTH].value, before, grain, formatter))
    return Sentence(" ".join(said))


def _against_before(now: float, before: Sequence[float], grain: str, formatter: Formatter) -> str:
    """ "The largest tenth's share is higher than in any of the 24 months before (32.2% to 33.9%)."""
    low, high = (formatter.percent(each) for each in (min(before), max(before)))
    span = f"{low} to {high}" if low != high else low
    many = formatter.count(len(before), grain)
    for beyond, word in ((now > max(before), "higher"), (now < min(before), "lower")):
        if beyond and formatter.percent(now) not in (low, high):
            return f"The largest tenth's share is {word} than in any of the {many} before ({span})."
    lay = f"lay between {low} and {high}" if low != high else f"was {low}"
    return f"In the {many} before, the largest tenth's share {lay}."


def without_largest_sentence(
    every: Reading, without: Reading, line: float, has_target: bool, formatter: Formatter
) -> Sentence:
    """What net revenue retention would be without the customer who paid most a year before, and whether that one
    decides on which side of its target (or of 100 %) it stands."""
    texts = formatter.percent(every.value), formatter.percent(without.value)
    who = "Without the customer who paid most a year ago, net revenue retention would"
    if texts[0] == texts[1]:
        return Sentence(f"{who} be the same {texts[0]}.")
    said = f"{who} be {texts[1]} instead of {texts[0]}."
    if (every.value < line) != (without.value < line):
        where = f"its target of {formatter.tick(line, PERCENT)}" if has_target else "100%"
        said += f" That one customer decides on which side of {where} it stands."
    return Sentence(said)


def tenths_sentence(
    shares: Sequence[Reading], money: str, verb: str, formatter: Formatter
) -> Sentence:
    """What the tenth who bring most and the one who bring least have, and what the smaller half has together."""
    first, last = shares[0], shares[-1]
    half = shares[len(shares) // 2 :]
    parts = []
    if first.ok:
        parts.append((f"the tenth of customers who {verb} most", first.value, ""))
    if last.ok:
        parts.append((f"the tenth who {verb} least", last.value, ""))
    if all(each.ok for each in half):
        together = sum(each.value for each in half)
        parts.append((f"the half who {verb} least", together, " together"))
    told = [
        f"{who}{'' if place else ' bring'} {formatter.percent(share)}{'' if place else f' of {money}'}{after}"
        for place, (who, share, after) in enumerate(parts)
    ]
    return Sentence(f"{capital(listed(told))}.") if told else Sentence("")


def largest_title(share: Reading | None, money: str, formatter: Formatter) -> str:
    """ "The largest tenth of customers brings 33.7% of MRR"; empty where that is hidden."""
    if share is None or not share.ok:
        return ""
    return f"The largest tenth of customers brings {formatter.percent(share.value)} of {money}"


def tenths_title(shares: Sequence[Reading], money: str, verb: str, formatter: Formatter) -> str:
    """ "The half who pay least bring 21.8% of MRR"; empty where that is hidden."""
    half = shares[len(shares) // 2 :]
    if not all(each.ok for each in half):
        return ""
    share = formatter.percent(sum(each.value for each in half))
    return f"The half of customers who {verb} least bring {share} of {money}"


def rose_words(
    what: str,
    before: float,
    steps: Sequence[float],
    now: float,
    periods: tuple[Period, Period],
    formatter: Formatter,
) -> str:
    """ "Revenue rose by 21.5% from $1.81M in Q2 2011 to $2.20M in Q3 2011", in the style of the steps between."""
    first, *_, last = formatter.moved(before, steps, now)
    texts = first, last
    at = [formatter.period(each) for each in periods]
    if texts[0] == texts[1]:
        return f"{what} stayed at {texts[1]} from {at[0]} to {at[1]}"
    share = formatter.relative(now, before)
    by = f" by {share}" if share else ""
    verb = "rose" if now > before else "fell"
    return f"{what} {verb}{by} from {texts[0]} in {at[0]} to {texts[1]} in {at[1]}"


def order_moves_sentence(
    moves: Mapping[str, tuple[float, float]],
    before: float,
    now: float,
    periods: tuple[Period, Period],
    formatter: Formatter,
) -> Sentence:
    """What each kind of customer moved of the revenue from orders. `moves`: amount and customers, by kind."""
    sides: dict[bool, list[str]] = {True: [], False: []}
    steps = [abs(moves[name][0]) for name in MOVE_WORDS]
    _, *texts, _ = formatter.moved(before, steps, now)
    for (name, (_, whose, _)), text in zip(MOVE_WORDS.items(), texts, strict=True):
        amount, many = moves[name]
        if abs(amount) >= CENT:
            sides[amount > 0].append(whose.format(text, formatter.count(many, "customer")))
    said = f"{rose_words('Revenue', before, steps, now, periods, formatter)}."
    if sides[True]:
        said += f" Gained: {listed(sides[True])}."
    if sides[False]:
        said += f" Lost: {listed(sides[False])}."
    return Sentence(said)


def year_moves_sentence(
    steps: Mapping[str, float],
    ago: float,
    now: float,
    periods: tuple[Period, Period],
    formatter: Formatter,
    *,
    inside: bool,
) -> Sentence:
    """What became of the MRR of a year before, and what others brought since. `steps`: lost, gained and since;
    `inside`: of a segment, which customers may have come to or left."""
    sizes = [abs(steps[each]) for each in YEAR_WORDS]
    _, lost, gained, since, _ = formatter.moved(ago, sizes, now)
    then = formatter.period(periods[0])
    moved = [
        text
        for text, amount in (
            (f"those who left or pay less took {lost}", steps["lost"]),
            (f"those who pay more brought {gained}", steps["gained"]),
        )
        if abs(amount) >= CENT
    ]
    said = f"{rose_words('MRR', ago, sizes, now, periods, formatter)}. "
    if moved:
        said += f"Of the customers of {then}, {listed(moved)}."
    else:
        said += f"The customers of {then} pay what they paid then."
    if abs(steps["since"]) < CENT:
        return Sentence(said)
    if steps["since"] >= 0:
        who = "did not pay here then" if inside else "did not pay then"
        return Sentence(f"{said} Customers who {who} bring {since}.")
    return Sentence(f"{said} Moves to and from other segments took {since} on balance.")


def vintage_sentence(
    rows: Sequence[tuple[str, float, float]],
    whole: float,
    what: str,
    periods: tuple[Period, Period],
    formatter: Formatter,
) -> Sentence:
    """Whose money it is by year of joining, and what those who had joined before a year ago bring of what they did.

    `rows`: year of joining, the amount now and a year before (NaN where that year was not over), the newest first.
    """
    years = [each for each in rows if each[0].isdigit()]
    shares = [
        f"{formatter.percent(now / whole)} from those of {year}" for year, now, _ in years[:2]
    ]
    rest = sum(now for _, now, _ in years[2:])
    if len(years) > 2:
        shares.append(f"{formatter.percent(rest / whole)} from those before")
    shares[0] = shares[0].replace("from those of", "comes from customers who joined in")
    said = f"Of {what} in {formatter.period(periods[1])}, {listed(shares)}."
    kept = [(now, ago) for _, now, ago in rows if ago == ago]
    then = sum(ago for _, ago in kept)
    if then > 0:
        newest = max(year for year, _, ago in rows if ago == ago)
        share = formatter.percent(sum(now for now, _ in kept) / then)
        said += f" Those who had joined by the end of {newest} bring {share} of what they did in "
        said += f"{formatter.period(periods[0])}."
    return Sentence(said)


def vintage_title(
    rows: Sequence[tuple[str, float, float]], whole: float, what: str, formatter: Formatter
) -> str:
    """ "35.1% of MRR comes from customers who joined in 2025": the year that brings most."""
    year, now, _ = max(rows, key=lambda row: row[1])
    return f"{formatter.percent(now / whole)} of {what} comes from customers who joined in {year}"
