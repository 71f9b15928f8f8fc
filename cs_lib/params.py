"""A params file as strict YAML, and in words what is wrong with it."""

from pathlib import Path

import yaml
from pydantic import BaseModel, ValidationError

from cs_lib.errors import EditionError, did_you_mean


class _StrictLoader(yaml.SafeLoader):
    """YAML in which a key written twice is an error and not a silent choice."""

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key} is written twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


def read_mapping(path: Path, shown: Path) -> dict:
    """What a params file says, as a mapping; EditionError where it is none."""
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), _StrictLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise EditionError(f"{shown}: this cannot be read as YAML: {error}") from None
    if not isinstance(raw, dict):
        raise EditionError(f"{shown}: an edition is a mapping of keys to values; this file is not.")
    for key in ("name", "path"):
        if key in raw:
            raise EditionError(
                f"{shown}: {key} is not a key. The file's own name is the edition's."
            )
    return raw


def explained(
    error: ValidationError, shown: Path, model: type[BaseModel], *, tables: tuple[str, ...]
) -> str:
    """Everything that does not fit the model, one line each; `tables` are the tables there can be."""
    return "\n".join(_explain(shown, each, model, tables) for each in error.errors())


def _explain(path: Path, error: dict, model: type[BaseModel], tables: tuple[str, ...]) -> str:
    """One line for one thing wrong: file, key, what came and what to do."""
    place = [str(part) for part in error["loc"] if part != "[key]"]
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
    return f"{start}: {error['input']!r} does not fit: {_ended(message)}"


def _ended(sentence: str) -> str:
    return sentence if sentence[-1] in ".?" else f"{sentence}."


def _known_keys(whole: type[BaseModel], place: list[str]) -> list[str]:
    """The keys that may stand at a place of the file; the whole's own name and path are not among them."""
    model = whole
    for part in place:
        field = model.model_fields.get(part)
        model = (field and _model_in(field.annotation)) or model
    return [name for name in model.model_fields if name not in ("name", "path") or model != whole]


def _model_in(annotation) -> type[BaseModel] | None:
    kinds = (annotation, *getattr(annotation, "__args__", ()))
    return next((t for t in kinds if isinstance(t, type) and issubclass(t, BaseModel)), None)
