"""The electric chiller that the host has, or would have: vapour compression by published performance curves.

The form is that of DOE-2 and EnergyPlus (Hydeman and Gillespie, ASHRAE Transactions 108(1), 2002; EnergyPlus Engineering
Reference, "Electric chiller based on condenser entering [leaving] temperature"):

    capacity    = rated capacity x capFT(t_chilled, t_condenser)
    electricity = capacity x eirFT(t_chilled, t_condenser) x eirFPLR(t_condenser, load / capacity) / rated COP

with t_chilled the chilled water's leaving temperature and t_condenser that of the air on an air-cooled condenser, or that of
the water leaving a water-cooled one. Below the lowest continuous load the machine cycles there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import Fault, Faults, InputError
from brayton.core.provenance import Source
from brayton.machine.carrier import Outside, check_ranges
from brayton.package.capability import Capability
from brayton.package.curves import bicubic, biquadratic

Floats = NDArray[np.float64]

ENTERING_CONDENSER_RANGE_K = 5.56
"""Warming of the water in a water-cooled condenser at the rated point: 10 F, the usual design figure (estimate)."""

_ROUNDS = 12
"""Of substitution for the leaving temperature of the condenser's water; each gains more than a digit."""
_HALVINGS = 50


@dataclass(frozen=True)
class ChillerCurves:
    """Shape of a kind of chiller, as multipliers that are near one at its reference point.

    condenser: what cools it. capacity_ft, eir_ft: `biquadratic` of chilled water and condenser temperature. eir_fplr: `bicubic`
    of condenser temperature and load over capacity. chilled_range_c, condenser_range_c: for which `capacity_ft` and `eir_ft`
    hold [degC]. fplr_range_c: the same of `eir_fplr`, which is held at its ends beyond. min_load_fraction: below it, it cycles.
    """

    name: str
    condenser: Literal["air", "water"]
    capacity_ft: tuple[float, ...]
    eir_ft: tuple[float, ...]
    eir_fplr: tuple[float, ...]
    chilled_range_c: tuple[float, float]
    condenser_range_c: tuple[float, float]
    fplr_range_c: tuple[float, float]
    min_load_fraction: float
    reference_chilled_c: float
    reference_condenser_c: float
    source: Source


AIR_COOLED_SCREW = ChillerCurves(
    name="air-cooled screw",
    condenser="air",
    capacity_ft=(1.0433811, 0.0407077, 0.0004506, -0.0041514, -0.0000886, -0.0003467),
    eir_ft=(0.5961915, -0.0099496, 0.0007888, 0.0004506, 0.0004875, -0.0007623),
    eir_fplr=(0.0727, 0.0, 0.0, 0.953, -0.0266, 0.0, 0.0, 0.0, 0.0, 0.0),
    chilled_range_c=(5.0, 10.0),
    condenser_range_c=(12.7, 51.67),
    fplr_range_c=(-math.inf, math.inf),
    min_load_fraction=0.15,
    reference_chilled_c=6.67,
    reference_condenser_c=35.0,
    source=Source(
        "US DOE commercial reference buildings, large hotel (EnergyPlus input RefBldgLargeHotelNew2004): chiller curves",
        "2010",
        "secondary",
        "temperatures: R. Lord for ANSI/ASHRAE/IESNA 90.1-2004; part load: 144-ton Trane air-cooled screw; ranges of the same "
        "temperature curves in the DOE prototype buildings of 90.1-2019, which are narrower than the reference buildings'",
    ),
)

