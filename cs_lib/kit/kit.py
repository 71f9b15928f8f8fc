"""What a notebook holds: frames, tables, figures and sentences for one edition, period and segment."""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd
from IPython.display import display

from cs_lib.edition import find_root, read_edition
from cs_lib.kit import (
    kit_benchmarks,
    kit_decomposition,
    kit_forecast,
    kit_front,
    kit_owners,
    kit_renewals,
    kit_risk,
    kit_scorecard,
    kit_segments,
    kit_sentences,
    kit_tables,
    kit_trends,
)
from cs_lib.kit.customer_kit import CustomerKit
from cs_lib.kit.kit_figures import FigureKit
from cs_lib.kit.selection import Selection
from cs_lib.kit.semicolon import let_semicolons_hide
from cs_lib.metrics.audit.cache import load_measures
from cs_lib.metrics.audit.handed_measures import read_measures
from cs_lib.metrics.catalogue import metric
from cs_lib.period import ALL, MONTH, Period, Segment, last_complete
from cs_lib.report.display import DefinitionCards, LeftOut, ReportTable, Sentence
from cs_lib.report.tables.front_page import FrontPage
from cs_lib.report.tables.reconciliation_table import Reconciliations
from cs_lib.report.text.formatting import Formatter
from cs_lib.vocabulary import CUSTOMERS, STORED

DATA, REJECTS, MEASURES = "CS_KIT_DATA", "CS_KIT_ALLOW_REJECTS", "CS_KIT_MEASURES"
#: set where what cells show is kept: by a run in its reports, by `refresh` in the notebooks
KEPT = (MEASURES, STORED)


def open_kit(edition: str = "sample", period: str = "", segment: str = ALL) -> "Kit":
    """The kit for an edition (name or path), a period (default: the last complete month) and a segment.

    Raises EditionError for what is not known, DataError where the data break the contract.

    >>> kit = open_kit("sample", "2026-06", "plan=Pro")  # doctest: +SKIP
    """
    let_semicolons_hide()
    root = find_root()
    opened = read_edition(edition, root=root)
    chosen_segment = Segment.parse(segment, opened.segments)
    handed = os.environ.get(MEASURES)  # by a run, so that all its reports tell the same
    measures = (
        read_measures(Path(handed), opened, chosen_segment)
        if handed
        else load_measures(
            opened,
            root=root,
            data_dir=os.environ.get(DATA),
            allow_rejects=os.environ.get(REJECTS) == "1",
        )
    )
    chosen = Period.parse(period) if period else last_complete(measures.as_of, MONTH)
    selection = Selection(opened, measures, chosen, chosen_segment)
    return Kit(selection, by_hand=_by_hand())


def _by_hand() -> bool:
    return not any(map(os.environ.get, KEPT))


