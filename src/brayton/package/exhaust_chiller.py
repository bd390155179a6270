"""A double-effect absorption chiller fired by a microturbine's exhaust, by the regressions that EnergyPlus distributes.

    capacity = rated cold x capFT(t_chilled, t_cooling)
    heat     = capacity / rated COP x hirFT(t_chilled, t_cooling) x hirFPLR(cold / capacity)

from a maker's communication of 2011 for a chiller of 231 kW (66 tons) at COP 1.39. As published, the part-load line ends at
0.978 instead of one and hirFT is 1.001 at 6.67/29.4 degC, so the COP at full load comes out as 1.42; nothing is renormalised.
The heat is what the exhaust gives between its temperature and that at which it leaves the generator, by enthalpy.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import Fault, Faults, InputError
from brayton.core.provenance import Source
from brayton.machine.carrier import Outside, check_ranges
from brayton.package.capability import Capability
from brayton.package.curves import biquadratic
from brayton.package.exhaust_duct import exhaust_duct
from brayton.package.heat_recovery import HeatRecovery

Floats = NDArray[np.float64]

CAPACITY_FT = (-1.15131, -0.0801316, -0.00945353, 0.209867, -0.00567055, 0.00943605)
HEAT_INPUT_FT = (1.31195, -0.0159283, 0.000773725, -0.0196279, 0.000378351, 5.58356e-05)
HEAT_INPUT_FPLR = (0.026280035, 0.678066088, 0.273905867)
CHILLED_RANGE_C = (4.44, 8.89)
COOLING_RANGE_C = (21.11, 35.0)

_SOURCE = Source(
    "EnergyPlus data set ExhaustFiredChiller.idf: double-effect chiller, manufacturer communication of 23 August 2011",
    "2011",
    "secondary",
    "231 kW (66 tons), COP 1.39; curves of chilled water leaving 4.44 to 8.89 degC and cooling water entering 21.11 to 35 degC",
    "https://github.com/NREL/EnergyPlus",
)
_LEAVING_SOURCE = Source(
    "EnergyPlus, ChillerHeater:Absorption:DoubleEffect: exhaust leaving the absorption unit at 176.667 degC (350 F)",
    "2011",
    "secondary",
)
_FRACTION_SOURCE = Source(
    "Brayton default",
    "2026",
    "estimate",
    "lowest continuous load a tenth; electricity of solution pumps and controls 0.01 of cold",
)


@dataclass(frozen=True)
class ExhaustChiller:
    """An exhaust-fired double-effect chiller.

    rated_cold_kw, rated_cop: at the curves' reference. min_load_fraction: below it, it cycles. leaving_exhaust_c: exhaust behind
    its generator [degC]. electric_per_cold: electricity of its own pumps, of the rated cold, while it runs [-].
    Raises InputError for figures out of bounds.
    """

    rated_cold_kw: float
    rated_cop: float = 1.39
    min_load_fraction: float = 0.1
    leaving_exhaust_c: float = 176.667
    electric_per_cold: float = 0.01
    sources: tuple[Source, ...] = (_SOURCE, _LEAVING_SOURCE, _FRACTION_SOURCE)
    capabilities: ClassVar[frozenset[Capability]] = frozenset({Capability.CHILLED_WATER})

    def __post_init__(self) -> None:
        with Faults() as faults:
            if not (math.isfinite(self.rated_cold_kw) and self.rated_cold_kw > 0.0):
                faults.add("exhaust_chiller.rated_cold_kw", self.rated_cold_kw, "must be positive", "Give the rated cold.")
            if not 0.5 <= self.rated_cop <= 2.0:
                faults.add("exhaust_chiller.rated_cop", self.rated_cop, "must lie in 0.5..2", "Double effect: about 1.4.")
            if not 0.0 < self.min_load_fraction <= 1.0:
                rule = "must lie in 0..1, above zero"
                faults.add("exhaust_chiller.min_load_fraction", self.min_load_fraction, rule, "Give a share of the capacity.")
            if not 100.0 <= self.leaving_exhaust_c <= 300.0:
                rule = "must lie in 100..300 degC"
                faults.add("exhaust_chiller.leaving_exhaust_c", self.leaving_exhaust_c, rule, "Usual: 177 degC (350 F).")
            if not 0.0 <= self.electric_per_cold < 0.2:
                rule = "must lie in 0..0.2"
                faults.add("exhaust_chiller.electric_per_cold", self.electric_per_cold, rule, "Give kW per kW of rated cold.")

    def available_kw(
        self, cooling_water_in_c: ArrayLike, chilled_water_out_c: ArrayLike, *, outside: Outside = "raise"
    ) -> Floats:
        """Cold with enough exhaust [kW]; broadcasts. RangeError (`outside`) beyond the curves' temperatures."""
        cooling, chilled = self._checked(cooling_water_in_c, chilled_water_out_c, outside)
        return self.rated_cold_kw * biquadratic(CAPACITY_FT, chilled, cooling)

    def heat_kw(
        self,
        cold_kw: ArrayLike,
        cooling_water_in_c: ArrayLike,
        chilled_water_out_c: ArrayLike,
        *,
        outside: Outside = "raise",
    ) -> Floats:
        """Heat that drives `cold_kw` [kW]; none at rest; broadcasts.

        Raises InputError for cold below zero or above what is available; RangeError as `available_kw`.
        """
        cooling, chilled = self._checked(cooling_water_in_c, chilled_water_out_c, outside)
        available = self.rated_cold_kw * biquadratic(CAPACITY_FT, chilled, cooling)
        cold, available = np.broadcast_arrays(np.asarray(cold_kw, dtype=float), available)
        beyond = (cold < 0.0) | (cold > available * (1.0 + 1e-9))
        if beyond.any():
            rule = f"must lie in 0..{float(available[beyond][0]):.4g} kW, what the chiller can make there"
            raise InputError(Fault("cold_kw", float(cold[beyond][0]), rule, "Give a larger chiller or less cold."))
        fraction = cold / available
        steady = np.clip(fraction, self.min_load_fraction, 1.0)
        c1, c2, c3 = HEAT_INPUT_FPLR
        cycling = np.minimum(fraction / self.min_load_fraction, 1.0)
        heat_ratio = biquadratic(HEAT_INPUT_FT, chilled, cooling) * (c1 + steady * (c2 + c3 * steady)) * cycling
        return available / self.rated_cop * heat_ratio

    @property
    def pump_kw(self) -> float:
        """Electricity of its own pumps while it runs [kW]."""
        return self.electric_per_cold * self.rated_cold_kw

    def _checked(self, cooling_c: ArrayLike, chilled_c: ArrayLike, outside: Outside) -> tuple[Floats, Floats]:
        cooling, chilled = np.broadcast_arrays(np.asarray(cooling_c, dtype=float), np.asarray(chilled_c, dtype=float))
        checked = check_ranges(
            {"cooling_water_in_c": (cooling, *COOLING_RANGE_C), "chilled_water_out_c": (chilled, *CHILLED_RANGE_C)}, outside
        )
        return checked["cooling_water_in_c"], checked["chilled_water_out_c"]


def generator_as_exchanger(chiller: ExhaustChiller) -> HeatRecovery:
    """The chiller's generator as dispatch sees heat recovery: a duct to the temperature at which it lets the exhaust go."""
    return exhaust_duct("generator of the exhaust-fired chiller", chiller.leaving_exhaust_c, chiller.sources)