WATER_COOLED_SCREW = ChillerCurves(
    name="water-cooled screw",
    condenser="water",
    capacity_ft=(0.9061150, 0.0292277, -0.0003647, -0.0009709, -0.0000905, 0.0002527),
    eir_ft=(0.3773115, -0.0229032, 0.0016504, 0.0118156, 0.0004345, -0.0010132),
    eir_fplr=(-0.1360532, 8.642703e-3, 3.855583e-6, 1.024034, 6.047444e-2, -8.94786e-3, 0.0, 5.706602e-2, 0.0, 0.0),
    chilled_range_c=(5.0, 10.0),
    condenser_range_c=(17.78, 46.11),
    fplr_range_c=(31.13, 36.52),
    min_load_fraction=0.19,
    reference_chilled_c=6.67,
    reference_condenser_c=34.44,
    source=Source(
        "US DOE commercial prototype buildings for ANSI/ASHRAE/IES 90.1-2019, hospital (EnergyPlus input): WC_PD_GT150_2010_PA",
        "2020",
        "secondary",
        "screw and scroll chillers above 150 tons, path A; the part-load curve is known for 31.1 to 36.5 degC of leaving "
        "condenser water only and held at its ends beyond, as EnergyPlus does; they read 1.3 % better "
        "than one at their reference",
    ),
)

CURVES = {"air": AIR_COOLED_SCREW, "water": WATER_COOLED_SCREW}
"""By what cools the condenser."""


