"""An edition: what one params file says, as a validated value."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    Field,
    field_validator,
    model_validator,
)

from cs_lib.edition.benchmarks import Benchmark
from cs_lib.edition.brand import Brand
from cs_lib.edition.end_reasons import EndReasons
from cs_lib.edition.events import Event, in_order_of_time
from cs_lib.edition.mailing import Mail
from cs_lib.edition.notes import Notes
from cs_lib.edition.scales import CesRule, CsatRule, NpsRule
from cs_lib.edition.source import Source
from cs_lib.edition.spellings import Rate, Years, Zone
from cs_lib.edition.targets import Targets, in_order, spelled_out
from cs_lib.edition.theme_words import Themes
from cs_lib.errors import EditionError, did_you_mean
from cs_lib.params import Day, Number, Part, Text, Whole
from cs_lib.period import ALL, FIRST_YEAR, LAST_YEAR, MONTH, Grain, Period, Segment, is_segment_name
from cs_lib.vocabulary import OWNER

TableName = Literal[
    "customers",
    "subscriptions",
    "orders",
    "survey_responses",
    "survey_items",
    "acquisition_costs",
    "success_costs",
    "usage_events",
    "plan",
]


#: tables that may have a column for each month
MONTHLY = ("subscriptions", "acquisition_costs", "success_costs", "plan")


def _currency_code(value: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", value):
        raise ValueError(f"{value!r} is not a currency code such as EUR")
    return value


Currency = Annotated[str, AfterValidator(_currency_code)]


_IDENTIFIERS = (
    "customer_id",
    "subscription_id",
    "order_id",
    "response_id",
    "respondent_id",
    "user_id",
)
NEVER_A_SEGMENT = frozenset((*_IDENTIFIERS, "comment", "score", "amount", "mrr"))


def _segment(text: str) -> Segment:
    try:
        return Segment.parse(text)
    except EditionError as error:
        raise ValueError(str(error)) from None


def _rename(name: str) -> str:
    quoted = name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return (
        "Give the column another name where its table is described, as in "
        f'columns: {{group: "{quoted}"}}, and write that name under segments.'
    )


def _each_part(tables: dict[TableName, Source]) -> Iterator[tuple[TableName, Source]]:
    """Each source with the name of its table."""
    return ((name, part) for name, source in tables.items() for part in source.parts)


def _csv_file(value: str) -> str:
    if not value.lower().endswith(".csv"):
        raise ValueError(f"{value!r} is not the path of a file that ends in .csv")
    return value


#: the values of a column that mean something
Values = Annotated[tuple[Text, ...], Field(min_length=1)]


class Definitions(Part):
    """What the kit cannot know and the edition must say, and what it may say otherwise."""

    nps: NpsRule = NpsRule()
    csat: CsatRule = CsatRule()
    ces: CesRule | None = None
    gross_margin: Annotated[Number, Field(gt=0, le=1)] | None = None
    active_window: Annotated[Whole, Field(ge=1, le=24)] = 3
    response_window: Annotated[Whole, Field(ge=1, le=365)] = 14
    follow_up_window: Annotated[Whole, Field(ge=1, le=365)] = 7
    renewal_grace: Annotated[Whole, Field(ge=0, le=180)] = 30
    cac_lag: Annotated[Whole, Field(ge=0, le=24)] = 1
    lifetime_horizon: Annotated[Whole, Field(ge=1, le=600)] = 24
    first_value_feature: str | None = None
    end_reasons: EndReasons = EndReasons()
    referrals: Annotated[dict[Text, Values], Field(min_length=1, max_length=1)] | None = None
    product: Text | None = None
    zero_orders: Literal["leave_out", "count"] = "leave_out"


class Reports(Part):
    """Which notebooks run, for which segments reports of their own are published, and of how many months up to the
    pack's period the files of figures hold measures."""

    notebooks: tuple[str, ...] | None = None
    segments: tuple[str, ...] = (ALL,)
    history: Annotated[Whole, Field(ge=1)] | None = None


