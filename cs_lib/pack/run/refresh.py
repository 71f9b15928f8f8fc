"""Re-executing the notebooks in place, so that their stored outputs are what nbval expects."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from cs_lib.errors import EditionError, ReportError, did_you_mean
from cs_lib.pack.kernels.pool import Job, Pool
from cs_lib.pack.run.choices import available_notebooks
from cs_lib.pack.run.publish import write_atomically
from cs_lib.scratch import new_folder
from cs_lib.vocabulary import FAILED, STORED


def refresh(
    names: tuple[str, ...],
    *,
    root: Path,
    jobs: int | None = None,
    progress: Callable[[int], Callable[[str], None]],
) -> list[str]:
    """Run notebooks with their default parameters and store the outputs; gives those that changed.

    A notebook that fails is left as it was, and ReportError names it.
    """
    available = {each.name: each for each in available_notebooks(root)}
    for name in names:
        if name not in available:
            raise EditionError(f"there is no notebook {name}. " + did_you_mean(name, available))
    chosen = [each for each in available.values() if not names or each.name in names]
    scratch = new_folder()
    jobs_to_do = [
        Job(
            slug=each.name,
            notebook=each.path,
            shown=each.shown,
            parameters=None,
            copy_to=scratch / f"{each.name}.ipynb",
            root=root,
            scratch=scratch,
            env={STORED: "1"},
        )
        for each in chosen
    ]
    changed, failed, tick = [], [], progress(len(jobs_to_do))
    try:
        with Pool(min(jobs or os.cpu_count() or 1, max(1, len(jobs_to_do)))) as pool:
            for made in pool.run(jobs_to_do):
                tick(made.slug)
                if made.status == FAILED:
                    failed.append(f"{available[made.slug].shown}: {made.error}")
                elif _store(scratch / f"{made.slug}.ipynb", available[made.slug].path):
                    changed.append(made.slug)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    if failed:
        raise ReportError("\n".join(sorted(failed)))
    return sorted(changed)


def _store(executed: Path, place: Path) -> bool:
    """Put the executed notebook in its place; whether anything changed by it."""
    text = executed.read_text(encoding="utf-8")
    if text == place.read_text(encoding="utf-8"):
        return False
    write_atomically(place, text)
    return True
