"""The figures of a pack as files, and the few of them that its index shows."""

from dataclasses import dataclass
from pathlib import Path

from cs_lib.period import ALL, Period

FILES = ("measures", "cohorts", "curves", "restated")
FLOATS = "%.12g"
HEADLINES = (
    "mrr",
    "revenue",
    "paying_customers",
    "ordering_customers",
    "net_revenue_retention",
    "customer_churn_rate",
    "nps",
    "csat",
    "ltv_to_cac",
)
MOST = 6


def csv_texts(measures) -> dict[str, str]:
    """Each table of measures as CSV: sorted, and the same text for the same figures."""
    return {f"{name}.csv": _csv(getattr(measures, name)) for name in FILES}


def _csv(frame) -> str:
    ordered = frame.sort_values(list(frame.columns), kind="stable", ignore_index=True)
    return ordered.to_csv(
        index=False, float_format=FLOATS, date_format="%Y-%m-%d", lineterminator="\n"
    )


def write_csvs(texts: dict[str, str], folder: Path) -> None:
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")


@dataclass(frozen=True)
class Headline:
    """One figure on the index: its name, the figure, and its interval in words."""

    title: str
    value: str
    more: str


def headlines(edition, measures, period: Period) -> list[Headline]:
    """The first few figures for all customers in the period, each in its canonical variant."""
    from cs_lib.metrics.catalogue import metric
    from cs_lib.present.wording import Words, metric_title

    words, found = Words.of(edition), []
    frame = measures.measures
    here = frame[
        (frame["segment_by"] == ALL)
        & (frame["grain"] == period.grain)
        & (frame["period_start"] == str(period.start))
        & (frame["status"] == "ok")
    ]
    for name in HEADLINES:
        declared = metric(name)
        rows = here[(here["metric"] == name) & (here["variant"] == declared.canonical)]
        if len(rows) != 1 or len(found) == MOST:
            continue
        row = rows.iloc[0]
        unit = declared.unit_of()
        span = words.interval(row["low"], row["high"], unit, compact=True)
        found.append(
            Headline(
                metric_title(declared),
                words.value(row["value"], unit, compact=True),
                f"{words.level} interval {span}" if span else "",
            )
        )
    return found
