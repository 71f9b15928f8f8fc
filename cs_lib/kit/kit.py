"""What a notebook holds: frames, tables, figures and words for one edition, period and segment."""

import os
from pathlib import Path

import pandas as pd
from IPython.display import display

from cs_lib.edition import find_root, read_edition
from cs_lib.errors import ReconciliationError
from cs_lib.judgement import Judgement, Standing, distinguishable, splits
from cs_lib.kit.kit_decomposition import Movers
from cs_lib.kit.kit_figures import MRR_FLOW, FigureKit
from cs_lib.kit.kit_scorecard import Scorecard
from cs_lib.kit.kit_sentences import Teller, title_of
from cs_lib.kit.kit_summary import Leader
from cs_lib.kit.kit_trends import Chronicle
from cs_lib.kit.selection import EVERY_VARIANT, Selection
from cs_lib.metrics.audit.cache import load_measures, read_measures
from cs_lib.metrics.audit.reconciliation import proofs
from cs_lib.metrics.catalogue import CATALOGUE
from cs_lib.period import ALL, MONTH, Period, Segment, last_complete
from cs_lib.report.display import DefinitionCards, LeftOut, ReportTable, Sentence
from cs_lib.report.tables import definition_cards as definitions
from cs_lib.report.tables import measure_tables, restated_table
from cs_lib.report.tables.reconciliation_table import Reconciliation, Reconciliations
from cs_lib.report.text import movement_sentences
from cs_lib.report.text.formatting import Formatter
from cs_lib.report.text.measure_row import Reading, period_of
from cs_lib.report.text.plan_sentences import plan_sentence
from cs_lib.report.text.summary import Lead
from cs_lib.vocabulary import CUSTOMERS, OK

DATA, REJECTS, MEASURES = "CS_KIT_DATA", "CS_KIT_ALLOW_REJECTS", "CS_KIT_MEASURES"


def open_kit(edition: str = "sample", period: str = "", segment: str = ALL) -> "Kit":
    """The kit for an edition (name or path), a period (default: the last complete month) and a segment.

    Raises EditionError for what is not known, DataError where the data break the contract.
    """
    root = find_root()
    opened = read_edition(edition, root=root)
    handed = os.environ.get(MEASURES)  # by a run, so that all its reports tell the same
    measures = (
        read_measures(Path(handed), opened)
        if handed
        else load_measures(
            opened,
            root=root,
            data_dir=os.environ.get(DATA),
            allow_rejects=os.environ.get(REJECTS) == "1",
        )
    )
    chosen = Period.parse(period) if period else last_complete(measures.as_of, MONTH)
    return Kit(Selection(opened, measures, chosen, Segment.parse(segment, opened.segments)))


