"""What an edition may say otherwise: each default with its meaning, read from the models themselves."""

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from cs_lib.edition.schema import Definitions, Edition


@dataclass(frozen=True)
class Default:
    """A key under definitions, or of the edition itself, and what it means."""

    name: str
    means: str
    model: type[BaseModel] = Definitions

    @property
    def value(self) -> str:
        return _shown(self.model.model_fields[self.name].get_default(call_default_factory=True))


DEFAULTS = (
    Default("nps", "the scale on which NPS is asked: [0, 10] or [1, 10]"),
    Default("csat", "the scale of satisfaction, and the scores that count as satisfied"),
    Default("ces", "scale, direction and easy scores of effort; to be said where there are answers"),
    Default("gross_margin", "for lifetime value and payback, which are left out without it"),
    Default("active_window", "months without an order after which a customer is no longer active"),
    Default("response_window", "days after an invitation in which an answer counts for its response rate"),
    Default("follow_up_window", "days after a critical answer in which a follow-up counts for its rate"),
    Default("renewal_grace", "days after a term's end in which a renewal still counts"),
    Default("cac_lag", "periods by which costs lie before new customers, in the lagged rule of CAC"),
    Default("lifetime_horizon", "months over which lifetime value by survival is summed"),
    Default("first_value_feature", "the feature whose first use is first value, where no column says it"),
    Default("end_reasons", "which reasons to leave are voluntary, involuntary, unavoidable"),
    Default("product", "the segment that says what was bought, where it is called neither product nor plan"),
    Default("referrals", "{channel: [Referral]}: who came by referral, by a segment; for earned growth"),
    Default("zero_orders", "count: orders of 0 are orders"),
    Default("currency", "the currency of all figures", Edition),
    Default("locale", "the size of paper", Edition),
    Default("timezone", "the zone whose midnight begins a day, and of times without a zone", Edition),
    Default("grains", "kinds of periods; week may be added", Edition),
    Default("years", "a date outside them is refused", Edition),
    Default("confidence", "of every interval", Edition),
    Default("min_n", "rates and scores of fewer are not shown", Edition),
    Default("min_comments", "customers behind a theme that is told, at least 5", Edition),
    Default("engine", "spark: data of a cluster", Edition),
)  # fmt: skip


def _shown(value: Any) -> str:
    """A default as one would write it; a dash where there is none."""
    if isinstance(value, BaseModel):
        return (
            ", ".join(f"{name} {_shown(own)}" for name, own in value)
            if any(own for _, own in value)
            else "–"
        )
    if isinstance(value, tuple):
        return f"[{', '.join(map(str, value))}]"
    return "–" if value is None else str(value)


def listing() -> str:
    """Every default with its meaning, as text."""
    keys = [f"{each.name}: {each.value}" for each in DEFAULTS]
    width = max(map(len, keys))
    return "\n".join(
        f"{key:<{width}}  {each.means}" for key, each in zip(keys, DEFAULTS, strict=True)
    )
