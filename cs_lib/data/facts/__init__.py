"""The heavy reduction: raw rows to small frames of units and periods, inside the engine."""

from collections.abc import Callable
from dataclasses import dataclass

from cs_lib.data.facts import costs, durations, orders, subscriptions, surveys, usage
from cs_lib.data.facts.frames import Prepared, Sources


@dataclass(frozen=True)
class Fact:
    """A fact by name: the tables it reads, and how it is prepared."""

    name: str
    reads: tuple[str, ...]
    prepare: Callable[[Sources], Prepared]
    given: Callable[[Sources], bool] = lambda sources: True

    def available(self, sources: Sources) -> bool:
        """Whether the edition gives what the fact reads."""
        return all(table in sources.tables for table in self.reads) and self.given(sources)


FACTS = {
    fact.name: fact
    for fact in (
        Fact("movements", subscriptions.READS, subscriptions.prepare_movements),
        Fact(
            "losses", subscriptions.READS, subscriptions.prepare_losses, subscriptions.has_reasons
        ),
        Fact("activity", orders.READS, orders.prepare_activity),
        Fact("nps", surveys.READS, surveys.prepare_nps, surveys.has("nps")),
        Fact("csat", surveys.READS, surveys.prepare_csat, surveys.has("csat")),
        Fact("ces", surveys.READS, surveys.prepare_ces, surveys.has("ces")),
        Fact("invitations", surveys.READS, surveys.prepare_invitations, surveys.has_invitations),
        Fact("invited", surveys.READS, surveys.prepare_invited, surveys.has_respondents),
        Fact("costs", costs.READS, costs.prepare_costs),
        Fact("usage", usage.READS, usage.prepare_usage),
        Fact("engagement", usage.WITH_SUBSCRIPTIONS, usage.prepare_engagement),
        Fact("features", usage.READS, usage.prepare_features),
        Fact("onboarding", ("customers",), durations.prepare_onboarding, durations.has_first_value),
        Fact("lifetimes", subscriptions.READS, durations.prepare_lifetimes),
    )
}

COHORTS = {
    "subscriptions": subscriptions.prepare_cohorts,
    "orders": orders.prepare_cohorts,
}
