"""How a key of the scenario file is declared: meaning, unit, default, whether it needs a source; and figures of several forms."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator, BeforeValidator, Field

REQUIRED: Any = ...

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def _number_or_twelve(value: object) -> tuple[float, ...]:
    items = cast("Sequence[object]", value) if isinstance(value, tuple) else (value,) * 12
    if len(items) != 12 or not all(isinstance(item, int | float) and not isinstance(item, bool) for item in items):
        raise ValueError("must be a number or a list of twelve numbers, January first")
    numbers = cast("tuple[float, ...]", items)
    if not all(0.0 <= number <= sys.float_info.max for number in numbers):  # before float(), which a long integer overflows
        raise ValueError("must be finite and not negative")
    return tuple(float(number) for number in numbers)


Monthly = Annotated[tuple[float, ...], BeforeValidator(_number_or_twelve)]
"""A figure for each month; a file may give one number for all."""


def plausible(highest: float, unit: str, other: str, per_other: float | None = None) -> AfterValidator:
    """A guard against a figure in another unit: above `highest` it is refused, with both readings.

    other: what the figure then reads as. per_other: factor that brings it from there to `unit`; None if that takes more.
    """

    def check(value: float | tuple[float, ...] | None) -> float | tuple[float, ...] | None:
        largest = max(value) if isinstance(value, tuple) else value
        if largest is not None and largest > highest:
            meant = other if per_other is None else f"{other} {largest * per_other:g} {unit}"
            raise ValueError(f"implausible: as written {largest:g} {unit}, as {meant}; credible up to {highest:g} {unit}")
        return value

    return AfterValidator(check)


def key(meaning: str, unit: str = "", default: Any = REQUIRED, *, sourced: bool = False, **limits: Any) -> Any:
    """A key of the scenario file. sourced: a price, an efficiency or a carbon factor, which a ``[[source]]`` should cover."""
    return Field(default, description=meaning, json_schema_extra={"unit": unit, "sourced": sourced}, **limits)
