"""What finance expected: the rows of the table `plan`, checked against the catalogue."""

import pandas as pd

from cs_lib.data.facts.context import Context
from cs_lib.errors import DataError, KitError
from cs_lib.metrics.catalogue import metric, no_share
from cs_lib.period import ALL, Segment
from cs_lib.vocabulary import MICROS

COLUMNS = ("month", "metric", "value", "segment")


def planned(context: Context) -> list[dict]:
    """The plan by month, metric and segment: value in the metric's unit (percentages as fractions).

    DataError for a metric that is none, a percentage in hundredths, and where one is planned twice for the same month and segment.
    """
    if "plan" not in context.tables:
        return []
    rows = context.engine.collect(context.tables["plan"].select(*COLUMNS))
    rows = rows.sort_values(["month", "metric"], kind="stable").reset_index(drop=True)
    for name in rows["metric"].unique():
        try:
            metric(name)
        except KitError as error:
            raise DataError(f"plan: {error}") from None
    for row in rows.itertuples():
        if wrong := no_share(row.metric, row.value / MICROS):
            raise DataError(f"plan: {row.metric} of {row.month:%Y-%m}: {wrong}")
    rows["segment"] = [
        ALL if pd.isna(each) else Segment.parse(each).label for each in rows["segment"]
    ]
    twice = rows[rows.duplicated(["month", "metric", "segment"])]
    if len(twice):
        first = twice.iloc[0]
        raise DataError(
            f"plan: {first['metric']} is planned twice for {first['month']:%Y-%m}, {first['segment']}. "
            "Keep one row for each month, metric and segment."
        )
    return [
        {
            "month": row.month.date().isoformat(),
            "metric": row.metric,
            "value": row.value / MICROS,
            "segment": row.segment,
        }
        for row in rows.itertuples()
    ]
