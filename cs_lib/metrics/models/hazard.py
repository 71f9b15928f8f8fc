"""Who may leave in the month that follows, told from what was known before it, and how good that was.

For each month one hazard is fitted on all months before it. What it said is judged when the month is over; a hazard
that fails on the last twelve such months is refused, and then nothing is said of who may leave.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, time
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from cs_lib.data.engines.engine import Engine
from cs_lib.data.facts.context import Context, add_up, whole
from cs_lib.data.facts.follow_up_facts import with_waiting
from cs_lib.data.facts.owner_facts import had, has_owners
from cs_lib.data.facts.risk_facts import RiskTable, prepare_risk, prepare_uses
from cs_lib.metrics import frame_columns
from cs_lib.metrics.compute.aggregates import Columns
from cs_lib.metrics.compute.segment_cells import cells_by
from cs_lib.metrics.models.back_test import Record, record_of
from cs_lib.metrics.models.band_cells import shown_bands
from cs_lib.metrics.models.feature_effects import Seen, feature_effects
from cs_lib.metrics.models.logistic import Hazard, Kinds, SeparationError
from cs_lib.metrics.models.marginal_effects import marginal_effects
from cs_lib.metrics.models.risk_words import (
    LEAST_EVENTS,
    LEAST_JUDGED,
    NO_BETTER,
    OFF,
    RANKS_NOT,
    SEPARATED,
    TOO_FEW,
)
from cs_lib.period import segment_name
from cs_lib.vocabulary import MICROS, OK, OWNER

#: the months that a record covers, and those whose record is kept
RECORD, KEPT = 12, 13
#: bands, from so many times the mean chance on
BANDS = (("low", 0.0), ("usual", 0.5), ("raised", 1.5), ("high", 3.0))
#: observed over expected may lie so far from 1 before a hazard is refused; the whole interval counts
MOST_OFF = 1.25
#: accounts in these bands are told one by one, the dearest first
TOLD_BANDS, MOST_ACCOUNTS = ("raised", "high"), 5000
#: chances are added up in whole numbers, so that the order of rows changes nothing
TEN_THOUSANDTHS = 10_000


@dataclass(frozen=True)
class Risk:
    """What is said of who may leave.

    `bands`: month × segment × band, see `frame_columns.RISK` (`month` is the one that the chances are of). `records`: month →
    the record of the twelve months before it, its `status`, the `plan` column that it was held against, its `effects`
    (see `marginal_effects`), of the newest month the `features` (see `feature_effects`), and under `growth` the same of
    those who paid more a month later.
    `accounts`: the customers at risk in the newest month, for the analyst alone. `owners`: owner → `at_risk`, how many
    of their customers those are, and `mrr_at_risk`; None where nothing may be said.
    """

    bands: pd.DataFrame
    records: dict[str, dict]
    accounts: pd.DataFrame
    owners: dict[str, dict] = field(default_factory=dict)


NOTHING = Risk(pd.DataFrame(columns=frame_columns.RISK), {}, pd.DataFrame(columns=[]))


@dataclass(frozen=True)
class Counted:
    """How many customers of each kind there were in each month, how many `left` and how many `grew` after it: one row
    a month and kind, `kind` a place in `kinds`."""

    kinds: Kinds
    month: np.ndarray
    kind: np.ndarray
    n: np.ndarray
    left: np.ndarray
    grew: np.ndarray
    plan: np.ndarray

    @property
    def growth(self) -> "Counted":
        """The same with those who grew in the place of those who left."""
        return replace(self, left=self.grew)

    def up_to(self, month: int) -> tuple[np.ndarray, np.ndarray]:
        """By kind, who left and who was there in the months before."""
        here, many = self.month < month, len(self.kinds.frame)
        left, n = (
            np.bincount(self.kind[here], weights=each[here], minlength=many)
            for each in (self.left, self.n)
        )
        return left, n


@dataclass(frozen=True)
class Told:
    """What was said of one month: the chance of each kind, and the plan's rate."""

    hazard: Hazard
    p: np.ndarray
    plan: np.ndarray


