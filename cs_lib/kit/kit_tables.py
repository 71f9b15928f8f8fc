"""The tables a notebook can ask for: each picks its rows and hands them to the one that lays them out."""

import pandas as pd

from cs_lib.errors import ReconciliationError
from cs_lib.judgement.comparisons import distinguishable
from cs_lib.judgement.plan_variance import splits
from cs_lib.kit.kit_sentences import standings, title_of
from cs_lib.kit.selection import EVERY_VARIANT, MRR_FLOW, Selection
from cs_lib.metrics.audit.changed_inputs import Change
from cs_lib.metrics.audit.reconciliation import PROVED, Proof, about, proofs
from cs_lib.metrics.catalogue import CATALOGUE
from cs_lib.report.display import DefinitionCards, LeftOut, ReportTable, Sentence
from cs_lib.report.tables import definition_cards, measure_tables, restated_table
from cs_lib.report.tables.reconciliation_table import Reconciliation, Reconciliations
from cs_lib.report.tables.table_html import TableColumn, build_table
from cs_lib.report.text.changed_sentences import changed_sentences
from cs_lib.report.text.measure_row import Reading, records, rows_in_order
from cs_lib.report.text.plan_sentences import plan_sentence
from cs_lib.vocabulary import CHANGED, OK

Shown = ReportTable | LeftOut


def table(
    selection: Selection,
    *names: str,
    variant: str | None = None,
    by: str | None = None,
    periods: int = 1,
    back: int = 0,
) -> Shown:
    """Value, interval, n, change, target and status: one row a metric, or a segment, or a period."""

    def at(by: str | None, back: int) -> pd.DataFrame:
        rows = selection.frame(*names, variant=variant, by=by, periods=periods, back=back)
        return rows_in_order(rows) if by and periods == 1 else rows

    frame, title = at(by, back), title_of(selection, names, by, variant)
    if frame.empty:
        return selection.left_out(names, by, title=title)
    if not (frame["status"] == OK).any():
        what = title if len(names) == 1 else "The table of these figures"
        return LeftOut(what, _no_figure(selection, frame))
    before = at(by, back + 1)
    if by and by not in selection.own_columns:
        frame, before = (
            pd.concat([part, at(None, n)]) for part, n in ((frame, back), (before, back + 1))
        )
    rows = measure_tables.METRICS
    if by or periods > 1:
        rows = measure_tables.SEGMENTS if by else measure_tables.PERIODS
    several = len(names) > 1 and rows != measure_tables.METRICS
    last = max(period for row in records(frame) if (period := Reading.of(row).period))
    return measure_tables.metric_table(
        frame.assign(distinguishable=_distinguishable(selection, frame, before)),
        {name: selection.metric(name) for name in frame["metric"].unique()},
        selection.formatter,
        rows=rows,
        before=before if periods == 1 else None,
        standings=standings(selection, frame),
        group=measure_tables.METRICS if several else None,
        caption=title
        if periods > 1
        else selection.formatter.dated(title, last, unless=selection.period),
    )


def _no_figure(selection: Selection, frame: pd.DataFrame) -> str:
    """Why not one of these rows has a figure."""
    row = Reading.of(frame.iloc[-1])
    why = selection.formatter.status(row, selection.metric(row.metric).rule(row.variant))
    same = len(frame[["metric", "variant", "status"]].drop_duplicates()) == 1
    when = selection.formatter.period(row.period)
    return f"there is no figure for {when}" + (f": {why}" if same else "")


def _distinguishable(
    selection: Selection, frame: pd.DataFrame, before: pd.DataFrame
) -> list[bool | None]:
    def key(row: dict) -> tuple:
        return row["metric"], row["variant"], row["segment"]

    earlier = {key(row): row for row in records(before)}
    return [
        distinguishable(row, earlier.get(key(row)), selection.metric(row["metric"]))
        for row in records(frame)
    ]


def movement_table(selection: Selection, periods: int) -> Shown:
    """Opening, every movement and closing MRR of the last periods."""
    frame = selection.frame(*MRR_FLOW, periods=periods)
    if frame.empty:
        return selection.left_out(["mrr"], title="MRR movements")
    caption = "MRR from opening to closing"
    return measure_tables.movement_table(frame, selection.formatter, caption=caption)


def variants_table(selection: Selection, name: str) -> Shown:
    """One metric under each rule in use, side by side."""
    frame, metric = selection.frame(name, variant=EVERY_VARIANT), selection.metric(name)
    title = f"{metric.title} under each rule"
    if frame.empty:
        return selection.left_out([name], title=title)
    if not (frame["status"] == OK).any():
        return LeftOut(title, _no_figure(selection, frame.head(1)))
    return measure_tables.variants_table(frame, metric, selection.formatter)


