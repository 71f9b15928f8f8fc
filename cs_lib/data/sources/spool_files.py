"""New files in the folder where an engine's copies of its sources lie until it is closed."""

from pathlib import Path


def new_file(spool: Path, suffix: str) -> Path:
    """A name for a further file of the folder, made where it is not there, for its owner alone."""
    spool.mkdir(mode=0o700, parents=True, exist_ok=True)
    return spool / f"{sum(1 for _ in spool.iterdir())}{suffix}"
