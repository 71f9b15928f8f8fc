"""An executed notebook read back: as nbformat reads it, without the third of a second of importing that."""

import json
from pathlib import Path
from typing import Any


class Node(dict):
    """A part of a notebook, whose keys are attributes too, as those of nbformat's nodes are."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def copy(self) -> "Node":
        return Node(self)


def read_executed(path: Path) -> Node:
    """The notebook in a file that a run has written."""
    notebook = json.loads(path.read_text(encoding="utf-8"), object_hook=Node)
    for cell in notebook.cells:
        cell.source = _joined(cell.source)
        for output in cell.get("outputs", ()):
            if "text" in output:
                output.text = _joined(output.text)
            if "data" in output:
                data = output.data.items()
                output.data = Node({k: v if k.endswith("+json") else _joined(v) for k, v in data})
    return notebook


def _joined(lines: str | list[str]) -> str:
    return lines if isinstance(lines, str) else "".join(lines)
