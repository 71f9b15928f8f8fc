"""The proofs that the figures agree with each other. A report that fails one is not published."""

from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from cs_lib.errors import ReconciliationError
from cs_lib.metrics.catalogue import metric
from cs_lib.metrics.coded_words import worded
from cs_lib.metrics.compute.estimate import starts_before
from cs_lib.period import ALL, MONTH
from cs_lib.vocabulary import COUNT, CUSTOMERS, MONEY, MRR_MOVEMENTS, REVENUE_NET

CELL = ["grain", "period_start", "segment_by", "segment"]
TEXTS = ("grain", "segment_by", "segment")
NEEDED = ["metric", "variant", *CELL, "period_end", "value", "numerator", "denominator"]
TOLERANCE = {MONEY: 0.005, COUNT: 1e-6}
CUSTOMERS_MOVE = (
    "opening_customers",
    "new_customers",
    "reactivated_customers",
    "churned_customers",
    "joined_and_left",
    "paying_customers",
)
#: totals of which the segments of every split add up to all, and how a proof calls them; not orders, whose
#: lines can lie in several segments
ADDED_OVER_SEGMENTS = {
    "mrr": "MRR",
    "new_mrr": "new MRR",
    "churned_mrr": "churned MRR",
    "revenue": "revenue",
    "acquisition_cost": "acquisition costs",
    "new_customers": "new customers",
    "nps_answers": "NPS answers",
    "csat_answers": "CSAT answers",
    "ces_answers": "CES answers",
}
NPS_GROUPS = ("nps_promoters", "nps_passives", "nps_detractors")
RENEWALS = ("renewals_due", "renewals_kept", "renewals_lost", "renewals_open")
RETENTIONS = ("gross_revenue_retention", "net_revenue_retention")
REVENUE_MOVES = (
    "new_revenue",
    "returned_revenue",
    "increased_revenue",
    "decreased_revenue",
    "lost_revenue",
)
COHORTS = "cohort_retention"
#: measured where customers are those who pay for a subscription
SUBSCRIBED = ("mrr",)
#: under which the state of the measures holds proofs that were found already
PROVED = "proved"


@dataclass(frozen=True)
class Proof:
    """One thing that must hold, over how many cells it was looked at, and the worst difference."""

    what: str
    metrics: tuple[str, ...]
    cells: int
    worst: float
    where: str
    holds: bool


def proofs(
    measures: pd.DataFrame, cohorts: pd.DataFrame, about: Collection[str] | None = None
) -> list[Proof]:
    """Every proof that these measures allow, each over all its periods and segments.

    With `about` those alone that speak of one of these metrics: a report proves what it shows.
    """
    claims = [claim for claim in _CLAIMS if about is None or set(claim.metrics) & set(about)]
    figures = _Figures(
        measures, cohorts, {each for claim in claims for each in (*claim.metrics, *claim.needs)}
    )
    found = [_proof(claim, figures) for claim in claims]
    return [proof for proof in found if proof is not None and proof.cells]


def handed_on(found: list[Proof]) -> list[dict]:
    """Proofs as plain values, so that what reads the same figures need not find them again."""
    return [asdict(each) for each in found]


def about(handed: list[dict], used: Collection[str]) -> list[Proof]:
    """Those of the proofs handed on that speak of one of these metrics."""
    found = [Proof(**each | {"metrics": tuple(each["metrics"])}) for each in handed]
    return [each for each in found if set(each.metrics) & set(used)]


@dataclass(frozen=True)
class _Claim:
    """What must hold of some metrics: `difference(figures)` is 0 in every cell, but for a tolerance.

    It does so only where the metrics that it `needs` are measured as well.
    """

    what: str
    metrics: tuple[str, ...]
    kind: str
    difference: Callable
    needs: tuple[str, ...] = ()


def _proof(claim: "_Claim", figures: "_Figures") -> Proof | None:
    """The proof of a claim; cells not observed are passed over. None where a metric is not there."""
    named = (*claim.metrics, *claim.needs)
    if not figures.has(*(name for name in named if name != COHORTS)):
        return None
    seen = claim.difference(figures).dropna().abs()
    worst = float(seen.max()) if len(seen) else 0.0
    where = _place(seen.idxmax()) if len(seen) else ""
    holds = worst <= TOLERANCE[claim.kind]
    return Proof(claim.what, claim.metrics, len(seen), worst, where, holds)


def require(found: list[Proof]) -> None:
    """ReconciliationError that names the first proof that fails, and where."""
    for proof in found:
        if not proof.holds:
            raise ReconciliationError(
                f"The figures do not reconcile: {proof.what} is off by {proof.worst:.6f} at {proof.where}. "
                "Nothing is published. This is a fault of the kit: please report it with the edition."
            )


