"""The boiler that the host already has."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import Faults
from brayton.core.provenance import Source
from brayton.package.capability import Capability

DOE2_HEAT_INPUT_FPLR = (0.082597, 0.996764, -0.079361)
"""Fuel over that of full load, quadratic in the load fraction: a gas-fired hot-water boiler of DOE-2 (DOE-2.1E, equipment curve
HW-BOILER-HIR-FPLR), as the performance rating methods after ANSI/ASHRAE/IES 90.1 appendix G restate it; secondary."""

_DOE2_FRACTIONS = (0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0)
"""Straight pieces of fuel between these keep DOE-2's curve to 0.1 %."""


@dataclass(frozen=True)
class Boiler:
    """A hot-water boiler of constant efficiency, or of one that follows the load.

    capacity_kw: highest heat output [kW], infinite where the boiler never limits. efficiency_hhv: heat out per fuel in,
    HHV [-], in 0..1, at full load. part_load: points of load fraction and efficiency on HHV, rising in load up to full load;
    fuel runs straight between them, and below the first the boiler cycles there: its efficiency stays. Empty: constant.
    Fuel depends on the heat of the step alone.
    Raises InputError for a capacity below zero, an efficiency outside 0..1, or part-load points that contradict these, that
    are not in order, or with which more heat would take less fuel.
    """

    capacity_kw: float
    efficiency_hhv: float
    source: Source
    part_load: tuple[tuple[float, float], ...] = ()
    capabilities: ClassVar[frozenset[Capability]] = frozenset({Capability.HOT_WATER})

    def __post_init__(self) -> None:
        with Faults() as faults:
            if math.isnan(self.capacity_kw) or self.capacity_kw < 0.0:
                faults.add("boiler.capacity_kw", self.capacity_kw, "must be zero or more", "Give the heat output in kW.")
            if not 0.0 < self.efficiency_hhv <= 1.0:
                remedy = "Give heat out per fuel in on the higher heating value, 0.8 for instance."
                faults.add("boiler.efficiency_hhv", self.efficiency_hhv, "must lie in 0..1, above zero", remedy)
            if self.part_load:
                self._check_part_load(faults)

    def _check_part_load(self, faults: Faults) -> None:
        fractions, efficiencies = (np.array(column) for column in zip(*self.part_load, strict=True))
        if not (math.isfinite(self.capacity_kw) and self.capacity_kw > 0.0):
            rule = "must be given with a part-load curve: without it there is no load fraction"
            faults.add("boiler.capacity_kw", self.capacity_kw, rule, "Give the heat output in kW.")
        if not (fractions[0] > 0.0 and (np.diff(fractions) > 0.0).all() and fractions[-1] == 1.0):
            rule = "must rise in load fraction from above 0 to 1"
            faults.add("boiler.part_load", fractions.tolist(), rule, "Sort the points; the last is full load.")
        elif not ((efficiencies > 0.0) & (efficiencies <= 1.0)).all():
            rule = "must have efficiencies in 0..1, above zero"
            faults.add("boiler.part_load", efficiencies.tolist(), rule, "Give heat out per fuel in, HHV.")
        elif not math.isclose(efficiencies[-1], self.efficiency_hhv, abs_tol=1e-6):
            rule = f"ends at {efficiencies[-1]:g}, but efficiency_hhv = {self.efficiency_hhv:g} is that of full load"
            faults.add("boiler.part_load", efficiencies.tolist(), rule, "Give both the same efficiency at full load.")
        elif (np.diff(fractions / efficiencies) <= 0.0).any():
            rule = "would burn less fuel for more heat"
            faults.add("boiler.part_load", efficiencies.tolist(), rule, "Check the efficiencies between the points.")

    def heat_kw(self, demand_kw: ArrayLike) -> NDArray[np.float64]:
        """Heat delivered to `demand_kw` [kW]: all of it up to the capacity; broadcasts."""
        return np.minimum(np.asarray(demand_kw, dtype=float), self.capacity_kw)

    def fuel_kw_hhv(self, heat_kw: ArrayLike) -> NDArray[np.float64]:
        """Fuel burnt for `heat_kw` [kW, HHV]; broadcasts. Above the capacity: at full-load efficiency."""
        heat = np.asarray(heat_kw, dtype=float)
        if not self.part_load:
            return heat / self.efficiency_hhv
        fractions, efficiencies = (np.array((0.0, *column)) for column in zip(*self.part_load, strict=True))
        fuel = fractions[1:] / efficiencies[1:]
        above = np.maximum(heat - self.capacity_kw, 0.0) / self.efficiency_hhv
        return self.capacity_kw * np.interp(heat / self.capacity_kw, fractions, np.append(0.0, fuel)) + above


def doe2_part_load(efficiency_hhv: float) -> tuple[tuple[float, float], ...]:
    """Part-load points of a boiler with `efficiency_hhv` at full load by DOE-2's curve; it cycles below a tenth of its load.

    efficiency = efficiency_hhv x fraction / (c1 + c2 fraction + c3 fraction^2), `DOE2_HEAT_INPUT_FPLR`; 0.25: 76.5 % of it.
    """
    c1, c2, c3 = DOE2_HEAT_INPUT_FPLR
    return tuple((x, efficiency_hhv * x / (c1 + x * (c2 + x * c3)) * (c1 + c2 + c3)) for x in _DOE2_FRACTIONS)
