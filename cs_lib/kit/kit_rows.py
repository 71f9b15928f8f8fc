"""The customers behind a figure, for an analyst at a notebook: no published report may hold them."""

import numpy as np
import pandas as pd

from cs_lib.data.facts.context import Context
from cs_lib.data.open_data import open_data
from cs_lib.edition import find_root
from cs_lib.errors import EditionError
from cs_lib.kit.selection import Selection
from cs_lib.metrics.compute.customers_behind import PARTS, customers_behind, refuse_uncounted

PRIVATE = (
    "kit.rows shows customers by name, and no published report or stored output may hold them. Ask for "
    "rows in a notebook that you run by hand, and take the cell out of this one."
)
MOVED_ON = (
    "{name}: the rows of today's files do not add up to the figure that this notebook opened with. The "
    "files have changed since: run the notebook from its first cell on."
)


def rows(
    selection: Selection,
    name: str,
    variant: str | None,
    *,
    by_hand: bool,
    data_dir: str | None,
    allow_rejects: bool,
) -> pd.DataFrame:
    """The customers who count in a metric's figure of this period and segment, with what each adds to it."""
    if not by_hand:
        raise EditionError(PRIVATE)
    figure = selection.rows(name, variant=variant)
    if figure.empty:
        raise EditionError(f"{name}: {selection.why_not([name], None)}.")
    metric, row = selection.metric(name), figure.iloc[0]
    rule = metric.rule(variant)
    refuse_uncounted(metric, rule)
    period = selection.newest(name, variant)
    opened = open_data(
        selection.edition, root=find_root(), data_dir=data_dir, allow_rejects=allow_rejects
    )
    with opened as data:
        context = Context.of(data, selection.edition)
        found = customers_behind(context, metric, rule, period, selection.segment)
    for part in set(PARTS) & set(found):
        if np.isfinite(row[part]) and not np.isclose(found[part].sum(), row[part], rtol=1e-9):
            raise EditionError(MOVED_ON.format(name=name))
    return found
