"""An amount and a number of pieces in each other's column: the amounts are whole, and the pieces are not."""

from collections.abc import Iterator

import narwhals as nw

from cs_lib.data.contract.data_findings import DataFinding, having
from cs_lib.data.contract.edition_keys import SAY_SO
from cs_lib.data.contract.number_remedies import as_number
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.engines.distinct_rows import flag
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import ROW
from cs_lib.vocabulary import MICROS

#: so many rows with a part of a piece, of which such a share has a whole amount, and such a share of those with whole
#: pieces has one that is not
ROWS, WHOLE, BROKEN = 5, 0.9, 0.5
_PART, _NUMBER = r"^-?\d+[.,](\d?[1-9])$|^-?\d+[.,][1-9]0$", r"^-?\d+([.,]\d+)?$"


def changed_findings(staged: Staged, name: str) -> Iterator[DataFinding]:
    """A warning where a column of pieces that nothing reads holds amounts, in all rows or in some."""
    text = nw.col(name).cast(nw.String)
    marks = [text.str.contains(each, literal=True) for each in ".,"]
    if not staged.count(staged.held.filter(marks[0] | marks[1]).head(1)):
        return
    given = staged.held.filter(nw.col("amount") != 0).select(
        ROW,
        piece=text.str.contains(_NUMBER),
        part=text.str.contains(_PART),
        whole=nw.col("amount") % MICROS == 0,
    )
    part, whole = nw.col("part"), nw.col("whole")
    found = staged.engine.collect(
        given.filter(nw.col("piece")).select(
            changed=flag(part & whole).sum(),
            parts=flag(part).sum(),
            pieces=flag(~part).sum(),
            right=flag(~part & ~whole).sum(),
            first=nw.when(part & whole).then(nw.col(ROW)).min(),
        )
    ).fillna(0).astype(int).iloc[0]  # fmt: skip
    many, pieces = int(found["changed"]), int(found["pieces"])
    in_all = pieces <= (1 - WHOLE) * many
    if many < max(ROWS, WHOLE * found["parts"]) or not (
        in_all or found["right"] >= BROKEN * pieces
    ):
        return
    own, other = as_number(staged, "amount"), as_number(staged, name)
    key = f"CASE WHEN {other} % 1 <> 0 THEN {other} ELSE {own} END" if not in_all else other
    right = int(found["right"])
    others = "" if in_all else f", where {having(right, 'row')} it the other way"
    says = (
        f"{staged.called}: {having(many, 'row')} a whole number in {staged.spelled.get('amount', 'amount')} and a part of one in {name}, "
        f"the first in {staged.location(int(found['first']))}{others}. If the two stand in each other's place there, say columns: "
        f'{{amount: "{key}"}} for this table; if not, {SAY_SO}.'
    )
    yield DataFinding(WARNING, staged.table.name, "columns in each other's place", says, many, name)
