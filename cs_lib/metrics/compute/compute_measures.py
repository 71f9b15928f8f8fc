"""All measures of an edition in one computation: facts → parts → figures with interval and status."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

import pandas as pd

from cs_lib.data.contract.tables import INSTRUMENTS
from cs_lib.data.engines.engine import Engine
from cs_lib.data.facts import COHORTS, FACTS
from cs_lib.data.facts.ages import MONTH_OF_AGE
from cs_lib.data.facts.context import Context, Prepared
from cs_lib.edition import Edition
from cs_lib.metrics import frame_columns
from cs_lib.metrics.audit.reconciliation import proofs, require
from cs_lib.metrics.catalogue import CATALOGUE
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.metrics.catalogue.rules import (
    STANDARD,
    Amount,
    Curve,
    Derived,
    Duration,
    FactRule,
    Ratio,
    Rule,
)
from cs_lib.metrics.coded_words import together
from cs_lib.metrics.compute.after_answers import staying
from cs_lib.metrics.compute.aggregates import Columns, parts_of
from cs_lib.metrics.compute.assembly import assembled
from cs_lib.metrics.compute.cause_curves import cause_points
from cs_lib.metrics.compute.cohorts import cohort_cells
from cs_lib.metrics.compute.derived import Found, derive
from cs_lib.metrics.compute.driver_cells import drivers
from cs_lib.metrics.compute.durations import (
    Counts,
    counts_of,
    curve_points,
    durations,
    last_complete_month,
)
from cs_lib.metrics.compute.estimate import figures_of
from cs_lib.metrics.compute.leavers import joiners, leavers
from cs_lib.metrics.compute.owner_cells import owner_cells
from cs_lib.metrics.compute.owner_rates import (
    gone_owners,
    theirs_since,
    without_rates,
    without_segments,
)
from cs_lib.metrics.compute.purchase_cells import purchases
from cs_lib.metrics.compute.theme_cells import said
from cs_lib.metrics.measures import Measures
from cs_lib.period import MONTH
from cs_lib.vocabulary import OWNER

#: metric and variant
Key = tuple[str, str]
LIFETIME, TO_VALUE = ("expected_lifetime", STANDARD), ("time_to_value", STANDARD)
SUBSCRIPTIONS = "subscriptions"


def measure(context: Context) -> Measures:
    """Compute every metric, variant, grain, period and segment that the edition's tables allow.

    Raises ReconciliationError where a proof fails: then no figure is to be believed.
    """
    prepared = {
        name: fact.prepare(context) for name, fact in FACTS.items() if fact.available(context)
    }
    chosen = {metric.name: _applicable(metric, prepared, context.edition) for metric in CATALOGUE}
    known, counts = _of_facts(chosen, prepared, context)
    found: dict[str, dict[str, pd.DataFrame]] = {}
    for name, rules in chosen.items():
        found[name] = {}
        for rule in rules:
            if isinstance(rule, Derived):
                own = derive(rule, found, context.edition)
            else:
                own = known.pop((name, rule.variant), None)
            if own is not None:
                found[name][rule.variant] = own
    left_out = _left_out(found, context.edition, prepared)
    figures, cohorts = assembled(found, CATALOGUE, context.edition), _cohorts(context)
    require(proofs(figures, cohorts))
    comments, owners = said(context), owner_cells(context, tuple(prepared))
    split = OWNER in context.edition.segments
    gone = gone_owners(figures) if split else frozenset[str]()
    since = theirs_since(figures, owners) if split else {}
    changed = gone.union(since)
    return Measures(
        measures=without_rates(figures, gone, since),
        cohorts=without_segments(cohorts, changed),
        curves=without_segments(_curves(counts, context, prepared), changed),
        left_out=left_out,
        as_of=context.as_of,
        facts=tuple(prepared),
        leavers=leavers(prepared, context),
        joiners=joiners(prepared, context),
        owners=owners,
        staying=staying(tuple(prepared), context),
        purchases=purchases(context),
        themes=comments.themes,
        steps=comments.steps,
        examples=comments.examples,
        drivers=drivers(context),
    )


def _applicable(metric: Metric, prepared: Mapping[str, Prepared], edition: Edition) -> list[Rule]:
    """The metric's rules that this edition can feed; of two for one variant, the first."""
    rules: dict[str, Rule] = {}
    for rule in metric.rules:
        if isinstance(rule, Derived):
            fed = edition.given(*rule.needs_tables) and not _missing_definitions(rule, edition)
        else:
            fed = isinstance(rule, FactRule) and _is_fed(rule, prepared.get(rule.fact))
        if fed:
            rules.setdefault(rule.variant, rule)
    return list(rules.values())


def _is_fed(rule: FactRule, fact: Prepared | None) -> bool:
    if fact is None or not rule.needs_columns:
        return fact is not None
    return {*rule.needs_columns} <= {*fact.at(()).collect_schema().names()}


def _missing_definitions(rule: Rule, edition: Edition) -> list[str]:
    return [name for name in rule.needs_definitions if getattr(edition.definitions, name) is None]


