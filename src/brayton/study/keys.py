"""Figures of the scenario file that come in several forms, and figures that look like another unit."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

from pydantic import AfterValidator

from brayton.core.records import number_or_twelve

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


Monthly = Annotated[tuple[float, ...], number_or_twelve(0.0, sys.float_info.max, "must be finite and not negative")]
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
