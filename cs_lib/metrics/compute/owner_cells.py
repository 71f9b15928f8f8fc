"""The books of customer-success managers in small frames: what moved by month, and what comes next."""

import pandas as pd

from cs_lib.data.facts import owner_facts
from cs_lib.data.facts.context import Context
from cs_lib.metrics import frame_columns
from cs_lib.metrics.compute.aggregates import labelled
from cs_lib.metrics.compute.segment_cells import dated, of_months_over
from cs_lib.vocabulary import MICROS, OWNER

_NAMES = {"at_opening": "customers", "churn": "churned"}
_COUNTS = ("customers", "lost", "terms")


def owner_cells(context: Context, facts: tuple[str, ...]) -> pd.DataFrame:
    """month × owner × `alike` (plan and region, say): the MOVED of customers; once a month the RENEWED, and the `cost`.

    Money is MRR, losses below 0. Cells hold few customers each: they are not published.
    """
    if "movements" not in facts or not owner_facts.has_owners(context):
        return pd.DataFrame(columns=frame_columns.OWNERS)
    alike = owner_facts.alike_in(context)
    cells = context.engine.collect(owner_facts.moved(context)).rename(columns=_NAMES)
    cells = labelled(cells, alike).rename(columns={"segment": "alike"})
    frames = [cells]
    if "renewals" in facts:
        renewed = context.engine.collect(owner_facts.renewed(context))
        frames.append(renewed.rename(columns={"lost": "not_renewed"}).assign(alike=""))
    if owner_facts.COSTS in context.tables:
        frames.append(context.engine.collect(owner_facts.spent(context)).assign(alike=""))
    whole = dated(pd.concat(frames, ignore_index=True).reindex(columns=frame_columns.OWNERS))
    whole[frame_columns.OWNED] = whole[frame_columns.OWNED].fillna(0).astype(float)
    money = [each for each in frame_columns.OWNED if each not in _COUNTS]
    whole[money] = whole[money] / MICROS
    whole = of_months_over(whole, context)
    return whole.sort_values(["month", OWNER, "alike"], kind="stable").reset_index(drop=True)


def owners_ahead(
    context: Context, facts: tuple[str, ...], at_risk: dict[str, dict]
) -> dict[str, dict]:
    """owner → MRR `due` and `terms` that end in the quarter after the data, with what is `at_risk` of the owner (see
    `hazard.Risk`)."""
    found = {owner: dict(each) for owner, each in at_risk.items()}
    if "renewals" in facts and owner_facts.has_owners(context):
        for row in context.engine.collect(owner_facts.due_of_owners(context)).to_dict("records"):
            due = {"due": row["due"] / MICROS, "terms": int(row["terms"])}
            found.setdefault(str(row[OWNER]), {}).update(due)
    return dict(sorted(found.items()))
