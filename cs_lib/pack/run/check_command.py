"""What `check` says: the edition, its tables, what was found in them, and the period they allow.

It refuses whatever a run would refuse: every fact of the period is built, and the run is planned.
"""

from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from cs_lib.edition import Edition, read_edition
from cs_lib.pack.run.choices import first_day
from cs_lib.pack.run.plan import make_plan
from cs_lib.pack.run.request import RunRequest
from cs_lib.period import MONTH, last_complete

if TYPE_CHECKING:
    from cs_lib.data.open_data import Data
    from cs_lib.metrics.measures import Measures


def check_edition(
    which: str, *, root: Path, data_dir: Path | None = None, say: Callable[[str], None]
) -> None:
    """Say the state of an edition and its data. Raises EditionError or DataError, as a run would."""
    from cs_lib.data.facts.context import Context
    from cs_lib.data.open_data import open_data
    from cs_lib.metrics.catalogue import check_metric_names
    from cs_lib.metrics.compute.outline import outline
    from cs_lib.metrics.compute.plan_table import planned

    edition = read_edition(which, root=root)
    check_metric_names(edition)
    with open_data(edition, root=root, data_dir=data_dir) as data:
        say(_state(edition, data))
        monthly = edition.model_copy(update={"grains": (MONTH,)})
        context = Context.of(data, monthly)
        planned(context)
        known = outline(context, [asdict(each) for each in data.inputs])
    make_plan(edition, known, RunRequest(), root=root, passed_as=edition.name)
    if edition.benchmarks:
        say(_benchmarks(edition, known))


def _benchmarks(edition: Edition, known: "Measures") -> str:
    """Which benchmarks no figure stands beside, and why, and which only figures of longer periods."""
    from cs_lib.judgement.beside_others import why_nowhere

    lines = [f"\nbenchmarks            {len(edition.benchmark_rows)}, from {edition.benchmarks}"]
    for each in edition.benchmark_rows:
        where = f"{edition.benchmarks}, line {each.line}: {each.metric}"
        why = why_nowhere(each, edition, known.facts)
        if why:
            lines.append(f"warning: {where} stands beside no figure: {why}.")
        elif each.grain not in ("", MONTH):
            lines.append(f"note: {where} stands beside figures of a {each.grain} alone.")
    return "\n".join(lines)


def _state(edition: Edition, data: "Data") -> str:
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
