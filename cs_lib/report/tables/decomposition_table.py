"""The table of what moved a rate: each segment's share and rate at both ends, and what it moved."""

from cs_lib.report.display import ReportTable
from cs_lib.report.tables.table_html import TableColumn, build_table
from cs_lib.report.text.decomposition import REST, Moved, ends_of, rounded, signed, unit_words
from cs_lib.report.text.formatting import Formatter, metric_title, spoken
from cs_lib.report.text.word_forms import lower_first


def moved_table(moved: Moved, formatter: Formatter) -> ReportTable:
    """Each segment's share and rate at both ends, and what it moved; the last row adds up exactly."""
    exact, unit = rounded(moved), moved.metric.unit_of(moved.variant)
    lines = []
    for place, part in enumerate(moved.parts.to_dict("records")):
        line = {
            "head": part["name"],
            "rate": signed(exact.rate[place], formatter),
            "mix": signed(exact.mix[place], formatter),
            "total": signed(exact.totals[place], formatter),
        }
        for end in (0, 1):
            line[f"share{end}"] = (
                "" if part["name"] == REST else formatter.percent(part[f"share_{end}"])
            )
            line[f"rate{end}"] = formatter.value(part[f"rate_{end}"], unit, bare=True)
            line[f"rate{end}"] = "" if line[f"rate{end}"] == "–" else line[f"rate{end}"]
        lines.append(line)
    ends = ends_of(moved, exact, formatter)
    lines.append(
        {
            "head": "All",
            "rate0": ends[0],
            "rate1": ends[1],
            "rate": signed(sum(exact.rate), formatter),
            "mix": signed(sum(exact.mix), formatter),
            "total": signed(exact.now - exact.before, formatter),
            "strong": True,
        }
    )
    old, new = (formatter.period_short(each.period) for each in (moved.before, moved.now))
    unit = unit_words(moved, formatter)
    over = f"Moved it by{f' ({unit})' if unit else ''}"
    columns = [
        TableColumn("head", spoken(moved.by).capitalize(), left=True),
        TableColumn("share0", old, under="Share of the base", muted=True),
        TableColumn("share1", new, under="Share of the base", muted=True),
        TableColumn("rate0", f"{old} ", under="Rate"),
        TableColumn("rate1", f"{new} ", under="Rate"),
        TableColumn("rate", "Rate ", under=over),
        TableColumn("mix", "Mix", under=over),
        TableColumn("total", "Together", under=over),
    ]
    title = metric_title(moved.metric, moved.variant)
    notes = [
        "Mix: the change of a segment's share, times how far its figure stands from the average. "
        "Rows and columns add up exactly: hundredths are apportioned by largest remainder."
    ]
    return build_table(
        lines, columns, caption=f"What moved {lower_first(title)}", notes=notes, data=moved.parts
    )
