"""A chart of each kind, over small made-up measures."""

import pandas as pd

from cs_lib.period import Period
from cs_lib.report import figures
from cs_lib.report.text.decomposition import Moved
from cs_lib.report.text.formatting import Formatter
from cs_lib.report.text.measure_row import Reading

US = Formatter()
NPS_SCALE = {"scale": (0, 10), "good": (9, 10), "bad": (0, 6)}
#: three plans whose churn went from 3.0 % to 3.3 %; `value` is what the plan's rate moved
SPLIT = pd.DataFrame(
    {
        "name": ["Pro", "Team", "Solo"],
        "value": [0.003, 0.001, -0.002],
        "mix": [0.001, -0.0005, 0.0005],
    }
)


def change(metric, parts):
    """What moved a rate from May to June 2026, by plan."""
    was, now = (
        Reading(value=value, period=Period.parse(month))
        for value, month in ((0.03, "2026-05"), (0.033, "2026-06"))
    )
    return Moved(
        metric, "snapshot", "plan", was, now, parts.rename(columns={"value": "rate"}), True
    )


def controlled(made):
    """Eight months of churn with control limits, of which the fourth lies outside."""
    return made.churn_by_month(8).assign(
        centre=0.028, limit_low=0.015, limit_high=0.04, signal=[False] * 3 + [True] + [False] * 4
    )


def drawings(made, catalogue):
    """name → (a function that draws a frame, the frame)."""
    churn, ces, mrr = (catalogue(name) for name in ("customer_churn_rate", "ces", "mrr"))
    touch = made.scored({"onboarding": (5.4, 0.2, 120), "billing": (3.6, 0.4, 40)})
    answers = made.answers({0: 2, 6: 10, 7: 25, 9: 41, 10: 38})
    nps = made.frame(
        *(made.nps_row(40 + i, 30, 20, period=p)[0] for i, p in enumerate(made.months(count=4)))
    )
    payback = made.frame(
        *(
            made.row("cac_payback", "12_months", p, value=14.0 - i)
            for i, p in enumerate(made.months(count=3))
        )
    )
    ltv = made.frame(
        *(
            made.row(
                "ltv_to_cac",
                "ratio",
                by="channel",
                segment=f"channel={k}",
                value=v,
                low=v - 1,
                high=v + 1,
                n=9,
            )
            for k, v in (("search", 2.1), ("events", 4.2))
        )
    )
    return {
        "trend": (lambda f: figures.trend(f, churn, US, target=0.025), made.churn_by_month()),
        "segments": (
            lambda f: figures.segment_dots(f, churn, US, target=0.03),
            made.churn_by_plan(),
        ),
        "touchpoints": (lambda f: figures.segment_dots(f, ces, US, scale=(1, 7)), touch),
        "scores": (lambda f: figures.score_distribution(f, US, **NPS_SCALE), answers),
        "nps": (
            lambda f: figures.trend(f, catalogue("nps"), US, target=30, answers="answers"),
            nps,
        ),
        "mrr": (lambda f: figures.mrr_line(f, mrr, US), made.mrr_by_month()),
        "mrr by plan": (lambda f: figures.mrr_line(f, mrr, US), made.mrr_by_month(("Pro", "Team"))),
        "waterfall": (lambda f: figures.movement_waterfall(f, US), made.movements()),
        "heat map": (lambda f: figures.retention_heatmap(f, US), made.cohorts(6)),
        "heat map of revenue": (
            lambda f: figures.retention_heatmap(f, US, measure="revenue_net"),
            made.cohorts(6, measure="revenue_net"),
        ),
        "ltv": (
            lambda f: figures.segment_dots(
                f, catalogue("ltv_to_cac"), US, target=3, target_says="3 : 1"
            ),
            ltv,
        ),
        "payback": (lambda f: figures.trend(f, catalogue("cac_payback"), US, target=12), payback),
        "survival": (lambda f: figures.survival_curve(f, US), made.curve()),
        "control": (lambda f: figures.control_chart(f, churn, US), controlled(made)),
        "mix": (lambda f: figures.mix_and_rate(change(churn, f), US), SPLIT),
    }


NAMES = (
    "trend",
    "segments",
    "touchpoints",
    "scores",
    "nps",
    "mrr",
    "mrr by plan",
    "waterfall",
    "heat map",
    "heat map of revenue",
    "ltv",
    "payback",
    "survival",
    "control",
    "mix",
)