class _Figures:
    """The canonical figures of the metrics asked for, as series on the cells; and the cohort cells."""

    def __init__(self, measures: pd.DataFrame, cohorts: pd.DataFrame, wanted: set[str]):
        self._measures = measures.astype(dict.fromkeys(TEXTS, "category"))
        self.cohorts = cohorts
        canonical = self._canonical(wanted)
        places = np.sort(np.concatenate([*canonical.values(), np.empty(0, dtype=np.int64)]))
        cells = self._measures[CELL].iloc[places]
        numbers = cells.groupby(CELL, observed=True, sort=False).ngroup().to_numpy()
        firsts = np.unique(numbers, return_index=True)[1]
        self._cells = pd.MultiIndex.from_frame(cells.iloc[firsts])
        #: metric → where its figures stand, and the number of the cell of each
        self._places = {
            name: (own, numbers[np.searchsorted(places, own)]) for name, own in canonical.items()
        }

    def _canonical(self, wanted: set[str]) -> dict[str, np.ndarray]:
        """Where the figures of each metric stand: those of the variant that comes first."""
        found = {}
        variants = self._measures["variant"]
        for name, places in self._measures.groupby("metric", observed=True).indices.items():
            if name in wanted:
                own = variants.iloc[places]
                found[name] = places[(own == own.iloc[0]).to_numpy()]
        return found

    def has(self, *metrics: str) -> bool:
        return all(name in self._places for name in metrics)

    def of(self, metric: str, column: str = "value") -> pd.Series:
        """The figures of a metric on every cell; NaN where it has none."""
        (places, cells), values = self._places[metric], np.full(len(self._cells), np.nan)
        values[cells] = self._measures[column].to_numpy()[places]
        return pd.Series(values, index=self._cells)

    def frame(self, metric: str) -> pd.DataFrame:
        return self._measures[NEEDED].iloc[self._places[metric][0]]


def _place(cell: tuple) -> str:
    return ", ".join(
        str(part.date()) if isinstance(part, pd.Timestamp) else str(part) for part in cell
    )


def _adds_up(what: str, opening: str, moves: tuple[str, ...], closing: str, kind: str) -> _Claim:
    def difference(figures: _Figures) -> pd.Series:
        return figures.of(opening) + sum(figures.of(name) for name in moves) - figures.of(closing)

    return _Claim(what, (opening, *moves, closing), kind, difference)


def _customers_move(figures: _Figures) -> pd.Series:
    """Only over all customers: between segments that change, customers move without joining or leaving."""
    opening, new, back, lost, passing, closing = (figures.of(name) for name in CUSTOMERS_MOVE)
    difference = opening + new + back - lost - passing - closing
    return difference[difference.index.get_level_values("segment") == ALL]


def _opening_is_last_closing(opening: str, closing: str, kind: str, says: str) -> _Claim:
    def difference(figures: _Figures) -> pd.Series:
        keys = [["grain", edge, "segment_by", "segment"] for edge in ("period_start", "period_end")]
        here, before = (
            figures.frame(name).set_index(key)["value"]
            for name, key in zip((opening, closing), keys, strict=True)
        )
        return here - before.rename_axis(here.index.names)

    what = f"{says} at the start = {says} at the end of the period before"
    return _Claim(what, (opening, closing), kind, difference)


def _segments_sum(name: str, says: str) -> _Claim:
    def difference(figures: _Figures) -> pd.Series:
        frame = figures.frame(name)
        whole = frame[frame["segment_by"] == ALL].set_index(["grain", "period_start"])["value"]
        parts = frame[frame["segment_by"] != ALL]
        keys = ["grain", "period_start", "segment_by"]
        sums = parts.groupby(keys, observed=True)["value"].sum(skipna=False)
        return sums - whole.reindex(sums.index.droplevel("segment_by")).to_numpy()

    what = f"{says} of the segments = {says} of all"
    return _Claim(what, (name,), metric(name).unit, difference)


def _parts_sum(parts: str, whole: str) -> Callable[["_Figures"], pd.Series]:
    """What a figure split by one further column comes to, less the figure."""

    def difference(figures: _Figures) -> pd.Series:
        frame = figures.frame(parts)
        frame = frame[~frame["segment_by"].str.contains(",")]  # by the column, and by nothing else
        every = figures.of(whole).xs(ALL, level="segment").droplevel("segment_by")
        summed = frame.groupby(["grain", "period_start"], observed=True)["value"]
        return summed.sum(min_count=1) - every

    return difference


def _moves_add_up(figures: _Figures) -> pd.Series:
    """What the moves come to, less the change of revenue; of a first period nothing is known."""
    moved = sum(figures.of(name) for name in REVENUE_MOVES)
    revenue = figures.of("revenue")
    cells = revenue.index.to_frame(index=False)
    places = pd.MultiIndex.from_frame(cells.assign(period_start=starts_before(cells)))
    return moved - (revenue - revenue.reindex(places).to_numpy())


def _nps_groups(figures: _Figures) -> pd.Series:
    counted = sum(figures.of(name, "numerator") for name in NPS_GROUPS)
    return counted - figures.of("nps", "denominator")


