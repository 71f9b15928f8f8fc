"""An edition: one company's settings, read from a params file."""

from cs_lib.edition.edition_files import edition_names, find_root
from cs_lib.edition.params_file import read_edition
from cs_lib.edition.scales import CesRule
from cs_lib.edition.schema import Definitions, Edition, Reports
from cs_lib.edition.source import EVERY_COLUMN, Source

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