def cohort_table(selection: Selection, measure: str, max_age: int) -> Shown:
    """The cohort triangle as numbers."""
    cells = selection.cohorts(measure)
    if cells.empty:
        return LeftOut("cohort table", selection.why_no_cohorts)
    return measure_tables.cohort_table(cells, selection.formatter, measure=measure, max_age=max_age)


def plan(selection: Selection) -> list[Sentence | ReportTable | LeftOut]:
    """Actual against plan, and what of a variance came from how many and how much each."""
    found = selection.judgement.plan(selection.segment)
    if not found:
        why = "this edition gives no plan for this period and segment"
        return [LeftOut("Actual against plan", why)]
    planned = {each.metric: selection.metric(each.metric) for each in found}
    selection.frame(*planned)  # so that the report defines them
    said = [plan_sentence(split, planned, selection.formatter) for split in splits(found)]
    return [*said, measure_tables.plan_table(found, planned, selection.formatter)]


def no_segments(selection: Selection, name: str) -> LeftOut:
    """Why a metric cannot be shown by segment."""
    title = selection.metric(name).title
    if not selection.has(name):
        return selection.left_out([name], title=f"{title} by segment")
    why = f"this edition names no segment that {title} can be split by"
    return LeftOut(f"{title} by segment", why)


def restated(selection: Selection) -> Shown:
    """What the pack published before said of this segment, where the figure is another one now."""
    measures = selection.measures
    if not measures.restated_since:
        return LeftOut("restated figures", "no pack of this edition was published before")
    mine = measures.restated[measures.restated["segment"] == selection.segment.label]
    found = [Change(**each) for each in measures.data.get(CHANGED, ())]
    return restated_table.restated_table(
        mine,
        measures.restated_since,
        selection.metric,
        selection.formatter,
        otherwise=changed_sentences(found, selection.metric, selection.formatter),
    )


def checks(selection: Selection) -> Reconciliations:
    """The reconciliations of the figures that were used; ReconciliationError when one fails."""
    count = selection.formatter.count
    found = Reconciliations(
        [
            Reconciliation(
                proof.what,
                proof.holds,
                f"{count(proof.cells, 'cell')} compared; largest difference {proof.worst:.2f}",
            )
            for proof in _proofs(selection)
        ]
    )
    if found.failed:
        raise ReconciliationError(f"The figures do not reconcile: {found.failed[0].what}.")
    return found


def _proofs(selection: Selection) -> list[Proof]:
    """What proves the figures that were used: as the run found it for all its reports, or else found now."""
    measures, grain = selection.measures, selection.period.grain
    handed = measures.data.get(PROVED, {}).get(grain)
    if handed is not None:
        return about(handed, selection.used)
    measures = measures.whole()
    figures = measures.measures[measures.measures["grain"] == grain]
    return proofs(figures, measures.cohorts, about=selection.used)


def definitions(selection: Selection) -> DefinitionCards:
    """What the metrics that were used mean, from their declarations."""
    used = selection.used
    metrics = [selection.metric(each.name) for each in CATALOGUE if each.name in used]
    return definition_cards.definitions(metrics, selection.formatter, selection.edition, used=used)


def metrics(selection: Selection) -> ReportTable:
    """Every metric of the catalogue: what it is called here, how it can be split, and why it is not there."""
    rows = []
    for each in CATALOGUE:
        metric = selection.metric(each.name)
        row = {"name": metric.name, "title": metric.title, "unit": metric.unit}
        if selection.has(metric.name):
            columns = dict.fromkeys((*selection.edition.segments, *sorted(metric.splits)))
            by = [each for each in columns if selection.splits_by(metric.name, each)]
            row["by"] = ", ".join(by)
        else:
            needs = selection.measures.left_out[metric.name].partition(", ")[0]
            row["missing"] = f"not in this edition: {needs}"
        row["variants"] = ", ".join(dict.fromkeys(rule.variant for rule in metric.rules))
        rows.append(row)
    heads = [
        TableColumn("name", "Name", left=True),
        TableColumn("title", "Title", left=True),
        TableColumn("unit", "Unit", left=True),
        TableColumn("variants", "Variants, the canonical one first", left=True),
        TableColumn("by", "Split by", left=True),
        TableColumn("missing", "Missing", left=True),
    ]
    return build_table(rows, heads, caption=f"Metrics of {selection.edition.name}")
