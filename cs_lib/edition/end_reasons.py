"""How an edition groups the reasons for which customers leave."""

from typing import Self

from pydantic import model_validator

from cs_lib.params import Part, Text

#: customers who chose to leave, whose payment failed, and whom nothing could have kept
VOLUNTARY, INVOLUNTARY, UNAVOIDABLE = "voluntary", "involuntary", "unavoidable"
CLASSES = (VOLUNTARY, INVOLUNTARY, UNAVOIDABLE)


class EndReasons(Part):
    """The reasons of each class, as the exports write them; capitals do not matter."""

    voluntary: tuple[Text, ...] = ()
    involuntary: tuple[Text, ...] = ()
    unavoidable: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _each_reason_has_one_class(self) -> Self:
        seen: dict[str, str] = {}
        for name in CLASSES:
            for reason in getattr(self, name):
                known = seen.setdefault(reason.casefold(), name)
                if known != name:
                    raise ValueError(
                        f"the reason {reason!r} stands under {known} and under {name}: name it once"
                    )
        return self

    def class_of(self, reason: str) -> str:
        """The class of a reason; empty where the edition gives none."""
        text = reason.casefold()
        for name in CLASSES:
            if any(text == each.casefold() for each in getattr(self, name)):
                return name
        return ""

    @property
    def given(self) -> bool:
        """Whether any reason has a class."""
        return any(getattr(self, name) for name in CLASSES)
