"""A params file as strict YAML, and in words what is wrong with it."""

from datetime import date
from pathlib import Path
from typing import Annotated, ClassVar, get_args

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from cs_lib.errors import EditionError, did_you_mean
from cs_lib.period import FIRST_YEAR, LAST_YEAR, Period

#: an edition is a page of text: what is larger, or grows larger by its aliases, is something else
MOST_BYTES, MOST_NODES = 1_000_000, 100_000
#: YAML takes a time that grows with the square of the brackets that are open
MOST_BRACKETS = 2_000
#: characters of a value that a message quotes
QUOTED = 80


def not_a_switch(value: object) -> object:
    """YAML takes yes, no, on and off for true and false, which count as 1 and 0 elsewhere."""
    if isinstance(value, bool):
        raise ValueError(f"{str(value).lower()} is not a number")
    return value


def low_to_high(value: tuple[int, int]) -> tuple[int, int]:
    if value[0] > value[1]:
        raise ValueError(f"write the lower end first: [{value[1]}, {value[0]}]")
    return value


def _written_as_a_day(value: object) -> object:
    if not isinstance(value, (date, str)):
        raise ValueError(f"{value!r} is not a day such as 2026-06-30")
    return value


def _in_reach(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"{day} lies outside the years {FIRST_YEAR} to {LAST_YEAR}")
    return day


def _says_something(value: str) -> str:
    if not value.strip() or "\0" in value:
        raise ValueError("this is empty" if not value.strip() else "this holds a null character")
    return value


def _month(value: object) -> Period | None:
    """The month that a text such as 2026-01 names."""
    if not isinstance(value, str) or len(value) != 7:
        return None
    try:
        return Period.parse(value)
    except EditionError as error:
        raise ValueError(str(error)) from None


def _first_day(value: object) -> object:
    month = _month(value)
    return month.start if month else value


def _last_day(value: object) -> object:
    month = _month(value)
    return month.last_day if month else value


class Part(BaseModel):
    """A part of a params file: frozen once it is read, and a key that it does not know is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Text = Annotated[str, AfterValidator(_says_something)]
Day = Annotated[date, BeforeValidator(_written_as_a_day), AfterValidator(_in_reach)]
#: days that may be written as a month (2026-01), which stands for its first or its last
FirstDay = Annotated[Day, BeforeValidator(_first_day)]
LastDay = Annotated[Day, BeforeValidator(_last_day)]
Number = Annotated[float, BeforeValidator(not_a_switch), Field(allow_inf_nan=False)]
Whole = Annotated[int, BeforeValidator(not_a_switch)]


class _StrictLoader(yaml.SafeLoader):
    """YAML in which a key written twice is an error and not a silent choice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        seen: set[object] = set()
        for key_node, _ in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(
                    None, None, "a key is a word, not a list or a mapping", key_node.start_mark
                )
            if key_node.tag == "tag:yaml.org,2002:bool":  # on and no are words where a key stands
                key_node.tag = "tag:yaml.org,2002:str"
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key} is written twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)

    def construct_scalar_safely(self, node: yaml.ScalarNode) -> object:
        """A value, with its place where it is none: 2026-02-30 looks like a day."""
        try:
            return self._plain[node.tag](self, node)
        except (ValueError, OverflowError, AttributeError) as error:  # PyYAML finds no match
            wrong = "no moment" if isinstance(error, AttributeError) else error
            raise yaml.constructor.ConstructorError(
                None, None, f"{node.value!r}: {wrong}", node.start_mark
            ) from None

    _plain: ClassVar[dict] = {
        f"tag:yaml.org,2002:{kind}": getattr(yaml.SafeLoader, f"construct_yaml_{kind}")
        for kind in ("timestamp", "int", "float")
    }


for _tag in _StrictLoader._plain:
    _StrictLoader.add_constructor(_tag, _StrictLoader.construct_scalar_safely)


def read_mapping(path: Path, shown: Path, *, may_be_empty: bool = False) -> dict:
    """What a params file says, as a mapping; EditionError where it is none."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise EditionError(
                f"{shown}: this is too large for a params file, which is a page of text."
            )
        raw = _value(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        raise EditionError(f"{shown}: this cannot be read as YAML: {error}") from None
    except RecursionError:
        raise EditionError(f"{shown}: this cannot be read: it is nested too deeply.") from None
    except OSError as error:
        raise EditionError(f"{shown}: this cannot be read: {error.strerror}.") from None
    if raw is None and may_be_empty:
        return {}
    if not isinstance(raw, dict):
        raise EditionError(
            f"{shown}: a params file is a mapping of keys to values; this file is not."
        )
    return raw


def _value(text: str) -> object:
    if text.count("[") + text.count("{") > MOST_BRACKETS:
        raise RecursionError
    loader = _StrictLoader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        if _size(node, {}) > MOST_NODES:
            raise ValueError("its aliases (*) make it far longer than it is written")
        return loader.construct_document(node)
    finally:
        loader.dispose()


def _size(node: yaml.Node, known: dict[int, float]) -> float:
    """How many values a node holds, with all that its aliases repeat; infinite where one holds itself."""
    if id(node) not in known:
        known[id(node)] = float("inf")
        parts = node.value if isinstance(node, yaml.CollectionNode) else ()
        inner = [each for part in parts for each in (part if isinstance(part, tuple) else (part,))]
        known[id(node)] = 1 + sum(_size(each, known) for each in inner)
    return known[id(node)]


def explained(
    error: ValidationError, shown: Path, model: type[BaseModel], *, tables: tuple[str, ...] = ()
) -> str:
    """Everything that does not fit the model, one line each; `tables` are the tables there can be."""
    return "\n".join(_explain(shown, each, model, tables) for each in error.errors())


def _explain(
    path: Path, error: ErrorDetails, model: type[BaseModel], tables: tuple[str, ...]
) -> str:
    """One line for one thing wrong: file, key, what came and what to do."""
    place = [str(part)[:QUOTED] for part in error["loc"] if part != "[key]"]
    shown = ".".join(place)
    start = f"{path}: {shown}" if shown else f"{path}"
    if error["type"] == "extra_forbidden":
        return f"{start} is not a key. " + did_you_mean(place[-1], _known_keys(model, place[:-1]))
    if error["type"] == "missing":
        return f"{start} is missing."
    if error["type"] == "value_error":
        return f"{start}: {_ended(str(error['ctx']['error']))}"
    if error["loc"][:1] == ("tables",) and error["loc"][-1:] == ("[key]",):
        return f"{start} is not a table. " + did_you_mean(place[-1], tables)
    message = error["msg"][0].lower() + error["msg"][1:]
    return f"{start}: {_quoted(error['input'])} does not fit: {_ended(message)}"


def _quoted(value: object) -> str:
    text = repr(value)
    return text if len(text) <= QUOTED else f"{text[:QUOTED]}…"


def _ended(sentence: str) -> str:
    return sentence if sentence[-1:] in ".?" else f"{sentence}."


def _known_keys(whole: type[BaseModel], place: list[str]) -> list[str]:
    """The keys that may stand at a place of the file; not those that the kit itself fills."""
    model = whole
    for part in place:
        field = model.model_fields.get(part)
        model = (field and _model_in(field.annotation)) or model
    filled = getattr(model, "FILLED", ())
    fields = model.model_fields.items()
    return [field.alias or name for name, field in fields if name not in filled]


def _model_in(annotation: object) -> type[BaseModel] | None:
    kinds = (annotation, *get_args(annotation))
    return next((t for t in kinds if isinstance(t, type) and issubclass(t, BaseModel)), None)
