"""Why customers leave, in sentences: reasons over a year, where one stands apart, and who a spike was."""

import pandas as pd

from cs_lib.edition.end_reasons import CLASSES
from cs_lib.judgement.churn_spike import Spike
from cs_lib.judgement.leaving import Reasons
from cs_lib.report.display import Sentence
from cs_lib.report.text.formatting import Formatter, listed, spoken
from cs_lib.report.text.word_forms import capital, who
from cs_lib.vocabulary import COUNT, MONEY, NOT_GIVEN, PERCENT

#: how many reasons, and how many cells, a sentence names
NAMED = 3
TENURE = "tenure"


def reasons_sentence(found: Reasons, formatter: Formatter) -> Sentence:
    """How many left, with what they had paid, the reasons most often given, their classes, and what changed."""
    level, rows = formatter.level, found.rows
    given = rows[rows["reason"].ne(NOT_GIVEN) & rows["customers"].gt(0)]
    span = formatter.span(found.first, found.last)
    said = [
        f"{formatter.count(found.customers, 'customer')} left from {span}, and with them "
        f"{formatter.short(found.money, MONEY)} of MRR, {formatter.short(12 * found.money, MONEY)} a year."
    ]
    top = [
        f"{row.reason} ({formatter.value(row.customers, COUNT)}, {formatter.percent(row.share)}"
        + (
            f"; {level} interval {_ends(row, formatter)})"
            if not place
            else f"; {_ends(row, formatter)})"
        )
        for place, row in enumerate(given.head(NAMED).itertuples())
    ]
    if top:
        said.append(f"Named most often: {listed(top)}.")
    said.append(_unknown(rows, formatter))
    said.append(_classes(rows, found.customers, formatter))
    if found.before:
        said.append(moved_shares(rows, "reason", f"{found.before} left", formatter))
    return Sentence(" ".join(filter(None, said)))


def _ends(row: tuple, formatter: Formatter) -> str:
    return formatter.interval(row.low, row.high, PERCENT)  # type: ignore[attr-defined]


def _unknown(rows: pd.DataFrame, formatter: Formatter) -> str:
    unknown = rows.loc[rows["reason"].eq(NOT_GIVEN), ["customers", "share"]]
    if unknown.empty or not unknown["customers"].iloc[0]:
        return ""
    many = formatter.value(unknown["customers"].iloc[0], COUNT)
    return f"Of {many} ({formatter.percent(unknown['share'].iloc[0])}) no reason is known."


def _classes(rows: pd.DataFrame, total: int, formatter: Formatter) -> str:
    """ "78% chose to leave, 8% left because a payment failed": the classes that the edition gives."""
    counted = rows.groupby("class")["customers"].sum()
    told = [each for each in CLASSES if counted.get(each, 0)]
    if not told:
        return ""
    shares = [f"{formatter.percent(counted[each] / total, 0)} were {each}" for each in told]
    return f"Of these losses {listed(shares)}."


def moved_shares(rows: pd.DataFrame, what: str, before: str, formatter: Formatter) -> str:
    """Which shares (of a `what`: a reason, a theme) differ from the twelve months before, when `before` were told of."""
    moved = rows[rows["moved"]]
    if moved.empty:
        return (
            f"No {what}'s share differs from the twelve months before ({before}) by more than "
            "normal variation."
        )
    told = [
        f"{row[what]} {'rose' if row['share'] > row['share_before'] else 'fell'} to {formatter.percent(row['share'])} "
        f"from {formatter.percent(row['share_before'])} in the twelve months before"
        for row in moved.to_dict("records")
    ]
    return f"{capital(listed(told))}."


def cells_sentence(cells: pd.DataFrame, formatter: Formatter, *, where: str = "") -> Sentence:
    """ "38 of APAC's 79 named “competitor”, 16 of 143 elsewhere": the cells that stand apart, clearest first.

    `where`: the segment inside which they are compared, for one that stands apart itself has none apart inside it.
    """
    found = cells[cells["differs"]].sort_values("p", kind="stable").head(NAMED)
    if found.empty:
        none = (
            "no reason stands apart in any segment or length of stay by more than normal variation."
        )
        return Sentence(capital(f"within {where} {none}" if where else none))
    told = [
        f"{_group(row)} {row.k:.0f} of {row.n:.0f} named “{row.reason}”, {row.rest_k:.0f} of "
        f"{row.rest_n:.0f} elsewhere"
        for row in found.itertuples()
    ]
    who = f"Of those in {where} who left" if where else "Of those who left"
    return Sentence(f"{who}, {'; '.join(told)}.")


def _group(row: tuple) -> str:
    by, group = row.by, row.group  # type: ignore[attr-defined]
    return f"by tenure, {group}," if by == TENURE else f"from {who(by, f'{by}={group}')}"


def incidence_sentence(points: pd.DataFrame, formatter: Formatter) -> Sentence:
    """How many of those who join have left by the last of the ages shown, and for what most."""
    last = points[points["t"] == points["t"].max()]
    names = last["segment"].str.rpartition("=")[2]
    age = int(last["t"].iloc[0])
    order = last.assign(reason=names).sort_values("value", ascending=False, kind="stable")
    known = order[order["reason"].ne(NOT_GIVEN)].head(NAMED)
    told = [
        f"{row.reason} {formatter.percent(row.value)} ({_ends(row, formatter)})"
        for row in known.itertuples()
    ]
    gone = formatter.percent(float(last["value"].sum()))
    return Sentence(
        f"{gone} of those who join have left within {formatter.count(age, 'month')}; named most often: "
        f"{listed(told)}."
    )


def spike_sentence(found: Spike, formatter: Formatter) -> Sentence:
    """How many more left than usual, and which groups of each split that was."""
    name = who(found.segment.by, found.segment.label)
    when = formatter.within(found.run.first, found.run.last)
    whose = f"{name} lost" if name else "We lost"
    lost, usual = (formatter.value(round(each), COUNT) for each in (found.lost, found.usual))
    said = [
        f"{whose} {lost} customers {when}; at the rate of the {formatter.count(found.months, 'month')} before it "
        f"would have been {usual}."
    ]
    rows = found.rows[found.rows["differs"]].sort_values("beyond", ascending=False, kind="stable")
    told = [
        f"{spoken(row.by)} {row.group}: {formatter.value(row.lost, COUNT)} (usual {formatter.decimal(row.usual, 0)})"
        for row in rows.itertuples()
    ]
    if told:
        said.append(f"More than usual, {'; '.join(told)}.")
    else:
        said.append("No reason, segment, length of stay or year of joining accounts for it alone.")
    return Sentence(" ".join(said))
