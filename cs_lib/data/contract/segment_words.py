"""Names that figures are split by and that are none: a word for “not known”, bands that a spreadsheet made dates of, the
state of today, and owners who are gone."""

import re
from collections.abc import Iterator

from cs_lib.data.contract.data_findings import DataFinding, counted, having
from cs_lib.data.contract.edition_keys import mapped, quoted
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.sources.headers import folded
from cs_lib.data.sources.staged_table import Staged
from cs_lib.vocabulary import OWNER

#: words that say that nobody knows, beside those for nothing
UNKNOWN = (
    "unknown", "tbd", "tba", "t.b.d.", "not set", "(not set)", "not specified", "unspecified", "not available", "not assigned",
    "unassigned", "(unassigned)", "no owner", "nobody", "missing", "blank", "(blank)", "(none)", "(unknown)", "unbekannt",
    "keine angabe", "k.a.", "k. a.", "nicht zugewiesen", "inconnu", "non renseigné", "desconocido", "sin asignar", "sconosciuto",
    "onbekend",
)  # fmt: skip
#: states in which whoever left is, folded
_LEFT = (
    "churned", "cancelled", "canceled", "lost", "former", "formercustomer", "excustomer", "lapsed", "terminated", "inactive", "gekündigt",
    "ehemalig", "résilié", "perdu", "cancelado", "perdido", "disdetto", "opgezegd",
)  # fmt: skip
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_AS_DATE = re.compile(rf"^(?:(\d{{1,2}})-({'|'.join(_MONTHS)})|({'|'.join(_MONTHS)})-(\d{{2}}))$")
_BAND = re.compile(r"^\d[\d.,kK]*\s*([-–]\s*\d[\d.,kK]*|\+)$")
_GONE_OWNER = re.compile(r"(?i)[(\[](inactive|deactivated|former|left|gone|ex|deleted|terminated|inaktiv|ausgeschieden)\b[^)\]]*[)\]]")  # fmt: skip


def odd_words(staged: Staged, name: str, rows: dict[str, int]) -> Iterator[DataFinding]:
    """What is to be said of the values of a column, each with how many rows have it."""
    yield from _dates_of_bands(staged, name, rows)
    if name == OWNER:
        yield from _owners_gone(staged, rows)
    elif staged.table.name == "customers":
        yield from _states(staged, name, rows)


def _dates_of_bands(staged: Staged, name: str, rows: dict[str, int]) -> Iterator[DataFinding]:
    bands = {each: own for each in rows if (own := _band(each))}
    if not bands or not any(map(_BAND.fullmatch, rows)):
        return
    many, first = sum(rows[each] for each in bands), next(iter(bands))
    pairs = ", ".join(f"{quoted(each)}: {quoted(own)}" for each, own in bands.items())
    says = (
        f'{staged.called}: "{first}" is a segment of {name} ({counted(many, "row")} in all such), and seems to be {bands[first]}, of '
        f"which a spreadsheet made a date. Mend it in the export, or say rename: {{{name}: {{{pairs}}}}} for this table."
    )
    yield DataFinding(WARNING, staged.table.name, "a band made a date", says, many, name)


def _band(value: str) -> str | None:
    """The band that was made a date: both numbers of 10-Jan, the smaller one first."""
    found = _AS_DATE.fullmatch(value.strip().casefold())
    if not found:
        return None
    number, month = int(found[1] or found[4]), _MONTHS.index(found[2] or found[3]) + 1
    return f"{min(number, month)}-{max(number, month)}"


def _states(staged: Staged, name: str, rows: dict[str, int]) -> Iterator[DataFinding]:
    left = [each for each in rows if folded(each) in _LEFT]
    if left and len(left) < len(rows):
        many, shown = sum(rows[each] for each in left), " and ".join(f'"{each}"' for each in left)
        says = (
            f"{staged.called}: {shown} {'is a segment' if len(left) == 1 else 'are segments'} of {name} ({counted(many, 'row')}), which "
            "seems to be the state of today: whoever left is in it, also in the months before, and nobody leaves the others. Take "
            f"{name} out of segments."
        )
        yield DataFinding(WARNING, staged.table.name, "a segment of who left", says, many, name)


def _owners_gone(staged: Staged, rows: dict[str, int]) -> Iterator[DataFinding]:
    gone = [each for each in rows if _GONE_OWNER.search(each)]
    if gone:
        many, shown = sum(rows[each] for each in gone), " and ".join(f'"{each}"' for each in gone)
        key = mapped(staged.spelled.get(OWNER, OWNER), dict.fromkeys(gone), staged.source)
        says = (
            f"{staged.called}: {having(many, 'row')} {shown} in owner. If their customers are nobody's "
            f"now, say {key} for this table."
        )
        yield DataFinding(
            WARNING, staged.table.name, "an owner who is gone", says, many, ", ".join(gone)
        )