class Kit:
    """One edition, period and segment. Whatever the edition cannot give comes back as LeftOut."""

    def __init__(self, selection: Selection):
        self.selection = selection
        self.formatter = Formatter.of(selection.edition)
        judgement = Judgement(selection.edition, selection.measures, selection.period)
        self._judgement, tools = judgement, (selection, self.formatter, judgement)
        self.figure = FigureKit(*tools)
        self._scorecard = Scorecard(*tools)
        self.has = selection.has
        self.frame = selection.frame
        self.cohorts = selection.cohorts
        said = Teller(*tools)
        self.say, self.say_cohorts = said.say, said.cohorts
        told = Chronicle(*tools)
        self.say_spikes, self.say_step, self.say_year = told.spikes, told.step, told.year
        self.say_since, self.say_cohort_step = told.since, told.cohort_step

    # --- the front page ----------------------------------------------------------------------------

    def lead(self) -> Lead | LeftOut:
        """Three to five sentences that a chair could read aloud (the rule: see `kit.lead`)."""
        return Leader(self.selection, self.formatter, self._judgement).lead()

    def scorecard(self) -> ReportTable | LeftOut:
        """Every headline metric in sections, with line, interval, change, baseline, target and status."""
        return self._scorecard.table()

    def signals(self) -> None:
        """Show what lies outside its control limits in this period: a sentence and a table."""
        display(*(part for part in self._scorecard.signals() if part))

    def plan(self) -> None:
        """Show actual against plan, and what of a variance came from how many and how much each."""
        found = self._judgement.plan(self.selection.segment)
        if not found:
            why = "this edition gives no plan for this period and segment"
            display(LeftOut("Actual against plan", why))
            return
        self.selection.frame(*(each.metric for each in found))
        known = {each.metric: self.selection.metric(each.metric) for each in found}
        said = [plan_sentence(each, known, self.formatter) for each in splits(found)]
        display(*said, measure_tables.plan_table(found, known, self.formatter))

    def what_moved(self, name: str, by: str | None = None) -> None:
        """Show what moved a rate from the period before: the finding, the figure, the table."""
        movers = Movers(self.selection, self.formatter, self._judgement)
        display(*movers.shown(name, by, figure=self.figure.what_moved))

    def segments_side_by_side(self, *names: str) -> None:
        """Show headline metrics by every segment column of the edition, a table a column."""
        shown = [self._scorecard.side_by_side(*names, by=column) for column in self.columns]
        whole = [each for each in shown if not isinstance(each, LeftOut)]
        nothing = LeftOut("Segments side by side", "this edition names no segments")
        display(*(whole or shown[:1] or [nothing]))

    # --- tables ----------------------------------------------------------------------------------

    def table(
        self,
        *names: str,
        variant: str | None = None,
        by: str | None = None,
        periods: int = 1,
        back: int = 0,
    ) -> ReportTable | LeftOut:
        """Value, interval, n, change, target and status: one row a metric, or a segment, or a period."""
        chosen = {"variant": variant, "periods": periods}
        frame = self.selection.frame(*names, by=by, back=back, **chosen)
        title = title_of(self.selection, names, by, variant)
        if frame.empty:
            return LeftOut(title, self.selection.why_not(names, by))
        if not (frame["status"] == OK).any():
            what = title if len(names) == 1 else "The table of these figures"
            return LeftOut(what, self._no_figure(frame))
        rows = (
            measure_tables.SEGMENTS
            if by
            else measure_tables.PERIODS
            if periods > 1
            else measure_tables.METRICS
        )
        before = self.selection.frame(*names, by=by, back=back + 1, **chosen)
        if by and by not in (column for column, _ in self.selection.segment.pairs):
            frame = pd.concat([frame, self.selection.frame(*names, back=back, **chosen)])
            before = pd.concat([before, self.selection.frame(*names, back=back + 1, **chosen)])
        return measure_tables.metric_table(
            frame.assign(distinguishable=self._told_apart(frame, before)),
            {name: self.selection.metric(name) for name in frame["metric"].unique()},
            self.formatter,
            rows=rows,
            before=before if periods == 1 else None,
            standings=self._standings(frame),
            group=measure_tables.METRICS
            if len(names) > 1 and rows != measure_tables.METRICS
            else None,
            caption=title if periods > 1 else self._dated(title, frame),
        )

    def _dated(self, title: str, frame: pd.DataFrame) -> str:
        """The title with the period, where all rows are of another one than the report."""
        last = max(period_of(row) for row in frame.to_dict("records"))
        return self.formatter.dated(title, last, unless=self.selection.period)

    def _no_figure(self, frame: pd.DataFrame) -> str:
        """Why not one of these rows has a figure."""
        row = Reading.of(frame.iloc[-1])
        why = self.formatter.status(row, self.selection.metric(row.metric).rule(row.variant))
        same = len(frame[["metric", "variant", "status"]].drop_duplicates()) == 1
        when = self.formatter.period(row.period)
        return f"there is no figure for {when}" + (f": {why}" if same else "")

    def movement_table(self, periods: int = 6) -> ReportTable | LeftOut:
        """Opening, every movement and closing MRR of the last periods."""
        frame = self.selection.frame(*MRR_FLOW, periods=periods)
        if frame.empty:
            return LeftOut("MRR movements", self.selection.why_not(["mrr"], None))
        return measure_tables.movement_table(
            frame, self.formatter, caption="MRR from opening to closing"
        )

    def variants_table(self, name: str) -> ReportTable | LeftOut:
        """One metric under each rule in use, side by side."""
        frame = self.selection.frame(name, variant=EVERY_VARIANT)
        if frame.empty:
            return LeftOut(
                f"{self.selection.metric(name).title} under each rule",
                self.selection.why_not([name], None),
            )
        if not (frame["status"] == OK).any():
            title = f"{self.selection.metric(name).title} under each rule"
            return LeftOut(title, self._no_figure(frame.head(1)))
        return measure_tables.variants_table(frame, self.selection.metric(name), self.formatter)

    def churn_bridge(self) -> Sentence | LeftOut:
        """From the snapshot rule to counting every end, and to Stripe's rule, in this period's numbers."""
        names = ("customer_churn_rate", "joined_and_left")
        frame = self.selection.frame(*names, variant=EVERY_VARIANT)
        said = movement_sentences.churn_bridge_sentence(frame, formatter=self.formatter)
        if said:
            return said
        when = self.formatter.period(self.selection.period)
        return LeftOut(
            "bridge between churn rules",
            f"the rules have no figures in {when} that could be held against each other"
            if self.has("mrr")
            else self.selection.why_not(["mrr"], None),
        )

    def cohort_table(self, measure: str = CUSTOMERS, max_age: int = 12) -> ReportTable | LeftOut:
        """The cohort triangle as numbers."""
        cells = self.selection.cohorts(measure)
        if cells.empty:
            return LeftOut("cohort table", self.selection.why_no_cohorts)
        return measure_tables.cohort_table(cells, self.formatter, measure=measure, max_age=max_age)

    def _standings(self, frame: pd.DataFrame) -> list[Standing | None]:
        """How the figure of each row stands to its target, at the row's own period."""
        return [
            self._judgement.standing(
                row["metric"],
                row["segment_by"],
                row["segment"],
                variant=row["variant"],
                period=period_of(row),
            )
            for row in frame.to_dict("records")
        ]

    def _told_apart(self, frame: pd.DataFrame, before: pd.DataFrame) -> list[bool | None]:
        key = ["metric", "variant", "segment"]
        earlier = {tuple(row[k] for k in key): row for row in before.to_dict("records")}
        return [
            distinguishable(
                row, earlier.get(tuple(row[k] for k in key)), self.selection.metric(row["metric"])
            )
            for row in frame.to_dict("records")
        ]

    # --- segments ----------------------------------------------------------------------------------

    @property
    def columns(self) -> tuple[str, ...]:
        """The segment columns of this edition that this report can be split by."""
        own = [column for column, _ in self.selection.segment.pairs]
        return tuple(own) if own else self.selection.edition.segments

    def by_segment(self, name: str, *, variant: str | None = None) -> None:
        """Show one metric by each segment column of the edition: the finding, the figure, the table."""
        shown = [
            part
            for column in self.columns
            if len(self.frame(name, variant=variant, by=column))
            for part in (
                self.say(name, variant=variant, by=column),
                self.figure.bars(name, column, variant=variant),
                self.table(name, variant=variant, by=column),
            )
        ]
        display(*shown or [self._no_segments(name)])

    def _no_segments(self, name: str) -> LeftOut:
        title = f"{self.selection.metric(name).title} by segment"
        if not self.has(name):
            return LeftOut(title, self.selection.why_not([name], None))
        return LeftOut(
            title,
            f"this edition names no segment that {self.selection.metric(name).title} can be split by",
        )

    def restated(self) -> ReportTable | LeftOut:
        """What the pack published before said of this segment, where the figure is another one now."""
        measures = self.selection.measures
        if not measures.restated_since:
            return LeftOut("restated figures", "no pack of this edition was published before")
        changed = measures.restated
        mine = changed[changed["segment"] == self.selection.segment.label]
        return restated_table.restated_table(
            mine, measures.restated_since, self.selection.metric, self.formatter
        )

    # --- proof and meaning -------------------------------------------------------------------------

    def checks(self) -> Reconciliations:
        """The reconciliations of the figures this notebook used; ReconciliationError when one fails."""
        measures, grain = self.selection.measures, self.selection.period.grain
        figures = measures.measures[measures.measures["grain"] == grain]
        mine = proofs(figures, measures.cohorts, about=self.selection.used)
        shown = Reconciliations(
            [
                Reconciliation(
                    proof.what,
                    proof.holds,
                    f"{self.formatter.count(proof.cells, 'cell')} compared; largest difference {proof.worst:.2f}",
                )
                for proof in mine
            ]
        )
        if shown.failed:
            raise ReconciliationError(f"The figures do not reconcile: {shown.failed[0].what}.")
        return shown

    def definitions(self) -> DefinitionCards:
        """What the metrics this notebook used mean, from their declarations."""
        used = [
            self.selection.metric(each.name)
            for each in CATALOGUE
            if each.name in self.selection.used
        ]
        return definitions.definitions(
            used, self.formatter, self.selection.edition, used=self.selection.used
        )
