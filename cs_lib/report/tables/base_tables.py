"""The customer base as tables: shares of the largest, what orders moved, and money by year of joining."""

from collections.abc import Mapping, Sequence

import pandas as pd

from cs_lib.period import Period
from cs_lib.report.display import ReportTable
from cs_lib.report.tables.table_html import TableColumn, build_table
from cs_lib.report.text.base_sentences import EQUAL, LARGEST_WORDS, MOVE_WORDS
from cs_lib.report.text.formatting import Formatter
from cs_lib.report.text.measure_row import Reading
from cs_lib.report.text.word_forms import capital
from cs_lib.vocabulary import COUNT, PERCENT

_ROWS = {name: capital(words) for name, (words, _) in LARGEST_WORDS.items()} | {
    EQUAL: "Customers of one size"
}


def concentration_table(
    now: Mapping[str, Reading],
    ago: Mapping[str, Reading],
    before: Mapping[str, Sequence[float]],
    *,
    money: str,
    periods: tuple[Period, Period],
    grain: str,
    formatter: Formatter,
) -> ReportTable:
    """A row a share: now, a year ago, and between what it lay in the periods before (`before`)."""
    many = max((len(each) for each in before.values()), default=0)
    columns = (
        TableColumn("who", "Who", left=True),
        TableColumn("now", formatter.period_short(periods[1])),
        TableColumn("ago", formatter.period_short(periods[0])),
        TableColumn("change", "Change"),
        TableColumn("span", f"In {formatter.count(many, grain)} before", muted=True),
    )
    rows, data = [], []
    for name, who in _ROWS.items():
        if name not in now or not (now[name].ok or now[name].status == "suppressed"):
            continue
        unit = COUNT if name == EQUAL else PERCENT
        new, old, past = now[name], ago.get(name, Reading(status="missing")), before.get(name, ())
        ends = (min(past), max(past)) if past else ()
        row = {"who": who, "now": _figure(new, unit, formatter)}
        if old.ok and new.ok:
            row["ago"] = _written(old.value, unit, formatter)
            row["change"] = formatter.change_short(_printed(new, unit), _printed(old, unit), unit)
        row["span"] = " to ".join(_written(each, unit, formatter) for each in ends)
        rows.append(row)
        data.append((name, new.value, old.value, *(ends or (float("nan"),) * 2)))
    notes = [
        f"Shares of {money}. Customers of one size: how many customers, all equal, would spread it as well (1 ÷ the sum "
        "of squared shares)."
    ]
    return build_table(
        rows,
        columns,
        caption="What the largest customers bring",
        notes=notes,
        data=pd.DataFrame(data, columns=["who", "now", "year_ago", "lowest", "highest"]),
    )


def _printed(reading: Reading, unit: str) -> float:
    return float(round(reading.value)) if unit == COUNT else reading.value


def _written(value: float, unit: str, formatter: Formatter) -> str:
    return formatter.value(round(value) if unit == COUNT else value, unit)


def _figure(reading: Reading, unit: str, formatter: Formatter) -> str:
    return _written(reading.value, unit, formatter) if reading.ok else formatter.status(reading)


def moves_table(
    moves: Mapping[str, tuple[float, float]],
    before: float,
    now: float,
    periods: tuple[Period, Period],
    formatter: Formatter,
) -> ReportTable:
    """A row a kind of customer: how many, what they moved, and as a share of the revenue before; they add up."""
    columns = (
        TableColumn("who", "Customers who", left=True),
        TableColumn("customers", "Customers"),
        TableColumn("amount", "Revenue"),
        TableColumn("share", f"Of {formatter.period_short(periods[0])}", muted=True),
    )
    amounts = {name: amount for name, (amount, _) in moves.items()}
    _, *texts, _, change = formatter.moved(before, [*amounts.values()], now, now - before)
    rows = [
        {
            "who": capital(MOVE_WORDS[name][2]),
            "customers": formatter.value(moves[name][1], COUNT),
            "amount": text if amount <= 0 else f"+{text}",
            "share": formatter.percent(amount / before) if before > 0 else "",
        }
        for (name, amount), text in zip(amounts.items(), texts, strict=True)
    ]
    total = {
        "who": "Change",
        "amount": change if now <= before else f"+{change}",
        "share": formatter.percent((now - before) / before) if before > 0 else "",
        "strong": True,
    }
    data = pd.DataFrame(
        [(name, *moves[name]) for name in moves], columns=["who", "amount", "customers"]
    )
    said = f"{formatter.period(periods[0])} to {formatter.period(periods[1])}"
    caption = f"What moved revenue, {said}"
    return build_table([*rows, total], columns, caption=caption, data=data)


def vintage_table(
    rows: Sequence[tuple[str, float, float]],
    whole: float,
    what: str,
    periods: tuple[Period, Period],
    formatter: Formatter,
) -> ReportTable:
    """A row a year of joining: the amount now, its share, a year ago, and what of that it is."""
    columns = (
        TableColumn("joined", "Joined in", left=True),
        TableColumn("now", formatter.period_short(periods[1])),
        TableColumn("share", "Share"),
        TableColumn("ago", formatter.period_short(periods[0])),
        TableColumn("kept", "Now ÷ then"),
    )
    many, amounts = len(rows), [*(now for _, now, _ in rows), whole, *(ago for *_, ago in rows)]
    told_of = [(at, many) for at in range(many)]
    told_of += [(at, many + 1 + at) for at, (*_, ago) in enumerate(rows) if ago > 0]
    texts = formatter.parts(amounts, told_of)
    then = texts[many + 1 :]
    told = [
        {
            "joined": year if year.isdigit() else "Never ordered",
            "now": texts[at],
            "share": formatter.percent(now / whole),
            "ago": then[at] if ago == ago else "",
            "kept": formatter.percent(now / ago) if ago > 0 else "",
        }
        for at, (year, now, ago) in enumerate(rows)
    ]
    total = {"joined": "All", "now": texts[many], "share": formatter.percent(1), "strong": True}
    notes = [
        "A year ago: of years that were over then. Customers who came back count in their first year."
    ]
    return build_table(
        [*told, total],
        columns,
        caption=f"{capital(what)} by year of joining",
        notes=notes if any(ago == ago for *_, ago in rows) else notes[1:],
        data=pd.DataFrame(rows, columns=["joined_in", "now", "year_ago"]),
    )