@dataclass(frozen=True)
class Kit(CustomerKit):
    """The figures of one edition, period and segment, to be shown in a notebook.

    `kit.metrics()` lists what there is, `kit.figure` holds the charts. A method shows what it is named for;
    `name` is a metric's, `variant` one of its rules (the canonical one unless named), `by` a column to split
    by. What is misspelt is refused with a suggestion; what the edition cannot give comes back as a line that
    says why.
    """

    by_hand: bool = True

    @cached_property
    def figure(self) -> FigureKit:
        """The charts: `kit.figure.trend("nps")`. Press Tab after the dot for their names."""
        return FigureKit(self.selection)

    @property
    def formatter(self) -> Formatter:
        """How the edition writes numbers: `kit.formatter.money(1200)` is "$1,200"."""
        return self.selection.formatter

    @property
    def columns(self) -> tuple[str, ...]:
        """The segment columns that this report can be split by: `("plan", "region")`."""
        return self.selection.own_columns or self.selection.edition.segments

    def column(self, name: str) -> str:
        """The first segment column of the edition that a metric can be split by: `kit.column("cac")`."""
        return self.selection.column(metric(name).name)

    # --- what there is -------------------------------------------------------------------------------

    def metrics(self) -> ReportTable:
        """List every metric: name, title, unit, variants, the columns it can be split by, or what it needs.

        `kit.metrics().data` is the same as a plain frame.
        """
        return kit_tables.metrics(self.selection)

    def has(self, name: str) -> bool:
        """Whether this edition has figures of a metric: `kit.has("nps")`."""
        return self.selection.has(name)

    def frame(
        self,
        *names: str,
        variant: str | None = None,
        by: str | None = None,
        periods: int = 1,
        back: int = 0,
    ) -> pd.DataFrame:
        """Figures as a plain frame, one row a figure, with the columns of measures.csv.

        `names`: metrics, all where none is named. `variant="*"` gives every rule. `periods`: how many up to
        this report's; `back`: that many periods earlier. `kit.frame("mrr", by="plan", periods=12)`
        """
        return self.selection.frame(*names, variant=variant, by=by, periods=periods, back=back)

    def cohorts(self, measure: str = CUSTOMERS) -> pd.DataFrame:
        """Cohort cells as a plain frame, as they stood at the period's end (columns of cohorts.csv).

        `measure`: customers, revenue_net or revenue_gross. `kit.cohorts("revenue_net")`
        """
        return self.selection.cohorts(measure)

    def rows(self, name: str, *, variant: str | None = None) -> pd.DataFrame:
        """The customers behind a figure of this period and segment, with what each adds to it.

        A plain frame for the analyst: customer_id, segments, numerator and denominator in the figure's unit.
        In a run and in `refresh` it raises: no published report may name a customer.
        `kit.rows("churned_customers")`
        """
        from cs_lib.kit import kit_rows

        return kit_rows.rows(
            self.selection,
            name,
            variant,
            by_hand=self.by_hand and _by_hand(),
            data_dir=os.environ.get(DATA),
            allow_rejects=os.environ.get(REJECTS) == "1",
        )

    # --- the front page ------------------------------------------------------------------------------

    def front_page(self) -> FrontPage | LeftOut:
        """The month on one page: a headline, six figures, up to five stories, decisions and actions."""
        return kit_front.front_page(self.selection)

    def actions(self) -> ReportTable | LeftOut:
        """What was to be done: who, by when, and what became of it, as the edition's notes have it."""
        return kit_front.actions(self.selection)

    def scorecard(self, *, short: bool = False) -> ReportTable | LeftOut:
        """Every headline metric in sections: verdict, value, changes on the month and the year, target and plan.

        `short` is the list of about a dozen that a board book has: `kit.scorecard(short=True)`
        """
        return kit_scorecard.scorecard(self.selection, short=short)

    def benchmarks(self) -> ReportTable | LeftOut:
        """What other companies have beside our own figures, from the file that the edition names; no verdict.

        Only under the same rule, in the same unit and grain, and for all customers.
        """
        return kit_benchmarks.table(self.selection)

    def signals(self) -> None:
        """Show what lies outside its control limits in this period: a sentence and a table."""
        display(*kit_scorecard.signals(self.selection))

    def plan(self) -> None:
        """Show actual against plan, and what of a variance came from how many and how much each."""
        display(*kit_tables.plan(self.selection))

    def restated(self) -> ReportTable | LeftOut:
        """Figures that the pack published before gave otherwise, with the cause."""
        return kit_tables.restated(self.selection)

    # --- sentences -----------------------------------------------------------------------------------

    def say(
        self, name: str, *, variant: str | None = None, by: str | None = None
    ) -> Sentence | LeftOut:
        """The finding in a sentence: the figure, its change and its target; with `by` its segments.

        `kit.say("customer_churn_rate", by="plan")`; `kit.say("net_new_mrr")` tells the movement of MRR.
        """
        return kit_sentences.say(self.selection, name, variant=variant, by=by)

    def say_cohorts(self, age: int = 6, measure: str = CUSTOMERS) -> Sentence | LeftOut:
        """What is left of the cohorts `age` months after joining, and whether newer ones keep more.

        `kit.say_cohorts(12, "revenue_net")`
        """
        return kit_sentences.say_cohorts(self.selection, age, measure)

    def say_spikes(
        self, name: str, *, variant: str | None = None, by: str | None = None
    ) -> Sentence | LeftOut:
        """The periods in which a figure lay outside its control limits: `kit.say_spikes("csat")`."""
        return kit_trends.say_spikes(self.selection, name, variant=variant, by=by)

    def say_step(
        self, name: str, *, variant: str | None = None, by: str | None = None
    ) -> Sentence | LeftOut:
        """Since when a figure has stood at another level, where that has lasted: `kit.say_step("ces")`."""
        return kit_trends.say_step(self.selection, name, variant=variant, by=by)

    def say_since(
        self, name: str, *, variant: str | None = None, by: str | None = None
    ) -> Sentence | LeftOut:
        """The segments that changed against a year before: `kit.say_since("feature_adoption", by="feature")`.

        Without `by`, the first segment column that it can be split by.
        """
        return kit_trends.say_since(self.selection, name, variant=variant, by=by)

    def churn_bridge(self) -> Sentence | LeftOut:
        """How the churn rules differ in this period's numbers: from the snapshot to Stripe's rule."""
        return kit_sentences.churn_bridge(self.selection)

    # --- tables --------------------------------------------------------------------------------------

    def table(
        self,
        *names: str,
        variant: str | None = None,
        by: str | None = None,
        periods: int = 1,
        back: int = 0,
    ) -> ReportTable | LeftOut:
        """Value, interval, n, change, target and status: one row a metric, a segment or a period.

        `by` gives a row a segment, `periods` a row a period; `back` looks so many periods earlier.
        `kit.table("customer_churn_rate", by="plan")`
        """
        return kit_tables.table(
            self.selection, *names, variant=variant, by=by, periods=periods, back=back
        )

    def movement_table(self, periods: int = 6) -> ReportTable | LeftOut:
        """Opening, every movement and closing MRR of the last periods: `kit.movement_table(12)`."""
        return kit_tables.movement_table(self.selection, periods)

    def variants_table(self, name: str) -> ReportTable | LeftOut:
        """One metric under each of its rules: `kit.variants_table("customer_churn_rate")`."""
        return kit_tables.variants_table(self.selection, name)

    def cohort_table(self, measure: str = CUSTOMERS, max_age: int = 12) -> ReportTable | LeftOut:
        """The cohort triangle as numbers, up to `max_age` months: `kit.cohort_table("revenue_net")`."""
        return kit_tables.cohort_table(self.selection, measure, max_age)

    # --- what comes next -----------------------------------------------------------------------------

    def say_risk(self) -> Sentence | LeftOut:
        """How many customers may leave in the month that follows, with how much MRR: `kit.say_risk()`."""
        return kit_risk.say(self.selection)

    def risk_table(self) -> ReportTable | LeftOut:
        """Customers, MRR and expected loss by band of risk: `kit.risk_table().data` is a plain frame."""
        return kit_risk.table(self.selection)

    def say_risk_record(self) -> Sentence | LeftOut:
        """What such chances were worth over the last twelve months, once it was known who left."""
        return kit_risk.say_record(self.selection)

    def what_goes_with_leaving(self) -> None:
        """Show which things known of customers go with leaving, and with paying more: effects with intervals."""
        display(*kit_risk.what_goes_with_leaving(self.selection))

    def features_that_go_with_staying(self) -> None:
        """Show which features of the product go with leaving and with paying more, over all customers."""
        display(*kit_risk.features_that_go_with_staying(self.selection))

    def renewals_ahead(self) -> ReportTable | LeftOut:
        """MRR whose term ends in the next four quarters, and what of it may be renewed: `kit.renewals_ahead()`."""
        return kit_renewals.ahead(self.selection)

    def owner_books(self) -> None:
        """Show each customer-success manager's book: churn against what was expected, renewals, risk, cost.

        In the report of one owner, that book on a page.
        """
        display(*kit_owners.shown(self.selection))

    def say_forecast(self) -> Sentence | LeftOut:
        """What MRR may be some months ahead, and where such intervals did not hold: `kit.say_forecast()`."""
        return kit_forecast.say(self.selection)

    def forecast_table(self) -> ReportTable | LeftOut:
        """MRR 1, 3, 6 and 12 months ahead, with the record of such forecasts: `kit.forecast_table()`."""
        return kit_forecast.table(self.selection)

    def forecast_trials(self) -> ReportTable | LeftOut:
        """How far each way of forecasting was off so far, at each horizon: `kit.forecast_trials()`."""
        return kit_forecast.trials(self.selection)

    # --- segments ------------------------------------------------------------------------------------

    def what_moved(self, name: str, by: str | None = None) -> None:
        """Show what moved a rate from the period before: the segments' rates, or their mix.

        Without `by`, the column whose segments differ most. `kit.what_moved("customer_churn_rate")`
        """
        display(*kit_decomposition.shown(self.selection, name, by))

    def by_segment(self, name: str, *, variant: str | None = None) -> None:
        """Show a metric by each segment column of the edition: what stands apart in a sentence, and a chart.

        `kit.by_segment("csat")`
        """
        display(*kit_segments.by_segment(self.selection, name, variant))

    def segments_on_a_page(self, *names: str) -> ReportTable | LeftOut:
        """Every segment of the edition in rows, and metrics in columns: a page that holds them all.

        `names`: the first seven headline metrics unless named. `kit.segments_on_a_page("nps", "csat")`
        """
        return kit_scorecard.segments_on_a_page(self.selection, *names)

    # --- proof and meaning ---------------------------------------------------------------------------

    def checks(self) -> Reconciliations:
        """The reconciliations of the figures this notebook used; ReconciliationError when one fails."""
        return kit_tables.checks(self.selection)

    def definitions(self) -> DefinitionCards:
        """What the metrics this notebook used mean: rules, intervals, what is left out, sources."""
        return kit_tables.definitions(self.selection)
