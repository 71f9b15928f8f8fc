"""The proofs that the figures agree with each other. A report that fails one is not published."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from cs_lib.errors import ReconciliationError
from cs_lib.metrics.cohorts import CUSTOMERS, NET
from cs_lib.period import ALL, MONTH

CELL = ["grain", "period_start", "segment_by", "segment"]
TOLERANCE = {"money": 0.005, "count": 1e-6}
MRR_MOVEMENTS = (
    "new_mrr",
    "reactivation_mrr",
    "expansion_mrr",
    "contraction_mrr",
    "churned_mrr",
    "transfer_in_mrr",
    "transfer_out_mrr",
)


@dataclass(frozen=True)
class Proof:
    """One thing that must hold, over how many cells it was looked at, and the worst difference."""

    what: str
    metrics: tuple[str, ...]
    cells: int
    worst: float
    where: str
    holds: bool


def proofs(measures: pd.DataFrame, cohorts: pd.DataFrame) -> list[Proof]:
    """Every proof that these measures allow, each over all its periods and segments."""
    figures = _Figures(measures)
    found = [prove(figures) for prove in _PROOFS]
    found.append(_cohorts_re_add(figures, cohorts, "paying_customers", CUSTOMERS))
    found.append(_cohorts_re_add(figures, cohorts, "mrr", NET))
    return [proof for proof in found if proof is not None and proof.cells]


def require(found: list[Proof]) -> None:
    """ReconciliationError that names the first proof that fails, and where."""
    for proof in found:
        if not proof.holds:
            raise ReconciliationError(
                f"The figures do not reconcile: {proof.what} is off by {proof.worst:.6f} at {proof.where}. "
                "Nothing is published. This is a fault of the kit: please report it with the edition."
            )


class _Figures:
    """The canonical figures of each metric, as series on the cells."""

    def __init__(self, measures: pd.DataFrame):
        first = measures.drop_duplicates("metric").set_index("metric")["variant"]
        canonical = measures[measures["variant"] == measures["metric"].map(first)]
        self._by_metric = {name: frame for name, frame in canonical.groupby("metric", sort=False)}
        self.measures = measures

    def has(self, *metrics: str) -> bool:
        return all(name in self._by_metric for name in metrics)

    def of(self, metric: str, column: str = "value") -> pd.Series:
        return self._by_metric[metric].set_index(CELL)[column]

    def frame(self, metric: str) -> pd.DataFrame:
        return self._by_metric[metric]


def _prove(what: str, metrics, difference: pd.Series, kind: str) -> Proof:
    """The proof that a difference is nowhere larger than its tolerance; cells not observed are passed over."""
    seen = difference.dropna().abs()
    worst = float(seen.max()) if len(seen) else 0.0
    where = _place(seen.idxmax()) if len(seen) else ""
    return Proof(what, tuple(metrics), len(seen), worst, where, worst <= TOLERANCE[kind])


def _place(cell) -> str:
    return ", ".join(
        str(part.date()) if isinstance(part, pd.Timestamp) else str(part) for part in cell
    )


def _mrr_moves(figures: _Figures) -> Proof | None:
    if not figures.has("opening_mrr", *MRR_MOVEMENTS):
        return None
    moved = sum(figures.of(name) for name in MRR_MOVEMENTS)
    difference = figures.of("opening_mrr") + moved - figures.of("mrr")
    return _prove(
        "opening MRR + movements = closing MRR",
        ("opening_mrr", *MRR_MOVEMENTS, "mrr"),
        difference,
        "money",
    )


def _customers_move(figures: _Figures) -> Proof | None:
    """Only over all customers: between segments that change, customers move without joining or leaving."""
    parts = (
        "opening_customers",
        "new_customers",
        "reactivated_customers",
        "churned_customers",
        "joined_and_left",
    )
    if not figures.has(*parts):
        return None
    opening, new, back, lost, passing = (figures.of(name) for name in parts)
    difference = opening + new + back - lost - passing - figures.of("paying_customers")
    difference = difference[difference.index.get_level_values("segment") == ALL]
    what = "customers at the opening + new + returned − lost − joined and left = customers at the closing"
    return _prove(what, (*parts, "paying_customers"), difference, "count")


def _opening_is_last_closing(opening: str, closing: str, kind: str) -> Callable:
    def prove(figures: _Figures) -> Proof | None:
        if not figures.has(opening, closing):
            return None
        here = figures.frame(opening).set_index(["grain", "period_start", "segment_by", "segment"])[
            "value"
        ]
        before = figures.frame(closing).set_index(["grain", "period_end", "segment_by", "segment"])[
            "value"
        ]
        difference = here - before.rename_axis(here.index.names)
        return _prove(
            "opening = closing of the period before", (opening, closing), difference, kind
        )

    return prove


def _segments_sum(metric: str, kind: str) -> Callable:
    def prove(figures: _Figures) -> Proof | None:
        if not figures.has(metric):
            return None
        frame = figures.frame(metric)
        whole = frame[frame["segment_by"] == ALL].set_index(["grain", "period_start"])["value"]
        parts = frame[frame["segment_by"] != ALL]
        complete = parts.groupby(["grain", "period_start", "segment_by"])["value"]
        sums = complete.sum().where(complete.count() == complete.size()).reset_index()
        expected = sums.set_index(["grain", "period_start"]).index.map(whole)
        difference = (sums["value"] - expected.to_numpy()).set_axis(
            pd.MultiIndex.from_frame(sums[["grain", "period_start", "segment_by"]])
        )
        title = frame["metric"].iloc[0].replace("_", " ")
        return _prove(f"{title} of the segments sum to that of all", (metric,), difference, kind)

    return prove


def _reasons_sum(figures: _Figures) -> Proof | None:
    if not figures.has("churned_customers", "churned_customers_by_reason"):
        return None
    frame = figures.frame("churned_customers_by_reason")
    frame = frame[frame["segment_by"] == "end_reason"]
    lost = figures.of("churned_customers").xs(ALL, level="segment").droplevel("segment_by")
    difference = frame.groupby(["grain", "period_start"])["value"].sum(min_count=1) - lost
    metrics = ("churned_customers", "churned_customers_by_reason")
    return _prove("lost customers by reason sum to lost customers", metrics, difference, "count")


def _nps_groups(figures: _Figures) -> Proof | None:
    groups = ("nps_promoters", "nps_passives", "nps_detractors")
    if not figures.has("nps", *groups):
        return None
    difference = sum(figures.of(name, "numerator") for name in groups) - figures.of(
        "nps", "denominator"
    )
    return _prove(
        "promoters + passives + detractors = answers", ("nps", *groups), difference, "count"
    )


def _gross_below_net(figures: _Figures) -> Proof | None:
    if not figures.has("gross_revenue_retention", "net_revenue_retention"):
        return None
    excess = figures.of("gross_revenue_retention", "numerator") - figures.of(
        "net_revenue_retention", "numerator"
    )
    what = "gross revenue retention is at most net revenue retention"
    return _prove(
        what, ("gross_revenue_retention", "net_revenue_retention"), excess.clip(lower=0), "money"
    )


def _cohorts_re_add(
    figures: _Figures, cohorts: pd.DataFrame, metric: str, measure: str
) -> Proof | None:
    """What is left of every cohort in a month is what there is at its closing."""
    cells = cohorts[(cohorts["measure"] == measure) & cohorts["cohort"].notna()]
    if cells.empty or not figures.has(metric) or not figures.has("mrr"):
        return None
    months = cells["cohort"].dt.to_period("M") + cells["age"]
    keys = [months.dt.to_timestamp(), cells["segment_by"], cells["segment"]]
    left = (
        cells["numerator"]
        .groupby(keys)
        .agg(lambda each: each.sum() if each.notna().all() else float("nan"))
    )
    now = figures.frame(metric)
    now = now[(now["grain"] == MONTH) & (now["segment_by"] == ALL)]
    now = now.set_index(["period_start", "segment_by", "segment"])["value"]
    difference = left.rename_axis(now.index.names) - now
    title = "customers" if measure == CUSTOMERS else "MRR"
    kind = "count" if measure == CUSTOMERS else "money"
    return _prove(
        f"{title} left of all cohorts = {title} at the closing",
        (metric, "cohort_retention"),
        difference,
        kind,
    )


_PROOFS = (
    _mrr_moves,
    _customers_move,
    _opening_is_last_closing("opening_mrr", "mrr", "money"),
    _opening_is_last_closing("opening_customers", "paying_customers", "count"),
    *(
        _segments_sum(name, "money")
        for name in ("mrr", "new_mrr", "churned_mrr", "revenue", "acquisition_cost")
    ),
    *(
        _segments_sum(name, "count")
        for name in ("new_customers", "nps_answers", "csat_answers", "ces_answers")
    ),
    _gross_below_net,
    _nps_groups,
    _reasons_sum,
)
