"""An edition as `new` proposes it: which file is which table, and what else the kit has to be told."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from re import fullmatch

from cs_lib.data.contract.tables import TABLES
from cs_lib.pack.new.baseline import Baseline
from cs_lib.pack.new.first_look import Candidate, FirstLook
from cs_lib.pack.new.folder_files import FoundFile

#: a currency's country where that is one; the locale decides on which paper is printed
_LETTER = {"USD": "en_US", "CAD": "en_CA"}
NO_CURRENCY = "USD"


@dataclass(frozen=True)
class Proposal:
    """All that the file says; `others` are files that no table is made of, `unseen` how many were not looked at.

    `taking` is the file with the tables alone that stand behind a #, as if somebody had taken it away.
    """

    name: str
    data: str
    chosen: dict[str, FoundFile]
    others: list[FoundFile]
    look: FirstLook = field(default_factory=FirstLook)
    baselines: list[Baseline] = field(default_factory=list)
    unseen: int = 0
    taking: bool = False

    @property
    def guesses(self) -> dict[str, FoundFile]:
        """What files may be by the names of their columns, of tables that are not chosen; the largest of each."""
        every = [*self.chosen.values(), *self.others]
        named = [each for each in every if each.likely and each.likely.table not in self.chosen]
        return {
            each.likely.table: each
            for each in sorted(named, key=lambda each: each.size)
            if each.likely
        }

    @property
    def company(self) -> str:
        return Path(self.name).name.replace("_", " ").replace("-", " ").title()

    @property
    def currency(self) -> str:
        """The currency of most rows, of those that are told by a code."""
        codes = [each for each in self.look.currencies if _is_code(each)]
        return max(codes, key=self.look.currencies.__getitem__, default=NO_CURRENCY)

    @property
    def other_currencies(self) -> list[str]:
        return sorted(
            each for each in self.look.currencies if _is_code(each) and each != self.currency
        )

    @property
    def no_currencies(self) -> list[str]:
        """What stands for a currency and is no code of one."""
        return sorted(each for each in self.look.currencies if not _is_code(each))

    @property
    def locale(self) -> str:
        return _LETTER.get(self.currency, "en_GB")

    def columns_of(self, table: str) -> dict[str, str]:
        """The names that the edition gives to columns of a table: those of segments that are called otherwise."""
        own = [each for each in self.look.segments() if each.table == table]
        return {each.name: each.column for each in own if each.name != each.column.casefold()}

    @property
    def segments(self) -> list[Candidate]:
        """The columns that split figures of the chosen tables."""
        return self.look.segments(self.chosen)

    @property
    def later_segments(self) -> list[Candidate]:
        """The columns that split figures once every guess is taken; none where that changes nothing."""
        every = self.look.segments()
        return every if every != self.segments else []


def _is_code(currency: str) -> bool:
    return fullmatch("[A-Z]{3}", currency) is not None


#: tables that several vendors' exports add to; of the others each may hold the same customers' revenue or use
ADDED_UP = ("survey_responses", "acquisition_costs")


def chosen_tables(found: Iterable[FoundFile]) -> tuple[dict[str, FoundFile], list[FoundFile]]:
    """One source a table, the largest where several would do; and the files that are left.

    Surveys and advertising have one of each vendor whose export is there.
    """
    largest = sorted(found, key=lambda each: (each.adapter is None, -each.size, each.path))
    chosen: dict[str, FoundFile] = {}
    for each in largest:
        if each.table:
            chosen.setdefault(each.table, each)
    order = [table.name for table in TABLES]
    kept = {name: _with_more(chosen[name], largest) for name in order if name in chosen}
    taken = {path for each in kept.values() for one in (each, *each.more) for path in one.paths}
    rest = [each for each in largest if not taken.issuperset(each.paths)]
    return kept, sorted(rest, key=lambda each: each.path)


def _with_more(first: FoundFile, largest: list[FoundFile]) -> FoundFile:
    """The file with the largest export of each further vendor that adds to its table."""
    if first.adapter is None or first.table not in ADDED_UP:
        return first
    others: dict[str, FoundFile] = {}
    for each in largest:
        if each.table == first.table and each.adapter and each.adapter.name != first.adapter.name:
            others.setdefault(each.adapter.name, each)
    return replace(first, more=tuple(others.values()))
