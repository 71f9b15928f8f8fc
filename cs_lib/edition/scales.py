"""The scales on which surveys ask, and the scores that count as good on them."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, field_validator, model_validator

from cs_lib.params import Part, low_to_high

Span = Annotated[tuple[int, int], AfterValidator(low_to_high)]


def _within(part: str, inner: tuple[int, int], scale: tuple[int, int]) -> None:
    if inner[0] < scale[0] or inner[1] > scale[1]:
        raise ValueError(f"{part} {list(inner)} is not within the scale {list(scale)}")


class NpsRule(Part):
    scale: Span = (0, 10)

    @field_validator("scale")
    @classmethod
    def _nps_is_asked_on_eleven_points_or_ten(cls, value: tuple[int, int]) -> tuple[int, int]:
        if value not in ((0, 10), (1, 10)):
            raise ValueError(
                f"NPS is asked on [0, 10] or [1, 10]. Answers on {list(value)} are a satisfaction "
                "score: let their instrument be csat, and state its scale and satisfied"
            )
        return value


class CsatRule(Part):
    """`satisfied` ends at the scale's best score: the highest, or on a scale that runs down the lowest."""

    scale: Span = (1, 5)
    satisfied: Span = (4, 5)

    @model_validator(mode="after")
    def _satisfied_is_on_the_scale(self) -> Self:
        if "satisfied" not in self.model_fields_set and self.scale != (1, 5):
            low, high = self.scale
            raise ValueError(
                f"the scale {[low, high]} needs satisfied, the scores that count as satisfied, for "
                f"example satisfied: {[high - 1 if high - low > 1 else high, high]}"
            )
        _within("satisfied", self.satisfied, self.scale)
        if (self.satisfied[0] == self.scale[0]) == (self.satisfied[1] == self.scale[1]):
            raise ValueError(
                f"satisfied {list(self.satisfied)} must reach one end of the scale "
                f"{list(self.scale)}, its best score, and not the other"
            )
        return self

    @property
    def best(self) -> int:
        """The scale's best score."""
        return self.scale[1] if self.satisfied[1] == self.scale[1] else self.scale[0]


class CesRule(Part):
    scale: Span
    direction: Literal["higher", "lower"]
    easy: Span

    @model_validator(mode="after")
    def _easy_is_on_the_scale(self) -> Self:
        _within("easy", self.easy, self.scale)
        low, high = self.scale
        best, worst = (high, low) if self.direction == "higher" else (low, high)
        if best not in self.easy or worst in self.easy:
            raise ValueError(
                f"easy {list(self.easy)} does not agree with direction {self.direction}: it must "
                f"reach {best}, the best score, and leave out {worst}"
            )
        return self
