"""The boiler of a scenario: its table, and the steel that it stands for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, Literal, Self, cast

from pydantic import BeforeValidator, model_validator

from brayton.core.provenance import Source
from brayton.core.records import Record, key
from brayton.package.boiler import Boiler, doe2_part_load


def _word_or_points(value: object) -> object:
    if value in ("constant", "doe2"):
        return value
    points = cast("Sequence[object]", value) if isinstance(value, tuple) else ()
    if points and all(isinstance(point, tuple) and _is_pair(cast("tuple[object, ...]", point)) for point in points):
        return points
    raise ValueError("must be `constant`, `doe2`, or a list of points [load fraction, efficiency]")


def _is_pair(point: tuple[object, ...]) -> bool:
    return len(point) == 2 and all(isinstance(item, int | float) and not isinstance(item, bool) for item in point)


PartLoad = Annotated[Literal["constant", "doe2"] | tuple[tuple[float, float], ...], BeforeValidator(_word_or_points)]


class BoilerTable(Record):
    """``[[equipment]] kind = "boiler"``: the boiler that is there already."""

    kind: Literal["boiler"] = key("what the equipment is")
    efficiency_hhv: float = key("heat to water per fuel, at full load", "HHV", sourced=True, gt=0, le=1)
    capacity_kw: float | None = key("highest heat output; without limit if left out", "kW", None, gt=0)
    part_load: PartLoad = key(
        "efficiency over load: `constant`, DOE-2's curve `doe2`, or points [load fraction, efficiency HHV] up to full load",
        "", "constant",
    )  # fmt: skip

    @model_validator(mode="after")
    def _has_a_load_fraction(self) -> Self:
        if self.part_load != "constant" and self.capacity_kw is None:
            raise ValueError("part_load needs capacity_kw: without it there is no load fraction")
        return self


def boiler_of(table: BoilerTable, source: Source) -> Boiler:
    """The boiler of `table`, whose figures `source` stands for. Errors: InputError for part-load points that contradict it."""
    points: tuple[tuple[float, float], ...] = ()
    if table.part_load == "doe2":
        points = doe2_part_load(table.efficiency_hhv)
    elif not isinstance(table.part_load, str):
        points = table.part_load
    return Boiler(math.inf if table.capacity_kw is None else table.capacity_kw, table.efficiency_hhv, source, points)
