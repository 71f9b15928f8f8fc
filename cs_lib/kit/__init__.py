"""What a notebook holds: the one facade of the kit."""

from cs_lib.kit.kit import Kit, open_kit

__all__ = ["Kit", "open_kit"]
