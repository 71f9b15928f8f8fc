"""What `check` says: the edition, its tables, what was found in them, and the period they allow."""

from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

from cs_lib.edition import read_edition
from cs_lib.pack.plan import first_day
from cs_lib.period import MONTH, last_complete


def check_edition(which: str, *, root: Path, data_dir: Path | None = None) -> str:
    """The state of an edition and its data in words. Raises EditionError or DataError."""
    from cs_lib.metrics.catalogue import check_target_names

    edition = read_edition(which, root=root)
    check_target_names(edition)
    with _open_data(edition, root=root, data_dir=data_dir) as data:
        return _said(edition, data)


def _said(edition, data) -> str:
    lines = [f"{edition.company} ({edition.name})", ""]
    width = max(len(each.table) for each in data.inputs)
    for each in data.inputs:
        span = f", {each.first} to {each.last}" if each.first is not None else ""
        lines.append(f"{each.table:<{width}}  {each.rows:>12,} rows{span}")
    lines.append("")
    lines += [f"{each.level}: {each.says}" for each in data.findings] or ["no finding"]
    lines += ["", f"data end on           {data.as_of - timedelta(days=1)}"]
    period = last_complete(data.as_of, MONTH)
    first = first_day([asdict(each) for each in data.inputs])
    known = first is None or period.end > first
    lines.append(f"last complete period  {period if known else 'none yet'}")
    return "\n".join(lines)


def _open_data(edition, *, root: Path, data_dir: Path | None):
    from cs_lib.data.load import open_data

    return open_data(edition, root=root, data_dir=data_dir)
