"""Time two ways to the same figures, each in processes of its own, by turns.

A script gives `compare` its generator and its sides. Every side runs as a new process of the same
script, and writes its frames as Parquet, so that the table of times and peaks of memory comes with a
proof that the sides agree.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd

OURS, BOUNDED = "ours", "bounded"
Side = Callable[[Path], dict[str, pd.DataFrame]]


@dataclass(frozen=True)
class Run:
    """One process: seconds on the clock and of the processors, and the most memory it held."""

    seconds: float
    busy: float
    peak_gb: float


def compare(
    about: str,
    generate: Callable[[int, Path], None],
    sides: Mapping[str, Side],
    *,
    rows: int,
    keys: Mapping[str, list[str]],
) -> None:
    """The command line of a script: generate, run the sides in turn, print the table, compare."""
    asked = _asked(about, rows, sides)
    if asked.side:
        _write(asked.into / asked.side, sides[asked.side](asked.into))
        os._exit(0)  # as the kit's own command: nobody waits for the interpreter to be cleared away
    with tempfile.TemporaryDirectory() as own:
        folder = asked.into or Path(own)
        folder.mkdir(parents=True, exist_ok=True)
        if not asked.reuse:
            generate(asked.rows, folder)
        chosen = asked.sides.split(",")
        print(f"{asked.rows:,} rows, load average {os.getloadavg()[0]:.2f}", flush=True)
        runs = {side: [] for side in chosen}
        for _ in range(asked.rounds):
            for side in chosen:
                runs[side].append(run([sys.argv[0], "--side", side, "--into", str(folder)]))
        report(runs)
        for side in chosen[1:]:
            agree(folder / chosen[0], folder / side, keys)


def measured(edition: str, folder: Path, *, facts: tuple[str, ...] = ()) -> dict[str, pd.DataFrame]:
    """What the kit makes of an edition whose tables lie in the folder: the figures that have a value.

    With `facts` these alone are measured, and no model of who leaves: what the other sides do as well.
    """
    from cs_lib.data.facts.context import Context
    from cs_lib.data.open_data import open_data
    from cs_lib.edition import read_edition
    from cs_lib.metrics.audit.cache import compute
    from cs_lib.metrics.compute import compute_measures

    (folder / "params").mkdir(exist_ok=True)
    (folder / "params" / "bench.yaml").write_text(edition, encoding="utf-8")
    read = read_edition("bench", root=folder)
    if facts:
        compute_measures.FACTS = {name: compute_measures.FACTS[name] for name in facts}
        with open_data(read, root=folder) as data:
            found = compute_measures.measure(Context.of(data, read))
    else:
        found = compute(read, root=folder)
    return {
        "measures": found.measures[found.measures["status"] == "ok"],
        "cohorts": found.cohorts[found.cohorts["status"] == "ok"],
    }


def open_duckdb(folder: Path):
    """A connection that spills into the folder and draws numbers by hash, so that a seed is a place."""
    import duckdb

    spill = {"temp_directory": str(folder / "spill"), "memory_limit": "4GB"}
    connection = duckdb.connect(config=spill)
    connection.execute("CREATE MACRO draw(i, salt, n) AS CAST(hash(i, salt) % n AS BIGINT)")
    connection.execute("CREATE MACRO share(i, salt) AS draw(i, salt, 1000003) / 1000003")
    return connection


def write_customers(connection, folder: Path, many: int, *, channels: int = 0) -> None:
    """So many customers with a plan and a region drawn for each, and one of so many channels."""
    channel = f", 'channel ' || draw(k, 3, {channels}) AS channel" if channels else ""
    connection.execute(
        f"""COPY (SELECT 'c' || k AS customer_id, ['Solo', 'Team', 'Network'][1 + draw(k, 1, 3)] AS plan,
                ['EMEA', 'AMER', 'APAC', 'LATAM'][1 + draw(k, 2, 4)] AS region{channel}
            FROM range({many}) t(k)) TO '{folder}/customers.parquet'"""
    )


def _asked(about: str, rows: int, sides: Mapping[str, Side]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--rows", type=int, default=rows)
    parser.add_argument("--into", type=Path, help="where the data goes and stays")
    parser.add_argument("--reuse", action="store_true", help="measure on what --into holds already")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--sides", default=",".join(each for each in sides if each != BOUNDED))
    parser.add_argument("--side", choices=sides, help=argparse.SUPPRESS)
    return parser.parse_args()


def run(arguments: list[str], *, python: str = sys.executable) -> Run:
    """Run a script as a new process."""
    start = time.perf_counter()
    child = os.spawnv(os.P_NOWAIT, python, [python, *arguments])
    _, status, used = os.wait4(child, 0)
    if status:
        raise SystemExit(f"{' '.join(arguments)} failed")
    busy = used.ru_utime + used.ru_stime
    return Run(time.perf_counter() - start, busy, used.ru_maxrss / 1024**2)


def report(runs: Mapping[str, list[Run]]) -> None:
    """A line a side; the ratios are those of each round, the other side over ours."""
    print(f"{'side':<14}{'seconds':>9}{'cpu':>9}{'peak GB':>9}   over ours, round by round (cpu)")
    first = next(iter(runs.values()))
    for side, own in runs.items():
        ratios = [
            f"{each.seconds / base.seconds:.2f} ({each.busy / base.busy:.2f})"
            for each, base in zip(own, first, strict=True)
        ]
        seconds, busy = (
            median(getattr(each, name) for each in own) for name in ("seconds", "busy")
        )
        peak, shown = max(each.peak_gb for each in own), "" if own is first else "  ".join(ratios)
        print(f"{side:<14}{seconds:>9.2f}{busy:>9.2f}{peak:>9.2f}   {shown}", flush=True)


def agree(ours: Path, theirs: Path, keys: Mapping[str, list[str]]) -> None:
    """Every figure of the other side stands in ours, and the other way round, to nine digits."""
    for name, columns in keys.items():
        one, other = (
            pd.read_parquet(folder / f"{name}.parquet").set_index(columns).sort_index()
            for folder in (ours, theirs)
        )
        if not len(one) or not one.index.equals(other.index):
            difference = one.index.symmetric_difference(other.index)
            raise SystemExit(f"{name}: cells of {theirs.name} differ: {difference[:5].tolist()}")
        for figure in other.columns:
            same = _same(one[figure], other[figure])
            if not same.all():
                wrong = one[~same].join(other[~same], rsuffix=f" {theirs.name}")
                raise SystemExit(f"{name}: {figure} of {theirs.name} differs:\n{wrong.head(10)}")
        print(f"{theirs.name} agrees on {other.size:,} figures of {name}")


def _same(one: pd.Series, other: pd.Series) -> np.ndarray:
    if pd.api.types.is_float_dtype(one):
        return np.isclose(one, other, rtol=1e-9, atol=1e-9, equal_nan=True)
    return ((one == other) | (one.isna() & other.isna())).to_numpy(dtype=bool)


def _write(folder: Path, frames: dict[str, pd.DataFrame]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in frames.items():
        frame.to_parquet(folder / f"{name}.parquet", index=False)