def risk_of(context: Context, lost: float) -> Risk:
    """The risk in every month that can be told. `lost`: how many customers ever left; too few are soon refused."""
    if lost < LEAST_EVENTS or "subscriptions" not in context.tables:
        return NOTHING
    table, engine = prepare_risk(context), context.engine
    rows, counted = table.rows, _counted(table, engine)
    last, level = sorted(table.months)[-KEPT - RECORD :], context.edition.confidence
    told = dict(_told(counted, last))
    records = _records(counted, told, last[-KEPT:], level)
    grown = dict(_told(counted.growth, last))
    growth = _records(counted.growth, grown, last[-KEPT:], level)
    good = [month for month, record in records.items() if record["status"] == OK]
    bands = _bands({month: told[month] for month in good}, table, counted, context)
    newest = max(table.months, default=-1)
    uses = prepare_uses(context, table) if newest in {*told, *grown} else None
    for found, fits, what in ((records, told, "left"), (growth, grown, "grew")):
        if uses and newest in fits:  # who are alike it need not tell so well as who will leave
            seen, n = Seen(rows, uses, table.months, newest), counted.up_to(newest)[1]
            effects = feature_effects(seen, fits[newest].hazard, n, what, engine, level)
            found[newest]["features"] = _rounded(effects)
    accounts, owners = NOTHING.accounts, NOTHING.owners
    if newest in good:
        accounts = _accounts(table, told[newest], newest, counted, context)
        owners = _owners(table, told[newest], newest, counted, context)
    starts = {month: str(table.months[month].end) for month in records}
    plan = {"plan": segment_name(table.plan) if table.plan else ""}
    told_of = {
        starts[each]: found | plan | {"growth": growth[each]} for each, found in records.items()
    }
    return Risk(bands, told_of, accounts, owners)


def _records(
    counted: Counted, told: dict[int, Told], months: list[int], confidence: float
) -> dict[int, dict]:
    """The record of each month, and what goes with leaving (or growing) where the record is good enough."""
    found = {month: _record(counted, told, month, confidence) for month in months}
    for month, record in found.items():
        if record["status"] == OK:
            learnt_from = counted.up_to(month)[1]
            effects = marginal_effects(told[month].hazard, learnt_from, confidence)
            record["effects"] = _rounded(effects)
    return found


def _counted(table: RiskTable, engine: Engine) -> Counted:
    cells = table.rows.group_by("period", "kind").agg(
        n=nw.len(), left=nw.col("left").sum(), grew=nw.col("grew").sum()
    )
    cells = engine.collect(cells)
    frame = table.kinds(cells["kind"].unique()).sort_values([*table.features], ignore_index=True)
    place = pd.Series(np.arange(len(frame)), index=frame["kind"])
    cells = cells.assign(kind=place[cells["kind"]].to_numpy()).sort_values(["period", "kind"])
    plans = frame[table.plan] if table.plan else pd.Series("", index=frame.index)
    return Counted(
        kinds=Kinds(frame, table.features),
        month=cells["period"].to_numpy(),
        kind=cells["kind"].to_numpy(),
        n=cells["n"].to_numpy(dtype=float),
        left=cells["left"].to_numpy(dtype=float),
        grew=cells["grew"].to_numpy(dtype=float),
        plan=pd.factorize(plans)[0],
    )


def _told(counted: Counted, months: list[int]) -> Iterator[tuple[int, Told]]:
    """What a hazard fitted on the months before says of each month, where they hold losses enough."""
    hazard = None
    for month in months:
        left, n = counted.up_to(month)
        if left.sum() < LEAST_EVENTS:
            continue
        try:
            hazard = Hazard.fitted(counted.kinds, left, n, near=hazard)
        except SeparationError:
            continue
        of_plan, there = (np.bincount(counted.plan, weights=each) for each in (left, n))
        rate = np.where(there > 0, of_plan / np.maximum(there, 1), left.sum() / n.sum())
        yield month, Told(hazard, hazard.predict(), rate[counted.plan])


