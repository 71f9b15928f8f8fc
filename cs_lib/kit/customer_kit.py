"""What a notebook shows of the customers: why they leave, what they bring and buy, and what they say."""

from dataclasses import dataclass

from IPython.display import display

from cs_lib.kit import kit_base, kit_leaving, kit_payback, kit_purchases, kit_room, kit_said
from cs_lib.kit.selection import Selection
from cs_lib.report.display import LeftOut, ReportTable, Sentence


@dataclass(frozen=True)
class CustomerKit:
    """The methods of the kit that tell of customers rather than of a metric."""

    selection: Selection

    # --- why customers leave -------------------------------------------------------------------------

    def why_they_leave(self) -> None:
        """Show why customers left in twelve months: reasons with share, interval and money, and a year before."""
        display(*kit_leaving.why_they_leave(self.selection))

    def who_gave_which_reason(self) -> None:
        """Show which reasons were given by whom: segments and lengths of stay, and what stands apart."""
        display(*kit_leaving.who_gave_which_reason(self.selection))

    def reasons_by_age(self) -> None:
        """Show what share of those who join has left for each reason after 3, 6, 12 and 24 months."""
        display(*kit_leaving.reasons_by_age(self.selection))

    def churn_spike(self) -> None:
        """Show who left in the last spike of churn: by reason, segment, tenure and year of joining."""
        display(*kit_leaving.churn_spike(self.selection))

    def cohort_payback(self) -> None:
        """Show when each cohort had repaid what it cost to win, as observed, beside the formula."""
        display(*kit_payback.shown(self.selection))

    def value_by_horizon(self) -> None:
        """Show how many times over customers had repaid their cost after 3, 6, 12, 24 months, beside the formula."""
        display(*kit_payback.by_horizon(self.selection))

    # --- the customer base ---------------------------------------------------------------------------

    def concentration(self) -> None:
        """Show what the largest customers bring, now and before: a sentence, a chart, a table."""
        display(*kit_base.concentration(self.selection))

    def tenths(self) -> None:
        """Show what each tenth of the customers brings, from those who bring most."""
        display(*kit_base.tenths(self.selection))

    def what_changed(self) -> None:
        """Show what changed in money: MRR since a year ago, revenue from orders since the period before."""
        display(*kit_base.changed(self.selection))

    def vintages(self) -> None:
        """Show MRR, or revenue, by the year in which customers joined."""
        display(*kit_base.vintages(self.selection))

    def next_purchases(self) -> None:
        """Show how often customers who have one product buy another within a year, beside all who lack it."""
        display(*kit_purchases.shown(self.selection))

    def white_space(self) -> None:
        """Show which segments' customers lack a feature that the others use more: counts, the most room first."""
        display(*kit_room.shown(self.selection))

    # --- what customers said -------------------------------------------------------------------------

    def what_customers_said(self) -> None:
        """Show what comments of twelve months are about: themes, against a year before, and where one stands apart."""
        display(*kit_said.what_customers_said(self.selection))

    def in_their_words(self) -> ReportTable | LeftOut:
        """A few comments of each theme, masked: names, numbers, addresses and rare words are taken out."""
        return kit_said.in_their_words(self.selection)

    def drivers(self) -> None:
        """Show which of the items asked beside a score go with it, beside how each does: `kit.drivers()`."""
        display(*kit_said.drivers(self.selection))

    def scores_and_staying(self) -> None:
        """Show what became of customers in the six months after an answer, promoters beside detractors."""
        display(*kit_said.scores_and_staying(self.selection))

    def say_earned_growth(self) -> Sentence | LeftOut:
        """What growth customers brought: what is left of a year ago, and who came by referral since."""
        return kit_said.say_earned_growth(self.selection)
