"""What a row can do wrong: each violation as an expression that finds it and the words that say it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import narwhals as nw

from cs_lib.data.contract import table_declaration as kinds
from cs_lib.data.contract.data_findings import shown_value
from cs_lib.data.contract.edition_keys import empty_words
from cs_lib.data.contract.number_remedies import as_number
from cs_lib.data.contract.remedies import CORRECT, FIRST, LAST, Unread
from cs_lib.data.contract.rule_remedies import code_remedy, rate_remedy, scale_remedy
from cs_lib.data.contract.table_declaration import ERROR, Against, Column, RowRule
from cs_lib.data.engines.distinct_rows import distinct, flag
from cs_lib.data.sources.cut_lines import lines_below
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import (
    BETWEEN_FIELDS,
    FILE,
    INCLUSIVE,
    MARKS,
    NO_MARK,
    ROW,
    THREE_DIGITS,
    UNPARSED,
    unparsed_values,
)
from cs_lib.vocabulary import FOREVER

CORRECTED = CORRECT.capitalize()
UNREADABLE, MISSING = "value cannot be read", "value missing"
EARLIER = "_earlier"
_MRR_PARTS = ("mrr", "amount", "interval_months", "interval_weeks", "quantity")
#: how many of the values that were not read are looked at for a remedy that fits them all
MOST_OTHERS = 200
#: and how many files are looked at for a row at their end
MOST_FILES = 1000


@dataclass(frozen=True)
class Violation:
    """Rows of a table that break one rule in one column, and the words for one of them.

    `says` takes a row as a dict of staged values and gives what is wrong and what to do; the place
    of an earlier row that it clashes with is under `earlier`, and under `changed` whether nearly all rows break it, so that the
    column and `changed_with` may stand in each other's place.
    """

    rule: str
    column: str
    level: str
    breaks: nw.Expr
    says: Callable[[dict], str]
    changed_with: str = ""


def row_violations(staged: Staged, against: Against) -> list[Violation]:
    """Every violation that one row shows by itself."""
    typed = [
        column
        for name in staged.spelled
        if (column := staged.table.column(name)) and column.kind not in kinds.WORDS
    ]
    return [
        *(_unreadable(column, staged, against) for column in typed),
        *(_missing(name) for name in staged.required),
        *(
            _ruled(rule, staged, against)
            for rule in staged.table.rules
            if all(map(staged.has, (rule.column, *rule.against)))
        ),
    ]


def _lost(column: str) -> nw.Expr:
    """Did the column hold a value that could not be read?"""
    mark = f"{BETWEEN_FIELDS}{column}{BETWEEN_FIELDS}"
    return nw.col(UNPARSED).fill_null("").str.contains(mark, literal=True)


def _unreadable(column: Column, staged: Staged, against: Against) -> Violation:
    dates = tuple(name for name in staged.spelled if name in staged.table.moments)

    def says(row: dict) -> str:
        value = unparsed_values(row[UNPARSED])[column.name]
        unread = Unread(
            column=column,
            source=staged.source,
            value=value,
            needed=column.name in staged.required,
            dates=dates,
            years=against.edition.years,
            currency=against.edition.currency,
            priced=staged.table.column("currency") is not None and not staged.has("currency"),
            **row["unread"],
        )
        return f'"{value}" {unread.says}'

    return Violation(UNREADABLE, column.name, ERROR, _lost(column.name), says)


def unread(staged: Staged, broken: nw.LazyFrame, column: str) -> dict:
    """What else is known of a column with values that were not read (see `remedies.Unread`)."""
    texts = staged.engine.collect(distinct(broken, UNPARSED).head(MOST_OTHERS))[UNPARSED]
    frame = staged.held.filter(~nw.col(column).is_null())
    counts = {"read": nw.len()}
    if MARKS in frame.collect_schema().names():
        counts["marked"] = flag(nw.col(MARKS) != NO_MARK).sum()
        counts["unclear"] = flag(nw.col(MARKS) == THREE_DIGITS).sum()
    counted = staged.engine.collect(frame.select(**counts)).iloc[0].fillna(0)
    found = dict.fromkeys(unparsed_values(text)[column] for text in texts)
    at = _at(staged, broken)
    return {
        "at": at,
        "footer": footer_of(staged) if at == LAST else 0,
        "others": tuple(found),
        "read": int(counted["read"]),
        "marked": bool(counted.get("marked", 0) > 0),
        "unclear": bool(counted.get("unclear", 0) > 0),
    }


def words_of(staged: Staged, broken: nw.LazyFrame, column: str) -> list[str]:
    """The words of a column in these rows."""
    found = staged.engine.collect(distinct(broken, column).sort(column).head(MOST_OTHERS))[column]
    return [str(each) for each in found.dropna()]


def footer_of(staged: Staged) -> int:
    """The key `footer` with which no total and no remark is left below the rows of a single CSV file."""
    files = staged.files
    if files is None or len(files.read) > 1 or not staged.layouts:
        return staged.source.footer + 1
    layout = staged.layouts[0]
    return staged.source.footer + lines_below(files.read[0], layout.delimiter, len(layout.names))


def _at(staged: Staged, broken: nw.LazyFrame) -> str | None:
    """Whether these rows are all the first of their CSV files, or all the last: they may be none."""
    if not staged.layouts or staged.count(broken.head(MOST_FILES)) == MOST_FILES:
        return None
    ends = staged.held.group_by(FILE).agg(first=nw.col(ROW).min(), last=nw.col(ROW).max())
    ends = ends.filter(nw.col(FIRST) < nw.col(LAST))
    own = broken.select(ROW, FILE).join(ends, on=FILE, how="inner")
    first, last = (flag(nw.col(ROW) == nw.col(each)).sum() for each in (FIRST, LAST))
    found = staged.engine.collect(own.select(rows=nw.len(), first=first, last=last)).iloc[0]
    return next((each for each in (LAST, FIRST) if found[each] == found["rows"]), None)


def at_the_end(staged: Staged, broken: nw.LazyFrame, name: str) -> str:
    """The key that leaves out a file's last line, where that line alone says neither who nor when."""
    column = staged.table.column(name)
    if column is None or column.kind in kinds.MILLIONTHS or _at(staged, broken) != LAST:
        return ""
    footer = max(footer_of(staged), staged.source.footer + 1)
    return f"If the file's last line is a total, set footer: {footer} for this table, or {CORRECT}"