def _record(counted: Counted, told: dict[int, Told], month: int, confidence: float) -> dict:
    """What came of what was said of the twelve months before, and whether the hazard may speak of this one."""
    judged = [each for each in range(month - RECORD, month) if each in told]
    rows = [np.flatnonzero(counted.month == each) for each in judged]
    places = np.concatenate([np.array([], dtype=int), *rows])
    learnt = int(counted.up_to(month)[0].sum())
    if learnt >= LEAST_EVENTS and month not in told:
        return {"status": SEPARATED, "learnt": learnt}
    if learnt < LEAST_EVENTS or counted.left[places].sum() < LEAST_JUDGED:
        return {"status": TOO_FEW, "learnt": learnt}
    p, plan = (
        np.concatenate(
            [
                getattr(told[each], name)[counted.kind[at]]
                for each, at in zip(judged, rows, strict=True)
            ]
        )
        for name in ("p", "plan")
    )
    record = record_of(p, plan, counted.left[places], counted.n[places], confidence)
    found = {**asdict(record), "months": len(judged), "learnt": learnt}
    return _rounded(found) | {"status": verdict(record)}


def verdict(record: Record) -> str:
    """Whether a record is good enough to speak: it ranks, is better than the plan's rate, and adds up."""
    if not record.auc_low > 0.5 or not record.slope_low > 0:
        return RANKS_NOT
    if not record.better_low > 0:
        return NO_BETTER
    off = record.ratio_low > MOST_OFF or record.ratio_high < 1 / MOST_OFF
    return OFF if off else OK


