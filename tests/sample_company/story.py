"""What happened to Fernleaf: stories to be found in the reports, and the levers behind them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Slice:
    """A segment over the months `first` to `last`, both included.

    `region=APAC` as in an edition, `region!=APAC` for everyone else; `touchpoint=` and `feature=`
    for one touchpoint or feature.
    """

    segment: str
    first: str
    last: str


@dataclass(frozen=True)
class Sign:
    """How a story shows: `metric` in `seen` over `against` is beyond `ratio`, in `direction`.

    The shipped data is well clear of `ratio`. `notebook` is where a reader would look.
    """

    metric: str
    seen: Slice
    against: Slice
    direction: str
    ratio: float
    notebook: str


@dataclass(frozen=True)
class Story:
    """One thing that happened, in a sentence, with every sign of it."""

    name: str
    sentence: str
    signs: tuple[Sign, ...]


@dataclass(frozen=True)
class PriceRise:
    """List prices rise; monthly customers pay more at once, yearly ones from their next renewal."""

    on: date = date(2025, 10, 1)
    unrest: tuple[date, date] = (date(2025, 11, 1), date(2026, 2, 1))
    unhappy_plan: str = "Solo"
    churn: float = 2.2
    asks_for_rebate: float = 0.06
    rebate: float = 0.15


@dataclass(frozen=True)
class Onboarding:
    """Guided set-up for all who sign up from `on`; before it, early customers drifted away."""

    on: date = date(2025, 1, 1)
    early_months: int = 6
    early_churn: tuple[float, float] = (2.4, 0.7)
    days_to_value: tuple[float, float] = (17.5, 7.9)
    never: tuple[float, float] = (0.13, 0.06)
    ease: tuple[float, float] = (4.25, 5.65)


@dataclass(frozen=True)
class Rival:
    """A local competitor undercuts Fernleaf in one region."""

    on: date = date(2025, 7, 1)
    region: str = "APAC"
    churn: float = 2.2


@dataclass(frozen=True)
class SupportTrouble:
    """Two of five support people leave; replacements are trained by May."""

    seen: tuple[date, date] = (date(2026, 3, 1), date(2026, 4, 23))


@dataclass(frozen=True)
class Launch:
    """A feature released for everyone, taken up over the months after."""

    on: date = date(2025, 9, 9)
    feature: str = "Waitlist"
    taken_up_by: float = 0.62
    days_to_take_up: float = 120.0


@dataclass(frozen=True)
class CallBacks:
    """Follow-ups of critical answers are `noted_since`; from `on` fewer of them come within a week, by step."""

    noted_since: date = date(2024, 1, 1)
    on: date = date(2025, 11, 1)
    in_time: dict[str, tuple[float, float]] = field(
        default_factory=lambda: {
            "relationship": (0.66, 0.58),
            "support": (0.70, 0.27),
            "onboarding": (0.74, 0.46),
        }
    )
    elsewhere: tuple[float, float] = (0.56, 0.42)


PRICE_RISE = PriceRise()
ONBOARDING = Onboarding()
RIVAL = Rival()
SUPPORT_TROUBLE = SupportTrouble()
LAUNCH = Launch()
CALL_BACKS = CallBacks()

_BEFORE_ONBOARDING = ("2024-01", "2024-12")
_SINCE_ONBOARDING = ("2025-02", "2025-11")
_YEAR = ("2025-07", "2026-06")

STORIES = (
    Story(
        "price rise",
        "Prices rose in October 2025, most for Solo: expansion jumps that month, "
        "then Solo customers leave or ask for a rebate until January 2026.",
        (
            Sign(
                "expansion_mrr_rate",
                Slice("all", "2025-10", "2025-10"),
                Slice("all", "2025-04", "2025-09"),
                "up",
                2.0,
                "scorecard",
            ),
            Sign(
                "customer_churn_rate",
                Slice("plan=Solo", "2025-11", "2026-01"),
                Slice("plan=Solo", "2025-08", "2025-10"),
                "up",
                1.4,
                "cohort_retention",
            ),
            Sign(
                "contraction_mrr",
                Slice("plan=Solo", "2025-11", "2026-01"),
                Slice("plan=Solo", "2025-01", "2025-10"),
                "up",
                1.5,
                "scorecard",
            ),
        ),
    ),
    Story(
        "guided onboarding",
        "Guided set-up from January 2025 made starting easier: customers reach first value in "
        "nine days where it took three weeks, and more of them are still there after six months.",
        (
            Sign(
                "ces",
                Slice("touchpoint=onboarding", *_SINCE_ONBOARDING),
                Slice("touchpoint=onboarding", *_BEFORE_ONBOARDING),
                "up",
                1.2,
                "survey_scores",
            ),
            Sign(
                "time_to_value",
                Slice("all", *_SINCE_ONBOARDING),
                Slice("all", *_BEFORE_ONBOARDING),
                "down",
                0.6,
                "cohort_retention",
            ),
            Sign(
                "cohort_retention",
                Slice("all", *_SINCE_ONBOARDING),
                Slice("all", *_BEFORE_ONBOARDING),
                "up",
                1.06,
                "cohort_retention",
            ),
        ),
    ),
    Story(
        "rival in APAC",
        "A local competitor has undercut Fernleaf in APAC since July 2025: "
        "customers there leave about twice as often as elsewhere.",
        (
            Sign(
                "customer_churn_rate",
                Slice("region=APAC", *_YEAR),
                Slice("region!=APAC", *_YEAR),
                "up",
                1.6,
                "cohort_retention",
            ),
        ),
    ),
    Story(
        "dear events",
        "A customer won at a trade fair costs about five times as much as any other, "
        "and does not earn it back three times over.",
        (
            Sign(
                "cac",
                Slice("channel=Events", *_YEAR),
                Slice("channel!=Events", *_YEAR),
                "up",
                4.0,
                "unit_economics",
            ),
            Sign(
                "ltv_to_cac",
                Slice("channel=Events", *_YEAR),
                Slice("channel!=Events", *_YEAR),
                "down",
                0.5,
                "unit_economics",
            ),
        ),
    ),
    Story(
        "support trouble",
        "Support was short of people in March and April 2026: "
        "satisfaction fell, and has recovered since.",
        (
            Sign(
                "csat",
                Slice("all", "2026-03", "2026-04"),
                Slice("all", "2025-09", "2026-02"),
                "down",
                0.85,
                "survey_scores",
            ),
            Sign(
                "csat",
                Slice("all", "2026-05", "2026-06"),
                Slice("all", "2026-03", "2026-04"),
                "up",
                1.18,
                "survey_scores",
            ),
        ),
    ),
    Story(
        "fewer call-backs",
        "Since November 2025, when complaints about the price took up their days, people at Fernleaf come back to fewer "
        "critics within a week: of those from support to one in four, where it had been seven in ten.",
        (
            Sign(
                "follow_up_rate",
                Slice("all", "2025-12", "2026-05"),
                Slice("all", "2024-11", "2025-10"),
                "down",
                0.75,
                "survey_scores",
            ),
            Sign(
                "follow_up_rate",
                Slice("touchpoint=support", "2025-12", "2026-05"),
                Slice("touchpoint=support", "2024-11", "2025-10"),
                "down",
                0.5,
                "survey_scores",
            ),
        ),
    ),
    Story(
        "waitlist launch",
        "The waitlist was released in September 2025 "
        "and is now used by about every third active customer.",
        (
            Sign(
                "feature_adoption",
                Slice("feature=Waitlist", "2026-04", "2026-06"),
                Slice("feature=Waitlist", "2025-09", "2025-11"),
                "up",
                1.8,
                "adoption",
            ),
        ),
    ),
)
