"""The heavy reduction: raw rows to small frames of units and periods, inside the engine."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from cs_lib.data.facts import (
    base_facts,
    cost_facts,
    duration_facts,
    expansion_facts,
    follow_up_facts,
    order_facts,
    referral_facts,
    renewal_facts,
    subscription_facts,
    survey_facts,
    usage_facts,
)
from cs_lib.data.facts.context import Context, Prepared


@dataclass(frozen=True)
class Fact:
    """A fact by name: the tables it reads, and how it is prepared.

    It has no segment in any period that the fact `within` lacks, where one is named. `needs` is the column that it
    cannot do without, where there is one.
    """

    name: str
    reads: tuple[str, ...]
    prepare: Callable[[Context], Prepared]
    given: Callable[[Context], bool] = lambda context: True
    within: str | None = None
    needs: str | None = None

    def available(self, context: Context) -> bool:
        """Whether the edition gives what the fact reads."""
        return all(table in context.tables for table in self.reads) and self.given(context)


FACTS = {
    fact.name: fact
    for fact in (
        Fact("movements", subscription_facts.READS, subscription_facts.prepare_movements),
        Fact(
            "losses",
            subscription_facts.READS,
            subscription_facts.prepare_losses,
            subscription_facts.has_reasons,
            within="movements",
        ),
        Fact(
            "expansion_kinds",
            subscription_facts.READS,
            expansion_facts.prepare_kinds,
            expansion_facts.has_plans,
            within="movements",
        ),
        Fact(
            "earned",
            subscription_facts.READS,
            referral_facts.prepare_earned,
            referral_facts.has_origins,
            within="movements",
        ),
        Fact("activity", order_facts.READS, order_facts.prepare_activity),
        Fact("nps", survey_facts.READS, survey_facts.prepare_nps, survey_facts.has("nps")),
        Fact("csat", survey_facts.READS, survey_facts.prepare_csat, survey_facts.has("csat")),
        Fact("ces", survey_facts.READS, survey_facts.prepare_ces, survey_facts.has("ces")),
        Fact(
            "invitations",
            survey_facts.READS,
            survey_facts.prepare_invitations,
            survey_facts.has_invitations,
            needs="sent_at",
        ),
        Fact(
            "invited",
            survey_facts.READS,
            survey_facts.prepare_invited,
            survey_facts.has_respondents,
        ),
        Fact(
            "follow_ups",
            follow_up_facts.READS,
            follow_up_facts.prepare_follow_ups,
            follow_up_facts.has_follow_ups,
            needs="followed_up_on",
        ),
        Fact("costs", cost_facts.READS, cost_facts.prepare_costs),
        Fact("usage", usage_facts.READS, usage_facts.prepare_usage),
        Fact("engagement", usage_facts.WITH_SUBSCRIPTIONS, usage_facts.prepare_engagement),
        Fact("features", usage_facts.READS, usage_facts.prepare_features),
        Fact(
            "onboarding",
            ("customers",),
            duration_facts.prepare_onboarding,
            duration_facts.has_first_value,
        ),
        Fact(
            "renewals",
            renewal_facts.READS,
            renewal_facts.prepare_renewals,
            renewal_facts.has_terms,
        ),
        Fact(
            "spread",
            subscription_facts.READS,
            partial(base_facts.prepare_spread, "subscriptions"),
            within="movements",
        ),
        Fact(
            "order_spread",
            order_facts.READS,
            partial(base_facts.prepare_spread, "orders"),
            within="activity",
        ),
        Fact(
            "tenths",
            subscription_facts.READS,
            partial(base_facts.prepare_tenths, "subscriptions"),
            within="movements",
        ),
        Fact(
            "order_tenths",
            order_facts.READS,
            partial(base_facts.prepare_tenths, "orders"),
            within="activity",
        ),
        Fact("largest", subscription_facts.READS, base_facts.prepare_largest),
        Fact(
            "vintages",
            subscription_facts.READS,
            base_facts.prepare_vintages,
            within="movements",
        ),
        Fact(
            "order_vintages",
            order_facts.READS,
            base_facts.prepare_order_vintages,
            within="activity",
        ),
        Fact(
            "lifetimes",
            subscription_facts.READS,
            duration_facts.prepare_lifetimes,
            within="movements",
        ),
    )
}

COHORTS = {
    "subscriptions": subscription_facts.prepare_cohorts,
    "orders": order_facts.prepare_cohorts,
}
