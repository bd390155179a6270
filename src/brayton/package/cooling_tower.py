"""Cooling water for condensers and absorbers: a tower that follows the wet bulb, with the electricity of its fan and pump."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import Faults
from brayton.core.provenance import Source
from brayton.core.units import ZERO_CELSIUS_K
from brayton.gas.air import humidity_ratio as humidity_ratio_of
from brayton.package.heat_recovery import WATER_CP_J_PER_KG_K

_HALVINGS = 40
"""Of a bracket of 100 K: the wet bulb to 1e-10 K."""

PUMP_W_PER_KG_S = 301.0
"""Electricity of a water pump per flow: 19 W per gallon a minute, ANSI/ASHRAE/IES 90.1-2013, appendix G, G3.1.3.10 and 11."""

FAN_KW_PER_KW = 0.0141
"""Electricity of a tower's fan per heat rejected: 40.2 gallons a minute for each horsepower, the least that ANSI/ASHRAE/IES
90.1-2013, table 6.8.1-7, lets an axial fan carry, over a range of 5.6 K (10 F), with a motor of 90 %."""


def wet_bulb_c(dry_bulb_c: ArrayLike, pressure_kpa: ArrayLike, humidity_ratio: ArrayLike) -> NDArray[np.float64]:
    """Thermodynamic wet-bulb temperature of humid air [degC]; broadcasts, NaN gives NaN.

    dry_bulb_c [degC], pressure_kpa [kPa], humidity_ratio [kg/kg dry air]. Solves the balance of adiabatic saturation, ASHRAE
    Handbook Fundamentals (2017), chapter 1, equations 33 (above 0 degC) and 35 (over ice), by halving; range -60 to 60 degC;
    within 0.02 K of psychrolib. Air beyond saturation (fog) has its dry bulb as wet bulb.
    """
    t, p, w = np.broadcast_arrays(*(np.asarray(item, dtype=float) for item in (dry_bulb_c, pressure_kpa, humidity_ratio)))
    low, high = np.minimum(t, t - 100.0), t + 0.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        saturated = humidity_ratio_of(middle + ZERO_CELSIUS_K, p * 1e3, 1.0)
        water = ((2501.0 - 2.326 * middle) * saturated - 1.006 * (t - middle)) / (2501.0 + 1.86 * t - 4.186 * middle)
        ice = ((2830.0 - 0.24 * middle) * saturated - 1.006 * (t - middle)) / (2830.0 + 1.86 * t - 2.1 * middle)
        drier = np.where(middle >= 0.0, water, ice) < w
        low, high = np.where(drier, middle, low), np.where(drier, high, middle)
    return np.where(np.isnan(t + p + w), np.nan, (low + high) / 2.0)


@dataclass(frozen=True)
class CoolingTower:
    """A tower that cools to an approach above the wet bulb, and not below a lowest temperature, which a bypass holds.

    approach_k: water leaving it over the wet bulb [K], taken as constant: at part load a real one comes closer.
    fan_kw_per_kw, pump_kw_per_kw: electricity per heat rejected [-]; the fan slows in proportion to the heat.
    Raises InputError for figures that no tower has.
    """

    approach_k: float
    min_water_temp_c: float
    fan_kw_per_kw: float
    pump_kw_per_kw: float
    sources: tuple[Source, ...]

    def __post_init__(self) -> None:
        with Faults() as faults:
            if not 0.0 < self.approach_k <= 20.0:
                faults.add("tower.approach_k", self.approach_k, "must lie in 0..20 K, above zero", "Typical: 4 K.")
            if not 0.0 < self.min_water_temp_c < 40.0:
                faults.add("tower.min_water_temp_c", self.min_water_temp_c, "must lie in 0..40 degC", "Typical: 21 degC.")
            for key in ("fan_kw_per_kw", "pump_kw_per_kw"):
                if not 0.0 <= getattr(self, key) < 0.2:
                    faults.add(f"tower.{key}", getattr(self, key), "must lie in 0..0.2", "Give kW per kW of heat rejected.")

    def water_temp_c(self, wet_bulb_c: ArrayLike) -> NDArray[np.float64]:
        """Water that leaves the tower [degC]; broadcasts."""
        return np.maximum(np.asarray(wet_bulb_c, dtype=float) + self.approach_k, self.min_water_temp_c)

    def electric_kw(self, rejected_kw: ArrayLike) -> NDArray[np.float64]:
        """Electricity of fan and pump for the heat rejected [kW]; broadcasts."""
        return np.asarray(rejected_kw, dtype=float) * (self.fan_kw_per_kw + self.pump_kw_per_kw)


def usual_tower(range_k: float) -> CoolingTower:
    """A tower of usual design whose water warms by `range_k` [K] on its way; estimate, see its sources."""
    return CoolingTower(
        approach_k=4.0,
        min_water_temp_c=21.2,
        fan_kw_per_kw=FAN_KW_PER_KW,
        pump_kw_per_kw=PUMP_W_PER_KG_S / (WATER_CP_J_PER_KG_K * range_k),
        sources=(
            Source("ANSI/ASHRAE/IES Standard 90.1-2013, appendix G and table 6.8.1-7", "2013", "secondary", "fan and pump power"),
            Source(
                "Brayton default",
                "2026",
                "estimate",
                "approach 4 K (7 F) and lowest water 21.2 degC (70 F), usual US design figures",
            ),
        ),
    )
