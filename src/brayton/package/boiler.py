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


@dataclass(frozen=True)
class Boiler:
    """A hot-water boiler of constant efficiency.

    capacity_kw: highest heat output [kW], infinite where the boiler never limits. efficiency_hhv: heat out per fuel in,
    HHV [-], in 0..1.
    Raises InputError for a capacity below zero or an efficiency outside 0..1.
    """

    capacity_kw: float
    efficiency_hhv: float
    source: Source
    capabilities: ClassVar[frozenset[Capability]] = frozenset({Capability.HOT_WATER})

    def __post_init__(self) -> None:
        with Faults() as faults:
            if math.isnan(self.capacity_kw) or self.capacity_kw < 0.0:
                faults.add("boiler.capacity_kw", self.capacity_kw, "must be zero or more", "Give the heat output in kW.")
            if not 0.0 < self.efficiency_hhv <= 1.0:
                remedy = "Give heat out per fuel in on the higher heating value, 0.8 for instance."
                faults.add("boiler.efficiency_hhv", self.efficiency_hhv, "must lie in 0..1, above zero", remedy)

    def heat_kw(self, demand_kw: ArrayLike) -> NDArray[np.float64]:
        """Heat delivered to `demand_kw` [kW]: all of it up to the capacity; broadcasts."""
        return np.minimum(np.asarray(demand_kw, dtype=float), self.capacity_kw)

    def fuel_kw_hhv(self, heat_kw: ArrayLike) -> NDArray[np.float64]:
        """Fuel burnt for `heat_kw` [kW, HHV]; broadcasts."""
        return np.asarray(heat_kw, dtype=float) / self.efficiency_hhv
