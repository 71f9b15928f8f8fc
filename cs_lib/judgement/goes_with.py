"""What goes with leaving, and with paying more: the effects of the hazard, where its record is good enough to speak."""

from dataclasses import dataclass

import pandas as pd

from cs_lib.judgement.series import Figures
from cs_lib.judgement.significance import holm
from cs_lib.period import Period
from cs_lib.vocabulary import OK

_COLUMNS = ["feature", "label", "base", "effect", "low", "high", "p", "n"]


@dataclass(frozen=True)
class GoesWith:
    """Over all customers, for the month that begins at a period's end. `leaving` and `growing` have a row a label:
    feature, label, base, effect on the chance of a month with low and high, n customer-months, and whether it `differs`
    from none (Holm over the labels of one hazard). `growing` is empty where its hazard is refused, which
    `growth_status` says."""

    leaving: pd.DataFrame
    growing: pd.DataFrame
    growth_status: str


def goes_with(figures: Figures, period: Period) -> GoesWith | None:
    """None where the hazard of leaving says nothing of the month (see `models.hazard`)."""
    record = figures.measures.data.get("hazard", {}).get(str(period.end), {})
    if record.get("status") != OK:
        return None
    level, growth = figures.edition.confidence, record["growth"]
    return GoesWith(_judged(record, level), _judged(growth, level), growth["status"])


def _judged(record: dict, level: float) -> pd.DataFrame:
    rows = pd.DataFrame(record.get("effects", []), columns=_COLUMNS)
    p = rows["p"].to_numpy(dtype=float)
    return rows.assign(differs=holm(p, 1 - level) if len(rows) else False)
