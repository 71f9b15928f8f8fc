"""The tables of why customers leave: reasons over a year, by segment and tenure, by age, and of a spike."""

import pandas as pd

from cs_lib.edition.end_reasons import CLASSES
from cs_lib.judgement.churn_spike import Spike
from cs_lib.judgement.leaving import Reasons
from cs_lib.period import ALL
from cs_lib.report.display import ReportTable
from cs_lib.report.tables.table_html import TableColumn, build_table
from cs_lib.report.text.formatting import Formatter, heading
from cs_lib.vocabulary import COUNT, MONEY, PERCENT

#: so many reasons have a column of their own; the rest stand together
MOST_REASONS, OTHER = 4, "other"
#: the section of reasons that the edition gives no class
UNCLASSED = "Of no class"
#: and that of the sum
TOGETHER = "All"
AGES = (3, 6, 12, 24)
MOVED = "▲ more often than elsewhere, beyond normal variation (Fisher's exact test, corrected for all cells)."


def reasons_table(found: Reasons, formatter: Formatter) -> ReportTable:
    """Reasons with share, interval, money and their share a year before, under their classes where given."""
    rows: list[dict] = []
    for name in (*CLASSES, ""):
        own = found.rows[found.rows["class"].eq(name)]
        rows += [_reason_row(each, name, formatter) for each in own.to_dict("records")]
        if name and len(own) > 1:
            rows.append(_sum_row(f"all {name}", own, name, found, formatter))
    rows.append({**_sum_row("all who left", found.rows, "", found, formatter), "strong": True})
    columns = [
        TableColumn("reason", "Reason", left=True),
        TableColumn("customers", "Customers"),
        TableColumn("share", "Share"),
        TableColumn("interval", f"{formatter.level} interval", muted=True),
        TableColumn("money", "MRR lost"),
        TableColumn("year", "A year"),
        TableColumn("before", "Before"),
        TableColumn("moved", "Change", mark=True),
    ]
    caption = f"Why customers left, {formatter.span(found.first, found.last)}"
    classed = found.rows["class"].ne("").any()
    group = "section" if classed else None
    notes = ["Before: the share in the twelve months before."] if found.before else []
    return build_table(rows, columns, caption=caption, notes=notes, group=group, data=found.rows)


def _reason_row(row: dict, section: str, formatter: Formatter) -> dict:
    moved = "▲ more" if row["share"] > row["share_before"] else "▼ less"
    return {
        "reason": row["reason"],
        "customers": formatter.value(row["customers"], COUNT),
        "share": formatter.percent(row["share"]),
        "interval": formatter.interval(row["low"], row["high"], PERCENT),
        "money": formatter.value(row["money"], MONEY),
        "year": formatter.value(12 * row["money"], MONEY),
        "before": _share(row["share_before"], formatter),
        "moved": moved if row["moved"] else "",
        "section": heading(section) if section else UNCLASSED,
    }


def _sum_row(
    name: str, rows: pd.DataFrame, section: str, found: Reasons, formatter: Formatter
) -> dict:
    summed = rows[["customers", "money", "customers_before"]].sum()
    before = summed["customers_before"] / found.before if found.before else float("nan")
    return {
        "reason": name,
        "customers": formatter.value(summed["customers"], COUNT),
        "share": formatter.percent(summed["customers"] / found.customers),
        "money": formatter.value(summed["money"], MONEY),
        "year": formatter.value(12 * summed["money"], MONEY),
        "before": _share(before, formatter),
        "section": heading(section) if section else TOGETHER,
    }


def _share(value: float, formatter: Formatter) -> str:
    return formatter.percent(value) if value == value else ""