class Edition(Part):
    """One params file. `name` and `path` say where it came from; `notes` and `benchmark_rows` are of other files."""

    #: keys that no params file gives, and where they come from
    FILLED: ClassVar[dict[str, str]] = {
        "name": "The file's own name is the edition's.",
        "path": "The file's own name is the edition's.",
        "notes": "Notes stand in a file of their own, under params/notes.",
        "benchmark_rows": "Benchmarks stand in the file that the key benchmarks names.",
    }

    name: str
    path: Path
    company: Text
    currency: Currency = "USD"
    locale: str = "en_US"
    timezone: Zone = "UTC"
    as_of: Day | None = None
    history_starts: Day | None = None
    grains: tuple[Grain, ...] = (MONTH, "quarter", "year")
    data: Text | None = None
    tables: Annotated[dict[TableName, Source], Field(min_length=1)]
    segments: tuple[str, ...] = ()
    reports: Reports = Reports()
    definitions: Definitions = Definitions()
    targets: Targets = Field(default_factory=dict)
    themes: Themes = Field(default_factory=dict)
    benchmarks: Annotated[Text, AfterValidator(_csv_file)] | None = None
    benchmark_rows: tuple[Benchmark, ...] = ()
    events: tuple[Event, ...] = ()
    notes: Notes = Notes()
    brand: Brand = Brand()
    mail: Mail | None = None
    approval: Literal["required"] | None = None
    known: tuple[Text, ...] = ()
    rates: dict[Currency, Rate] = Field(default_factory=dict)
    years: Years = (FIRST_YEAR, LAST_YEAR)
    confidence: Annotated[Number, Field(gt=0.5, lt=1)] = 0.95
    min_n: Annotated[Whole, Field(ge=1)] = 5
    min_comments: Annotated[Whole, Field(ge=5)] = 8
    engine: Literal["duckdb", "spark"] = "duckdb"
    memory_limit: Text | None = None
    spill_dir: Text | None = None
    checkpoint_dir: Text | None = None

    @field_validator("locale")
    @classmethod
    def _known_locale(cls, value: str) -> str:
        from babel import Locale, UnknownLocaleError

        try:
            Locale.parse(value)
        except (ValueError, UnknownLocaleError):
            raise ValueError(f"{value!r} is not a locale such as en_US or de_DE") from None
        return value

    @field_validator("grains")
    @classmethod
    def _months_are_always_kept(cls, value: tuple[Grain, ...]) -> tuple[Grain, ...]:
        return value if MONTH in value else (MONTH, *value)

    _targets_in_full = field_validator("targets", mode="before")(spelled_out)
    _targets_in_order = field_validator("targets")(in_order)
    _events_in_order = field_validator("events")(in_order_of_time)

    @field_validator("targets")
    @classmethod
    def _targets_name_segments_as_measures_do(cls, value: Targets) -> Targets:
        for by_segment in value.values():
            for text in by_segment:
                if _segment(text).label != text:
                    raise ValueError(f"write {_segment(text)} for {text!r}, as the measures do")
        return value

    @field_validator("tables")
    @classmethod
    def _only_subscriptions_end(cls, value: dict[TableName, Source]) -> dict[TableName, Source]:
        for name, source in _each_part(value):
            if source.end_date and name != "subscriptions":
                raise ValueError(f"{name} has no end_date; the key belongs under subscriptions")
            if source.movements and name != "subscriptions":
                raise ValueError(f"{name} has no movements; the key belongs under subscriptions")
            if source.months and name not in MONTHLY:
                raise ValueError(f"months: columns is for {', '.join(MONTHLY)}, not for {name}")
        return value

    @field_validator("segments")
    @classmethod
    def _segments_can_be_told(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if name.casefold() in NEVER_A_SEGMENT:
                raise ValueError(
                    f"{name} tells customers or answers apart: it cannot be a segment. {_rename(name)}"
                )
            if not is_segment_name(name):
                raise ValueError(
                    f"{name!r} cannot be written as in plan=Pro,region=EMEA: a segment's name is not "
                    f"{ALL}, holds no comma, equals sign or line break, no sign that does not show, and neither "
                    f"begins nor ends with a blank. {_rename(name)}"
                )
            if value.count(name) > 1:
                raise ValueError(f"{name} is named twice")
        return value

    @model_validator(mode="after")
    def _history_comes_first(self) -> Self:
        if self.as_of and self.history_starts and self.history_starts >= self.as_of:
            raise ValueError(
                f"history_starts {self.history_starts} is not before as_of {self.as_of}"
            )
        return self

    @model_validator(mode="after")
    def _own_currency_is_worth_one(self) -> Self:
        if float(self.rates.get(self.currency, 1)) != 1:
            raise ValueError(
                f"rates.{self.currency}: {self.currency} is this edition's own currency, so its rate is "
                "1. Leave it out, or correct currency"
            )
        return self

    @model_validator(mode="after")
    def _renamed_once(self) -> Self:
        for table, source in _each_part(self.tables):
            for column, names in source.rename.items():
                place = f"tables.{table}.rename.{column}"
                if column not in (*self.segments, OWNER):
                    known = did_you_mean(column, self.segments)
                    raise ValueError(f"{place} is not among this edition's segments. {known}")
                for old, new in names.items():
                    if self.renames[column][old] != new:
                        raise ValueError(f"{place}: {old} is {self.renames[column][old]} elsewhere")
                    if new in self.renames[column]:
                        raise ValueError(f"{place}: {new} is renamed itself; name what it is now")
        return self

    @model_validator(mode="after")
    def _segments_agree(self) -> Self:
        asked = [("reports.segments", text) for text in self.reports.segments]
        asked += [(f"targets.{name}", text) for name, each in self.targets.items() for text in each]
        asked += [(f"events: {each.label}", text) for each in self.events for text in each.segments]
        asked += [("mail.recipients", text) for text in (self.mail.recipients if self.mail else ())]
        for key, text in asked:
            try:
                pairs = _segment(text).pairs
            except ValueError as error:
                raise ValueError(f"{key}: {error}") from None
            for column, _ in pairs:
                if column not in self.segments:
                    raise ValueError(
                        f"{key}: segment {text!r}: {column} is not among this edition's segments. "
                        + did_you_mean(column, self.segments)
                    )
        return self

    @model_validator(mode="after")
    def _definitions_name_segments(self) -> Self:
        given = self.definitions
        named = [("referrals", column) for column in given.referrals or ()]
        named += [("product", given.product)] if given.product else []
        for key, column in named:
            if column not in self.segments:
                raise ValueError(
                    f"definitions.{key}: {column} is not among this edition's segments. "
                    + did_you_mean(column, self.segments)
                )
        return self

    @property
    def segmentations(self) -> tuple[tuple[str, ...], ...]:
        """The sets of columns that measures are split by: none, each one, and those crossed."""
        crossed = {
            tuple(column for column, _ in Segment.parse(text).pairs)
            for text in (*self.reports.segments, *(s for t in self.targets.values() for s in t))
        }
        singles = [(column,) for column in self.segments]
        return ((), *singles, *sorted(each for each in crossed if len(each) > 1))

    @property
    def renames(self) -> dict[str, dict[str, str]]:
        """Segment column → what its values were called and are called now, whichever table says so."""
        found: dict[str, dict[str, str]] = {}
        for _, source in _each_part(self.tables):
            for column, names in source.rename.items():
                own = found.setdefault(column, {})
                own |= {old: new for old, new in names.items() if old not in own}
        return found

    @property
    def asks_approval(self) -> bool:
        """Whether somebody has to approve its packs."""
        return bool(self.approval or (self.mail and self.mail.approved_only))

    def as_shown(self) -> str:
        """All of it that figures and reports may depend on, as JSON; who approves and gets mail is not."""
        shown = self.model_copy(update={"notes": self.notes.shown, "mail": None})
        return shown.model_dump_json(exclude={"path", "approval"})

    def split_name(self, column: str) -> str:
        """What figures split by a column of a table are published under: a segment has its name first."""
        while column in self.segments:
            column += " (split)"
        return column

    def refuse_unmeasured(self, period: Period) -> None:
        """EditionError for a period of a grain that the edition is not measured by."""
        if period.grain not in self.grains:
            raise EditionError(
                f"{period} is a {period.grain}, and {self.name} is measured by "
                f"{', '.join(self.grains)}. Add {period.grain} to its grains."
            )

    def given(self, *tables: str) -> bool:
        return all(table in self.tables for table in tables)
