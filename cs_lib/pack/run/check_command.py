"""What `check` says: the edition, its tables, what was found in them, and the period they allow.

It refuses whatever a run would refuse: every fact of the period is built, and the run is planned.
"""

from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

import yaml

from cs_lib.edition import Edition, read_edition
from cs_lib.errors import DataError
from cs_lib.pack.run.choices import first_day
from cs_lib.pack.run.plan import make_plan
from cs_lib.pack.run.request import RunRequest
from cs_lib.params import read_mapping
from cs_lib.period import MONTH, last_complete

if TYPE_CHECKING:
    from cs_lib.data.contract.data_findings import DataFinding
    from cs_lib.data.open_data import Data
    from cs_lib.metrics.measures import Measures

_RIGHT = "\nWhat is right as it is goes under known, and no report warns of it any more. Keep of these what is so:\n"
_TOGETHER = "\nThe keys that mend, put together, in place of the same keys of {file}. Leave out what is not so, and check again:\n"


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
    try:
        data = open_data(edition, root=root, data_dir=data_dir)
    except DataError as error:
        findings = cast("tuple[DataFinding, ...]", error.findings)
        raise DataError(f"{error}{_put_together(edition, findings)}", findings) from None
    with data:
        say(_state(edition, data))
        if more := _to_be_known(edition, data.findings) + _put_together(edition, data.findings):
            say(more.rstrip())
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
    from cs_lib.data.contract.table_declaration import KNOWN

    lines = [f"{edition.company} ({edition.name})", ""]
    width = max(len(each.table) for each in data.inputs)
    for each in data.inputs:
        span = f", {each.first} to {each.last}" if each.first is not None else ""
        lines.append(f"{each.table:<{width}}  {each.rows:>12,} rows{span}")
    lines.append("")
    said = [each for each in data.findings if each.level != KNOWN]
    lines += [f"{each.level}: {each.says}" for each in said] or ["no finding"]
    lines += [f"known: {each.name}" for each in data.findings if each.level == KNOWN]
    lines += ["", f"data end on           {data.as_of - timedelta(days=1)}"]
    period = last_complete(data.as_of, MONTH)
    first = first_day([asdict(each) for each in data.inputs])
    known = first is None or period.end > first
    lines.append(f"last complete period  {period if known else 'none yet'}")
    return "\n".join(lines)


def _to_be_known(edition: Edition, findings: "tuple[DataFinding, ...]") -> str:
    """The key by which the edition calls what was found right as it is."""
    from cs_lib.data.contract.known_findings import NOT_FOUND
    from cs_lib.data.contract.table_declaration import WARNING

    names = {each.name: each.level for each in findings if each.rule != NOT_FOUND}
    known = [each for each in edition.known if each in names]
    asked = [name for name, level in names.items() if level == WARNING]
    listed = yaml.safe_dump({"known": known + asked}, allow_unicode=True, width=10**6)
    return f"{_RIGHT}\n{listed}" if asked else ""


def _put_together(edition: Edition, findings: "tuple[DataFinding, ...]") -> str:
    """The keys that the findings offer, with what the edition says there already."""
    from cs_lib.pack.run.mended_edition import mended

    keys = mended(read_mapping(edition.path, edition.path), findings)
    return f"\n{_TOGETHER.format(file=edition.path.name)}\n{keys}" if keys else ""