@dataclass(frozen=True)
class Chiller:
    """An electric chiller.

    capacity_kw, cop: rated at the reference point of `curves`. chilled_water_temp_c: water that it makes [degC].
    Raises InputError for figures out of bounds.
    """

    curves: ChillerCurves
    capacity_kw: float
    cop: float
    chilled_water_temp_c: float
    source: Source
    capabilities: ClassVar[frozenset[Capability]] = frozenset({Capability.CHILLED_WATER})

    def __post_init__(self) -> None:
        low, high = self.curves.chilled_range_c
        with Faults() as faults:
            if not (math.isfinite(self.capacity_kw) and self.capacity_kw > 0.0):
                faults.add("chiller.capacity_kw", self.capacity_kw, "must be positive", "Give the rated cooling capacity.")
            if not 1.0 <= self.cop <= 12.0:
                faults.add("chiller.cop", self.cop, "must lie in 1..12", "Give cold per electricity at the rated point.")
            if not low <= self.chilled_water_temp_c <= high:
                rule = f"must lie in {low:g}..{high:g} degC, for which the curves of the {self.curves.name} chiller hold"
                faults.add("chiller.chilled_water_temp_c", self.chilled_water_temp_c, rule, "Give leaving chilled water.")

    @property
    def _water_kw_per_k(self) -> float:
        """Capacity rate of the condenser's water [kW/K]; infinite for air, whose entering temperature counts."""
        if self.curves.condenser == "air":
            return math.inf
        return self.capacity_kw * (1.0 + 1.0 / self.cop) / ENTERING_CONDENSER_RANGE_K

    def available_kw(self, condenser_temp_c: ArrayLike, *, outside: Outside = "raise") -> Floats:
        """Cold that it can make with air or water of `condenser_temp_c` entering the condenser [kW]; broadcasts."""
        return self._full(np.asarray(condenser_temp_c, dtype=float), outside)[0]

    def electric_kw(self, cold_kw: ArrayLike, condenser_temp_c: ArrayLike, *, outside: Outside = "raise") -> Floats:
        """Electricity for `cold_kw` of cold with air or water of `condenser_temp_c` entering the condenser [kW]; broadcasts.

        Raises InputError for cold below zero or above what is available there; RangeError outside the curves' temperatures
        (`outside`; a screw chiller in colder air holds its condenser at the lower end: ``clip``).
        """
        cold, entering = np.broadcast_arrays(np.asarray(cold_kw, dtype=float), np.asarray(condenser_temp_c, dtype=float))
        available, _ = self._full(entering, outside)
        beyond = (cold < 0.0) | (cold > available * (1.0 + 1e-9))
        if beyond.any():
            rule = f"must lie in 0..{float(available[beyond][0]):.4g} kW, what the chiller can make there"
            raise InputError(Fault("cold_kw", float(cold[beyond][0]), rule, "Give a larger chiller or less cold."))
        return self._electric(cold, entering, outside)

    def cold_kw(self, electric_kw: ArrayLike, condenser_temp_c: ArrayLike, *, outside: Outside = "raise") -> Floats:
        """Cold that it makes with `electric_kw` [kW]: `electric_kw` inverted by halving; broadcasts.

        Raises InputError for electricity that it cannot take there.
        """
        electric, entering = np.broadcast_arrays(np.asarray(electric_kw, dtype=float), np.asarray(condenser_temp_c, dtype=float))
        high, _ = self._full(entering, outside)
        most = self._electric(high, entering, outside)
        beyond = (electric < 0.0) | (electric > most * (1.0 + 1e-9))
        if beyond.any():
            rule = f"must lie in 0..{float(most[beyond][0]):.4g} kW, what the chiller takes at full load there"
            raise InputError(Fault("chiller_electric_kw", float(electric[beyond][0]), rule, "Give a larger chiller."))
        low = np.zeros_like(high)
        for _ in range(_HALVINGS):
            middle = (low + high) / 2.0
            short = self._electric(middle, entering, outside) < electric
            low, high = np.where(short, middle, low), np.where(short, high, middle)
        return np.where(electric > 0.0, high, electric)

    def _temps(self, condenser: Floats, outside: Outside) -> tuple[Floats, Floats]:
        """Chilled water and condenser temperature for which the curves are asked."""
        checked = check_ranges({"condenser_temp_c": (condenser, *self.curves.condenser_range_c)}, outside)["condenser_temp_c"]
        return np.full_like(checked, self.chilled_water_temp_c), checked

    def _full(self, entering: Floats, outside: Outside) -> tuple[Floats, Floats]:
        """Capacity at this entering temperature [kW], and the temperature leaving the condenser then."""
        leaving = entering + 0.0
        capacity = np.full_like(leaving, self.capacity_kw)
        for _ in range(_ROUNDS if self.curves.condenser == "water" else 1):
            # the range of a water-cooled machine is checked by `_electric`, on its final temperature
            chilled, condenser = self._temps(leaving, outside if self.curves.condenser == "air" else "clip")
            capacity = self.capacity_kw * biquadratic(self.curves.capacity_ft, chilled, condenser)
            leaving = entering + (capacity + self._power(capacity, capacity, leaving, "clip")) / self._water_kw_per_k
        return capacity, leaving

    def _power(self, cold: Floats, capacity: Floats, condenser: Floats, outside: Outside) -> Floats:
        """Electricity with this temperature at the condenser."""
        chilled, held = self._temps(condenser, outside)
        fraction = cold / capacity
        steady = np.clip(fraction, self.curves.min_load_fraction, 1.0)
        part = bicubic(self.curves.eir_fplr, np.clip(held, *self.curves.fplr_range_c), steady)
        cycling = np.minimum(fraction / self.curves.min_load_fraction, 1.0)
        return capacity / self.cop * biquadratic(self.curves.eir_ft, chilled, held) * part * cycling

    def _electric(self, cold: Floats, entering: Floats, outside: Outside) -> Floats:
        """Electricity with air or water of this temperature entering the condenser."""
        if self.curves.condenser == "air":
            return self._power(cold, self._full(entering, outside)[0], entering, outside)
        leaving, power = entering + 0.0, np.zeros_like(entering)
        for _ in range(_ROUNDS):
            chilled, held = self._temps(leaving, "clip")
            capacity = np.maximum(self.capacity_kw * biquadratic(self.curves.capacity_ft, chilled, held), cold)
            power = self._power(cold, capacity, leaving, "clip")
            running = np.maximum(cold, self.curves.min_load_fraction * capacity)  # while it cycles, it runs at its least load
            leaving = entering + (running + self._power(running, capacity, leaving, "clip")) / self._water_kw_per_k
        checked = self._temps(leaving, outside)[1]
        return np.where(np.isnan(checked), np.nan, power)
