"""What checks and facts both ask of rows."""

import narwhals as nw


def distinct(frame: nw.LazyFrame, *columns: str) -> nw.LazyFrame:
    """Each set of values of these columns once.

    Grouped: Narwhals' own `unique` numbers the rows in a window, for which an engine sorts them all.
    """
    return frame.group_by(*columns).agg(rows=nw.len()).select(*columns)


def flag(condition: nw.Expr) -> nw.Expr:
    """1 where the condition holds, 0 elsewhere (and where it is unknown)."""
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64)
