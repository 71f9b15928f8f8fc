"""The file of an edition's notes, added to without touching a byte of what stands in it."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import yaml

from cs_lib.edition import Edition
from cs_lib.edition.edition_files import notes_file
from cs_lib.edition.notes import Notes, read_notes
from cs_lib.errors import EditionError, PlaceError
from cs_lib.pack.run.publish import write_atomically

#: the list whose entries have an empty line between them
SPACED = "notes"
#: keys whose text needs no quotes
PERIODS = ("since", "period")
#: an entry of a list of the file: its keys and values; None is left for its author to fill in
Entry = Mapping[str, str | float | date | None]


def notes_path(edition: Edition, root: Path) -> tuple[Path, Path]:
    """Where the notes of an edition stand, and how that is shown."""
    path = notes_file(edition.path, root)
    return path, path.relative_to(root) if path.is_relative_to(root) else path


def add(edition: Edition, root: Path, key: str, entries: Sequence[Entry]) -> Notes:
    """Add entries to a list of the notes (`notes`, `approvals`); gives the notes as they are then."""
    path, shown = notes_path(edition, root)
    try:
        old = path.read_bytes().decode("utf-8") if path.is_file() else _opening(edition)
    except OSError as error:
        raise EditionError(f"{shown}: this cannot be read: {error.strerror}.") from None
    new = with_entries(old, key, entries, shown)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.checked")
        beside.write_bytes(new.encode("utf-8"))
        try:
            found = read_notes(beside, shown)
        finally:
            beside.unlink()
        before = edition.notes.model_dump(exclude={key})
        if found.model_dump(exclude={key}) != before or not _is_longer(
            edition, found, key, entries
        ):
            raise EditionError(
                f"{shown} was changed meanwhile, or is written in a way that nothing can be added to. "
                "Nothing was. Try again, or write the entry by hand."
            )
        write_atomically(path, new)
    except OSError as error:
        raise PlaceError(f"{shown}: this cannot be written: {error.strerror}.") from None
    return found


def _is_longer(edition: Edition, found: Notes, key: str, entries: Sequence[Entry]) -> bool:
    before, after = getattr(edition.notes, key), getattr(found, key)
    return after[: len(before)] == before and len(after) == len(before) + len(entries)


def _opening(edition: Edition) -> str:
    return (
        f"# What people wrote about {edition.company}: why a figure is so, what to do, by whom.\n"
        f"# python -m cs_lib notes {edition.name} adds the findings of a month; a note shows until it is\n"
        "# closed (status: done or dropped, and closed: the month).\n"
    ).replace("\r", " ")


def with_entries(text: str, key: str, entries: Sequence[Entry], shown: Path) -> str:
    """The text of a notes file with more entries at the end of one of its lists."""
    end = "\r\n" if "\r\n" in text else "\n"
    spaced = end if key == SPACED else ""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    parts = root.value if isinstance(root, yaml.MappingNode) else []
    if root is not None and getattr(root, "flow_style", True):
        raise _in_brackets(shown, "the file")
    value = next((value for name, value in parts if name.value == key), None)
    if value is None:
        text += "" if not text or text.endswith("\n") else end
        gap = "" if not text or text.endswith(end * 2) else end
        return f"{text}{gap}{key}:{end}{_blocks(entries, '  ', end, spaced)}"
    if isinstance(value, yaml.SequenceNode) and not value.flow_style:
        indent, last = " " * value.start_mark.column, _last(value)
        at = last.end_mark.index
    elif isinstance(value, yaml.ScalarNode) and not value.value:
        indent, at = "  ", value.end_mark.index
    else:
        raise _in_brackets(shown, key)
    if at and text[at - 1] not in "\r\n":  # to the end of the line, with what is said there
        at = text.find("\n", at) + 1 or len(text)
    before = text[:at] if not at or text[at - 1] in "\r\n" else text[:at] + end
    gap = spaced if isinstance(value, yaml.SequenceNode) else ""
    return f"{before}{gap}{_blocks(entries, indent, end, spaced)}{text[at:]}"


def _in_brackets(shown: Path, what: str) -> EditionError:
    return EditionError(
        f"{shown}: {what} is written in brackets, to which nothing can be added. Write it as a list: "
        "each entry on lines of its own, after a dash."
    )


def _last(node: yaml.Node) -> yaml.Node:
    """The last node of a block that stands in the text itself."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        part = node.value[-1]
        node = part[1] if isinstance(part, tuple) else part
    return node


def _blocks(entries: Sequence[Entry], indent: str, end: str, gap: str) -> str:
    return gap.join(_block(each, indent, end) for each in entries)


def _block(entry: Entry, indent: str, end: str) -> str:
    first, *others = (f"{name}:{_scalar(name, value)}{end}" for name, value in entry.items())
    return f"{indent}- {first}" + "".join(f"{indent}  {line}" for line in others)


def _scalar(name: str, value: str | float | date | None) -> str:
    if value is None:
        return ""
    if isinstance(value, str) and name not in PERIODS:
        return f" {json.dumps(value, ensure_ascii=not value.isprintable())}"
    return f" {value:.6g}" if isinstance(value, float) else f" {value}"
