"""An edition: one company's settings, read from a params file."""

from cs_lib.edition.schema import (
    EVERY_COLUMN,
    CesRule,
    Definitions,
    Edition,
    Reports,
    Source,
    edition_names,
    find_root,
    read_edition,
)

__all__ = [
    "EVERY_COLUMN",
    "CesRule",
    "Definitions",
    "Edition",
    "Reports",
    "Source",
    "edition_names",
    "find_root",
    "read_edition",
]
