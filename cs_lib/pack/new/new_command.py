"""What `new` does: look at a folder of exports, propose an edition, write it, and check it."""

import os
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from cs_lib.edition import Edition, read_edition
from cs_lib.edition.adapter_files import adapters
from cs_lib.edition.edition_files import PARAMS, file_of, is_file, name_of, refuse_a_namesake
from cs_lib.errors import EditionError, KitError, PlaceError
from cs_lib.pack.new.edition_text import edition_text
from cs_lib.pack.new.folder_files import MOST_FILES, files_in, unseen_in
from cs_lib.pack.new.proposal import Proposal, chosen_tables
from cs_lib.pack.run.check_command import check_edition


def new_edition(name: str, folder: Path, *, root: Path, say: Callable[[str], None]) -> None:
    """Write `params/NAME.yaml` for the files of a folder, check it, and say what to do next.

    Never overwrites, and asks nothing. EditionError where no file could be read as a table: the edition is
    written all the same, and says what is missing.
    """
    if not folder.is_dir():
        raise EditionError(f"--from: there is no folder {folder}.")
    path = _free_path(name, root)
    proposal = _proposal(name_of(path, root), folder, root)
    _write(path, edition_text(proposal))
    shown = _shown(path)
    for table, found in proposal.chosen.items():
        for each in (found, *found.more):
            read_by = f"adapter {each.adapter.name}" if each.adapter else "as it stands"
            say(f"{table}: {each.shown} ({read_by})")
            if each.likely:
                say(f"{each.shown} may hold {each.likely.table} as well: see the edition")
    for each in proposal.others:
        may = f" (it may be {each.likely.table}: see the edition)" if each.likely else ""
        why = f" ({each.why})" if each.why else ""
        say(f"not used: {each.shown}{may or why}")
    if proposal.unseen:
        say(
            f"not looked at: {proposal.unseen:,} files beyond the first {MOST_FILES}, by their names"
        )
    if not proposal.chosen:
        raise EditionError(
            f"{shown} is written, and names no table: no file of {folder} is an export that an adapter "
            "knows, or has the columns that a table needs. The file lists what there is, and what a table "
            "needs. Fill it in, then: python -m cs_lib check " + proposal.name
        )
    say(f"written: {shown}\n")
    _check(proposal.name, shown, root, say)


def _check(name: str, shown: str, root: Path, say: Callable[[str], None]) -> None:
    try:
        check_edition(name, root=root, say=say)
    except KitError:
        say(f"{shown} is written, and cannot be run yet. Mend what follows there or in the files, then: "
            f"python -m cs_lib check {name}\n")  # fmt: skip
        raise
    say(f"\nRead {shown}, then: python -m cs_lib run {name}")


def _shown(path: Path) -> str:
    """The path as somebody finds it from here, whichever project it is of."""
    here = Path.cwd().resolve()
    return (path.relative_to(here) if path.is_relative_to(here) else path).as_posix()


def _free_path(name: str, root: Path) -> Path:
    """Where the edition will stand; EditionError where something stands there already."""
    path = file_of(name, root)
    if not path.is_relative_to(root / PARAMS):
        raise EditionError(f"{name}: an edition stands in {PARAMS}/. Give a name such as acme.")
    if is_file(path):
        raise EditionError(
            f"{_shown(path)} is there already, and is left as it is. Choose another name, or "
            "move it away."
        )
    refuse_a_namesake(path, root)
    return path


def _proposal(name: str, folder: Path, root: Path) -> Proposal:
    chosen, others = chosen_tables(files_in(folder, adapters(root)))
    inside = folder.is_relative_to(root)
    data = folder.relative_to(root).as_posix() if inside else folder.as_posix()
    proposal = Proposal(name, data, chosen, others, unseen=unseen_in(folder))
    if not (chosen or proposal.guesses):
        return proposal
    from cs_lib.pack.new.baseline import baselines
    from cs_lib.pack.new.first_look import look_at

    looks = [
        look_at(_draft(each, root), folder, root)
        for each in (proposal, replace(proposal, taking=True))
        if (each.guesses if each.taking else chosen)
    ]
    candidates = [one for look in looks for one in look.candidates]
    proposal = replace(proposal, look=replace(looks[0], candidates=candidates))
    if not chosen:
        return proposal
    found = baselines(_draft(proposal, root), root=root, data_dir=folder)
    return replace(proposal, baselines=found)


def _draft(proposal: Proposal, root: Path) -> Edition:
    """The proposal as an edition, before it is anywhere."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "draft.yaml"
        path.write_text(edition_text(proposal), encoding="utf-8")
        return read_edition(path, root=root)


def _write(path: Path, text: str) -> None:
    """The file, unless one has come to stand there in the meantime."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise EditionError(f"{path.name} is there already, and is left as it is.") from None
    except OSError as error:
        raise PlaceError(f"{path} cannot be written: {os.strerror(error.errno or 0)}.") from None
