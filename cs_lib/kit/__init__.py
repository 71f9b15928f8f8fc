"""What a notebook holds: the one facade of the kit. It draws, and what draws is imported when it is asked for."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cs_lib.kit.kit import Kit, open_kit

__all__ = ["Kit", "open_kit"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module("cs_lib.kit.kit"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
