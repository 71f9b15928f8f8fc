"""What `approve` does: writes down who approves the figures, definitions and notes of a published pack."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from cs_lib.edition import Edition, read_edition
from cs_lib.errors import EditionError
from cs_lib.pack.run.manifest import entries_of, packs_on
from cs_lib.pack.run.publish import REPORTS, PackPaths, locked
from cs_lib.pack.share.approval import changed_since, put_words, state_of
from cs_lib.pack.share.notes_file import Entry, add, notes_path
from cs_lib.period import Period


def approve(
    which: str,
    *,
    root: Path,
    by: str,
    period: str | None = None,
    on: date | None = None,
    say: Callable[[str], None],
) -> None:
    """Approve a published pack, the last one unless a period is named, and have its pages say so."""
    edition = read_edition(which, root=root)
    if not by.strip() or not by.isprintable():
        raise EditionError("--by is the name of who approves, in one line.")
    with held(edition, root, period) as (paths, manifest):
        _approve(edition, which, paths, manifest, by=by.strip(), on=on, say=say)


def _approve(
    edition: Edition,
    which: str,
    paths: PackPaths,
    manifest: dict,
    *,
    by: str,
    on: date | None,
    say: Callable[[str], None],
) -> None:
    root = paths.root
    chosen, digest = Period.parse(manifest["period"]), digest_of(manifest, paths)
    command = f"python -m cs_lib run {which} --period {chosen}"
    if changed := changed_since(edition, chosen, digest):
        raise EditionError(
            f"{edition.name}: {' and '.join(changed)} were changed since the pack of {chosen} was "
            f"published. Publish it again, and read it, before you approve it: {command}"
        )
    refuse_older_reports(manifest, f"you approve it: {command}")
    state = state_of(edition, chosen, digest)
    if state.is_valid:
        put_words(paths.pack, state)  # who approved may have been cut off before every page said so
        say(f"{paths.pack.relative_to(root).as_posix()} is approved already.")
        return
    day = on or datetime.now(UTC).date()
    entry: Entry = {"period": chosen.label, "by": by, "on": day, "digest": digest}
    notes = add(edition, root, "approvals", [entry])
    state = state_of(edition.model_copy(update={"notes": notes}), chosen, digest)
    put_words(paths.pack, state)
    say(f"{paths.pack.relative_to(root).as_posix()}: {state.words}")
    say(f"Written to {notes_path(edition, root)[1].as_posix()}.")
    if any(paths.pack.glob("*.pdf")):
        say(f"What is printed says it once it is printed again: {command} --pdf")


@contextmanager
def held(edition: Edition, root: Path, period: str | None) -> Iterator[tuple[PackPaths, dict]]:
    """The same as `published`, while nobody else makes, approves or sends that pack."""
    paths, _ = published(edition, root, period)
    with locked(paths):
        yield published(edition, root, paths.period)


def published(edition: Edition, root: Path, period: str | None) -> tuple[PackPaths, dict]:
    """The pack of a period, or the last one published, with its manifest; EditionError where there is none."""
    shelf = PackPaths.of(edition, Period.parse(period or "2000"), root).shelf
    found = {
        folder.name: (PackPaths.of(edition, Period.parse(folder.name), root), manifest)
        for folder, manifest in packs_on(shelf)
    }
    if period is None and found:
        return max(found.values(), key=lambda each: (each[1]["period_end"], each[1]["made_at"]))
    label = Period.parse(period).label if period else ""
    if label not in found:
        there = f"There are packs of {', '.join(found)}." if found else "There is none yet."
        asked = f"of {label} " if label else ""
        raise EditionError(
            f"{edition.name}: no pack {asked}stands in {REPORTS}. {there} Publish it first: "
            f"python -m cs_lib run {edition.name}{f' --period {label}' if label else ''}"
        )
    return found[label]


def refuse_older_reports(manifest: dict, before: str) -> None:
    """EditionError where pages of a pack are of other figures than the pack, or may be."""
    behind = [each.slug for each in entries_of(manifest).values() if each.is_outdated]
    if behind:
        raise EditionError(
            f"The pack of {manifest['period']} holds reports of older figures: {', '.join(behind)}. "
            f"Publish it again before {before}"
        )


def digest_of(manifest: dict, paths: PackPaths) -> str:
    """The digest of what a pack holds; EditionError where an older kit published it."""
    try:
        return str(manifest["approval"]["digest"])
    except (KeyError, TypeError):
        raise EditionError(
            f"{paths.pack.relative_to(paths.root).as_posix()} was published before packs could be "
            "approved. Publish it again."
        ) from None
