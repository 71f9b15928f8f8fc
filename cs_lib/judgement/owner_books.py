"""The books of customer-success managers over twelve months: who lost more customers than theirs lead one to expect.

Expected is what an owner's customers would have lost, had they left as all customers of the same plan and region did
(indirect standardisation; the rates are of all customers, the owner's own included). Losses are held against it as a
Poisson count with exact limits (Garwood 1936), and only where at least five are expected; corrected for how many owners
are judged (Holm 1979).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cs_lib.judgement.series import Figures
from cs_lib.judgement.significance import holm
from cs_lib.judgement.standing import MONTHS_JUDGED
from cs_lib.metrics.compute.intervals import poisson
from cs_lib.metrics.compute.suppression import too_small
from cs_lib.metrics.frame_columns import OWNED
from cs_lib.period import MONTH, Period, Segment, add_months
from cs_lib.vocabulary import NOT_GIVEN, OWNER, TOO_FEW

#: owners of whom fewer losses are expected are not judged
LEAST_EXPECTED = 5
MORE, FEWER, AS_EXPECTED = "more than expected", "fewer than expected", "as expected"


@dataclass(frozen=True)
class Books:
    """The books of the months from `first` to `last`.

    `rows`, one an owner, the dearest first: `months` in which they had customers,
    `customers` and `mrr` (means over these months' openings), `lost` and
    `expected`, their `ratio` with `low` and `high`, `p`, `verdict`; MRR `churned` and `expected_churned` (below 0),
    `expansion`, `contraction`; what was `renewed` of the terms that ended, as a share of the MRR of those that are not
    open; MRR `ahead` (due in the quarter after the data) and `at_risk`; `cost`, and the ARR that came back for each
    unit of it, `returned`; and whether the book is `hidden`, for it holds fewer than `min_n` customers or would tell of
    one that does. `whole` is all of them together. `alike`: the segment columns in which customers are held against
    others alike.
    """

    first: Period
    last: Period
    rows: pd.DataFrame
    whole: dict
    alike: tuple[str, ...]

    @property
    def shown(self) -> pd.DataFrame:
        return self.rows[~self.rows["hidden"]]


def books(figures: Figures, period: Period) -> Books | None:
    """The books of the twelve months to a period's end; None where no owner is known to have had a customer then."""
    last = Period.containing(period.last_day, MONTH)
    first = Period.containing(add_months(last.start, 1 - MONTHS_JUDGED), MONTH)
    cells = figures.measures.owners
    cells = cells[cells["month"].between(pd.Timestamp(first.start), pd.Timestamp(last.start))]
    if not cells["customers"].sum() or cells[OWNER].eq(NOT_GIVEN).all():
        return None
    there = cells[cells["customers"].gt(0)]
    summed = _expected(cells).groupby(OWNER, as_index=False).sum(numeric_only=True)
    summed = _ahead(summed, figures, last)
    months = summed[OWNER].map(there.groupby(OWNER)["month"].nunique()).fillna(0)
    edition = figures.edition
    rows = _judged(_returned(summed, months), edition.confidence)
    hidden = _too_small(rows, rows["customers"], edition.min_n)
    rows = rows.assign(
        hidden=hidden & rows["customers"].gt(0),
        renewed=rows["renewed"].mask(_too_small(rows, rows["terms"], edition.min_n)),
        ahead=rows["ahead"].mask(_too_small(rows, rows["terms_ahead"], edition.min_n)),
        at_risk=rows["at_risk"].mask(_too_small(rows, rows["many_at_risk"], edition.min_n)),
        unowned=rows[OWNER].eq(NOT_GIVEN),
    )
    rows[["cost", "returned"]] = rows[["cost", "returned"]].mask(rows["unowned"])
    rows = rows[rows["customers"].gt(0)]
    order = ["unowned", "mrr", OWNER]
    rows = rows.sort_values(order, ascending=[True, False, True], ignore_index=True)
    alike = Segment.parse(there["alike"].max()).pairs
    together = summed.sum(numeric_only=True, min_count=1).to_frame().T
    whole = _returned(together, pd.Series([there["month"].nunique()])).iloc[0].to_dict()
    return Books(first, last, rows.drop(columns="unowned"), whole, tuple(by for by, _ in alike))


def _ahead(rows: pd.DataFrame, figures: Figures, last: Period) -> pd.DataFrame:
    """The rows with what is due and at risk after the data; NaN where the period is an earlier one."""
    names = {
        "due": "ahead",
        "terms": "terms_ahead",
        "mrr_at_risk": "at_risk",
        "at_risk": "many_at_risk",
    }
    known = figures.measures.data.get("owners_ahead", {})
    known = known if last.end == Period.containing(figures.measures.as_of, MONTH).start else {}
    found = pd.DataFrame.from_dict(known, orient="index").reindex(columns=[*names])
    found = found.rename(columns=names).astype(float)
    told = found.columns[found.notna().any()]
    rows = rows.join(found, on=OWNER)
    return rows.assign(**{each: rows[each].fillna(0.0) for each in told})


def _returned(rows: pd.DataFrame, months: pd.Series) -> pd.DataFrame:
    """The rows with means over the `months` in which there were customers, the share renewed, and what came back for each unit of cost in a year: ARR
    that expanded, or was not lost although as much was expected to be."""
    settled, saved = rows["due"] - rows["open"], rows["churned"] - rows["expected_churned"]
    return rows.assign(
        months=months,
        customers=rows["customers"] / months.where(months > 0, 1),
        mrr=rows["opening"] / months.where(months > 0, 1),
        renewed=rows["kept"] / settled.where(settled > 0),
        returned=MONTHS_JUDGED * (rows["expansion"] + saved) / rows["cost"].where(rows["cost"] > 0),
    )


def _too_small(rows: pd.DataFrame, n: pd.Series, min_n: int) -> pd.Series:
    named = rows.assign(segment_by=OWNER, segment=OWNER + "=" + rows[OWNER])
    return too_small(named, n, [pd.Series(0, rows.index)], min_n)


def _expected(cells: pd.DataFrame) -> pd.DataFrame:
    """The cells with what they would have lost at the rate of all customers alike, in customers and in MRR."""
    sums = cells.groupby("alike")[["customers", "lost", "opening", "churned"]].sum()
    rate = (sums["lost"] / sums["customers"].where(sums["customers"] > 0)).fillna(0)
    share = (sums["churned"] / sums["opening"].where(sums["opening"] > 0)).fillna(0)
    return cells[[OWNER, *OWNED]].assign(
        expected=cells["customers"] * cells["alike"].map(rate),
        expected_churned=cells["opening"] * cells["alike"].map(share),
    )


def _judged(rows: pd.DataFrame, confidence: float) -> pd.DataFrame:
    lost, expected = rows["lost"].to_numpy(), rows["expected"].to_numpy()
    known = np.where(expected > 0, expected, np.nan)
    low, high = poisson(lost, np.where(lost > 0, lost, 1.0), confidence=confidence)
    rows = rows.assign(ratio=lost / known, low=low / known, high=high / known, p=1.0)
    enough = rows["expected"].ge(LEAST_EXPECTED) & rows[OWNER].ne(NOT_GIVEN)
    rows.loc[enough, "p"] = poisson_p(lost[enough], expected[enough])
    apart = pd.Series(False, rows.index)
    if enough.any():
        apart[enough] = holm(rows.loc[enough, "p"].to_numpy(), 1 - confidence)
    side = np.where(rows["ratio"] > 1, MORE, FEWER)
    verdict = np.where(apart, side, AS_EXPECTED)
    return rows.assign(verdict=np.where(enough, verdict, TOO_FEW))


def poisson_p(lost: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Twice the smaller tail of a Poisson count at its expectation, at most 1."""
    from scipy.special import pdtr, pdtrc

    below = pdtr(lost, expected)
    above = np.where(lost > 0, pdtrc(lost - 1, expected), 1.0)
    return np.minimum(1.0, 2 * np.minimum(below, above))
