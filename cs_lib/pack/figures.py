"""The figures of a pack as files, and the few of them that its index shows."""

import csv
import hashlib
import io
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from cs_lib.period import ALL, Period

FILES = ("measures", "cohorts", "curves", "restated")
WORKBOOK = "pack.xlsx"
FLOATS = "%.12g"
HEADLINES = (
    "mrr",
    "revenue",
    "paying_customers",
    "ordering_customers",
    "net_revenue_retention",
    "customer_churn_rate",
    "nps",
    "csat",
    "ltv_to_cac",
)
MOST = 6
#: how many periods the small lines show
LINE = {"month": 24, "quarter": 12, "week": 26, "year": 6}


def digest_of(measures) -> str:
    """A digest of every figure: the same for the same figures, whatever package wrote them."""
    import pandas as pd

    whole = hashlib.sha256()
    for name in FILES:
        frame = getattr(measures, name)
        whole.update(json.dumps([name, *frame.columns]).encode())
        whole.update(pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes())
    return whole.hexdigest()


def write_figures(measures, plan, folder: Path) -> None:
    """Every figure as CSV (sorted, and the same text for the same figures), and the workbook."""
    from cs_lib.pack.workbook import write_workbook

    for name in FILES:
        text = _csv(getattr(measures, name))
        (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    write_workbook(folder / WORKBOOK, measures, plan.edition, plan.period)


def take_over(pack: Path, folder: Path) -> bool:
    """Take the files over from a pack that holds the same figures; False where one is not there."""
    names = [*(f"{name}.csv" for name in FILES), WORKBOOK]
    there = all((pack / name).is_file() for name in names)
    for name in names if there else ():
        shutil.copy2(pack / name, folder / name)
    return there


def _csv(frame) -> str:
    ordered = frame.sort_values(list(frame.columns), kind="stable", ignore_index=True)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")  # pandas' own takes half as long again
    writer.writerow(ordered.columns)
    writer.writerows(zip(*(_texts(ordered[name]) for name in ordered), strict=True))
    return text.getvalue()


def _texts(column) -> list:
    """A column as it is written: days as ISO has them, floats to twelve digits, nothing for what is missing."""
    if column.dtype.kind == "f":
        return ["" if value != value else FLOATS % value for value in column.tolist()]
    places, kinds = column.factorize()
    names = [*(kinds.strftime("%Y-%m-%d") if column.dtype.kind == "M" else kinds), ""]
    return [names[place] for place in places.tolist()]


@dataclass(frozen=True)
class Headline:
    """One figure on the index: its name, the figure, and in words what belongs to it."""

    title: str
    value: str
    interval: str = ""
    change: str = ""
    target: str = ""
    status: str = ""
    line: str = ""


def headlines(edition, measures, period: Period) -> list[Headline]:
    """The first few figures for all customers in the period, each in its canonical variant."""
    from cs_lib.metrics.catalogue import metric
    from cs_lib.present.wording import Words

    words, found = Words.of(edition), []
    frame = measures.measures
    here = frame[
        (frame["segment_by"] == ALL)
        & (frame["grain"] == period.grain)
        & (frame["period_start"] <= str(period.start))
        & (frame["period_start"] >= str(period.back(LINE[period.grain] - 1).start))
    ].sort_values("period_start", kind="stable")
    for name in HEADLINES:
        declared = metric(name)
        rows = here[(here["metric"] == name) & (here["variant"] == declared.canonical)]
        now = rows[(rows["period_start"] == str(period.start)) & (rows["status"] == "ok")]
        if len(now) == 1 and len(found) < MOST:
            found.append(_headline(declared, now.iloc[0], rows, edition, words))
    return found


def _headline(declared, now, rows, edition, words) -> Headline:
    """`rows` holds the same metric in the periods before as well."""
    from cs_lib.metrics import compare
    from cs_lib.present.reading import Reading
    from cs_lib.present.scoreboard import Entry, scorecard_line
    from cs_lib.present.tables import target_for

    read = Reading.of(now)
    before = rows[rows["period_start"] == str(read.period.back().start)]
    sure = compare.distinguishable(now, before.iloc[0], declared) if len(before) else None
    entry = Entry(
        section="",
        metric=declared,
        now=read,
        before=Reading.of(before.iloc[0]) if len(before) else None,
        target=target_for(edition.targets, declared.name, ALL),
        direction=declared.direction,
        series=tuple(float(value) for value in rows["value"]),
    )
    said = scorecard_line(entry, words)
    change, since = said.get("change", ""), words.period_short(read.period.back())
    return Headline(
        title=said["head"],
        value=said["value"],
        interval=f"{words.level} interval {said['interval']}" if said.get("interval") else "",
        change=f"{change} from {since}{', may be chance' if sure is False else ''}"
        if change
        else "",
        target=f"Target {said['target']}" if said.get("target") else "",
        status=said["status"] if said.get("target") else "",
        line=getattr(said["line"], "html", ""),
    )
