"""Rows that are alike but for a column that tells of the export and not of the row: a page, a version, a snapshot."""

import re
from collections.abc import Iterator

import narwhals as nw

from cs_lib.data.contract.data_findings import DataFinding, counted, only_first
from cs_lib.data.contract.repeats import key_of
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.contract.tables import COSTS
from cs_lib.data.engines.distinct_rows import flag
from cs_lib.data.sources.headers import as_column, folded
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import ROW
from cs_lib.vocabulary import MICROS

#: so many rows are looked at, and so many of them are no chance
LOOKED_AT, COPIES = 200_000, 3
_MONTH = r"snapshot|asof|(month|date|period)(of)?report|report(ing)?(month|date|period|day)|^(month|period|date)$"
_OF_THE_EXPORT = re.compile(
    rf"{_MONTH}|page|fetched|export|extract|^loaded|^load|synced|inserted|ingested|batch|version|revision|updated|modified"
    r"|is(last|latest|current|newest)(segment|version|row)?$|^(airbyte|fivetran|sdc|dlt|dbt)|^file(name)?$"
)
#: of costs also through which account or tool they came
_OF_ACCOUNTS = re.compile(r"^(ad|ads)?account(id|name)?$|^(data)?source$|^platform$|^manager")
_DAYS, _MONTHS = r"^\d{4}-\d\d-\d\d", r"^\d{4}-\d\d$"


def alike_findings(staged: Staged, unread: list[str]) -> Iterator[DataFinding]:
    """A warning where rows of prices or costs differ from another only by such columns, and each counts."""
    source, of_costs = staged.source, staged.table.name in COSTS
    if not (of_costs or staged.table.name == "subscriptions") or source.repeats:
        return
    if source.months or source.movements or (key_of(staged) and not of_costs):
        return
    apart = [each for each in unread if _tells_of_the_export(each, of_costs)]
    amount = nw.col("amount" if of_costs else "mrr")
    if not apart or (not of_costs and not staged.has("mrr")):
        return
    # a round amount may be paid twice in a month
    weighs = (amount % MICROS != 0) if of_costs else (amount > 0)
    rows = staged.held.filter(weighs).head(LOOKED_AT)
    kinds = {f"_kinds_{n}": nw.col(each).n_unique() for n, each in enumerate(apart)}
    groups = rows.group_by(*(each for each in staged.columns if each not in apart)).agg(
        _alike=nw.len(), _first=nw.col(ROW).min(), **kinds
    )
    several = groups.filter(nw.col("_alike") > 1)
    differs = {each: flag(nw.col(each) > 1).sum() for each in kinds}
    found = staged.engine.collect(
        several.select(rows=nw.col("_alike").sum(), groups=nw.len(), first=nw.col("_first").min(), **differs)
    ).fillna(0).iloc[0]  # fmt: skip
    copies = int(found["rows"]) - int(found["groups"])
    names = [name for name, each in zip(apart, kinds, strict=True) if found[each]]
    if copies < COPIES or not names:
        return
    about = " and ".join(names)
    says = (
        f"{staged.called}: {counted(copies, 'row')} {'is' if copies == 1 else 'are'} like an earlier one in all but "
        f"{about}, the first in {staged.location(int(found['first']))}, and each counts. "
        f"{_of_months(staged, names)}If it is one row told again, keep one of each in the export, or say repeats: count if each is meant."
        f"{only_first(staged.row_count, LOOKED_AT)}"
    )
    yield DataFinding(WARNING, staged.table.name, "rows told again", says, copies, about)


def _tells_of_the_export(name: str, of_costs: bool) -> bool:
    plain = folded(name)
    return bool(_OF_THE_EXPORT.search(plain) or (of_costs and _OF_ACCOUNTS.search(plain)))


def _of_months(staged: Staged, names: list[str]) -> str:
    """What reads rows each of which is what was paid on a day, or in a month, that such a column names."""
    if staged.table.name != "subscriptions":
        return ""
    for name in (each for each in names if re.search(_MONTH, folded(each))):
        text = nw.col(name).cast(nw.String)
        given = staged.held.filter(~text.is_null()).select(value=text)
        for pattern, behind in ((_DAYS, ""), (_MONTHS, " || '-01'")):
            if not staged.count(given.filter(~nw.col("value").str.contains(pattern)).head(1)):
                day = f"date_trunc('month', CAST({as_column(name)}{behind} AS DATE))"
                return (
                    f"If each row is what a customer pays in the month of {name}, say columns: {{start_date: "
                    f'"{day}", end_date: "{day} + INTERVAL 1 MONTH"}} for this table. '
                )
    return ""
