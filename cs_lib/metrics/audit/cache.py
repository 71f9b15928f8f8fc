"""Measures kept by the content of what they came from: inputs, edition and the code that computes.

A folder of the cache is complete or it is not there; what is cut off, changed or written by another
version is computed anew, never believed.
"""

import contextlib
import hashlib
import io
import json
import os
import shutil
import sys
import warnings
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from cs_lib.data.sources.fetched import Fetched
from cs_lib.data.sources.fingerprint import BUILDING
from cs_lib.edition import Edition, find_root
from cs_lib.errors import KitWarning
from cs_lib.metrics.catalogue.rules import STANDARD
from cs_lib.metrics.coded_words import in_order
from cs_lib.metrics.measures import Measures
from cs_lib.period import ALL, MONTH
from cs_lib.scratch import for_the_owner, new_folder, sealed, sweep, unsealed

CACHE = Path(".cache") / "measures"
STATE = "state.json"
FRAMES = tuple(each.name for each in fields(Measures) if each.type is pd.DataFrame)
ENGINES = ("duckdb", "narwhals", "pandas", "scipy")
KEPT = 12
#: what of an edition no figure depends on
NOT_MEASURED = {
    "path",
    "company",
    "locale",
    "reports",
    "targets",
    "benchmarks",
    "benchmark_rows",
    "events",
    "notes",
    "brand",
    "mail",
    "approval",
}


def load_measures(
    edition: Edition,
    *,
    root: Path | None = None,
    data_dir: Path | str | None = None,
    allow_rejects: bool = False,
    rejects_to: Path | None = None,
) -> Measures:
    """The measures of an edition: from the cache where nothing changed, else computed and kept.

    Raises DataError where the data break the contract. With `rejects_to` the rejected rows are
    written there, which needs the data themselves.
    """
    from cs_lib.data.fingerprints import fingerprints

    root = root or find_root()
    with Fetched(root / edition.spill_dir if edition.spill_dir else None) as fetched:
        prints = fingerprints(edition, root=root, data_dir=data_dir, fetched=fetched)
        folder = root / CACHE / _key(edition, prints, allow_rejects)
        kept = _read(folder) if prints is not None else None
        if kept is not None and not (rejects_to and kept.data["rejects"]):
            return kept
        measures = compute(
            edition,
            root=root,
            data_dir=data_dir,
            allow_rejects=allow_rejects,
            rejects_to=rejects_to,
            fetched=fetched,
        )
        if prints is not None and prints == fingerprints(
            edition, root=root, data_dir=data_dir, fetched=fetched
        ):
            _keep(folder, measures)
        return measures


def _keep(folder: Path, measures: Measures) -> None:
    """Put measures into the cache; where it cannot be written, the next run computes them again."""
    try:
        sweep(BUILDING, inside=folder.parent)
        write_folder(folder, measures, _put_frames)
        _forget_oldest(folder.parent)
    except OSError as error:
        warnings.warn(
            KitWarning(
                f"The measures could not be kept in {CACHE} ({error.strerror or error}): the next "
                "run computes them again."
            ),
            stacklevel=2,
        )


def compute(
    edition: Edition,
    *,
    root: Path,
    data_dir: Path | str | None = None,
    allow_rejects: bool = False,
    rejects_to: Path | None = None,
    fetched: Fetched | None = None,
) -> Measures:
    """The measures computed from the data, whatever the cache holds."""
    from cs_lib.data.facts.context import Context
    from cs_lib.data.open_data import open_data
    from cs_lib.metrics.audit.input_snapshot import ledger
    from cs_lib.metrics.compute.compute_measures import measure
    from cs_lib.metrics.compute.owner_cells import owners_ahead
    from cs_lib.metrics.compute.plan_table import planned
    from cs_lib.metrics.compute.renewals_ahead import renewals_ahead
    from cs_lib.metrics.models.hazard import risk_of

    with open_data(
        edition,
        root=root,
        data_dir=data_dir,
        allow_rejects=allow_rejects,
        rejects_to=rejects_to,
        fetched=fetched,
    ) as data:
        context = Context.of(data, edition)
        plan = planned(context)
        found = measure(context)
        risk = risk_of(context, _lost(found.measures))
        state = {
            "findings": [asdict(each) for each in data.findings],
            "inputs": [_plain(asdict(each)) for each in data.inputs],
            "rejects": [
                {"table": table, "reason": reason, "rows": rows}
                for (table, reason), rows in sorted(data.rejects.items())
            ],
            "ledger": ledger(context),
            "plan": plan,
            "hazard": risk.records,
            "renewals_ahead": renewals_ahead(context, found.measures, found.facts),
            "owners_ahead": owners_ahead(context, found.facts, risk.owners),
        }
    # in the order in which the cache gives them back: the files of a pack are the same wherever its measures come from
    told = json.loads(json.dumps({"data": state, "left_out": found.left_out}, sort_keys=True))
    return replace(found, **told, risk=risk.bands, accounts=risk.accounts)


