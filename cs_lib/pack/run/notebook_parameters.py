"""The parameters that a notebook declares, checked before any kernel starts.

Papermill only warns about a name it does not know and then renders the default report, so a
misspelt parameter would publish June under the name of May.
"""

import ast
import json
from dataclasses import dataclass
from pathlib import Path

from cs_lib.errors import EditionError, did_you_mean

TYPES = {"str": str, "int": int, "float": float, "bool": bool}
EXAMPLE = 'period: str = "2026-06"  # month, quarter, week or year'


@dataclass(frozen=True)
class Notebook:
    """A notebook as the plan needs it: where it is, what it is called, and its cells' sources."""

    path: Path
    shown: str
    metadata: dict
    cells: tuple[tuple[str, str, tuple[str, ...]], ...]

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def kit(self) -> dict:
        return self.metadata.get("cs_kit", {})

    @property
    def title(self) -> str:
        """The declared title, else the first heading, else the file's name in words."""
        if self.kit.get("title"):
            return str(self.kit["title"])
        for kind, source, _ in self.cells:
            for line in source.splitlines() if kind == "markdown" else ():
                if line.startswith("# "):
                    return line[2:].strip()
        return self.name.replace("_", " ").capitalize()


def read_notebook(path: Path, *, root: Path) -> Notebook:
    """Read a notebook file without the weight of nbformat; EditionError when it is not one."""
    shown = str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        cells = tuple(
            (
                cell["cell_type"],
                "".join(cell["source"]),
                tuple(cell.get("metadata", {}).get("tags", ())),
            )
            for cell in raw["cells"]
        )
    except (ValueError, KeyError, TypeError):
        raise EditionError(
            f"{shown} cannot be read as a notebook. Open it in JupyterLab and save it again."
        ) from None
    return Notebook(path, shown, raw.get("metadata", {}), cells)


def check_parameters(notebook: Notebook, passed: dict) -> None:
    """Refuse a notebook that would not take every value of `passed` as it stands."""
    number, source = _parameters_cell(notebook)
    where = f"{notebook.shown}, cell {number}"
    declared = _declared(source, where)
    for name, value in passed.items():
        if name not in declared:
            raise EditionError(
                f"{where}: a run passes {name}, and the parameters cell does not name it. "
                + did_you_mean(name, declared)
            )
        if not _fits(value, declared[name]):
            raise EditionError(
                f"{where}: {name} is declared as {declared[name]}, and the run passes {value!r}."
            )
    _refuse_later_assignments(notebook, number, set(passed))


def _parameters_cell(notebook: Notebook) -> tuple[int, str]:
    """The number (from 1) and source of the one cell tagged `parameters`."""
    tagged = _tagged(notebook, "parameters")
    injected = _tagged(notebook, "injected-parameters")
    if injected:
        raise EditionError(
            f"{notebook.shown}, cell {injected[0][0]}: this cell was put in by an earlier run "
            "(tag injected-parameters). Delete it."
        )
    if not tagged:
        raise EditionError(
            f"{notebook.shown}: no cell is tagged parameters, so a run would make the report of "
            f"its default values. Tag the cell that says, for example, {EXAMPLE}"
        )
    if len(tagged) > 1:
        numbers = " and ".join(str(number) for number, *_ in tagged)
        raise EditionError(
            f"{notebook.shown}: cells {numbers} are both tagged parameters. Keep the tag on one."
        )
    number, kind, source = tagged[0]
    if kind != "code":
        raise EditionError(f"{notebook.shown}, cell {number}: parameters is a tag for a code cell.")
    return number, source


def _tagged(notebook: Notebook, tag: str) -> list[tuple[int, str, str]]:
    return [
        (number, kind, source)
        for number, (kind, source, tags) in enumerate(notebook.cells, start=1)
        if tag in tags
    ]


def _declared(source: str, where: str) -> dict[str, str]:
    """Names of the parameters and their types, each checked against its default value."""
    try:
        statements = ast.parse(source).body
    except SyntaxError as error:
        raise EditionError(f"{where}: the parameters cell is not Python: {error.msg}.") from None
    declared = {}
    for statement in statements:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            name = statement.targets[0].id
            raise EditionError(f"{where}: {name} has no type. Write it like {EXAMPLE}")
        if not (
            isinstance(statement, ast.AnnAssign)
            and isinstance(statement.target, ast.Name)
            and statement.value
        ):
            raise EditionError(
                f"{where}: the parameters cell may hold only lines like {EXAMPLE}; "
                f"it holds {ast.unparse(statement).splitlines()[0]}"
            )
        name, kind = statement.target.id, ast.unparse(statement.annotation)
        if name in declared:
            raise EditionError(f"{where}: {name} is there twice.")
        _check_default(where, name, kind, statement.value)
        declared[name] = kind
    return declared


def _check_default(where: str, name: str, kind: str, value: ast.expr) -> None:
    if not set(kind.split(" | ")) <= {*TYPES, "None"}:
        raise EditionError(
            f"{where}: {name} is declared as {kind}. A parameter is one of {', '.join(TYPES)}."
        )
    try:
        default = ast.literal_eval(value)
    except (ValueError, TypeError):
        raise EditionError(
            f"{where}: the default of {name} must be a literal, not {ast.unparse(value)}."
        ) from None
    if not _fits(default, kind):
        raise EditionError(f"{where}: {name} is declared as {kind}; its default is {default!r}.")


def _fits(value: object, kind: str) -> bool:
    """Whether the value is of the declared type; a whole number is a float, a flag is no number."""
    types = {TYPES.get(part, type(None)) for part in kind.split(" | ")}
    return type(value) in types or (type(value) is int and float in types)


def _refuse_later_assignments(notebook: Notebook, parameters_cell: int, names: set[str]) -> None:
    """A later cell that sets a parameter would put one period's figures under another's name."""
    for number, (kind, source, _) in enumerate(notebook.cells, start=1):
        if kind != "code" or number == parameters_cell:
            continue
        try:
            tree = ast.parse(source)
        except SyntaxError:
            continue  # a cell with IPython magics; papermill runs it as it is
        stored = {
            node.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        for name in sorted(stored & names):
            raise EditionError(
                f"{notebook.shown}, cell {number} sets {name} again. Only the parameters cell may; "
                "use another name here."
            )
