"""The boiler of a scenario: its table, and the steel that it stands for."""

from __future__ import annotations

import math
from typing import Literal, Self

from pydantic import model_validator

from brayton.core.provenance import Source
from brayton.core.records import Record
from brayton.package.boiler import Boiler, doe2_part_load
from brayton.study.keys import key


class BoilerTable(Record):
    """``[[equipment]] kind = "boiler"``: the boiler that is there already."""

    kind: Literal["boiler"] = key("what the equipment is")
    efficiency_hhv: float = key("heat to water per fuel, at full load", "HHV", sourced=True, gt=0, le=1)
    capacity_kw: float | None = key("highest heat output; without limit if left out", "kW", None, gt=0)
    part_load: Literal["constant", "doe2"] | tuple[tuple[float, float], ...] = key(
        "efficiency over load: `constant`, DOE-2's curve `doe2`, or points [load fraction, efficiency HHV] up to full load",
        "", "constant", sourced=True,
    )  # fmt: skip

    @model_validator(mode="after")
    def _has_a_load_fraction(self) -> Self:
        if self.part_load != "constant" and self.capacity_kw is None:
            raise ValueError("part_load needs capacity_kw: without it there is no load fraction")
        if not isinstance(self.part_load, str) and not self.part_load:
            raise ValueError("part_load has no points")
        return self


def boiler_of(table: BoilerTable, source: Source) -> Boiler:
    """The boiler of `table`, whose figures `source` stands for. Errors: InputError for part-load points that contradict it."""
    points: tuple[tuple[float, float], ...] = ()
    if table.part_load == "doe2":
        points = doe2_part_load(table.efficiency_hhv)
    elif not isinstance(table.part_load, str):
        points = table.part_load
    return Boiler(math.inf if table.capacity_kw is None else table.capacity_kw, table.efficiency_hhv, source, points)