def _of_facts(
    chosen: Mapping[str, list[Rule]], prepared: Mapping[str, Prepared], context: Context
) -> tuple[dict[Key, pd.DataFrame], dict[Key, Counts]]:
    """The figures that facts give, fact by fact: sums stay no longer than they are needed. Of durations their counts
    by age as well."""
    figures: dict[Key, pd.DataFrame] = {}
    counts: dict[Key, Counts] = {}
    for name, fact in prepared.items():
        rules = {
            (metric, rule.variant): rule
            for metric, each in chosen.items()
            for rule in each
            if rule.fact == name
        }
        offered = list(filter(fact.offers, context.segmentations))
        summed = {key: rule for key, rule in rules.items() if isinstance(rule, Ratio | Amount)}
        lasting = {key: rule for key, rule in rules.items() if isinstance(rule, Duration)}
        known = context.edition, fact.calendar.first, fact.until or context.as_of
        figures |= _summed(summed, fact, offered, context, known)
        counted = _counted(lasting, fact, offered, context.engine)
        figures |= {key: durations(counted[key], rule, *known) for key, rule in lasting.items()}
        counts |= counted
    return figures, counts


def _summed(
    rules: Mapping[Key, Ratio | Amount],
    fact: Prepared,
    offered: list[Columns],
    context: Context,
    known: tuple[Edition, date, date],
) -> dict[Key, pd.DataFrame]:
    """The figures of one fact's rules, one grouping for each set of columns."""
    pieces: dict[Key, list[pd.DataFrame]] = defaultdict(list)
    also_by = dict.fromkeys(column for rule in rules.values() for column in rule.also_by)
    there = fact.at(()).collect_schema().names() if also_by else ()
    splits: list[Columns] = [(), *((column,) for column in also_by if column in there)]
    for also in splits:
        here = {key: rule for key, rule in rules.items() if _is_split(rule, also)}
        if here:
            asked, sizes = list(here.values()), context.sizes()
            named = {each: context.edition.split_name(each) for each in also}
            parts = parts_of(asked, fact, offered, context.engine, also=named, sizes=sizes)
            for key, part in zip(here, parts, strict=True):
                pieces[key].append(figures_of(part, here[key], *known))
    return {key: together(frames) for key, frames in pieces.items()}


def _counted(
    rules: Mapping[Key, Duration], fact: Prepared, offered: list[Columns], engine: Engine
) -> dict[Key, Counts]:
    """The counts of one fact's rules by how long it lasted; rules that follow the same share them."""
    known = {
        (rule.followed, rule.reached): counts_of(rule, fact, offered, engine)
        for rule in {(each.followed, each.reached): each for each in rules.values()}.values()
    }
    return {key: known[rule.followed, rule.reached] for key, rule in rules.items()}


def _is_split(rule: FactRule, also: Columns) -> bool:
    return set(also) <= set(rule.also_by) if also else not rule.only_split


def _curves(
    parts: Mapping[Key, Counts], context: Context, prepared: Mapping[str, Prepared]
) -> pd.DataFrame:
    """Survival of customers in months, why they left by then, and time to first value in days, as the data
    stand at `as_of`."""
    edition, frames = context.edition, []
    if LIFETIME in parts:
        counts = last_complete_month(parts[LIFETIME], context.as_of)
        months = {"step": MONTH_OF_AGE, "end": edition.definitions.lifetime_horizon}
        frames.append(curve_points("survival", counts, edition, **months))
        if "losses" in prepared:
            frames.append(cause_points(counts, context, prepared["lifetimes"].segments))
    if TO_VALUE in parts:
        counts = parts[TO_VALUE]
        year_before = pd.Timestamp(context.as_of) - pd.DateOffset(months=12)
        monthly = counts.cells["grain"] == MONTH
        recent = counts.of(monthly & (counts.cells["period_start"] >= year_before))
        frames.append(curve_points("time_to_value", recent, edition, step=1, end=90))
    return (
        pd.concat(frames, ignore_index=True)
        if frames
        else pd.DataFrame(columns=frame_columns.CURVES)
    )


def _cohorts(context: Context) -> pd.DataFrame:
    """Cohort cells of subscriptions, or of orders where there are no subscriptions."""
    for table, prepare in COHORTS.items():
        if table in context.tables:
            prepared = prepare(context)
            return cohort_cells(prepared, context, gross=table == SUBSCRIPTIONS)
    return pd.DataFrame(columns=frame_columns.COHORTS)


def _left_out(found: Found, edition: Edition, prepared: Mapping[str, Prepared]) -> dict[str, str]:
    """Why a metric of the catalogue has no figures in this edition."""
    return {
        metric.name: _reason(metric, edition)
        for metric in CATALOGUE
        if not (found[metric.name] or _has_curves(metric, edition, prepared))
    }


def _has_curves(metric: Metric, edition: Edition, prepared: Mapping[str, Prepared]) -> bool:
    rule = metric.rules[0]
    if not isinstance(rule, Curve) or rule.needs_fact not in (None, *prepared):
        return False
    return any(map(edition.given, metric.reads))


def _reason(metric: Metric, edition: Edition) -> str:
    missing = [table for table in metric.reads if not edition.given(table)]
    if missing == list(metric.reads):
        return f"needs {' or '.join(missing)}, which this edition does not give"
    for rule in metric.rules:
        if _missing_definitions(rule, edition):
            names = ", ".join(f"definitions.{name}" for name in _missing_definitions(rule, edition))
            return f"needs {names}, which this edition does not state"
    if missing:
        return f"needs {' and '.join(missing)}, which this edition does not give"
    facts = {rule.fact for rule in metric.rules}
    instruments = [each for each in INSTRUMENTS if each in facts]
    if instruments:
        return f"needs {' or '.join(sorted(instruments)).upper()} answers, of which this edition has none"
    fact = FACTS.get(metric.rules[0].fact or "")
    if fact and fact.needs:
        return f"needs {fact.needs} of {metric.reads[0]}, which this edition does not give"
    return "needs figures that this edition's tables do not give"