def cells_table(cells: pd.DataFrame, caption: str, formatter: Formatter) -> ReportTable:
    """The share of each reason among those who left a group: a row a group, a column a reason."""
    every = cells.groupby("reason")["k"].sum() / cells["by"].nunique()
    order = every.sort_values(ascending=False, kind="stable").index.tolist()
    shown = order[:MOST_REASONS] if len(order) > MOST_REASONS + 1 else order
    keys = {reason: f"reason {place}" for place, reason in enumerate(shown)}
    rows = []
    for (by, group), own in cells.groupby(["by", "group"], sort=False):
        n = own["n"].iloc[0]
        line = {"group": group, "n": formatter.value(n, COUNT), "section": heading(str(by))}
        for row in own.to_dict("records"):
            if row["reason"] in keys:
                mark = "▲ " if row["differs"] else ""
                line[keys[row["reason"]]] = f"{mark}{formatter.percent(row['k'] / n, 0)}"
        rest = own.loc[~own["reason"].isin(shown), "k"].sum()
        line[OTHER] = formatter.percent(rest / n, 0) if len(shown) < len(order) else ""
        rows.append(line)
    columns = [TableColumn("group", "Who left", left=True), TableColumn("n", "Customers")]
    columns += [TableColumn(keys[each], heading(each), mark=True) for each in shown]
    columns.append(TableColumn(OTHER, "Other"))
    notes = [MOVED] if cells["differs"].any() else []
    return build_table(rows, columns, caption=caption, notes=notes, group="section", data=cells)


def incidence_table(points: pd.DataFrame, formatter: Formatter) -> ReportTable:
    """What share has left for each reason by some ages; together what survival has lost by then."""
    ages = [each for each in AGES if each in set(points["t"])]
    at = points[points["t"].isin(ages)]
    names = at["segment"].str.rpartition("=")[2]
    values = at.assign(reason=names).pivot_table(index="reason", columns="t", values="value")
    last = ages[-1]
    order = values.sort_values(last, ascending=False, kind="stable")
    ends = at[at["t"].eq(last)].set_index(names[at["t"].eq(last)])
    rows: list[dict] = [
        {
            "reason": reason,
            **{str(t): formatter.percent(value) for t, value in row.items()},
            "interval": formatter.interval(
                ends.loc[reason, "low"], ends.loc[reason, "high"], PERCENT
            ),
        }
        for reason, row in order.iterrows()
    ]
    together = {str(t): formatter.percent(float(order[t].sum())) for t in ages}
    rows.append({"reason": "all who left", **together, "strong": True})
    columns = [
        TableColumn("reason", "Reason", left=True),
        *(TableColumn(str(t), formatter.count(t, "month")) for t in ages),
        TableColumn("interval", f"{formatter.level} interval at {last}", muted=True),
    ]
    caption = "Left by then, of those who joined"
    return build_table(rows, columns, caption=caption, data=points)


def spike_table(found: Spike, formatter: Formatter) -> ReportTable:
    """Each split of a spike: who left, what was usual for them, and how many more."""
    rows = [
        {
            "group": row["group"],
            "lost": formatter.value(row["lost"], COUNT),
            "usual": formatter.decimal(row["usual"], 1) if row["usual"] == row["usual"] else "",
            "beyond": _beyond(row, formatter),
            "section": heading(row["by"]),
        }
        for row in _shown(found.rows, formatter.min_n)
    ]
    columns = [
        TableColumn("group", "Who left", left=True),
        TableColumn("lost", "Lost"),
        TableColumn("usual", "Usual"),
        TableColumn("beyond", "More than usual", mark=True),
    ]
    when = formatter.within(found.run.first, found.run.last)
    notes = [
        "Usual: each group's own rate before, on the customers that it had then; of a year of joining, the rate of all who "
        "had stayed as long."
    ]
    whose = f", {formatter.segment(found.segment.by, found.segment.label)}"
    name = whose if found.segment.label != ALL else ""
    caption = f"Who left {when}{name}"
    return build_table(rows, columns, caption=caption, notes=notes, group="section")


def _beyond(row: dict, formatter: Formatter) -> str:
    if row["beyond"] != row["beyond"]:
        return "no history"
    sign = "+" if row["beyond"] >= 0 else "−"
    return f"{'▲ ' if row['differs'] else ''}{sign}{formatter.decimal(abs(row['beyond']), 1)}"


def _shown(rows: pd.DataFrame, min_n: int) -> list[dict]:
    """The groups that lost anybody or usually do, and are of enough customers to be shown."""
    there = rows["lost"].gt(0) | rows["usual"].gt(0)
    return rows[there & rows["exposed"].ge(min_n)].to_dict("records")
