"""The run: measure every edition once, then make and publish the pack of each."""

import shutil
from collections.abc import Callable
from pathlib import Path

from cs_lib.edition import read_edition
from cs_lib.edition.edition_files import file_of, folder_of
from cs_lib.pack.kernels.pool import Pool
from cs_lib.pack.pages.index import write_shelf
from cs_lib.pack.pages.months import lead_to_neighbours
from cs_lib.pack.pages.pdf import find_browser
from cs_lib.pack.run.choices import notebook_files
from cs_lib.pack.run.make_pack import MadePack, make_pack
from cs_lib.pack.run.manifest import MANIFEST
from cs_lib.pack.run.measured_edition import measure
from cs_lib.pack.run.plan import refuse_wrong_words
from cs_lib.pack.run.publish import REPORTS
from cs_lib.pack.run.request import RunRequest
from cs_lib.scratch import new_folder, sweep


def run_packs(
    editions: tuple[str, ...],
    request: RunRequest,
    *,
    root: Path,
    progress: Callable[[int], Callable[[str], None]],
    say: Callable[[str], None] = lambda text: None,
) -> list[MadePack]:
    """Make and publish the packs of these editions; everything is planned before anything is made.

    `progress` takes the number of reports to make and gives what to call as each is done; `say` is told
    what a run will take out before it does.
    Raises EditionError and DataError before any kernel has started.
    """
    if request.pdf:
        find_browser()
    for which in editions:
        refuse_wrong_words(read_edition(which, root=root), request, root=root)
    sweep()
    scratch = new_folder()
    try:
        with Pool(request.workers, root=root, cold=request.cold) as pool:
            if any(_looks_new(which, request, root) for which in editions):
                pool.start()
            measured = []
            for number, which in enumerate(editions):
                folder = scratch / str(number)
                folder.mkdir()
                measured.append(measure(which, request, root=root, scratch=folder))
            packs = []
            for edition in measured:
                pack = make_pack(edition, request, root=root, pool=pool, progress=progress, say=say)
                write_shelf(root)
                lead_to_neighbours(pack.paths)
                packs.append(pack)
            return packs
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _looks_new(which: str, request: RunRequest, root: Path) -> bool:
    """Whether there is no such pack yet, or a notebook or the edition was written since: then workers will be
    wanted as soon as it is measured."""
    file = file_of(which, root)
    shelf = root / REPORTS / folder_of(file, root)
    packs = [shelf / request.period] if request.period else list(shelf.glob("*"))
    made = [_written(pack / MANIFEST) for pack in packs]
    sources = map(_written, (file, *notebook_files(root)))
    return not any(made) or max(sources) > max(made)


def _written(path: Path) -> float:
    """When a file was written; 0 where there is none."""
    return path.stat().st_mtime if path.is_file() else 0.0
