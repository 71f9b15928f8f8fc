"""Findings that the edition calls right as they are: they are known, and no warning."""

from collections.abc import Iterable
from dataclasses import replace
from difflib import get_close_matches

from cs_lib.data.contract.data_findings import DataFinding
from cs_lib.data.contract.table_declaration import KNOWN, WARNING

NOT_FOUND = "known and not found"


def with_known(findings: Iterable[DataFinding], known: tuple[str, ...]) -> list[DataFinding]:
    """The findings with those of these names as known, and a warning for each name that none has."""
    found = [_as_known(each, known) for each in findings]
    there = {each.name for each in found}
    return found + [_not_there(name, there) for name in known if name not in there]


def _as_known(finding: DataFinding, known: tuple[str, ...]) -> DataFinding:
    if finding.level == WARNING and finding.name in known:
        return replace(finding, level=KNOWN)
    return finding


def _not_there(name: str, there: set[str]) -> DataFinding:
    near = get_close_matches(name, sorted(there), n=1)
    meant = f' Did you mean "{near[0]}"?' if near else ""
    says = f'known: "{name}" is none of the findings: it is mended, or called otherwise. Take it out of the edition.{meant}'
    return DataFinding(WARNING, "", NOT_FOUND, says, about=name)