def _missing(name: str) -> Violation:
    parts = _MRR_PARTS if name == "mrr" else (name,)
    breaks = nw.col(name).is_null()
    for part in parts:
        breaks = breaks & ~_lost(part)
    return Violation(
        MISSING,
        name,
        ERROR,
        breaks,
        lambda row: f"the value is missing, and every row needs one. {row['above'] or CORRECTED}",
    )


def _ruled(rule: RowRule, staged: Staged, against: Against) -> Violation:
    def says(row: dict) -> str:
        row = _as_written(staged, row)
        shown = {
            name: shown_value(column.kind, row[name])
            for name in staged.columns
            if (column := staged.table.column(name))
        }
        scale = against.scale(shown["instrument"]) if "instrument" in shown else None
        words = {
            **shown,
            "as_of": against.as_of,
            "currency": against.edition.currency,
            "scale": scale and f"{scale[0]} to {scale[1]}",
            "code_remedy": code_remedy(scale, shown.get("score"), staged.source),
            "scale_remedy": scale_remedy(shown.get("instrument"), scale, shown.get("score")),
            "interval_in_months": f"round({as_number(staged, 'interval_months', 'DOUBLE')} / 30.4375)",
            "change_remedy": _change(rule, staged) if row.get("changed") else "",
            "no_date_remedy": _no_date(rule.column, row, staged),
            "rate_remedy": rate_remedy(
                shown.get("currency"), row.get("words", ()), against.edition.currency, staged.source
            ),
        }
        value = shown[rule.column]
        start = "the value" if value is None else f'"{value}"'
        return f"{start} {rule.says.format(**words)}. {rule.remedy.format(**words)}"

    breaks = rule.breaks(against)
    return Violation(rule.name, rule.column, rule.level, breaks, says, rule.changed_with)


def _change(rule: RowRule, staged: Staged) -> str:
    """The key that gives two columns each other's values."""
    one, other = staged.cell(rule.column), staged.cell(rule.changed_with)
    return (
        f' Nearly all rows are so: if the two stand in each other\'s place, say columns: {{{rule.column}: "{other}", '
        f'{rule.changed_with}: "{one}"}} for this table.'
    )


def _no_date(column: str, row: dict, staged: Staged) -> str:
    """The key that takes the first day of Unix for no date, where a row may have none."""
    day = row[column]
    if column in staged.required or not isinstance(day, datetime) or day.year > 1970:
        return ""
    return f", or set {empty_words((*staged.source.empty, f'{day:%Y-%m-%d}'))} for this table if it stands for no date"


def _as_written(staged: Staged, row: dict) -> dict:
    """The row with its end_date as the source says it, where that is the last day paid for."""
    end = row.get("end_date")
    if staged.source.end_date != INCLUSIVE or end is None or end.year == FOREVER.year:
        return row
    return {**row, "end_date": end - timedelta(days=1)}
