"""Customer-success metrics, computed exactly. A notebook needs one name: `open_kit`."""

from collections.abc import Callable
from importlib import import_module


def __getattr__(name: str) -> Callable:
    if name == "open_kit":
        return import_module("cs_lib.kit").open_kit
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["open_kit"]
