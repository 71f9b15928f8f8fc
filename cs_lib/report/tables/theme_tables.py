"""The tables of what customers wrote: themes over a year, by score group and step, and masked examples."""

from cs_lib.data.facts.comment_facts import GROUP, STEP
from cs_lib.judgement.said_themes import Themes
from cs_lib.metrics.compute.masking import MASK
from cs_lib.report.display import ReportTable
from cs_lib.report.tables.table_html import TableColumn, build_table
from cs_lib.report.text.formatting import Formatter, heading
from cs_lib.report.text.theme_sentences import GROUPS
from cs_lib.report.text.word_forms import capital
from cs_lib.vocabulary import COUNT, PERCENT, SCORE

#: so many themes have a column of their own
MOST_THEMES = 6
MORE = "▲ more often than in the instrument's other comments, beyond normal variation (Fisher's exact test, corrected)."


def themes_table(found: Themes, formatter: Formatter) -> ReportTable:
    """A row a theme: how many comments name it, their share and its change, and their mean score."""
    score = f"Mean {found.instrument.upper()} score"
    least = formatter.min_n
    columns = [
        TableColumn("theme", "Theme", left=True),
        TableColumn("k", "Comments"),
        TableColumn("share", "Share"),
        TableColumn("ends", f"{formatter.level} interval", muted=True),
        TableColumn("before", "Before"),
        TableColumn("moved", "Change", mark=True),
        TableColumn("score", score),
        TableColumn("score ends", f"{formatter.level} interval", muted=True),
    ]
    rows = [_theme_row(row, least, formatter) for row in found.rows.to_dict("records")]
    notes = ["A comment counts under each theme that it names; some name none."]
    notes += ["Before: the share in the twelve months before."] if found.before else []
    caption = f"What comments are about, {formatter.span(found.first, found.last)}"
    shown = ["theme", "k", "share", "low", "high", "share_before", "moved"]
    return build_table(rows, columns, caption=caption, notes=notes, data=found.rows[shown])


def _theme_row(row: dict, least: int, formatter: Formatter) -> dict:
    told = {
        "theme": row["theme"],
        "k": formatter.value(row["k"], COUNT),
        "share": formatter.percent(row["share"]),
        "ends": formatter.interval(row["low"], row["high"], PERCENT),
    }
    if row["share_before"] == row["share_before"]:
        told["before"] = formatter.percent(row["share_before"])
        more = "▲ more" if row["share"] > row["share_before"] else "▼ less"
        told["moved"] = more if row["moved"] else ""
    if row["scored"] >= least:
        told["score"] = formatter.value(row["score"], SCORE)
        told["score ends"] = formatter.interval(row["score_low"], row["score_high"], SCORE)
    return told


def groups_table(found: Themes, formatter: Formatter) -> ReportTable:
    """Which share of the comments of each score group, and at each step, names which theme."""
    shown = found.rows["theme"].head(MOST_THEMES).tolist()
    keys = {theme: f"theme {place}" for place, theme in enumerate(shown)}
    order = {name: place for place, name in enumerate(GROUPS)}
    cells = found.cells.assign(place=found.cells["group"].map(order).fillna(len(order)))
    cells = cells.sort_values(["by", "place", "instrument", "group"], kind="stable")
    rows = []
    for (by, instrument, group), own in cells.groupby(["by", "instrument", "group"], sort=False):
        name = GROUPS.get(group, group) if by == GROUP else group
        line = {
            "group": f"{capital(name)} ({instrument.upper()})",
            "n": formatter.value(own["n"].iloc[0], COUNT),
            "section": "By score" if by == GROUP else "By step",
        }
        for row in own.to_dict("records"):
            if row["theme"] in keys:
                mark = "▲ " if row["differs"] else ""
                line[keys[row["theme"]]] = f"{mark}{formatter.percent(row['k'] / row['n'], 0)}"
        rows.append(line)
    columns = [TableColumn("group", "Who wrote", left=True), TableColumn("n", "Comments")]
    columns += [TableColumn(keys[each], heading(each), mark=True) for each in shown]
    return build_table(
        rows,
        columns,
        caption=f"Themes by score and step, {formatter.span(found.first, found.last)}",
        notes=[MORE] if found.cells["differs"].any() else [],
        group="section",
        data=found.cells,
    )


def examples_table(found: Themes, least: int, formatter: Formatter) -> ReportTable:
    """A few comments of each theme, masked, by a rule that the note says."""
    order = {theme: place for place, theme in enumerate(found.rows["theme"])}
    rows = found.examples.assign(place=found.examples["theme"].map(order))
    rows = rows.sort_values("place", kind="stable")
    lines = [
        {
            "comment": f"“{row['comment']}”",
            "who": capital(row[GROUP]) if row[GROUP] else "",
            "step": row[STEP],
            "theme": heading(row["theme"]),
        }
        for row in rows.to_dict("records")
    ]
    columns = [
        TableColumn("comment", "Comment", left=True),
        TableColumn("who", "Score", left=True),
        TableColumn("step", "Step", left=True, muted=True),
    ]
    note = (
        f"The newest comments of a theme that {formatter.count(least, 'customer')} or more named, each of another "
        f"customer. {MASK} stands for names, numbers, addresses and words that few customers use."
    )
    return build_table(
        lines,
        columns,
        caption="In their words",
        notes=[note],
        group="theme",
        data=rows[["theme", "comment", GROUP, STEP]],
    )