def _rounded(value: Any) -> Any:
    """Numbers without the last digits, which may differ from one machine to another."""
    if isinstance(value, dict):
        return {name: _rounded(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(each) for each in value]
    return float(f"{value:.9g}") if isinstance(value, float) else value


# --- bands -----------------------------------------------------------------------------------------


def banded(p: np.ndarray, mean: float) -> np.ndarray:
    """The band of each chance, by its place in BANDS: how many times the mean chance it is."""
    return np.searchsorted([times * mean for _, times in BANDS], p, side="right") - 1


def _chances(told: dict[int, Told], counted: Counted) -> pd.DataFrame:
    """period, kind (as the engine numbers it), band, and the chance in ten thousandths."""
    names, frames = counted.kinds.frame["kind"].to_numpy(), []
    for month, each in told.items():
        here = counted.month == month
        at, n = counted.kind[here], counted.n[here]
        p = each.p[at]
        band = banded(p, float(np.average(p, weights=n)))
        many = np.round(p * TEN_THOUSANDTHS).astype("int64")
        frames.append(
            pd.DataFrame({"period": month, "kind": names[at], "band": band, "chance": many})
        )
    columns = ["period", "kind", "band", "chance"]
    whole_frame = pd.concat(frames) if frames else pd.DataFrame(columns=columns)
    return whole_frame.astype(dict.fromkeys(columns, "int64"))


def _bands(
    told: dict[int, Told],
    table: RiskTable,
    counted: Counted,
    context: Context,
) -> pd.DataFrame:
    """Customers, MRR and what is expected to be lost, by month, segment and band."""
    if not told:
        return NOTHING.bands
    engine = context.engine
    chances = engine.lift(_chances(told, counted))
    placed = table.rows.join(chances, on=["period", "kind"], how="inner").with_columns(
        at_stake=nw.col("amount") * nw.col("chance"),
        gone=nw.col("amount") * nw.col("left"),
        customers=whole(1),
    )
    sums = ("customers", "amount", "chance", "at_stake", "left", "gone")
    placed = engine.keep(placed)

    def cells(by: Columns) -> nw.LazyFrame:
        keys = ("period", *by, "band")
        return placed.group_by(*keys).agg(*(nw.col(each).sum() for each in sums))

    found = cells_by(cells, context, table.rows.collect_schema().names())
    return _shown(found, table, context.edition.min_n)


def _shown(cells: pd.DataFrame, table: RiskTable, min_n: int) -> pd.DataFrame:
    """The cells in the edition's units; bands of few customers are told together."""
    over = cells["period"] != max(table.months)
    frame = pd.DataFrame(
        {
            "month": pd.to_datetime([table.months[each].end for each in cells["period"]]).as_unit(
                "us"
            ),
            "segment_by": cells["segment_by"],
            "segment": cells["segment"],
            "band": [BANDS[each][0] for each in cells["band"]],
            "customers": cells["customers"].astype(float),
            "mrr": cells["amount"] / MICROS,
            "expected_customers": cells["chance"] / TEN_THOUSANDTHS,
            "expected_mrr": cells["at_stake"] / TEN_THOUSANDTHS / MICROS,
            "left_customers": cells["left"].astype(float).where(over),
            "left_mrr": (cells["gone"] / MICROS).where(over),
        }
    )
    order = frame.assign(_band=cells["band"])
    order = order.sort_values(["month", "segment_by", "segment", "_band"], ignore_index=True)
    frame = order.drop(columns="_band")
    return shown_bands(frame, [name for name, _ in BANDS], min_n)[frame_columns.RISK]


# --- accounts --------------------------------------------------------------------------------------


def _at_risk(
    table: RiskTable, told: Told, month: int, counted: Counted, context: Context
) -> nw.LazyFrame:
    """The customers of a month that are in the upper bands, with chance and band."""
    lowest = [name for name, _ in BANDS].index(TOLD_BANDS[0])
    chances = context.engine.lift(_chances({month: told}, counted))
    here = table.rows.filter(nw.col("period") == month)
    placed = here.join(chances.filter(nw.col("band") >= lowest), on=["period", "kind"], how="inner")
    return placed.join(table.members, on="member", how="inner")


def _owners(
    table: RiskTable, told: Told, month: int, counted: Counted, context: Context
) -> dict[str, dict]:
    """How many customers of each owner are in the upper bands, and what they pay."""
    if not has_owners(context):
        return NOTHING.owners
    day = nw.lit(datetime.combine(context.as_of, time()))
    placed = _at_risk(table, told, month, counted, context).with_columns(on=day, at_risk=whole(1))
    summed = add_up(had(placed, "on", context), (OWNER,), ("at_risk", "amount"))
    return {
        str(row[OWNER]): {"at_risk": int(row["at_risk"]), "mrr_at_risk": row["amount"] / MICROS}
        for row in context.engine.collect(summed).to_dict("records")
    }


def _accounts(
    table: RiskTable, told: Told, month: int, counted: Counted, context: Context
) -> pd.DataFrame:
    """The customers in the upper bands, those first of whom most money is expected to be lost; with the features
    that put them there, strongest first."""
    engine = context.engine
    placed = _at_risk(table, told, month, counted, context)
    placed = placed.with_columns(at_stake=nw.col("amount") * nw.col("chance"))
    first = placed.sort("at_stake", "customer_id", descending=[True, False]).head(MOST_ACCOUNTS)
    found = engine.collect(with_waiting(_with_last_use(first, context), context))
    found = found.sort_values(["at_stake", "customer_id"], ascending=[False, True])
    kinds = counted.kinds.frame.reset_index(names="place").set_index("kind")
    place = kinds.loc[found["kind"], "place"].to_numpy()
    n = np.bincount(
        counted.kind, weights=counted.n * (counted.month == month), minlength=len(kinds)
    )
    pushes = told.hazard.pushes(n).iloc[place].to_numpy()
    names = np.array(counted.kinds.features, dtype=object)
    labels = counted.kinds.frame.iloc[place].reset_index(drop=True)
    own = labels[list(counted.kinds.features)]
    reasons = [
        [f for at, f in sorted(zip(-row, names, strict=True)) if at < -LEAST_PUSH] for row in pushes
    ]
    return pd.DataFrame(
        {
            "customer_id": found["customer_id"].to_numpy(),
            "chance": told.p[place],
            "mrr": found["amount"].to_numpy() / MICROS,
            "expected_mrr": told.p[place] * found["amount"].to_numpy() / MICROS,
            "band": [BANDS[each][0] for each in found["band"]],
            "last_used": pd.to_datetime(found["last_used"]).to_numpy(dtype="datetime64[us]"),
            "waits_since": pd.to_datetime(found["waits_since"]).to_numpy(dtype="datetime64[us]"),
            "reasons": [";".join(each) for each in reasons],
            **{f"is {name}": own[name].to_numpy() for name in names},
        }
    )


#: a feature that moves a chance by less than a tenth gives no reason
LEAST_PUSH = 0.1


def _with_last_use(rows: nw.LazyFrame, context: Context) -> nw.LazyFrame:
    """The rows with the day on which the customer last used anything; null where use is not known."""
    if "usage_events" not in context.tables:
        return rows.with_columns(last_used=nw.lit(None).cast(nw.Datetime("us")))
    by_customer = context.tables["usage_events"].group_by("customer_id")
    used = by_customer.agg(last_used=nw.col("occurred_at").max())
    return rows.join(used, on="customer_id", how="left")