def _lost(rows: pd.DataFrame) -> float:
    """How many customers with subscriptions ever left, whatever became of them later."""
    lost = rows[(rows["metric"] == "churned_customers") & (rows["grain"] == MONTH)]
    whole = (lost["segment_by"] == ALL) & (lost["variant"] == STANDARD)
    return float(lost.loc[whole, "value"].sum())


def _plain(row: dict) -> dict:
    return {
        name: each.isoformat() if isinstance(each, date) else each for name, each in row.items()
    }


def _key(edition: Edition, prints: dict | None, allow_rejects: bool) -> str:
    """A digest of everything the figures depend on."""
    told = edition.model_dump_json(exclude=NOT_MEASURED)
    crossed = repr(edition.segmentations)
    versions = [f"{name} {version(name)}" for name in ENGINES] + [sys.version]
    parts = [
        told,
        crossed,
        json.dumps(prints, sort_keys=True),
        str(allow_rejects),
        *versions,
        code_digest(),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]


def code_digest() -> str:
    """A digest of the code that computes measures."""
    package = Path(__file__).resolve().parents[2]
    rooms = ("edition", "data", "metrics")
    files = [package / "period.py", package / "params.py", package / "vocabulary.py"]
    files += [path for room in rooms for path in sorted((package / room).rglob("*.py"))]
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def write_folder(
    folder: Path,
    measures: Measures,
    put: Callable[[Path, Measures], dict[str, str]],
    *,
    told: dict | None = None,
) -> None:
    """Put measures into a folder, whole or not at all: written beside its place and renamed into it.

    `put` writes their frames and gives a digest of each; `told` is what readers hold the folder against.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = new_folder(BUILDING, inside=folder.parent)
    try:
        state = {
            "name": folder.name,
            "digests": put(beside, measures),
            "as_of": measures.as_of.isoformat(),
            "left_out": measures.left_out,
            "facts": measures.facts,
            "restated_since": measures.restated_since,
            "data": measures.data,
            "told": told,
        }
        (beside / STATE).write_text(sealed(state), encoding="utf-8")
        if folder.exists():
            os.replace(folder, beside / "old")
        os.replace(beside, folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    shutil.rmtree(folder / "old", ignore_errors=True)


def _put_frames(folder: Path, measures: Measures) -> dict[str, str]:
    digests = {}
    for name in FRAMES:
        path = folder / f"{name}.parquet"
        with open(path, "wb", opener=for_the_owner) as file:
            getattr(measures, name).to_parquet(file, index=False)
        digests[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return digests


def _read(folder: Path) -> Measures | None:
    """What the folder holds; None where it is missing, cut off or not what was written there."""
    try:
        digests, frames = state_of(folder)["digests"], {}
        for name in FRAMES:
            content = (folder / f"{name}.parquet").read_bytes()
            if hashlib.sha256(content).hexdigest() != digests[name]:
                return None
            frames[name] = in_order(pd.read_parquet(io.BytesIO(content)))
        with contextlib.suppress(OSError):
            os.utime(folder)
        return Measures(**frames, **read_state(folder))
    except (OSError, ValueError, LookupError, TypeError):
        return None


def read_state(folder: Path) -> dict[str, Any]:
    """What measures in a folder have beside their frames, as `Measures` takes it."""
    state = state_of(folder)
    return {
        "left_out": state["left_out"],
        "as_of": date.fromisoformat(state["as_of"]),
        "facts": tuple(state["facts"]),
        "restated_since": state["restated_since"],
        "data": state["data"],
    }


def state_of(folder: Path) -> dict:
    """What is said of the frames in a folder; ValueError where it is not what was written there."""
    state = unsealed((folder / STATE).read_text(encoding="utf-8"))
    if not isinstance(state, dict) or state["name"] != folder.name:
        raise ValueError(f"{folder} holds what was written elsewhere")
    return state


def _forget_oldest(cache: Path) -> None:
    folders = sorted(cache.glob("[0-9a-f]*"), key=_last_used, reverse=True)
    for folder in folders[KEPT:]:
        shutil.rmtree(folder, ignore_errors=True)


def _last_used(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except OSError:  # another run has just removed it
        return 0.0