def _gross_below_net(figures: _Figures) -> pd.Series:
    gross, net = (figures.of(name, "numerator") for name in RETENTIONS)
    return (gross - net).clip(lower=0)


def _cohorts_re_add(metric: str, measure: str, kind: str, says: str) -> _Claim:
    """What is left of every cohort in a month is what there is at its closing."""

    def difference(figures: _Figures) -> pd.Series:
        cells = figures.cohorts
        cells = cells[(cells["measure"] == measure) & cells["cohort"].notna()]
        cells = worded(cells[cells["segment_by"] == ALL])
        if cells.empty or not figures.has("mrr"):
            return pd.Series(dtype=float)
        months = cells["cohort"].dt.to_period("M") + cells["age"]
        keys = [months.dt.to_timestamp(), cells["segment_by"], cells["segment"]]
        left = cells["numerator"].groupby(keys).sum(skipna=False)
        now = figures.frame(metric)
        now = now[(now["grain"] == MONTH) & (now["segment_by"] == ALL)]
        now = now.set_index(["period_start", "segment_by", "segment"])["value"]
        return left.rename_axis(now.index.names) - now

    what = f"{says} left of all cohorts = {says} at the end"
    return _Claim(what, (metric, COHORTS), kind, difference)


def _renewals_add_up(figures: _Figures) -> pd.Series:
    due, *parts = (figures.of(each) for each in RENEWALS)
    return due - sum(parts)


def _same_population(
    kind: str, first: tuple[str, str, str], *others: tuple[str, str, str]
) -> list[_Claim]:
    """Each (metric, column, words) counts the same customers, or their money, as the first in every cell."""

    def claim(metric: str, column: str, says: str) -> _Claim:
        def difference(figures: _Figures) -> pd.Series:
            return figures.of(first[0], first[1]) - figures.of(metric, column)

        named = f"{first[2]} = {says}"
        return _Claim(named, (metric, first[0]), kind, difference, needs=SUBSCRIBED)

    return [claim(*each) for each in others]


_CLAIMS = (
    _adds_up("opening MRR + movements = closing MRR", "opening_mrr", MRR_MOVEMENTS, "mrr", MONEY),
    _Claim(
        "customers at the start + new + returned − lost − joined and left = customers at the end",
        CUSTOMERS_MOVE,
        COUNT,
        _customers_move,
    ),
    _opening_is_last_closing("opening_mrr", "mrr", MONEY, "MRR"),
    _opening_is_last_closing("opening_customers", "paying_customers", COUNT, "customers"),
    *(_segments_sum(name, says) for name, says in ADDED_OVER_SEGMENTS.items()),
    _Claim(
        "gross revenue retention is at most net revenue retention",
        RETENTIONS,
        MONEY,
        _gross_below_net,
    ),
    _Claim("renewed + lost + open = due", RENEWALS, MONEY, _renewals_add_up),
    _Claim("promoters + passives + detractors = answers", ("nps", *NPS_GROUPS), COUNT, _nps_groups),
    _Claim(
        "lost customers by reason sum to lost customers",
        ("churned_customers", "churned_customers_by_reason"),
        COUNT,
        _parts_sum("churned_customers_by_reason", "churned_customers"),
    ),
    *(
        _Claim(
            f"{name} MRR by kind sums to {name} MRR",
            (f"{name}_mrr", f"{name}_mrr_by_kind"),
            MONEY,
            _parts_sum(f"{name}_mrr_by_kind", f"{name}_mrr"),
        )
        for name in ("expansion", "contraction")
    ),
    *(
        _Claim(
            f"{says} by year of joining sums to {says}",
            (whole, f"{whole}_by_vintage"),
            MONEY,
            _parts_sum(f"{whole}_by_vintage", whole),
        )
        for whole, says in (("mrr", "MRR"), ("revenue", "revenue"))
    ),
    _Claim(
        "what customers moved = the change of revenue on the period before",
        ("revenue", *REVENUE_MOVES),
        MONEY,
        _moves_add_up,
    ),
    *_same_population(
        COUNT,
        ("paying_customers", "value", "customers at the end"),
        ("arpa", "denominator", "customers of ARPA"),
        ("active_customer_rate", "denominator", "customers of the active customer rate"),
    ),
    *_same_population(
        COUNT,
        ("opening_customers", "value", "customers at the start"),
        ("customer_churn_rate", "denominator", "customers of the churn rate"),
        ("customer_retention_rate", "denominator", "customers of the retention rate"),
    ),
    *_same_population(
        COUNT,
        ("churned_customers", "value", "customers lost"),
        ("customer_churn_rate", "numerator", "customers lost of the churn rate"),
    ),
    *_same_population(MONEY, ("mrr", "value", "MRR"), ("arpa", "numerator", "MRR of ARPA")),
    _cohorts_re_add("paying_customers", CUSTOMERS, COUNT, "customers"),
    _cohorts_re_add("mrr", REVENUE_NET, MONEY, "MRR"),
)
